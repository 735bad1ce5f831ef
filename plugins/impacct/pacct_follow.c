/**
 * @file pacct_follow.c
 * @brief Follows one accounting file through growth, rotation, truncation and damage.
 *
 * Algorithm: the file is read in large pieces into a buffer that always keeps
 * the PACCT_MARK_LEN bytes before the next record. They are read again with
 * every piece: if they have changed, the file was truncated and refilled.
 *
 * A record is taken if it is plausible and a plausible one, or the end of the
 * data, follows. Otherwise the next place is looked for, byte by byte, from
 * which on CHAIN records in a row (or all there are) are plausible:
 *  - it lies beyond the record in question: that one is whole, and is taken if
 *    it is plausible, or if it is only a little damaged and the distance is a
 *    whole number of records;
 *  - it lies within: the record in question was torn, its bytes are skipped.
 *
 * Rotation: when another inode stands at the path, the old one is read on as
 * long as the new one is empty, because the kernel goes on writing to the old
 * one until it is told of the new one. Once there is something in the new one
 * nothing more comes into the old one: it is read to its end a last time.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: the content of the file is untrusted. System calls that fail
 * are told once and tried again at the next call.
 */
#include "config.h"

#include "pacct_follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (64u * 1024u)
/* plausible records in a row that make a place believable */
#define CHAIN 3u
#define CHAIN_SIZE (CHAIN * PACCT_RECORD_MAX)

struct pacct_follow {
    char* path;
    struct pacct_dialect dialect;
    int fd;
    uint64_t dev, ino;
    uint8_t head[PACCT_MARK_LEN];
    uint32_t head_len;

    uint8_t* buf;
    uint64_t base; /* offset in the file of buf[0] */
    size_t at, have; /* next byte to look at, bytes in buf */
    bool at_end; /* the last read reached the end of the file */
    bool next_checked; /* the record at "at" is known to be plausible */

    bool skipping; /* damage was found and not told yet */
    uint64_t skipped_from;
    bool finishing; /* something is in the file that replaced this one: read to the end, then leave */

    bool resume; /* stored holds a position to go on from */
    bool from_end;
    struct pacct_position stored;

    bool missing_told;
    int error_told;
};

struct pacct_follow* pacct_follow_new(const char* path, const struct pacct_dialect* dialect) {
    struct pacct_follow* const f = calloc(1, sizeof(*f));
    if (f == NULL) {
        return NULL;
    }
    f->fd = -1;
    f->dialect = *dialect;
    f->path = strdup(path);
    f->buf = malloc(BUFFER_SIZE);
    if (f->path == NULL || f->buf == NULL) {
        pacct_follow_free(f);
        return NULL;
    }
    return f;
}

static void close_file(struct pacct_follow* f) {
    if (f->fd >= 0) {
        close(f->fd);
    }
    f->fd = -1;
}

void pacct_follow_free(struct pacct_follow* f) {
    if (f != NULL) {
        close_file(f);
        free(f->path);
        free(f->buf);
        free(f);
    }
}

void pacct_follow_resume(struct pacct_follow* f, const struct pacct_position* pos) {
    f->resume = true;
    f->stored = *pos;
}

void pacct_follow_from_end(struct pacct_follow* f) {
    f->from_end = true;
}

int pacct_follow_fd(const struct pacct_follow* f) {
    return f->fd;
}

void pacct_follow_position(const struct pacct_follow* f, struct pacct_position* pos) {
    memset(pos, 0, sizeof(*pos));
    if (f->ino == 0 && f->resume) {
        *pos = f->stored; /* nothing opened yet: what was stored still holds */
        return;
    }
    pos->dev = f->dev;
    pos->ino = f->ino;
    pos->offset = f->base + f->at;
    const uint32_t mark = pacct_position_mark_len(pos);
    memcpy(pos->head, f->head, mark);
    memcpy(pos->before, f->buf + f->at - mark, mark);
}

static enum pacct_found fail(struct pacct_follow* f, const char* call, int error, struct pacct_item* item) {
    if (f->error_told == error) {
        return PACCT_FOUND_IDLE;
    }
    f->error_told = error;
    item->call = call;
    item->error = error;
    return PACCT_FOUND_ERROR;
}

