/**
 * @file pacct_follow.c
 * @brief Follows one accounting file through growth, rotation, truncation and damage.
 *
 * Algorithm: the file is read in large pieces into a buffer that always keeps
 * the PACCT_MARK_LEN bytes before the next record. They are read again with
 * every piece: if they have changed, the file was truncated and refilled.
 *
 * A record is taken if it is plausible and a plausible one, or the end of the
 * data, follows. Otherwise the next place is looked for, byte by byte, where
 * records are believed to begin (chain_at):
 *  - it lies beyond the record in question: that one is whole, and is taken if
 *    it is plausible, or if it is only a little damaged and the distance is a
 *    whole number of records;
 *  - it lies within: the record in question was torn, its bytes are skipped.
 *
 * Rotation: when another inode stands at the path, the old one is read on as
 * long as what follows it is empty, because the kernel goes on writing to the
 * old one until it is told of the new one. Once there is something in a later
 * file, and a moment more (pacct_follow_linger), nothing more comes into this
 * one: it is read to its end a last time. Which file that is, pacct_places
 * says.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: the content of the file is untrusted. System calls that fail
 * are told once and tried again at the next call.
 */
#include "config.h"

#include "pacct_follow.h"
#include "pacct_now.h"
#include "pacct_places.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_SIZE (64u * 1024u)
/* plausible records in a row that make a place believable */
#define CHAIN 3u
#define CHAIN_SIZE (CHAIN * PACCT_RECORD_MAX)

struct pacct_follow {
    struct pacct_places places;
    struct pacct_dialect dialect;

    struct pacct_source src;
    uint8_t head[PACCT_MARK_LEN];
    uint32_t head_len;
    uint64_t until; /* see struct pacct_position */
    size_t taken; /* bytes of the record just before "at"; 0: there is none */

    uint8_t* buf;
    uint64_t base; /* offset in the file of buf[0] */
    size_t at, have; /* next byte to look at, bytes in buf */
    bool at_end; /* the last read reached the end of the file */
    bool next_checked; /* the record at "at" is known to be plausible */

    bool skipping; /* damage was found and not told yet */
    uint64_t skipped_from;
    bool live; /* was opened at the path */
    int linger_ms; /* see pacct_follow_linger() */
    int64_t ready_ms; /* when something was first seen in a later file; 0: not yet */
    bool finishing; /* there is something in a later file: read this one to its end, then leave */

    enum { AT_START, AT_STORED, AT_TIME, AT_NEXT } where; /* what to open when nothing is */
    bool from_end; /* AT_START */
    struct pacct_position last; /* AT_STORED: stored; AT_NEXT: where the file before ended */
    struct timespec last_mtime; /* AT_NEXT: of that file */

    bool missing_told;
    int error_told;
};

struct pacct_follow* pacct_follow_new(const char* path, const struct pacct_dialect* dialect) {
    struct pacct_follow* const f = calloc(1, sizeof(*f));
    if (f == NULL) {
        return NULL;
    }
    f->src.fd = -1;
    f->dialect = *dialect;
    f->buf = malloc(BUFFER_SIZE);
    if (!pacct_places_init(&f->places, path) || f->buf == NULL) {
        pacct_follow_free(f);
        return NULL;
    }
    return f;
}

void pacct_follow_free(struct pacct_follow* f) {
    if (f != NULL) {
        pacct_source_close(&f->src);
        pacct_places_release(&f->places);
        free(f->buf);
        free(f);
    }
}

void pacct_follow_rotated(struct pacct_follow* f, time_t max_age) {
    f->places.rotated = true;
    f->places.max_age = max_age;
}

void pacct_follow_linger(struct pacct_follow* f, int ms) {
    f->linger_ms = ms;
}

int pacct_follow_timeout(const struct pacct_follow* f) {
    if (f->src.fd < 0 || f->ready_ms == 0) {
        return -1;
    }
    const int64_t left = f->ready_ms + f->linger_ms - pacct_now_ms();
    return left > 0 ? (int)left : 0;
}

void pacct_follow_resume(struct pacct_follow* f, const struct pacct_position* pos) {
    pacct_source_close(&f->src);
    f->where = pos->ino != 0 ? AT_STORED : AT_TIME; /* no file yet: whatever there is now is new */
    f->last = *pos;
}

void pacct_follow_from_end(struct pacct_follow* f) {
    f->from_end = true;
}

int pacct_follow_fd(const struct pacct_follow* f) {
    return f->src.fd;
}

