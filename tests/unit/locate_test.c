/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: of the files that an accounting file became, the one that follows the one read last is found, whatever
 * clocks, names and times say, and what is missing is known. Invariant: each file that was not read is opened once, in
 * order, before the live one; a copy of what was read is not; numbers that are missing are counted, and no others.
 * Oracle: which of the files made here were read, and the name of each. */
#include "config.h"

#include "check.h"
#include "file/locate.h"
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define NOW 1800000000
#define AGE (7 * 86400)

static const struct pacct_dialect dialect = {.ahz = 100};
static double shift; /* from NOW to when the test began */
static struct pacct_locate locate;
static struct pacct_locate_read last; /* the file read last */

static const char* at(const char* suffix) {
    static char paths[2][192];
    static unsigned turn;
    char* const path = paths[turn++ % 2];
    snprintf(path, sizeof(paths[0]), "%s/pacct%s", check_dir, suffix);
    return path;
}

static void set_time(const char* suffix, double at_shifted) {
    const double seconds = shift + at_shifted;
    const struct timespec time = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    const struct timespec times[2] = {time, time};
    CHECK(utimensat(AT_FDCWD, at(suffix), times, 0) == 0);
}

/* Three records of processes that ended from begin on, a second after each other; no two files are alike. */
static void fill(uint8_t raw[3 * PACCT_RECORD_MAX], double begin) {
    static uint32_t pid;
    for (uint32_t i = 0; i < 3; i++) {
        struct sample s = {.version = 3, .btime = (uint32_t)begin + i, .pid = ++pid, .comm = "x"};
        sample_write(&s, raw + (size_t)PACCT_RECORD_MAX * i);
    }
}

/* A file whose first record was written at begin, and its last at end. */
static void make(const char* suffix, double begin, double end) {
    uint8_t raw[3 * PACCT_RECORD_MAX];
    fill(raw, shift + begin);
    const int fd = open(at(suffix), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw) && close(fd) == 0);
    set_time(suffix, end);
}

/* As if the file had been read to its end. */
static void has_been_read(const char* suffix) {
    struct stat st;
    uint8_t raw[3 * PACCT_RECORD_MAX];
    const int fd = open(at(suffix), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw) && fstat(fd, &st) == 0 && close(fd) == 0);
    last = (struct pacct_locate_read){
        .pos = {.dev = st.st_dev, .ino = st.st_ino, .offset = sizeof(raw), .head_len = PACCT_MARK_LEN},
        .mtime = st.st_mtim};
    memcpy(last.pos.head, raw, PACCT_MARK_LEN);
    memcpy(last.pos.before, raw + sizeof(raw) - PACCT_MARK_LEN, PACCT_MARK_LEN);
}

static void begin(void) {
    CHECK(pacct_locate_init(&locate, at(""), &dialect));
    locate.rotated = true;
    locate.max_age = AGE;
    make("", NOW - 10, NOW); /* the live file */
}

static const char* opened; /* its suffix */
static struct pacct_locate_next found;

/* What follows is the file of that suffix, and so many numbers are missing before it; it is read. */
static void next_is(const char* suffix, unsigned missing) {
    found.missing = 99;
    bool older;
    CHECK_EQ(pacct_locate_have_next(&locate, &last, &older), suffix[0] != '\0');
    CHECK_EQ(pacct_locate_open_next(&locate, &last, &found), 0);
    opened = found.path + strlen(at(""));
    CHECK_TEXT(opened, strlen(opened), suffix);
    CHECK_EQ(found.live, suffix[0] == '\0');
    CHECK_EQ(found.missing, missing);
    pacct_locate_done(&locate, &last);
    last = (struct pacct_locate_read){
        .pos = {.dev = found.src.dev, .ino = found.src.ino, .offset = 3 * PACCT_RECORD_MAX, .head_len = PACCT_MARK_LEN},
        .mtime = found.src.mtime};
    CHECK_EQ(pacct_reader_read(&found.src, last.pos.head, PACCT_MARK_LEN, 0), PACCT_MARK_LEN);
    CHECK_EQ(pacct_reader_read(&found.src, last.pos.before, PACCT_MARK_LEN, last.pos.offset - PACCT_MARK_LEN),
             PACCT_MARK_LEN);
    pacct_reader_close(&found.src);
}

static void gzip(const char* suffix, double end) {
    uint8_t raw[3 * PACCT_RECORD_MAX];
    char packed[32];
    struct stat st;
    const int fd = open(at(suffix), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, raw, sizeof(raw)) == (ssize_t)sizeof(raw) && fstat(fd, &st) == 0 && close(fd) == 0);
    snprintf(packed, sizeof(packed), "%s.gz", suffix);
    gzFile const gz = gzopen(at(packed), "wb");
    CHECK(gz != NULL && gzwrite(gz, raw, sizeof(raw)) == (int)sizeof(raw) && gzclose(gz) == Z_OK);
    CHECK(unlink(at(suffix)) == 0);
    const struct timespec times[2] = {st.st_mtim, st.st_mtim};
    CHECK(utimensat(AT_FDCWD, at(packed), times, 0) == 0);
    if (end != 0) {
        set_time(packed, end);
    }
}

