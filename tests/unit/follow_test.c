/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the follower is told nothing but the truth, also by a file that changes while it is read.
 * Invariant: what it gives out is in the file, in order; it comes to an end whatever size the file is said to have.
 * Oracle: the serial number in each record; a file of /proc, which is said to be empty and is not. */
#include "config.h"

#include "check.h"
#include "file/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <zlib.h>

#define RECORDS 2000u
/* records in the follower's buffer, and how many of them at its end wait for more */
#define BUFFERED 1024u
#define HELD_BACK 4u
#define PATIENCE_S 30
#define HOLE (30ull << 30)
#define PAGE 4096u

static char path[128];
static ino_t failing; /* reading this file fails once, */
static unsigned fails_in; /* the so many-th time; 0: never */
static size_t bytes_read;
static const struct pacct_dialect dialect = {.ahz = 100};

ssize_t __real_pread(int fd, void* buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void* buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void* buf, size_t len, off_t offset) {
    struct stat st;
    if (fails_in > 0 && fstat(fd, &st) == 0 && st.st_ino == failing && --fails_in == 0) {
        errno = EIO;
        return -1;
    }
    bytes_read += len;
    return __real_pread(fd, buf, len, offset);
}

static struct pacct_follow* fresh(void) {
    uint8_t raw[PACCT_RECORD_MAX] = {[1] = 3, [24] = 0x60, [27] = 0x60, [48] = 'x'};
    snprintf(path, sizeof(path), "%s/pacct", check_dir);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    for (uint32_t serial = 0; serial < RECORDS; serial++) {
        memcpy(raw + 16, &serial, sizeof(serial));
        CHECK(write(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw));
    }
    CHECK(close(fd) == 0);
    struct pacct_follow* const f = pacct_follow_new(path, &dialect);
    CHECK(f != NULL);
    return f;
}

/* Read until there are no more records, or count of them; the first one has the number "serial". */
static enum pacct_found take(struct pacct_follow* f, uint32_t serial, unsigned count) {
    struct pacct_item item;
    enum pacct_found found = PACCT_FOUND_RECORD;
    for (unsigned i = 0; i < count; i++) {
        uint32_t got;
        found = pacct_follow_next(f, &item);
        if (found != PACCT_FOUND_RECORD) {
            break;
        }
        memcpy(&got, item.raw + 16, sizeof(got));
        CHECK_EQ(got, serial + i);
    }
    return found;
}

/* The file ends where the next piece was to be read, or within the first record of it. */
static void test_cut_before_the_next_piece(void) {
    struct pacct_item item;
    for (unsigned n = BUFFERED - HELD_BACK; n <= BUFFERED; n++) {
        for (unsigned part = 0; part < PACCT_RECORD_MAX; part++) {
            struct pacct_follow* const f = fresh();
            CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
            CHECK_EQ(take(f, 0, n), PACCT_FOUND_RECORD);
            CHECK(truncate(path, (off_t)n * PACCT_RECORD_MAX + part) == 0);
            const enum pacct_found found = take(f, n, RECORDS);
            CHECK(found == PACCT_FOUND_IDLE || found == PACCT_FOUND_TRUNCATED);
            pacct_follow_free(f);
        }
    }
}

static void test_truncated_at(void) {
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    CHECK(truncate(path, 0) == 0);
    item.from = 0;
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_TRUNCATED);
    CHECK_EQ(item.from, RECORDS * PACCT_RECORD_MAX);
    pacct_follow_free(f);
}

static void test_size_that_is_not_true(void) {
    struct pacct_item item;
    struct pacct_follow* const f = pacct_follow_new("/proc/self/status", &dialect);
    CHECK(f != NULL);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    alarm(PATIENCE_S); /* ends the test */
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_IDLE);
    alarm(0);
    pacct_follow_free(f);
}

