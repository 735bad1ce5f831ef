/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: rotated files are found, and in the order in which they were written.
 * Invariant: by time of last modification; where that is equal, the larger number and the smaller date are older.
 * Oracle: files made here with times of our choice. */
#include "config.h"

#include "check.h"
#include "file/rotated.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char live[128];

static void in_directory(void) {
    snprintf(live, sizeof(live), "%s/pacct", check_dir);
}

static void make(const char* suffix, time_t seconds, long nanoseconds) {
    char path[256];
    const struct timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    snprintf(path, sizeof(path), "%s%s", live, suffix);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && futimens(fd, times) == 0);
    close(fd);
}

/* The files that are found, by suffix */
static void expect(time_t not_before, const char* const* suffixes, size_t count) {
    struct pacct_rotated_list list;
    CHECK_EQ(pacct_rotated_find(live, NULL, not_before, &list), 0);
    CHECK_EQ(list.count, count);
    for (size_t i = 0; i < count; i++) {
        const char* const found = list.files[i].path + list.files[i].suffix;
        CHECK_TEXT(found, strlen(found), suffixes[i]);
    }
    pacct_rotated_free(&list);
}

static void clear(const char* const* suffixes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof(path), "%s%s", live, suffixes[i]);
        CHECK(unlink(path) == 0);
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("by time") {
        static const char* const by_time[] = {".3", ".10.gz", "-20261120", ".1"};
        in_directory();
        make(".1", 1000, 4);
        make(".10.gz", 1000, 2);
        make(".3", 999, 9);
        make("-20261120", 1000, 3);
        expect(0, by_time, COUNT(by_time));
        expect(1000, by_time + 1, COUNT(by_time) - 1);
    }
    CASE("by number where times are equal") {
        static const char* const by_number[] = {".16", ".15", ".10", ".9", ".2.gz", ".1", ".0"};
        in_directory();
        for (size_t i = 0; i < COUNT(by_number); i++) {
            make(by_number[(i * 3) % COUNT(by_number)], 1000, 0);
        }
        expect(0, by_number, COUNT(by_number));
    }
    CASE("by date where times are equal") {
        static const char* const by_date[] = {"-20251231", "-20261119.gz", "-20261120", "-20261120T0100"};
        in_directory();
        for (size_t i = 0; i < COUNT(by_date); i++) {
            make(by_date[(i * 3) % COUNT(by_date)], 1000, 0);
        }
        expect(0, by_date, COUNT(by_date));
    }
    CASE("other files, and one that is being compressed") {
        static const char* const others[] = {"", ".bak", ".1x", "x.1", ".", ".1.", ".xz", ".1.zip", ".1.gz.xz", ".7"};
        static const char* const rest[] = {".7.gz"};
        in_directory();
        for (size_t i = 0; i < COUNT(others); i++) {
            make(others[i], 1000, 0);
        }
        make(".7.gz", 1001, 0);
        expect(0, others + COUNT(others) - 1, 1);
        clear(others, COUNT(others));
        expect(0, rest, 1);
    }
    CASE("how they are compressed, and their numbers") {
        static const struct {
            const char* suffix;
            enum pacct_compression how;
            uint64_t number;
        } files[] = {{".9.gz", PACCT_GZIP, 9},
                     {".8.xz", PACCT_XZ, 8},
                     {".7.zst", PACCT_ZSTD, 7},
                     {".6.bz2", PACCT_COMPRESSED_OTHERWISE, 6},
                     {"-5", PACCT_PLAIN, 5},
                     {".4.4", PACCT_PLAIN, PACCT_NO_NUMBER},
                     {"-20261120.xz", PACCT_XZ, PACCT_NO_NUMBER},
                     {".1234567", PACCT_PLAIN, 1234567}};
        struct pacct_rotated_list list;
        in_directory();
        for (size_t i = 0; i < COUNT(files); i++) {
            make(files[i].suffix, 1000 + (time_t)i, 0);
        }
        CHECK_EQ(pacct_rotated_find(live, NULL, 0, &list), 0);
        CHECK_EQ(list.count, COUNT(files));
        for (size_t i = 0; i < COUNT(files); i++) {
            CHECK_EQ(list.files[i].how, files[i].how);
            CHECK_EQ(list.files[i].number, files[i].number);
        }
        pacct_rotated_free(&list);
    }
    CASE("another directory") {
        static const char* const expected[] = {"/old/pacct.2", "/pacct.1", "/old/pacct-20261120.gz"};
        char other[100]; /* a path in it fits into "live" */
        struct pacct_rotated_list list;
        in_directory();
        make(".1", 1001, 0);
        snprintf(other, sizeof(other), "%s/old", check_dir);
        CHECK_EQ(pacct_rotated_find(live, other, 0, &list), 0); /* which is not there yet */
        CHECK_EQ(list.count, 1);
        pacct_rotated_free(&list);
        CHECK(mkdir(other, 0700) == 0);
        snprintf(live, sizeof(live), "%s/pacct", other);
        make(".2", 1000, 0);
        make("-20261120.gz", 1002, 0);
        in_directory();
        CHECK_EQ(pacct_rotated_find(live, other, 0, &list), 0);
        CHECK_EQ(list.count, COUNT(expected));
        for (size_t i = 0; i < list.count; i++) {
            CHECK_TEXT(list.files[i].path + strlen(check_dir), strlen(list.files[i].path + strlen(check_dir)),
                       expected[i]);
        }
        pacct_rotated_free(&list);
    }
    return check_end();
}