static ssize_t read_at(const struct pacct_follow* f, void* buf, size_t len, uint64_t offset) {
    size_t done = 0;
    while (done < len) {
        const ssize_t n = pread(f->fd, (uint8_t*)buf + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    return (ssize_t)done;
}

/* Whether the open file holds both marks of a position. */
static bool holds(const struct pacct_follow* f, const struct pacct_position* pos) {
    uint8_t seen[PACCT_MARK_LEN];
    const uint32_t mark = pacct_position_mark_len(pos);
    return read_at(f, seen, mark, 0) == (ssize_t)mark && memcmp(seen, pos->head, mark) == 0 &&
           read_at(f, seen, mark, pos->offset - mark) == (ssize_t)mark && memcmp(seen, pos->before, mark) == 0;
}

/* Begin at an offset: the buffer gets the bytes before it, and nothing else yet. */
static bool seek_to(struct pacct_follow* f, uint64_t offset) {
    const uint32_t mark = offset < PACCT_MARK_LEN ? (uint32_t)offset : PACCT_MARK_LEN;
    f->base = offset - mark;
    f->at = f->have = mark;
    f->at_end = f->next_checked = f->skipping = f->finishing = false;
    f->head_len = mark;
    return read_at(f, f->buf, mark, f->base) == (ssize_t)mark && read_at(f, f->head, mark, 0) == (ssize_t)mark;
}

static enum pacct_found open_file(struct pacct_follow* f, struct pacct_item* item) {
    struct stat st;
    f->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (f->fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR) {
            return fail(f, "open", errno, item);
        }
        if (f->missing_told) {
            return PACCT_FOUND_IDLE;
        }
        f->missing_told = true;
        f->from_end = false; /* what appears later is new from its start */
        return PACCT_FOUND_MISSING;
    }
    const int error = fstat(f->fd, &st) != 0 ? errno : !S_ISREG(st.st_mode) ? EINVAL : 0;
    if (error != 0) {
        close_file(f);
        return fail(f, "fstat", error, item);
    }
    uint64_t start = 0;
    bool strange = false;
    if (f->resume) {
        strange = !holds(f, &f->stored);
        start = strange ? 0 : f->stored.offset;
    } else if (f->from_end) {
        start = (uint64_t)st.st_size - (uint64_t)st.st_size % PACCT_RECORD_MAX;
    }
    if (!seek_to(f, start)) {
        const int read_error = errno;
        close_file(f);
        return fail(f, "read", read_error, item);
    }
    f->dev = st.st_dev;
    f->ino = st.st_ino;
    f->resume = f->from_end = f->missing_told = false;
    f->error_told = 0;
    item->from = start;
    return strange ? PACCT_FOUND_STRANGE : PACCT_FOUND_OPENED;
}

enum fill { FILL_OK, FILL_ERROR, FILL_CHANGED };

/* Read on behind what is in the buffer, and see that the bytes before it are still the same. */
static enum fill fill(struct pacct_follow* f) {
    const size_t mark = f->at < PACCT_MARK_LEN ? f->at : PACCT_MARK_LEN;
    uint8_t known[PACCT_MARK_LEN];
    const size_t drop = f->at - mark;
    memcpy(known, f->buf + drop, mark);
    const ssize_t n = read_at(f, f->buf, BUFFER_SIZE, f->base + drop);
    if (n < 0) {
        const int error = errno; /* nothing of the buffer can be relied on */
        f->base += drop;
        f->at = f->have = mark;
        memcpy(f->buf, known, mark);
        f->next_checked = false;
        errno = error;
        return FILL_ERROR;
    }
    f->base += drop;
    f->at = mark;
    f->have = (size_t)n;
    f->at_end = (size_t)n < BUFFER_SIZE;
    if ((size_t)n < mark || memcmp(known, f->buf, mark) != 0) {
        memcpy(f->buf, known, mark);
        f->have = mark;
        f->next_checked = false;
        return FILL_CHANGED;
    }
    if (f->head_len < PACCT_MARK_LEN && f->base == 0) {
        f->head_len = f->have < PACCT_MARK_LEN ? (uint32_t)f->have : PACCT_MARK_LEN;
        memcpy(f->head, f->buf, f->head_len);
    }
    return FILL_OK;
}

/* Verdict on len bytes at p; *whole is false where they end before the record does. */
static enum pacct_verdict judge(const struct pacct_follow* f, const uint8_t* p, size_t len, bool* whole) {
    *whole = len >= PACCT_RECORD_MIN && len >= pacct_record_length(p);
    return *whole ? pacct_record_check(p, &f->dialect) : PACCT_IMPOSSIBLE;
}

/* Distance to the record behind the one at p. Version 1 is 62 bytes long; converters pad it to 64. */
static size_t stride(const struct pacct_follow* f, const uint8_t* p, size_t len) {
    const size_t length = pacct_record_length(p);
    bool whole;
    if (length < PACCT_RECORD_MAX && len >= PACCT_RECORD_MAX && p[length] == 0 && p[length + 1] == 0 &&
        judge(f, p + length, len - length, &whole) != PACCT_PLAUSIBLE) {
        return PACCT_RECORD_MAX;
    }
    return length;
}

static bool chain_at(const struct pacct_follow* f, const uint8_t* p, size_t len) {
    bool whole;
    for (unsigned i = 0; i < CHAIN; i++) {
        const bool plausible = judge(f, p, len, &whole) == PACCT_PLAUSIBLE;
        if (!whole) {
            return i > 0; /* all there are */
        }
        if (!plausible) {
            return false;
        }
        const size_t step = stride(f, p, len);
        p += step;
        len -= step;
    }
    return true;
}

/* Distance from p to the next believable place behind it; 0: there is none in len bytes. */
static size_t find_chain(const struct pacct_follow* f, const uint8_t* p, size_t len) {
    for (size_t q = 1; q + PACCT_RECORD_MIN <= len; q++) {
        if (chain_at(f, p + q, len - q)) {
            return q;
        }
    }
    return 0;
}

enum step { STEP_TAKE, STEP_SKIP, STEP_WAIT };

/* What to do with the bytes at "at"; see the head of this file. *n: bytes to take or skip. */
static enum step decide(struct pacct_follow* f, size_t* n) {
    const uint8_t* const p = f->buf + f->at;
    const size_t len = f->have - f->at;
    bool whole, next_whole;
    const enum pacct_verdict verdict = f->next_checked ? PACCT_PLAUSIBLE : judge(f, p, len, &whole);
    if (!f->next_checked && !whole) {
        return STEP_WAIT;
    }
    *n = stride(f, p, len);
    if (verdict == PACCT_PLAUSIBLE) {
        f->next_checked = judge(f, p + *n, len - *n, &next_whole) == PACCT_PLAUSIBLE;
        if (f->next_checked || !next_whole) {
            return STEP_TAKE;
        }
    }
    const size_t found = find_chain(f, p, len);
    const bool alone = found == 0 && f->at_end;
    if (verdict == PACCT_PLAUSIBLE && (found >= *n || alone)) {
        return STEP_TAKE;
    }
    if (verdict == PACCT_DOUBTFUL && !f->skipping && ((found != 0 && found % *n == 0) || (alone && len == *n))) {
        return STEP_TAKE;
    }
    if (found != 0) {
        *n = found;
        return STEP_SKIP;
    }
    if (f->at_end) {
        return STEP_WAIT;
    }
    *n = len > CHAIN_SIZE ? len - CHAIN_SIZE : 1; /* the chain may lie across the end of the buffer */
    return STEP_SKIP;
}

static void skip(struct pacct_follow* f, size_t n) {
    if (!f->skipping) {
        f->skipping = true;
        f->skipped_from = f->base + f->at;
    }
    f->at += n;
    f->next_checked = false;
}

static bool tell_damage(struct pacct_follow* f, struct pacct_item* item) {
    if (!f->skipping) {
        return false;
    }
    f->skipping = false;
    item->from = f->skipped_from;
    item->to = f->base + f->at;
    return true;
}

static enum pacct_found start_over(struct pacct_follow* f, struct pacct_item* item) {
    if (!seek_to(f, 0)) {
        return fail(f, "read", errno, item);
    }
    item->from = 0;
    return PACCT_FOUND_TRUNCATED;
}

/* Everything in the file was looked at. Is it still the one at the path? IDLE with *again: something came. */
static enum pacct_found at_end_of_file(struct pacct_follow* f, struct pacct_item* item, bool* again) {
    struct stat st;
    *again = false;
    if (fstat(f->fd, &st) != 0) {
        return fail(f, "fstat", errno, item);
    }
    if ((uint64_t)st.st_size != f->base + f->have) {
        *again = true;
        return PACCT_FOUND_IDLE;
    }
    if (f->finishing) {
        if (f->have > f->at) { /* the rest is no record, and nothing will complete it */
            skip(f, f->have - f->at);
        }
        if (tell_damage(f, item)) {
            return PACCT_FOUND_DAMAGED;
        }
        close_file(f);
        return PACCT_FOUND_ROTATED;
    }
    if (stat(f->path, &st) == 0 && (st.st_dev != f->dev || st.st_ino != f->ino) && st.st_size > 0) {
        f->finishing = true;
        *again = true; /* what was written in the meantime */
    }
    return PACCT_FOUND_IDLE;
}

enum pacct_found pacct_follow_next(struct pacct_follow* f, struct pacct_item* item) {
    if (f->fd < 0) {
        return open_file(f, item);
    }
    for (;;) {
        size_t n = 0;
        if (f->have - f->at >= CHAIN_SIZE || f->at_end) {
            switch (decide(f, &n)) {
                case STEP_TAKE:
                    if (tell_damage(f, item)) {
                        f->next_checked = false;
                        return PACCT_FOUND_DAMAGED;
                    }
                    item->raw = f->buf + f->at;
                    item->len = pacct_record_length(item->raw);
                    f->at += n;
                    return PACCT_FOUND_RECORD;
                case STEP_SKIP:
                    skip(f, n);
                    continue;
                case STEP_WAIT:
                default:
                    break;
            }
        }
        if (f->at_end) {
            bool again;
            const enum pacct_found found = at_end_of_file(f, item, &again);
            if (!again) {
                return found;
            }
        }
        switch (fill(f)) {
            case FILL_CHANGED:
                return start_over(f, item);
            case FILL_ERROR:
                return fail(f, "read", errno, item);
            case FILL_OK:
            default:
                f->error_told = 0;
                break;
        }
    }
}