static void append(const char* file, uint32_t serial) {
    uint8_t raw[PACCT_RECORD_MAX] = {[1] = 3, [24] = 0x60, [27] = 0x60, [48] = 'x'};
    const int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0);
    memcpy(raw + 16, &serial, sizeof(serial));
    CHECK(write(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw));
    CHECK(close(fd) == 0);
}

/* The kernel writes to the old file after there is something in the new one. */
static void test_late_record(void) {
    struct pacct_item item;
    char old[sizeof(path) + 2];
    struct pacct_follow* const f = fresh();
    snprintf(old, sizeof(old), "%s.1", path);
    pacct_follow_linger(f, PATIENCE_S * 1000);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    CHECK_EQ(pacct_follow_timeout(f), -1);
    CHECK(rename(path, old) == 0);
    append(path, RECORDS + 1);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_IDLE_ROTATED);
    CHECK(pacct_follow_timeout(f) > 0 && pacct_follow_timeout(f) <= PATIENCE_S * 1000);
    append(old, RECORDS);
    CHECK_EQ(take(f, RECORDS, 2), PACCT_FOUND_IDLE_ROTATED);
    pacct_follow_linger(f, 0); /* that was long enough */
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_ROTATED);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(pacct_follow_timeout(f), -1);
    CHECK_EQ(take(f, RECORDS + 1, 2), PACCT_FOUND_IDLE);
    CHECK(unlink(old) == 0);
    /* the same once more, and nothing has been written for a while */
    const struct timespec long_ago[] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    CHECK(utimensat(AT_FDCWD, path, long_ago, 0) == 0);
    CHECK(rename(path, old) == 0);
    append(path, RECORDS + 3);
    pacct_follow_linger(f, PATIENCE_S * 1000);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_IDLE_ROTATED);
    append(old, RECORDS + 2);
    CHECK_EQ(take(f, RECORDS + 2, 2), PACCT_FOUND_IDLE_ROTATED);
    /* what was in the new one goes away again: there is nothing to wait for */
    CHECK(truncate(path, 0) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_IDLE_ROTATED);
    CHECK_EQ(pacct_follow_timeout(f), -1);
    pacct_follow_free(f);
}

/* An older file has the number that the next one would have, and the kernel has not been told of a new file yet. */
static void test_older_file_with_the_next_number(void) {
    struct pacct_item item;
    char old[sizeof(path) + 2], older[sizeof(path) + 2];
    struct pacct_follow* const f = fresh();
    snprintf(old, sizeof(old), "%s.1", path);
    snprintf(older, sizeof(older), "%s.0", path);
    append(older, 77);
    const struct timespec minutes_ago[] = {{.tv_sec = time(NULL) - 600}, {.tv_sec = time(NULL) - 600}};
    CHECK(utimensat(AT_FDCWD, older, minutes_ago, 0) == 0);
    CHECK(pacct_follow_rotated(f, NULL, 86400));
    pacct_follow_linger(f, 10);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    CHECK(rename(path, old) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_IDLE_ROTATED);
    CHECK(pacct_follow_timeout(f) > 10);
    pacct_follow_linger(f, 0); /* that was long enough */
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_ROTATED);
    pacct_follow_free(f);
}

/* Another file is taken for the next one while the kernel still writes to this one, since nobody has switched it over.
 */
static void test_grows_after_all(void) {
    struct pacct_item item;
    char first[sizeof(path) + 2], second[sizeof(path) + 2];
    struct pacct_follow* const f = fresh();
    snprintf(first, sizeof(first), "%s.0", path);
    snprintf(second, sizeof(second), "%s.1", path);
    CHECK(pacct_follow_rotated(f, NULL, 365 * 86400));
    append(first, RECORDS + 9);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    CHECK(rename(path, second) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_ROTATED); /* 0 comes after 1 */
    append(second, RECORDS);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_TEXT(item.path, strlen(item.path), second);
    CHECK_EQ(take(f, RECORDS, 2), PACCT_FOUND_ROTATED);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    append(second, RECORDS + 1);
    append(second, RECORDS + 2);
    CHECK_EQ(take(f, RECORDS + 9, 2), PACCT_FOUND_ROTATED);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, RECORDS + 1, 3), PACCT_FOUND_IDLE_ROTATED); /* and nothing comes after it now */
    append(second, RECORDS + 3);
    append(path, RECORDS + 4);
    CHECK_EQ(take(f, RECORDS + 3, 2), PACCT_FOUND_ROTATED);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, RECORDS + 4, 2), PACCT_FOUND_IDLE);
    pacct_follow_free(f);
}

