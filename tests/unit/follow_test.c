/* Intent: the follower is told nothing but the truth, also by a file that changes while it is read.
 * Invariant: what it gives out is in the file, in order; it comes to an end whatever size the file is said to have.
 * Oracle: the serial number in each record; a file of /proc, which is said to be empty and is not. */
#include "config.h"

#include "check.h"
#include "pacct_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORDS 2000u
/* records in the follower's buffer, and how many of them at its end wait for more */
#define BUFFERED 1024u
#define HELD_BACK 4u
#define PATIENCE_S 30

static char path[] = "/tmp/impacct-follow.XXXXXX";
static ino_t failing; /* reading this file fails once, */
static unsigned fails_in; /* the so many-th time; 0: never */
static const struct pacct_dialect dialect = {.ahz = 100};

ssize_t __real_pread(int fd, void* buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void* buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void* buf, size_t len, off_t offset) {
    struct stat st;
    if (fails_in > 0 && fstat(fd, &st) == 0 && st.st_ino == failing && --fails_in == 0) {
        errno = EIO;
        return -1;
    }
    return __real_pread(fd, buf, len, offset);
}

static struct pacct_follow* fresh(void) {
    uint8_t raw[PACCT_RECORD_MAX] = {[1] = 3, [24] = 0x60, [27] = 0x60, [48] = 'x'};
    const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
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
    snprintf(old, sizeof(old), "%s.1", path);
    struct pacct_follow* const f = fresh();
    pacct_follow_linger(f, PATIENCE_S * 1000);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_OPENED);
    CHECK_EQ(take(f, 0, RECORDS + 1), PACCT_FOUND_IDLE);
    CHECK_EQ(pacct_follow_timeout(f), -1);
    CHECK(rename(path, old) == 0);
    append(path, RECORDS + 1);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_REPLACED);
    CHECK(pacct_follow_timeout(f) > 0 && pacct_follow_timeout(f) <= PATIENCE_S * 1000);
    append(old, RECORDS);
    CHECK_EQ(take(f, RECORDS, 2), PACCT_FOUND_REPLACED);
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
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_REPLACED);
    append(old, RECORDS + 2);
    CHECK_EQ(take(f, RECORDS + 2, 2), PACCT_FOUND_REPLACED);
    /* what was in the new one goes away again: there is nothing to wait for */
    CHECK(truncate(path, 0) == 0);
    CHECK_EQ(pacct_follow_next(f, &item), PACCT_FOUND_REPLACED);
    CHECK_EQ(pacct_follow_timeout(f), -1);
    pacct_follow_free(f);
    CHECK(unlink(old) == 0);
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

/* copytruncate; the copy is found, and cannot be read at that moment. */
static void test_copy_that_fails_once(void) {
    char copy[sizeof(path) + 2];
    struct stat st;
    snprintf(copy, sizeof(copy), "%s.1", path);
    struct pacct_item item;
    struct pacct_follow* const f = fresh();
    pacct_follow_rotated(f, PATIENCE_S);
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
    CHECK(unlink(copy) == 0);
}

int main(void) {
    const int fd = mkstemp(path);
    CHECK(fd >= 0);
    CHECK(close(fd) == 0);
    test_cut_before_the_next_piece();
    test_truncated_at();
    test_size_that_is_not_true();
    test_late_record();
    test_position_before_the_file();
    test_copy_that_fails_once();
    CHECK(unlink(path) == 0);
    return 0;
}
