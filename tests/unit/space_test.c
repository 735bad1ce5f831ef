/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: free space is told before it is too late, suspension and resumption as they are, and each of them once.
 * Invariant: what is said depends on the kernel's limits; nothing is said again while the figure swings around a limit.
 * Oracle: tables of figures, by kernel/acct.c. */
#include "config.h"

#include "check.h"
#include "accounting/space.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

static struct pacct_space_watch w;

/* Figures with the kernel's defaults, in hundredths of a percent. */
static enum pacct_space_verdict look(unsigned centi, bool down, uint64_t records) {
    const struct pacct_space d = {
        .resume = 4, .suspend = 2, .free_centi = centi, .may_suspend = centi <= 200, .may_resume = centi >= 400};
    w.canary_requested = false;
    return pacct_space_next(&w, &d, down, false, records);
}

/* The same where accounting went to the file before. */
static enum pacct_space_verdict look_reached(unsigned centi, bool down, uint64_t records) {
    const struct pacct_space d = {
        .resume = 4, .suspend = 2, .free_centi = centi, .may_suspend = centi <= 200, .may_resume = centi >= 400};
    return pacct_space_next(&w, &d, down, true, records);
}

static void course(void) {
    const struct {
        unsigned centi;
        bool down;
        uint64_t records;
        enum pacct_space_verdict verdict;
    } steps[] = {
        {5000, false, 1, PACCT_SPACE_NONE},
        {800, false, 2, PACCT_SPACE_NONE},
        {799, false, 3, PACCT_SPACE_LOW},
        {798, false, 4, PACCT_SPACE_CANARY},
        {798, false, 4, PACCT_SPACE_NONE},
        {899, false, 5, PACCT_SPACE_NONE},
        {799, false, 6, PACCT_SPACE_NONE}, /* swings */
        {900, false, 7, PACCT_SPACE_NONE},
        {700, false, 8, PACCT_SPACE_LOW},
        {300, false, 9, PACCT_SPACE_CANARY},
        {300, false, 9, PACCT_SPACE_NONE}, /* between the limits, and records come */
        {200, false, 10, PACCT_SPACE_CANARY},
        {199, false, 11, PACCT_SPACE_CANARY},
        {199, true, 11, PACCT_SPACE_SUSPENDED},
        {100, true, 11, PACCT_SPACE_NONE},
        {399, true, 11, PACCT_SPACE_NONE},
        {450, true, 11, PACCT_SPACE_NONE}, /* the kernel has not looked yet */
        {450, false, 12, PACCT_SPACE_RESUMED},
        {450, false, 13, PACCT_SPACE_NONE},
        {399, true, 13, PACCT_SPACE_SUSPENDED}, /* switched on between the limits */
        {2000, false, 14, PACCT_SPACE_RESUMED},
        {2000, true, 14, PACCT_SPACE_NONE},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const enum pacct_space_verdict verdict = look(steps[i].centi, steps[i].down, steps[i].records);
        if (verdict != steps[i].verdict) {
            fprintf(stderr, "step %zu: %d, expected %d\n", i, (int)verdict, (int)steps[i].verdict);
            exit(1);
        }
    }
    look(150, false, 20); /* low */
    CHECK_EQ(look(150, false, 20), PACCT_SPACE_CANARY);
    CHECK_EQ(pacct_space_next(&w, NULL, false, false, 20), PACCT_SPACE_NONE);
    CHECK_EQ(look(150, true, 20), PACCT_SPACE_SUSPENDED);
    CHECK_EQ(pacct_space_next(&w, NULL, false, false, 21), PACCT_SPACE_RESUMED); /* figures unknown, but records come */
}

/* Somebody has filled the file system for a moment, and nobody saw it. */
static void full_for_a_moment(void) {
    CHECK_EQ(look_reached(9000, false, 1), PACCT_SPACE_NONE);
    CHECK_EQ(look(9000, true, 1), PACCT_SPACE_NONE); /* accounting may have left the file */
    CHECK_EQ(look_reached(9000, true, 1), PACCT_SPACE_SUSPENDED);
    CHECK_EQ(look_reached(9000, true, 1), PACCT_SPACE_NONE);
    CHECK_EQ(look_reached(9000, false, 2), PACCT_SPACE_RESUMED);
    CHECK_EQ(pacct_space_next(&w, NULL, true, true, 2), PACCT_SPACE_SUSPENDED); /* without figures, too */
    CHECK_EQ(pacct_space_next(&w, NULL, false, true, 3), PACCT_SPACE_RESUMED);
}

static void figures(void) {
    struct pacct_space d;
    struct statvfs st;
    const int fd = open(".", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    const int error = pacct_space_read(fd, &d);
    CHECK(fstatvfs(fd, &st) == 0);
    if (error == 0) { /* a kernel without accounting has no figures */
        const double percent = (double)st.f_bavail * 100 / (double)st.f_blocks;
        CHECK(d.interval > 0);
        CHECK(d.resume > 0 && d.resume <= 100 && d.suspend <= d.resume);
        CHECK(percent - d.free_centi / 100.0 < 1 && d.free_centi / 100.0 - percent < 1);
        CHECK(d.free_bytes / 4096 <= st.f_blocks * st.f_frsize / 4096);
        CHECK_EQ(d.may_resume, percent >= d.resume);
    }
    close(fd);
    CHECK(pacct_space_read(-1, &d) != 0);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("what is said in the course of time") {
        course();
    }
    CASE("suspended by a moment that nobody saw") {
        full_for_a_moment();
    }
    CASE("figures of a file system") {
        figures();
    }
    return check_end();
}