void pacct_follow_position(const struct pacct_follow* f, struct pacct_position* pos) {
    if (f->src.fd < 0) {
        *pos = f->last;
        return;
    }
    memset(pos, 0, sizeof(*pos));
    pos->dev = f->src.dev;
    pos->ino = f->src.ino;
    pos->offset = f->base + f->at;
    const uint32_t mark = pacct_position_mark_len(pos);
    struct pacct_record rec;
    pos->until = f->until;
    if (f->taken > 0 && pacct_record_decode(f->buf + f->at - f->taken, &f->dialect, &rec)) {
        pos->until = pacct_record_end(&rec);
    }
    pos->head_len = f->head_len;
    memcpy(pos->head, f->head, f->head_len);
    memcpy(pos->before, f->buf + f->at - mark, mark);
}

static enum pacct_found fail(struct pacct_follow* f, const char* call, int error, struct pacct_item* item) {
    if (f->error_told == error || error == EAGAIN) {
        return PACCT_FOUND_IDLE;
    }
    f->error_told = error;
    item->call = call;
    item->error = error;
    return PACCT_FOUND_ERROR;
}

/* Begin at an offset: the buffer gets the bytes before it, and nothing else yet. */
static bool seek_to(struct pacct_follow* f, uint64_t offset) {
    const uint32_t mark = offset < PACCT_MARK_LEN ? (uint32_t)offset : PACCT_MARK_LEN;
    f->base = offset - mark;
    f->at = f->have = mark;
    f->at_end = f->next_checked = f->skipping = f->finishing = false;
    f->taken = 0;
    f->ready_ms = 0;
    const ssize_t head = pacct_source_read(&f->src, f->head, PACCT_MARK_LEN, 0);
    f->head_len = head < 0 ? 0 : (uint32_t)head;
    return head >= (ssize_t)mark && pacct_source_read(&f->src, f->buf, mark, f->base) == (ssize_t)mark;
}

/* Take an open file as the one to read, from an offset on. */
static enum pacct_found begin(struct pacct_follow* f,
                              const struct pacct_source* src,
                              const char* path,
                              uint64_t offset,
                              struct pacct_item* item) {
    f->src = *src;
    f->live = strcmp(path, f->places.path) == 0;
    f->until = f->last.until;
    if (!seek_to(f, offset)) {
        const int error = errno;
        pacct_source_close(&f->src);
        return fail(f, "read", error, item);
    }
    f->from_end = f->missing_told = false;
    f->error_told = 0;
    snprintf(item->path, sizeof(item->path), "%s", path);
    item->from = offset;
    return PACCT_FOUND_OPENED;
}

static enum pacct_found missing(struct pacct_follow* f) {
    if (f->missing_told) {
        return PACCT_FOUND_IDLE;
    }
    f->missing_told = true;
    f->from_end = false; /* what appears later is new from its start */
    return PACCT_FOUND_MISSING;
}

/* Go on at a stored position, in whichever file has it now. */
static enum pacct_found open_stored(struct pacct_follow* f, struct pacct_item* item) {
    const struct pacct_position pos = f->last;
    struct pacct_source src;
    char path[PATH_MAX];
    const char* call;
    bool any;
    int error = pacct_places_open_live(&f->places, &src, &call);
    if (error != 0 && error != ENOENT) {
        return fail(f, call, error, item);
    }
    const bool exists = error == 0;
    if (exists && pacct_source_holds(&src, &pos)) {
        return begin(f, &src, f->places.path, pos.offset, item);
    }
    if (exists) {
        pacct_source_close(&src);
    }
    error = pacct_places_open_holder(&f->places, &pos, &src, path, &any);
    if (error == 0) {
        return begin(f, &src, path, pos.offset, item);
    }
    if (error != ENOENT) {
        return fail(f, "opendir", error, item);
    }
    if (!exists && !any) {
        return missing(f);
    }
    f->where = AT_TIME;
    return PACCT_FOUND_STRANGE;
}

static enum pacct_found open_next(struct pacct_follow* f,
                                  const struct pacct_position* pos,
                                  const struct timespec* mtime,
                                  struct pacct_item* item) {
    struct pacct_source src;
    char path[PATH_MAX];
    const char* call;
    const int error = pacct_places_open_next(&f->places, pos, mtime, &src, path, &call);
    if (error == 0) {
        return begin(f, &src, path, 0, item);
    }
    return error == ENOENT ? missing(f) : fail(f, call, error, item);
}

static enum pacct_found open_first(struct pacct_follow* f, struct pacct_item* item) {
    struct pacct_source src;
    const char* call;
    const int error = pacct_places_open_live(&f->places, &src, &call);
    if (error != 0) {
        return error == ENOENT ? missing(f) : fail(f, call, error, item);
    }
    return begin(f, &src, f->places.path, f->from_end ? src.size - src.size % PACCT_RECORD_MAX : 0, item);
}

