/* Intent: rotated files are found, and in the order in which they were written.
 * Invariant: by time of last modification; where that is equal, the larger number and the smaller date are older.
 * Oracle: files made here with times of our choice. */
#include "config.h"

#include "check.h"
#include "pacct_rotated.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], live[128];

static void make(const char* suffix, time_t seconds, long nanoseconds) {
    char path[256];
    const struct timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    snprintf(path, sizeof(path), "%s%s", live, suffix);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && futimens(fd, times) == 0);
    close(fd);
}

/* The files that are found, by suffix, and taken away again */
static void expect(time_t not_before, const char* const* suffixes, size_t count) {
    struct pacct_rotated_list list;
    CHECK_EQ(pacct_rotated_find(live, not_before, &list), 0);
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

int main(void) {
    strcpy(dir, "/tmp/impacct-rotated.XXXXXX");
    CHECK(mkdtemp(dir) != NULL);
    snprintf(live, sizeof(live), "%s/pacct", dir);
    static const char* const by_time[] = {".3", ".10.gz", "-20261120", ".1"};
    make(".1", 1000, 4);
    make(".10.gz", 1000, 2);
    make(".3", 999, 9);
    make("-20261120", 1000, 3);
    expect(0, by_time, COUNT(by_time));
    expect(1000, by_time + 1, COUNT(by_time) - 1);
    clear(by_time, COUNT(by_time));

    static const char* const by_number[] = {".16", ".15", ".10", ".9", ".2.gz", ".1", ".0"};
    for (size_t i = 0; i < COUNT(by_number); i++) {
        make(by_number[(i * 3) % COUNT(by_number)], 1000, 0);
    }
    expect(0, by_number, COUNT(by_number));
    clear(by_number, COUNT(by_number));

    static const char* const by_date[] = {"-20251231", "-20261119.gz", "-20261120", "-20261120T0100"};
    for (size_t i = 0; i < COUNT(by_date); i++) {
        make(by_date[(i * 3) % COUNT(by_date)], 1000, 0);
    }
    expect(0, by_date, COUNT(by_date));
    clear(by_date, COUNT(by_date));

    /* nobody's business; being compressed; empty */
    static const char* const others[] = {"", ".bak", ".1x", "x.1", ".", ".1.", ".xz", ".1.xz", ".7"};
    for (size_t i = 0; i < COUNT(others); i++) {
        make(others[i], 1000, 0);
    }
    make(".7.gz", 1001, 0);
    expect(0, others + COUNT(others) - 1, 1);
    clear(others, COUNT(others));
    static const char* const rest[] = {".7.gz"};
    expect(0, rest, 1);
    clear(rest, 1);
    CHECK(rmdir(dir) == 0);
    return 0;
}