/* A position in a file that was empty and is gone, whose inode is another file's now: what came between is not skipped.
 */
static void test_inode_used_again(void) {
    struct pacct_item item;
    struct statx stx;
    char old[sizeof(path) + 2];
    struct pacct_follow* const f = fresh();
    struct pacct_position pos = {.until = 1};
    snprintf(old, sizeof(old), "%s.1", path);
    append(old, 77);
    CHECK(statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_BTIME, &stx) == 0);
    pos.dev = makedev(stx.stx_dev_major, stx.stx_dev_minor);
    pos.ino = stx.stx_ino;
    pos.born = (uint64_t)stx.stx_btime.tv_sec * 1000000000 + stx.stx_btime.tv_nsec;
    CHECK(pacct_follow_rotated(f, NULL, 86400));
    pacct_follow_resume(f, &pos);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED); /* the very file */
    CHECK(strcmp(item.path, path) == 0);
    pos.born--;
    pacct_follow_resume(f, &pos);
    if ((stx.stx_mask & STATX_BTIME) != 0) { /* the file system tells */
        CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_POSITION_LOST);
        CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
        CHECK(strcmp(item.path, old) == 0);
    }
    pacct_follow_free(f);
}

/* A position that was stored before there was a file: nothing is missed in the files that there are now. */
static void test_position_before_the_file(void) {
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    pacct_follow_resume(f, &(struct pacct_position){0});
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    pacct_follow_free(f);
}

/* Nothing was ever read, and the file comes late, or cannot be opened at first: it is rotated before it can be read.
 * What was rotated before the start is not read. */
static void test_rotated_before_the_first_look(bool appears, bool from_end) {
    char old[sizeof(path) + 2], older[sizeof(path) + 2], away[sizeof(path) + 5];
    const struct timespec long_ago[] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    struct pacct_position pos;
    struct pacct_item item;
    struct pacct_follow* f = fresh();
    pacct_follow_free(f);
    snprintf(old, sizeof(old), "%s.1", path);
    snprintf(older, sizeof(older), "%s.2", path);
    snprintf(away, sizeof(away), "%s.away", path);
    append(older, 77);
    CHECK(utimensat(AT_FDCWD, older, long_ago, 0) == 0);
    CHECK(rename(path, away) == 0);
    CHECK(appears || mkdir(path, 0700) == 0); /* no file that could be read */
    f = pacct_follow_new(path, &dialect);
    CHECK(pacct_follow_rotated(f, NULL, INT_MAX));
    if (from_end) {
        pacct_follow_from_end(f);
    }
    CHECK_EQ(pacct_follow_next(f, &item), appears ? PACCT_FOUND_MISSING : PACCT_FOUND_ERROR);
    CHECK(appears || rmdir(path) == 0);
    CHECK(rename(away, old) == 0 && utimensat(AT_FDCWD, old, NULL, 0) == 0);
    append(path, RECORDS);
    pacct_follow_position(f, &pos);
    for (int again = 0; again < 2; again++) { /* the position before anything was read gives the same */
        CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
        CHECK(strcmp(item.path, old) == 0);
        CHECK_EQ(take(f, 0, RECORDS), PACCT_FOUND_RECORD);
        CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_ROTATED);
        CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
        CHECK_EQ(take(f, RECORDS, 2), PACCT_FOUND_IDLE);
        pacct_follow_resume(f, &pos);
    }
    /* with no time at all: everything */
    pacct_follow_resume(f, &(struct pacct_position){0});
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK(strcmp(item.path, older) == 0);
    CHECK_EQ(take(f, 77, 1), PACCT_FOUND_RECORD);
    pacct_follow_free(f);
    CHECK(unlink(old) == 0 && unlink(older) == 0);
}