static enum pacct_found open_file(struct pacct_follow* f, struct pacct_item* item) {
    /* where only the time of a position helps: what was written since then may not have been read */
    const struct timespec until = {.tv_sec = (time_t)f->last.until};
    const struct pacct_position nowhere = {0};
    switch (f->where) {
        case AT_STORED:
            return open_stored(f, item);
        case AT_TIME:
            return open_next(f, &nowhere, &until, item);
        case AT_NEXT:
            return open_next(f, &f->last, &f->last_mtime, item);
        case AT_START:
        default:
            return open_first(f, item);
    }
}

enum fill { FILL_OK, FILL_ERROR, FILL_CHANGED };

/* Read on behind what is in the buffer. In a plain file, see that the bytes before it are still the same; a compressed
 * one does not change, and is not read backwards. */
static enum fill fill(struct pacct_follow* f) {
    uint8_t marked[PACCT_MARK_LEN];
    const size_t mark = f->at < PACCT_MARK_LEN ? f->at : PACCT_MARK_LEN;
    const size_t drop = f->at - mark;
    const size_t keep = f->src.gz != NULL ? f->have - drop : 0;
    memcpy(marked, f->buf + drop, mark);
    memmove(f->buf, f->buf + drop, keep);
    f->base += drop;
    f->at = mark;
    const ssize_t n = pacct_source_read(&f->src, f->buf + keep, BUFFER_SIZE - keep, f->base + keep);
    const size_t have = keep + (n < 0 ? 0 : (size_t)n);
    if (n < 0 || have < mark || memcmp(marked, f->buf, mark) != 0) {
        const int error = errno;
        memcpy(f->buf, marked, mark); /* so that the position can still be told */
        f->have = mark;
        f->next_checked = false;
        errno = error;
        return n < 0 ? FILL_ERROR : FILL_CHANGED;
    }
    f->have = have;
    f->at_end = have < BUFFER_SIZE;
    f->next_checked = false; /* the file may end earlier now */
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
        /* the padding and a version 1 record may look like one of version 0 */
        (judge(f, p + PACCT_RECORD_MAX, len - PACCT_RECORD_MAX, &whole) == PACCT_PLAUSIBLE ||
         judge(f, p + length, len - length, &whole) != PACCT_PLAUSIBLE)) {
        return PACCT_RECORD_MAX;
    }
    return length;
}

/* Whether records begin at p: CHAIN plausible ones in a row, or fewer that end where the data ends.
 *
 * Where fewer are followed by damage, one of version 3 is believed alone: too much in it has to fit for an accident.
 * But if p lies within another plausible record it must not be believed lightly, since the end of a record followed by
 * zeros can look like one: then it takes two, or one that ends exactly where the data ends. */
static bool chain_at(const struct pacct_follow* f, const uint8_t* p, size_t len, bool within) {
    const bool newest = len > 1 && (p[1] & 0x7fu) == 3;
    bool whole;
    for (unsigned i = 0; i < CHAIN; i++) {
        const bool plausible = judge(f, p, len, &whole) == PACCT_PLAUSIBLE;
        if (!whole) {
            return i > 1 || (i == 1 && (!within || len == 0));
        }
        if (!plausible) {
            return i > 1 || (i == 1 && !within && newest);
        }
        const size_t step = stride(f, p, len);
        p += step;
        len -= step;
    }
    return true;
}

/* Distance from p to the next believable place behind it; 0: there is none in len bytes. The record at p has own
 * bytes if it is plausible, else 0: a record within it would have the same version. */
