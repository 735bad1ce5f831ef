/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: nothing that happens to a file makes the follower crash, hang, or deliver what was never written.
 * Invariant: a delivered record is a run of bytes of some state of the file; within one reading of a file positions
 * grow; the calls until IDLE are bounded by the bytes there are; reading on from any position gives the same rest.
 * Oracle: everything ever written, kept aside. The input is a list of operations: records, torn records, garbage,
 * truncation, rename, reading. */
#include "config.h"

#include "check.h"
#include "file/follow.h"
#include "sample.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

#define WRITTEN_MAX (1u << 16)
#define RECORDS_MAX 2048u
#define FILES_MAX 16u

static const struct pacct_dialect dialect = {.ahz = 100};
static char dir[64], path[80];

/* All contents of all files, one behind the other; a file that was truncated begins a new one. */
static uint8_t written[WRITTEN_MAX];
static size_t written_len, file_start; /* file_start: where the file at the path begins in there */
static size_t flushed; /* how much of it is in the files: what is appended is written at once, before it is looked at */
static unsigned files; /* rotated */
static int live = -1; /* the file at the path, for writing; -1: there is none */

static const uint8_t* next;
static size_t left;

static uint8_t take(void) {
    if (left == 0) {
        return 0;
    }
    left--;
    return *next++;
}

static void in_folder(char* out, size_t size, const char* format, ...) __attribute__((format(printf, 3, 4)));
static void in_folder(char* out, size_t size, const char* format, ...) {
    va_list args;
    va_start(args, format);
    const int n = snprintf(out, size, "%s/", dir);
    vsnprintf(out + n, size - (size_t)n, format, args);
    va_end(args);
}

static void flush(void) {
    const size_t len = written_len - flushed;
    if (len > 0) {
        if (live < 0) {
            live = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
            CHECK(live >= 0);
        }
        CHECK(write(live, written + flushed, len) == (ssize_t)len);
        flushed = written_len;
    }
}

static void leave_live(void) {
    if (live >= 0) {
        close(live);
    }
    live = -1;
}

static void remove_files(void) {
    char name[128];
    leave_live();
    unlink(path);
    for (; files > 0; files--) {
        in_folder(name, sizeof(name), "pacct.%u", files - 1);
        unlink(name);
    }
}

static void clean_up(void) {
    remove_files();
    rmdir(dir);
}