/* It was to be begun at its end, and something is to be sent again before it was opened, or it cannot be opened. */
static void test_from_end(void) {
    struct pacct_position pos;
    struct pacct_item item;
    char away[sizeof(path) + 5];
    struct pacct_follow* const f = fresh();
    snprintf(away, sizeof(away), "%s.away", path);
    pacct_follow_from_end(f);
    pacct_follow_position(f, &pos);
    pacct_follow_resume(f, &pos);
    CHECK(rename(path, away) == 0 && mkdir(path, 0700) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_ERROR);
    CHECK(rmdir(path) == 0 && rename(away, path) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(item.from, RECORDS * PACCT_RECORD_MAX);
    CHECK_EQ(take(f, RECORDS, 1), PACCT_FOUND_IDLE);
    append(path, RECORDS);
    CHECK_EQ(take(f, RECORDS, 2), PACCT_FOUND_IDLE);
    pacct_follow_free(f);
}

/* copytruncate; the copy is found, and cannot be read at that moment. */
static void test_copy_that_fails_once(void) {
    char copy[sizeof(path) + 2];
    struct stat st;
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    snprintf(copy, sizeof(copy), "%s.1", path);
    CHECK(pacct_follow_rotated(f, NULL, PATIENCE_S));
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, BUFFERED - HELD_BACK), PACCT_FOUND_RECORD);
    for (uint32_t serial = 0; serial < RECORDS; serial++) {
        append(copy, serial);
    }
    CHECK(truncate(path, 0) == 0 && stat(copy, &st) == 0);
    failing = st.st_ino;
    fails_in = 3; /* after both marks were compared */
    uint32_t serial = BUFFERED - HELD_BACK;
    enum pacct_found found;
    while ((found = take(f, serial, 1)) == PACCT_FOUND_RECORD) { /* what is in the buffer */
        serial++;
    }
    CHECK_EQ(found, PACCT_FOUND_ERROR);
    CHECK_EQ(fails_in, 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, serial, RECORDS - serial), PACCT_FOUND_RECORD);
    CHECK(pacct_follow_next(f, &item) != PACCT_FOUND_RECORD);
    pacct_follow_free(f);
}

/* ---- much damage ---- */

/* Go on until something is found. @return the calls it took, each of which may read and skip no more than a little */
static unsigned skip_to(struct pacct_follow* f, enum pacct_found expected, struct pacct_item* item) {
    struct pacct_position before, now;
    unsigned calls = 0;
    enum pacct_found found;
    pacct_follow_position(f, &before);
    do {
        bytes_read = 0;
        found = pacct_follow_next(f, item);
        CHECK(bytes_read <= 3 * 64 * 1024);
        pacct_follow_position(f, &now);
        CHECK(found != PACCT_FOUND_SKIPPING || memcmp(&before, &now, sizeof(now)) == 0);
        calls++;
    } while (found == PACCT_FOUND_SKIPPING);
    CHECK_EQ(found, expected);
    return calls;
}