static size_t find_chain(const struct pacct_follow* f, const uint8_t* p, size_t len, size_t own) {
    for (size_t q = 1; q + PACCT_RECORD_MIN <= len; q++) {
        if ((q >= own || p[q + 1] == p[1]) && chain_at(f, p + q, len - q, q < own)) {
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
    bool whole;
    const enum pacct_verdict verdict = f->next_checked ? PACCT_PLAUSIBLE : judge(f, p, len, &whole);
    if (!f->next_checked && !whole) {
        return STEP_WAIT;
    }
    *n = stride(f, p, len);
    f->next_checked = verdict == PACCT_PLAUSIBLE && judge(f, p + *n, len - *n, &whole) == PACCT_PLAUSIBLE;
    if (f->next_checked || (verdict == PACCT_PLAUSIBLE && len == *n)) {
        return STEP_TAKE;
    }
    const size_t found = find_chain(f, p, len, verdict == PACCT_PLAUSIBLE ? *n : 0);
    const bool alone = found == 0 && f->at_end;
    if (verdict == PACCT_PLAUSIBLE && (found == 0 || found >= *n)) {
        return STEP_TAKE; /* no other record begins within this one */
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
    f->until = 0; /* what was in there is not known */
    f->taken = 0;
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

/* Leave this file; what comes next is looked for with the next call. */
static void leave(struct pacct_follow* f) {
    struct stat st;
    struct pacct_position pos;
    pacct_follow_position(f, &pos);
    f->last = pos;
    f->last_mtime = fstat(f->src.fd, &st) == 0 ? st.st_mtim : f->src.mtime;
    f->where = AT_NEXT;
    pacct_source_close(&f->src);
}

/* The content before the position is gone. If it was copied away first (copytruncate), the rest is in the copy. */
static enum pacct_found start_over(struct pacct_follow* f, struct pacct_item* item) {
    struct pacct_position pos;
    struct pacct_source copy;
    char path[PATH_MAX];
    bool any;
    pacct_follow_position(f, &pos);
    item->from = pos.offset;
    if (pos.offset > 0 && pacct_places_open_holder(&f->places, &pos, &copy, path, &any) == 0) {
        pacct_follow_resume(f, &pos); /* where it is looked for again if it cannot be read now */
        const enum pacct_found found = begin(f, &copy, path, pos.offset, item);
        return found == PACCT_FOUND_OPENED ? PACCT_FOUND_TRUNCATED : found;
    }
    if (!seek_to(f, 0)) {
        return fail(f, "read", errno, item);
    }
    return PACCT_FOUND_TRUNCATED;
}

enum next { NEXT_NONE, NEXT_EMPTY, NEXT_READY };

/* Is there a file after the one being read, and is there something in it? */
static enum next look_for_next(struct pacct_follow* f) {
    struct stat st, now;
    struct pacct_position pos;
    const bool exists = stat(f->places.path, &st) == 0;
    if (exists && st.st_dev == f->src.dev && st.st_ino == f->src.ino) {
        return NEXT_NONE; /* nothing comes after the live file */
    }
    if (exists && st.st_size > 0) {
        return NEXT_READY;
    }
    pacct_follow_position(f, &pos);
    return fstat(f->src.fd, &now) == 0 && pacct_places_have_next(&f->places, &pos, &now.st_mtim) ? NEXT_READY
                                                                                                 : NEXT_EMPTY;
}

/* May the kernel still write to this file, although there is something in a later one? See pacct_follow_linger(). What
 * was found rotated, and long ago, is not waited for. */
static bool may_grow(struct pacct_follow* f, const struct stat* st) {
    const int64_t now = pacct_now_ms();
    if (f->src.gz != NULL || (!f->live && st->st_mtime + 1 < time(NULL))) {
        return false;
    }
    f->ready_ms = f->ready_ms == 0 ? now : f->ready_ms;
    return now - f->ready_ms < f->linger_ms;
}

/* Everything in the file was looked at. Is anything to come after it? IDLE with *again: look once more. */
static enum pacct_found at_end_of_file(struct pacct_follow* f, struct pacct_item* item, bool* again) {
    struct stat st;
    *again = false;
    if (f->src.gz == NULL) {
        if (fstat(f->src.fd, &st) != 0) {
            return fail(f, "fstat", errno, item);
        }
        if ((uint64_t)st.st_size != f->base + f->have) {
            *again = true;
            return PACCT_FOUND_IDLE;
        }
    }
    if (f->finishing) {
        if (f->have > f->at) { /* the rest is no record, and nothing will complete it */
            skip(f, f->have - f->at);
        }
        if (tell_damage(f, item)) {
            return PACCT_FOUND_DAMAGED;
        }
        leave(f);
        item->from = f->last.offset;
        return PACCT_FOUND_ROTATED;
    }
    const enum next next = look_for_next(f);
    f->ready_ms = next == NEXT_READY ? f->ready_ms : 0; /* what was there may be gone again */
    if (next == NEXT_READY && may_grow(f, &st)) {
        return PACCT_FOUND_REPLACED;
    }
    if (next == NEXT_READY) {
        f->finishing = true;
        *again = true; /* what was written in the meantime */
    }
    return next == NEXT_EMPTY ? PACCT_FOUND_REPLACED : PACCT_FOUND_IDLE;
}

enum pacct_found pacct_follow_next(struct pacct_follow* f, struct pacct_item* item) {
    if (f->src.fd < 0) {
        return open_file(f, item);
    }
    uint64_t seen = UINT64_MAX; /* end of the data when it was looked for more the last time */
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
                    f->taken = n;
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
            if (f->base + f->have == seen) {
                return PACCT_FOUND_IDLE; /* the size that the file system tells of is not there */
            }
            seen = f->base + f->have;
        }
        switch (fill(f)) {
            case FILL_CHANGED:
                return start_over(f, item);
            case FILL_ERROR:
                if (f->src.gz != NULL) {
                    item->error = errno;
                    item->from = f->base + f->at;
                    leave(f); /* trying again would not help */
                    return PACCT_FOUND_BROKEN;
                }
                return fail(f, "read", errno, item);
            case FILL_OK:
            default:
                f->error_told = 0;
                break;
        }
    }
}