static void prepare(void) {
    if (dir[0] == '\0') {
        snprintf(dir, sizeof(dir), "%s/impacct-follow_fuzz.XXXXXX",
                 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
        CHECK(mkdtemp(dir) != NULL);
        in_folder(path, sizeof(path), "pacct");
        atexit(clean_up);
    }
    written_len = file_start = flushed = 0;
}

static void append(const uint8_t* bytes, size_t len) {
    if (written_len + len > WRITTEN_MAX) {
        return;
    }
    memcpy(written + written_len, bytes, len);
    written_len += len;
}

static void append_record(size_t at_most) {
    static const char* const names[] = {"make", "sh", "accton", "\xff\n"};
    uint8_t raw[64];
    const uint8_t kind = take(), value = take();
    struct sample s = {.version = sample_kinds[kind % 7].version, .big = sample_kinds[kind % 7].big};
    s.btime = 1700000000u + value;
    s.pid = value;
    s.mem = (uint16_t)(value / 2);
    s.exitcode = value % 16;
    memcpy(s.comm, names[kind / 64], strlen(names[kind / 64]));
    const size_t len = sample_write(&s, raw);
    append(raw, len < at_most ? len : at_most);
}

static void append_garbage(void) {
    uint8_t bytes[256];
    const size_t len = take();
    for (size_t i = 0; i < len; i++) {
        bytes[i] = take();
    }
    append(bytes, len);
}

static void cut(void) {
    const size_t len = written_len - file_start;
    const size_t keep = len * take() / 255;
    flush();
    if (live < 0 || written_len + keep > WRITTEN_MAX) {
        return;
    }
    CHECK(ftruncate(live, (off_t)keep) == 0);
    memmove(written + written_len, written + file_start, keep);
    file_start = written_len;
    written_len += keep;
    flushed = written_len;
}

static void rotate(void) {
    char name[128];
    flush();
    if (live >= 0 && files < FILES_MAX) {
        in_folder(name, sizeof(name), "pacct.%u", files++);
        CHECK(rename(path, name) == 0);
        leave_live();
        file_start = written_len;
    }
}

struct reader {
    struct pacct_follow* follow;
    uint64_t offset; /* behind the last record of this reading */
    bool begun;
};

/* True: there was a record in item. False: nothing more at the moment. */
static bool read_one(struct reader* r, struct pacct_item* item) {
    struct pacct_position pos;
    for (size_t calls = 0;; calls++) {
        CHECK(calls < 64 + WRITTEN_MAX); /* each finds something in the bytes there are */
        switch (pacct_follow_next(r->follow, item)) {
            case PACCT_FOUND_RECORD:
                CHECK(item->len == PACCT_RECORD_MIN || item->len == PACCT_RECORD_MAX);
                CHECK(memmem(written, written_len, item->raw, item->len) != NULL);
                pacct_follow_position(r->follow, &pos);
                CHECK(!r->begun || pos.offset > r->offset);
                CHECK(pos.offset >= item->len);
                r->offset = pos.offset;
                r->begun = true;
                return true;
            case PACCT_FOUND_DAMAGED:
                CHECK(item->from < item->to);
                CHECK(!r->begun || item->from >= r->offset);
                break;
            case PACCT_FOUND_SKIPPING:
                break;
            case PACCT_FOUND_IDLE:
            case PACCT_FOUND_IDLE_ROTATED:
            case PACCT_FOUND_MISSING:
            case PACCT_FOUND_ERROR:
                return false;
            case PACCT_FOUND_OPENED: /* another file, or this one from another place */
            case PACCT_FOUND_ROTATED:
            case PACCT_FOUND_TRUNCATED:
            case PACCT_FOUND_POSITION_LOST:
            case PACCT_FOUND_BAD_ARCHIVE:
            case PACCT_FOUND_UNREADABLE:
            case PACCT_FOUND_FILES_LOST:
            default:
                r->begun = false;
                break;
        }
    }
}

static void read_some(struct reader* r, size_t count) {
    struct pacct_item item;
    flush();
    while (count > 0 && read_one(r, &item)) {
        count--;
    }
}

/* With the file at rest: one reader reads all of it, another goes on from some position of the first. */
static void resume(void) {
    static uint8_t records[RECORDS_MAX][PACCT_RECORD_MAX];
    static struct pacct_position positions[RECORDS_MAX];
    struct pacct_item item;
    struct reader all = {.follow = pacct_follow_new(path, &dialect)};
    struct reader rest = {.follow = pacct_follow_new(path, &dialect)};
    size_t count = 0;
    flush();
    CHECK(all.follow != NULL && rest.follow != NULL);
    while (count < RECORDS_MAX && read_one(&all, &item)) {
        memcpy(records[count], item.raw, item.len);
        pacct_follow_position(all.follow, &positions[count++]);
    }
    if (count > 0 && count < RECORDS_MAX) {
        size_t from = take() % count;
        pacct_follow_resume(rest.follow, &positions[from++]);
        for (; read_one(&rest, &item); from++) {
            CHECK(from < count);
            CHECK(memcmp(records[from], item.raw, item.len) == 0);
        }
        CHECK(from == count);
    }
    pacct_follow_free(all.follow);
    pacct_follow_free(rest.follow);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    prepare();
    next = data;
    left = size;
    struct reader r = {.follow = pacct_follow_new(path, &dialect)};
    bool resumed = false;
    CHECK(r.follow != NULL);
    if (take() % 2 == 1) {
        CHECK(pacct_follow_rotated(r.follow, NULL, 3600));
    }
    while (left > 0) {
        const uint8_t op = take();
        switch (op % 8) {
            case 0:
            case 1:
                for (unsigned n = op / 32u; n < 8; n++) {
                    append_record(PACCT_RECORD_MAX);
                }
                break;
            case 2:
                append_record(take() % PACCT_RECORD_MAX);
                break;
            case 3:
                append_garbage();
                break;
            case 4:
                cut();
                break;
            case 5:
                rotate();
                break;
            case 6:
                read_some(&r, op < 128 ? op / 8u : SIZE_MAX);
                break;
            default:
                if (!resumed) { /* once, besides the one at the end: it reads everything twice */
                    resume();
                }
                resumed = true;
                break;
        }
    }
    read_some(&r, SIZE_MAX);
    resume();
    pacct_follow_free(r.follow);
    remove_files();
    return 0;
}