/* A hole of many gigabytes is stepped over, not read; until it is told, the position stays before it. */
static void test_hole(void) {
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    const uint64_t from = (uint64_t)RECORDS * PACCT_RECORD_MAX;
    const uint64_t to = (from + HOLE) / PAGE * PAGE; /* what follows begins with the first byte that is no hole */
    CHECK(truncate(path, (off_t)to) == 0);
    append(path, RECORDS);
    append(path, RECORDS + 1);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS), PACCT_FOUND_RECORD);
    CHECK(skip_to(f, PACCT_FOUND_DAMAGED, &item) < 10);
    CHECK_EQ(item.from, from);
    CHECK_EQ(item.to, to);
    CHECK_EQ(take(f, RECORDS, 3), PACCT_FOUND_IDLE);
    /* one at the end: what comes behind it is found */
    CHECK(truncate(path, (off_t)(to + HOLE)) == 0);
    CHECK(skip_to(f, PACCT_FOUND_IDLE, &item) < 10);
    append(path, RECORDS + 2);
    append(path, RECORDS + 3);
    CHECK(skip_to(f, PACCT_FOUND_DAMAGED, &item) < 10);
    CHECK_EQ(item.to, to + HOLE);
    CHECK_EQ(take(f, RECORDS + 2, 3), PACCT_FOUND_IDLE);
    pacct_follow_free(f);
}

/* What is there and is not blank is looked at, in pieces. */
static void test_much_damage(void) {
    static uint8_t noise[10u << 20];
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    const uint64_t from = (uint64_t)RECORDS * PACCT_RECORD_MAX;
    memset(noise, 'x', sizeof(noise));
    memset(noise + sizeof(noise) / 2, 0, sizeof(noise) / 4);
    const int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, noise, sizeof(noise)) == (ssize_t)sizeof(noise) && close(fd) == 0);
    append(path, RECORDS);
    append(path, RECORDS + 1);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS), PACCT_FOUND_RECORD);
    CHECK(skip_to(f, PACCT_FOUND_DAMAGED, &item) > sizeof(noise) / (64 * 1024));
    CHECK_EQ(item.from, from);
    CHECK_EQ(item.to, from + sizeof(noise));
    CHECK_EQ(take(f, RECORDS, 3), PACCT_FOUND_IDLE);
    pacct_follow_free(f);
}

/* ---- what was at the path ---- */

static struct pacct_watch* watch;
static uint32_t gap; /* records in a row that may be missing */

static const char* beside(const char* suffix) {
    static char paths[2][sizeof(path) + 16];
    static unsigned turn;
    char* const name = paths[turn++ % 2];
    snprintf(name, sizeof(paths[0]), "%s%s", path, suffix);
    return name;
}

/* Read all there is, until nothing more comes; anything but records and what goes with a rotation is told. */
static enum pacct_found read_all(struct pacct_follow* f, uint32_t* next, struct pacct_item* item) {
    for (;;) {
        CHECK_EQ(pacct_watch_path(watch, 0, path), 0);
        const enum pacct_found found = pacct_follow_next(f, item);
        uint32_t got;
        if (found == PACCT_FOUND_RECORD) {
            memcpy(&got, item->raw + 16, sizeof(got));
            CHECK(got >= *next && got <= *next + gap);
            *next = got + 1;
        } else if (found == PACCT_FOUND_IDLE_ROTATED && pacct_follow_timeout(f) >= 0) {
            usleep((useconds_t)pacct_follow_timeout(f) * 1000);
        } else if (found != PACCT_FOUND_OPENED && found != PACCT_FOUND_ROTATED && found != PACCT_FOUND_SKIPPING) {
            return found;
        }
    }
}