int main(int argc, char** argv) {
    shift = (double)time(NULL) - NOW;
    check_begin(argc, argv);
    CASE("in the order of times, then the live file") {
        begin();
        make("-20260103", NOW - 200, NOW - 100);
        make("-20260101", NOW - 400, NOW - 300);
        make("-20260102", NOW - 300, NOW - 200);
        has_been_read("-20260101");
        next_is("-20260102", 0);
        next_is("-20260103", 0);
        next_is("", 0);
    }
    CASE("numbers: the clock was set back by more than the life of the file read last") {
        bool older;
        begin();
        make(".2", NOW - 100, NOW - 10);
        make(".1", NOW - 4000, NOW - 3000);
        has_been_read(".2");
        CHECK(pacct_locate_have_next(&locate, &last, &older) && older);
        next_is(".1", 0);
        next_is("", 0);
    }
    CASE("numbers: the same, and there are more files") {
        begin();
        make(".5", NOW - 600, NOW - 500);
        make(".4", NOW - 500, NOW - 300);
        make(".3", NOW - 300, NOW - 10);
        make(".2", NOW - 4000, NOW - 3000);
        make(".1", NOW - 3000, NOW - 2000);
        has_been_read(".3");
        next_is(".2", 0);
        next_is(".1", 0);
        next_is(".5", 0); /* in doubt, since the clock has come to its time again */
        next_is(".4", 0);
        next_is("", 0);
    }
    CASE("dates: the clock was set back by less than the life of the file read last") {
        begin();
        make("-20260102", NOW - 90000, NOW - 10);
        make("-20260101", NOW - 80000, NOW - 70000); /* older by name and by its last writing */
        make("-20251231", NOW - 170000, NOW - 90000); /* had been left when that one began */
        has_been_read("-20260102");
        next_is("-20260101", 0);
        next_is("", 0);
    }
    CASE("dates: the clock was set while the file read last was written, long after it had begun") {
        begin();
        make("-20260101", NOW - 180000, NOW - 90000);
        make("-20260102", 1000000000 - shift, NOW - 10);
        has_been_read("-20260102");
        next_is("", 0);
    }
    CASE("times cut to whole seconds") {
        begin();
        make("-20260101", NOW - 12, NOW - 9.7);
        has_been_read("-20260101");
        make("-20260102", NOW - 9.6, NOW - 10);
        next_is("-20260102", 0);
        next_is("", 0);
    }
    CASE("numbers that are sure: a time that was changed does not matter") {
        begin();
        make(".4", NOW - 500, NOW - 400);
        make(".3", NOW - 400, NOW - 300);
        make(".2", NOW - 300, NOW - 200);
        make(".1", NOW - 200, NOW - 100);
        set_time(".4", NOW);
        has_been_read(".3");
        next_is(".2", 0);
        next_is(".1", 0);
        next_is("", 0);
    }
    CASE("numbers that are sure but for one file, all of which was written after the one read last") {
        begin();
        make(".6", NOW - 700, NOW - 600);
        make(".5", NOW - 600, NOW - 500);
        make(".3", NOW - 500, NOW - 400);
        make(".4", NOW - 400, NOW - 300);
        make(".2", NOW - 300, NOW - 200);
        make(".1", NOW - 200, NOW - 100);
        has_been_read(".3");
        next_is(".4", 0);
        next_is(".2", 0);
        next_is(".1", 0);
        next_is("", 0);
    }
    CASE("numbers in two ways: one program begins with 0, another shifts from 1 on") {
        begin();
        make(".0", NOW - 700, NOW - 600);
        make(".3", NOW - 600, NOW - 500);
        make(".2", NOW - 500, NOW - 400);
        make(".1", NOW - 400, NOW - 300);
        has_been_read(".0");
        next_is(".3", 0);
        next_is(".2", 0);
        next_is(".1", 0);
        next_is("", 0);
    }
    CASE("numbers that rise") {
        begin();
        make(".1", NOW - 500, NOW - 400);
        make(".2", NOW - 400, NOW - 300);
        make(".3", NOW - 300, NOW - 200);
        make(".4", NOW - 200, NOW - 100);
        has_been_read(".2");
        next_is(".3", 0);
        next_is(".4", 0);
        next_is("", 0);
    }
    CASE("two numbers that rise: in doubt, both are read") {
        begin();
        make(".1", NOW - 500, NOW - 400);
        make(".2", NOW - 400, NOW - 300);
        has_been_read(".1");
        next_is(".2", 0);
        next_is("", 0);
    }
    CASE("numbers and times that do not agree: in the order of numbers") {
        begin();
        make(".3", NOW - 500, NOW - 400);
        make(".2", NOW - 200, NOW - 100);
        make(".1", NOW - 300, NOW - 200);
        has_been_read(".3");
        next_is(".2", 0);
        next_is(".1", 0);
        next_is("", 0);
    }
    CASE("names of two kinds") {
        begin();
        make(".1", NOW - 500, NOW - 400);
        make("-20260101", NOW - 400, NOW - 300);
        make(".0", NOW - 300, NOW - 200);
        has_been_read(".1");
        next_is("-20260101", 0);
        next_is(".0", 0);
        next_is("", 0);
    }
    CASE("what was read is known, renamed, copied and compressed") {
        begin();
        make(".1", NOW - 500, NOW - 400);
        make(".0", NOW - 400, NOW - 300);
        has_been_read(".1");
        next_is(".0", 0);
        CHECK(rename(at(".1"), at("-20260101")) == 0 && link(at(".0"), at("-20260102")) == 0);
        gzip(".0", NOW - 5);
        set_time("-20260101", NOW);
        next_is("", 0);
    }
    CASE("an inode that is used again") {
        begin();
        make(".1", NOW - 500, NOW - 400);
        has_been_read(".1");
        CHECK(rename(at(".1"), at(".0")) == 0);
        make(".0", NOW - 300, NOW - 200);
        next_is(".0", 0);
        next_is("", 0);
    }
    CASE("numbers that are missing") {
        begin();
        make(".7", NOW - 800, NOW - 700);
        make(".6", NOW - 700, NOW - 600);
        make(".3", NOW - 400, NOW - 300);
        has_been_read(".6");
        next_is(".3", 2);
        next_is("", 2);
    }
    CASE("one number that is missing, and nothing else to go by") {
        begin();
        make(".2", NOW - 400, NOW - 300);
        has_been_read(".2");
        next_is("", 1);
    }
    CASE("that there is no 0 means nothing, and an empty file is no loss") {
        begin();
        make(".3", NOW - 400, NOW - 300);
        const int fd = open(at(".1"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        CHECK(fd >= 0 && close(fd) == 0);
        make(".2", NOW - 300, NOW - 200);
        has_been_read(".3");
        next_is(".2", 0);
        CHECK_EQ(found.empty, 1);
        next_is("", 0);
        CHECK_EQ(found.empty, 1);
    }
    CASE("numbers that rise, or may, have none that is missing") {
        begin();
        make(".2", NOW - 600, NOW - 500);
        make(".3", NOW - 500, NOW - 400);
        has_been_read(".3");
        next_is(".2", 0); /* in doubt */
        next_is("", 0);
        make(".4", NOW - 400, NOW - 300);
        has_been_read(".4");
        next_is("", 0);
    }
    CASE("long numbers need not begin with 1") {
        begin();
        make(".57", NOW - 400, NOW - 300);
        has_been_read(".57");
        next_is("", 0);
        make(".55", NOW - 600, NOW - 500);
        make(".56", NOW - 500, NOW - 400);
        has_been_read(".57");
        next_is("", 0);
    }
    CASE("what cannot be decompressed is passed over, and told once") {
        begin();
        make(".3", NOW - 400, NOW - 300);
        make(".2.bz2", NOW - 300, NOW - 200);
        make(".1", NOW - 200, NOW - 100);
        has_been_read(".3");
        bool older;
        CHECK(pacct_locate_have_next(&locate, &last, &older));
        CHECK(!older);
        CHECK_EQ(pacct_locate_open_next(&locate, &last, &found), ENOTSUP);
        CHECK_TEXT(found.path, strlen(found.path), at(".2.bz2"));
        next_is(".1", 0);
        CHECK(rename(at(".2.bz2"), at(".0")) == 0); /* its inode is used again */
        make(".0", NOW - 100, NOW - 50);
        next_is(".0", 0);
        next_is("", 0);
    }
    CASE("what cannot be decompressed, and has the time of what was read, is that") {
        begin();
        make(".1", NOW - 400, NOW - 300);
        has_been_read(".1");
        make(".1.lz4", NOW - 400, NOW - 300);
        CHECK(unlink(at(".1")) == 0);
        next_is("", 0);
    }
    CASE("another directory") {
        begin();
        char dir[128], name[192];
        snprintf(dir, sizeof(dir), "%s/old", check_dir);
        CHECK(mkdir(dir, 0700) == 0);
        locate.directory = strdup(dir);
        make(".2", NOW - 400, NOW - 300);
        make(".1", NOW - 300, NOW - 200);
        snprintf(name, sizeof(name), "%s/pacct.1", dir);
        CHECK(rename(at(".1"), name) == 0);
        has_been_read(".2");
        CHECK_EQ(pacct_locate_open_next(&locate, &last, &found), 0);
        CHECK_TEXT(found.path, strlen(found.path), name);
        CHECK_EQ(found.missing, 0);
        pacct_reader_close(&found.src);
    }
    CASE("no rotated files are wanted") {
        begin();
        locate.rotated = false;
        make(".1", NOW - 400, NOW - 300);
        has_been_read(".1");
        next_is("", 0);
    }
    CASE("no live file") {
        begin();
        CHECK(unlink(at("")) == 0);
        make(".1", NOW - 400, NOW - 300);
        has_been_read(".1");
        CHECK_EQ(pacct_locate_open_next(&locate, &last, &found), ENOENT);
        make(".0", NOW - 300, NOW - 200);
        next_is(".0", 0);
    }
    return check_end();
}