/* A file that was read to its end, and is watched. */
static struct pacct_follow* watched(uint32_t* next) {
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    watch = pacct_watch_new();
    CHECK(watch != NULL);
    CHECK_EQ(pacct_watch_path(watch, 0, path), 0);
    pacct_follow_watch(f, watch, 0);
    CHECK(pacct_follow_rotated(f, NULL, PATIENCE_S));
    *next = 0;
    CHECK_EQ(read_all(f, next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(*next, RECORDS);
    return f;
}

static void move_to(const char* suffix) {
    CHECK(rename(path, beside(suffix)) == 0);
}

static void test_found(void) {
    struct pacct_item item;
    uint32_t next;
    struct pacct_follow* const f = watched(&next);
    for (uint32_t i = 0; i < 6; i++) {
        char suffix[16];
        snprintf(suffix, sizeof(suffix), "-%u", 20260101 + i);
        append(path, RECORDS + i);
        move_to(suffix);
    }
    append(path, RECORDS + 6);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 7);
    pacct_follow_free(f);
}

/* Back to a position in a file that was left: those that were read since are read again. */
static void test_read_again(void) {
    struct pacct_item item;
    struct pacct_position pos;
    uint32_t next;
    struct pacct_follow* const f = watched(&next);
    pacct_follow_position(f, &pos);
    append(path, RECORDS);
    move_to("-20260101");
    append(path, RECORDS + 1);
    move_to("-20260102");
    append(path, RECORDS + 2);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 3);
    for (int i = 0; i < 2; i++) {
        next = RECORDS;
        pacct_follow_resume(f, &pos);
        CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
        CHECK_EQ(next, RECORDS + 3);
    }
    pacct_follow_free(f);
}

/* Files that came to the path and went from there while nobody looked; which of them left anything is not known. */
static void test_lost(void) {
    struct pacct_item item;
    uint32_t next;
    struct pacct_follow* const f = watched(&next);
    gap = 1;
    append(path, RECORDS); /* in the file that is open */
    move_to("-20260101");
    append(path, RECORDS + 1);
    move_to("-20260102");
    append(path, RECORDS + 2);
    move_to("-20260103");
    append(path, RECORDS + 3);
    CHECK(unlink(path) == 0 && unlink(beside("-20260101")) == 0 && unlink(beside("-20260102")) == 0);
    append(path, RECORDS + 4);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_FILES_LOST);
    CHECK_EQ(item.files, 2);
    CHECK_EQ(next, RECORDS + 3);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 5);
    /* that was said; the next rotation is like any other, and an empty file is no loss */
    append(path, RECORDS + 5);
    move_to("-20260104");
    CHECK(close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) == 0);
    move_to("-20260105");
    append(path, RECORDS + 6);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 7);
    /* what is lost later is told as well */
    CHECK(unlink(beside("-20260105")) == 0 && unlink(path) == 0);
    append(path, RECORDS + 7);
    CHECK(unlink(path) == 0);
    append(path, RECORDS + 8);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_FILES_LOST);
    CHECK_EQ(item.files, 1);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 9);
    pacct_follow_free(f);
}

/* A file that cannot be decompressed is a loss only where one is missing. */
static void test_unreadable(void) {
    struct pacct_item item;
    uint32_t next;
    struct pacct_follow* const f = watched(&next);
    gap = 1;
    const time_t now = time(NULL);
    const struct timespec later[] = {
        {.tv_sec = now + 5}, {.tv_sec = now + 5}, {.tv_sec = now + 6}}; /* access, writing */

    move_to("-20260101");
    append(path, RECORDS);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK(unlink(beside("-20260101")) == 0);
    append(beside("-20260101.bz2"), 0);
    CHECK(utimensat(AT_FDCWD, beside("-20260101.bz2"), later, 0) == 0); /* not that of the file that was read */
    append(path, RECORDS + 1);
    move_to("-20260102");
    append(path, RECORDS + 2);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 3);
    move_to("-20260103");
    append(path, RECORDS + 3);
    move_to("-20260104.bz2");
    CHECK(utimensat(AT_FDCWD, beside("-20260104.bz2"), later + 1, 0) == 0);
    append(path, RECORDS + 4);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_UNREADABLE);
    CHECK_TEXT(item.path, strlen(item.path), beside("-20260104.bz2"));
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 5);
    pacct_follow_free(f);
}

/* Whoever renames files may take a moment over it. */
static void test_lost_for_a_moment(void) {
    struct pacct_item item;
    uint32_t next;
    struct pacct_follow* const f = watched(&next);
    move_to("-20260101");
    append(path, RECORDS);
    move_to("-20260102");
    CHECK(rename(beside("-20260102"), beside(".elsewhere")) == 0);
    append(path, RECORDS + 1);
    enum pacct_found found;
    do {
        found = pacct_follow_next(f, &item);
        CHECK(found == PACCT_FOUND_ROTATED || found == PACCT_FOUND_IDLE_ROTATED);
    } while (found != PACCT_FOUND_IDLE_ROTATED || pacct_follow_fd(f) >= 0);
    CHECK(rename(beside(".elsewhere"), beside("-20260102")) == 0);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 2);
    pacct_follow_free(f);
}

/* ---- compressed files ---- */

/* Of a file that is damaged, what comes before the damage is given out, and what follows the file. */
static void test_bad_archive(void) {
    struct pacct_item item;
    uint32_t next = 0;
    struct pacct_position pos;
    struct pacct_follow* const f = fresh();
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, 10), PACCT_FOUND_RECORD);
    pacct_follow_position(f, &pos);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    static uint8_t raw[RECORDS * PACCT_RECORD_MAX];
    CHECK(fd >= 0 && read(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw) && close(fd) == 0);
    const char* const archive = beside(".1.gz");
    gzFile const gz = gzopen(archive, "wb");
    struct stat st;
    CHECK(gz != NULL && gzwrite(gz, raw, sizeof(raw)) == (int)sizeof(raw) && gzclose(gz) == Z_OK);
    CHECK(stat(archive, &st) == 0 && truncate(archive, st.st_size / 2) == 0);
    CHECK(unlink(path) == 0);
    append(path, RECORDS + 7);
    CHECK(pacct_follow_rotated(f, NULL, PATIENCE_S));
    pacct_follow_resume(f, &pos);
    watch = pacct_watch_new();
    next = 10;
    gap = RECORDS;
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_BAD_ARCHIVE);
    CHECK(next > RECORDS / 4 && next < RECORDS && item.from >= (uint64_t)next * PACCT_RECORD_MAX);
    CHECK(item.from < (uint64_t)(next + 1) * PACCT_RECORD_MAX && item.error == EIO);
    CHECK_TEXT(item.path, strlen(item.path), archive);
    CHECK_EQ(read_all(f, &next, &item), PACCT_FOUND_IDLE);
    CHECK_EQ(next, RECORDS + 8);
    pacct_follow_free(f);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("the file ends where the next piece was to be read") {
        test_cut_before_the_next_piece();
    }
    CASE("truncated, and from where") {
        test_truncated_at();
    }
    CASE("a size that is not true") {
        test_size_that_is_not_true();
    }
    CASE("a record that comes late to the old file") {
        test_late_record();
    }
    CASE("rotation: an older file has the next number") {
        test_older_file_with_the_next_number();
    }
    CASE("what was read to its end grows after all") {
        test_grows_after_all();
    }
    CASE("an inode that is used again") {
        test_inode_used_again();
    }
    CASE("a position from before there was a file") {
        test_position_before_the_file();
    }
    CASE("rotated before it was first looked at") {
        test_rotated_before_the_first_look(true, false);
        test_rotated_before_the_first_look(true, true);
        test_rotated_before_the_first_look(false, false);
    }
    CASE("begun at the end, but not at once") {
        test_from_end();
    }
    CASE("a copy that cannot be read at first") {
        test_copy_that_fails_once();
    }
    CASE("a hole of many gigabytes") {
        test_hole();
    }
    CASE("much damage is skipped in pieces") {
        test_much_damage();
    }
    CASE("several rotations before anybody looked") {
        test_found();
    }
    CASE("files that were read are read again from a position before them") {
        test_read_again();
    }
    CASE("files that are gone when they are to be read") {
        test_lost();
    }
    CASE("a file that cannot be decompressed") {
        test_unreadable();
    }
    CASE("a file that is missing for a moment") {
        test_lost_for_a_moment();
    }
    CASE("a damaged archive") {
        test_bad_archive();
    }
    return check_end();
}
