/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/follow.c
 * @brief Follows one accounting file through growth, rotation, truncation and damage.
 *
 * Algorithm: the records of one file come from the scanner (file/scanner.h); in
 * here is which file that is, and when it is done with.
 *
 * Rotation: when another inode stands at the path, the old one is read on as
 * long as what follows it is empty, because the kernel goes on writing to the
 * old one until accounting is switched to the new one. Once there is something in a later
 * file, and a moment more (pacct_follow_linger), nothing more comes into this
 * one: it is read to its end a last time. Which file that is, pacct_locate
 * says. Where there is none at the path yet, and only its name makes an older
 * one follow, the kernel is waited for longer. How many were at the path
 * meanwhile is known from pacct_watch_count(): those that were neither read nor
 * found are reported as lost, or else what the numbers in the names say
 * (lost_before). Before that is believed, it has to be so for a moment: who
 * rotates is perhaps not done yet.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: the content of the file is untrusted. System calls that fail
 * are reported once and tried again at the next call.
 */
#include "config.h"

#include "file/follow.h"
#include "base/attribute.h"
#include "base/sys.h"
#include "file/locate.h"
#include "file/scanner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* how long a file has to be missing before it is lost */
#define LOST_AFTER_MS 1000
/* so many times as long the kernel may write to a file that only an older one follows: who rotates has yet to make the
 * next one and to switch accounting over to it */
#define OLDER_LINGERS 50

struct pacct_follow {
    struct pacct_locate locate;
    struct pacct_scanner scan; /* of the file being read */
    bool live; /* was opened at the path */
    char path[PATH_MAX]; /* where it was opened */
    int linger_ms; /* see pacct_follow_linger() */
    int64_t ready_ms; /* when something was first seen in a later file; 0: not yet */
    int ready_for_ms; /* how long it is stayed with since then */
    bool finishing; /* there is something in a later file: read this one to its end, then leave */

    enum { AT_START, AT_STORED, AT_TIME, AT_NEXT } where; /* what to open when nothing is */
    bool from_end; /* AT_START */
    struct pacct_locate_read last; /* AT_STORED: stored; AT_NEXT: where the file before ended; else only a time */

    struct pacct_watch* watch; /* NULL: what goes from the path is not counted */
    unsigned slot;
    struct pacct_watch_count count; /* when the live file was opened last; missed 0: not known */
    unsigned between; /* rotated files that were read, or reported as lost, since the one that was opened at the path */
    int64_t lost_ms; /* when files were first seen to be missing; 0: none are */
    bool lost_reported; /* that they are missing: go on */

    bool missing_reported;
    int error_reported;
};

struct pacct_follow* pacct_follow_new(const char* path, const struct pacct_dialect* dialect) {
    struct pacct_follow* const f = calloc(1, sizeof(*f));
    if (f == NULL) {
        return NULL;
    }
    f->last.pos.until = (uint64_t)time(NULL);
    const bool scans = pacct_scanner_init(&f->scan, dialect); /* both can be released then */
    if (!pacct_locate_init(&f->locate, path, dialect) || !scans) {
        pacct_follow_free(f);
        return NULL;
    }
    return f;
}

void pacct_follow_free(struct pacct_follow* f) {
    if (f != NULL) {
        pacct_scanner_release(&f->scan);
        pacct_locate_release(&f->locate);
        free(f);
    }
}

bool pacct_follow_rotated(struct pacct_follow* f, const char* directory, time_t max_age) {
    f->locate.rotated = true;
    f->locate.max_age = max_age;
    f->locate.directory = directory == NULL ? NULL : strdup(directory);
    return directory == NULL || f->locate.directory != NULL;
}

void pacct_follow_watch(struct pacct_follow* f, struct pacct_watch* watch, unsigned slot) {
    f->watch = watch;
    f->slot = slot;
}

void pacct_follow_linger(struct pacct_follow* f, int ms) {
    f->linger_ms = ms;
}

int pacct_follow_timeout(const struct pacct_follow* f) {
    const int64_t since = f->scan.src.fd >= 0 ? f->ready_ms : f->lost_ms;
    if (since == 0) {
        return -1;
    }
    const int64_t left = since + (f->scan.src.fd >= 0 ? f->ready_for_ms : LOST_AFTER_MS) - pacct_monotonic_ms();
    return left > 0 ? (int)left : 0;
}

/* Look for the file that holds a position. */
static void look_for(struct pacct_follow* f, const struct pacct_position* pos) {
    pacct_reader_close(&f->scan.src);
    f->where = pos->ino != 0 ? AT_STORED : f->from_end ? AT_START : AT_TIME;
    f->last = (struct pacct_locate_read){.pos = *pos};
    f->count.missed = 0; /* what was read since is read again, and would be counted twice */
    f->lost_ms = 0;
}

void pacct_follow_resume(struct pacct_follow* f, const struct pacct_position* pos) {
    look_for(f, pos);
    pacct_locate_forget(&f->locate);
}

void pacct_follow_from_end(struct pacct_follow* f) {
    f->from_end = true;
}

int pacct_follow_fd(const struct pacct_follow* f) {
    return f->scan.src.fd;
}

void pacct_follow_position(const struct pacct_follow* f, struct pacct_position* pos) {
    if (f->scan.src.fd < 0) {
        *pos = f->last.pos;
        return;
    }
    pacct_scanner_position(&f->scan, pos);
}

static enum pacct_found fail(struct pacct_follow* f, const char* call, int error, struct pacct_item* item) {
    if (f->error_reported == error || error == EAGAIN) {
        return PACCT_FOUND_IDLE;
    }
    f->error_reported = error;
    item->call = call;
    item->error = error;
    return PACCT_FOUND_ERROR;
}

/* Take an open file as the one to read, from an offset on. */
static enum pacct_found begin(struct pacct_follow* f,
                              const struct pacct_reader* src,
                              const char* path,
                              uint64_t offset,
                              struct pacct_item* item) {
    f->live = strcmp(path, f->locate.path) == 0;
    f->finishing = false;
    f->ready_ms = 0;
    if (!pacct_scanner_open(&f->scan, src, offset, f->last.pos.until)) {
        return fail(f, "read", errno, item);
    }
    f->from_end = f->missing_reported = false;
    f->error_reported = 0;
    snprintf(f->path, sizeof(f->path), "%s", path);
    snprintf(item->path, sizeof(item->path), "%s", path);
    item->from = offset;
    return PACCT_FOUND_OPENED;
}

/* ---- how many files were at the path ---- */

static struct pacct_watch_count count_gone(const struct pacct_follow* f) {
    return f->watch == NULL ? (struct pacct_watch_count){0} : pacct_watch_count(f->watch, f->slot);
}

static bool is_same_count(const struct pacct_watch_count* a, const struct pacct_watch_count* b) {
    return a->gone == b->gone && a->missed == b->missed;
}

/* The live file has been opened, and this many had gone before. */
static void set_count(struct pacct_follow* f, const struct pacct_watch_count* count) {
    f->count = *count;
    f->between = 0;
}

/* Files that were at the path after the one opened there last, without the one that is there now, and that are not
 * accounted for. @return whether that is known */
static bool count_lost(const struct pacct_follow* f,
                       const struct pacct_watch_count* now,
                       unsigned empty,
                       uint64_t* lost) {
    const uint64_t gone = now->gone - f->count.gone, found = 1u + f->between + empty; /* 1: the one opened there last */
    *lost = gone > found ? gone - found : 0;
    return f->count.missed != 0 && f->count.missed == now->missed;
}

/* Open the live file, and know how many had been there before. */
static int open_live(struct pacct_follow* f,
                     struct pacct_reader* src,
                     struct pacct_watch_count* count,
                     const char** call) {
    const struct pacct_watch_count before = count_gone(f);
    const int error = pacct_locate_open_live(&f->locate, src, call);
    *count = count_gone(f);
    if (error == 0 && !is_same_count(&before, count)) {
        pacct_reader_close(src);
        return EAGAIN;
    }
    return error;
}

/* ---- opening ---- */

static enum pacct_found missing(struct pacct_follow* f) {
    if (f->missing_reported) {
        return PACCT_FOUND_IDLE;
    }
    f->missing_reported = true;
    f->from_end = false; /* what appears later is new from its start */
    return PACCT_FOUND_MISSING;
}

/* Go on at a stored position, in whichever file has it now. */
static enum pacct_found open_stored(struct pacct_follow* f, struct pacct_item* item) {
    const struct pacct_position pos = f->last.pos;
    struct pacct_reader src;
    struct pacct_watch_count count;
    char path[PATH_MAX];
    const char* call;
    bool any;
    int error = open_live(f, &src, &count, &call);
    if (error != 0 && error != ENOENT) {
        return fail(f, call, error, item);
    }
    const bool exists = error == 0;
    if (exists && pacct_reader_holds(&src, &pos)) {
        set_count(f, &count);
        return begin(f, &src, f->locate.path, pos.offset, item);
    }
    if (exists) {
        pacct_reader_close(&src);
    }
    error = pacct_locate_open_holder(&f->locate, &pos, &src, path, &any);
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
    return PACCT_FOUND_POSITION_LOST;
}

/* Files between the one read last and the next one that are not there any more. */
static uint64_t lost_before(const struct pacct_follow* f,
                            const struct pacct_locate_next* next,
                            const struct pacct_watch_count* count) {
    uint64_t lost;
    const bool known = count_lost(f, count, next->empty, &lost);
    return !known ? next->missing : next->live ? lost : 0; /* it is seen at the live file, when all others were read */
}

/* What follows cannot be read. It is no loss where no more has gone than was read: then it is a copy of that. */
static enum pacct_found unreadable(struct pacct_follow* f,
                                   const struct pacct_locate_next* next,
                                   const struct pacct_watch_count* count,
                                   struct pacct_item* item) {
    uint64_t lost;
    if (count_lost(f, count, 0, &lost) && lost == 0) {
        return PACCT_FOUND_SKIPPING;
    }
    f->between++;
    snprintf(item->path, sizeof(item->path), "%s", next->path);
    return PACCT_FOUND_UNREADABLE;
}

/* Whether it is time to report that files are missing: who renames them may not be done yet. */
static bool is_lost(struct pacct_follow* f) {
    const int64_t now = pacct_monotonic_ms();
    f->lost_ms = f->lost_ms == 0 ? now : f->lost_ms;
    return now - f->lost_ms >= LOST_AFTER_MS;
}

static enum pacct_found open_next(struct pacct_follow* f,
                                  const struct pacct_locate_read* last,
                                  struct pacct_item* item) {
    struct pacct_locate_next next;
    const struct pacct_watch_count before = count_gone(f);
    const int error = pacct_locate_open_next(&f->locate, last, &next);
    const struct pacct_watch_count count = count_gone(f);
    if (error == ENOTSUP) {
        return unreadable(f, &next, &count, item);
    }
    if (error != 0) {
        return error == ENOENT ? missing(f) : fail(f, next.call, error, item);
    }
    if (next.live && !is_same_count(&before, &count)) {
        pacct_reader_close(&next.src);
        return fail(f, next.call, EAGAIN, item);
    }
    item->files = lost_before(f, &next, &count);
    if (item->files > 0 && !f->lost_reported) {
        pacct_reader_close(&next.src);
        f->lost_reported = is_lost(f);
        return f->lost_reported ? PACCT_FOUND_FILES_LOST : PACCT_FOUND_IDLE_ROTATED;
    }
    f->lost_reported = false;
    f->lost_ms = 0;
    if (next.live) {
        set_count(f, &count);
    } else {
        f->between += !next.grown;
    }
    return begin(f, &next.src, next.path, next.offset, item);
}

/* Nothing was read ever. What comes to the path before it can be opened is new, even if it is rotated until then. */
static enum pacct_found open_first(struct pacct_follow* f, struct pacct_item* item) {
    struct pacct_reader src;
    struct pacct_watch_count count;
    const char* call;
    const int error = open_live(f, &src, &count, &call);
    if (error != 0) {
        const enum pacct_found found = error == ENOENT ? missing(f) : fail(f, call, error, item);
        f->where = f->from_end ? AT_START : AT_TIME;
        return found;
    }
    set_count(f, &count);
    return begin(f, &src, f->locate.path, f->from_end ? src.size - src.size % PACCT_RECORD_MAX : 0, item);
}

static enum pacct_found open_file(struct pacct_follow* f, struct pacct_item* item) {
    /* where only the time of a position helps: what was written since then may not have been read */
    const struct pacct_locate_read nowhere = {.mtime.tv_sec = (time_t)f->last.pos.until};
    switch (f->where) {
        case AT_STORED:
            return open_stored(f, item);
        case AT_TIME:
            return open_next(f, &nowhere, item);
        case AT_NEXT:
            return open_next(f, &f->last, item);
        case AT_START:
        default:
            return open_first(f, item);
    }
}

/* ---- leaving ---- */

/* Leave this file; what comes next is looked for with the next call. */
static void leave(struct pacct_follow* f) {
    struct stat st;
    struct pacct_position pos;
    pacct_follow_position(f, &pos);
    f->last.pos = pos;
    f->last.mtime = fstat(f->scan.src.fd, &st) == 0 ? st.st_mtim : f->scan.src.mtime;
    pacct_locate_done(&f->locate, &f->last);
    f->where = AT_NEXT;
    pacct_reader_close(&f->scan.src);
}

/* The content before the position is gone. If it was copied away first (copytruncate), the rest is in the copy. */
static enum pacct_found start_over(struct pacct_follow* f, struct pacct_item* item) {
    struct pacct_position pos;
    struct pacct_reader copy;
    char path[PATH_MAX];
    bool any;
    pacct_follow_position(f, &pos);
    item->from = pos.offset;
    if (pos.offset > 0 && pacct_locate_open_holder(&f->locate, &pos, &copy, path, &any) == 0) {
        look_for(f, &pos); /* where it is looked for again if it cannot be read now */
        const enum pacct_found found = begin(f, &copy, path, pos.offset, item);
        return found == PACCT_FOUND_OPENED ? PACCT_FOUND_TRUNCATED : found;
    }
    f->finishing = false;
    f->ready_ms = 0;
    if (!pacct_scanner_seek(&f->scan, 0)) {
        return fail(f, "read", errno, item);
    }
    return PACCT_FOUND_TRUNCATED;
}

/* OLDER: there is something in it, but it was written before this one, if times are right. */
enum next { NEXT_NONE, NEXT_EMPTY, NEXT_OLDER, NEXT_READY };

/* Is there a file after the one being read, and is there something in it? */
static enum next look_for_next(struct pacct_follow* f) {
    struct stat st, now;
    struct pacct_locate_read read;
    const bool exists = stat(f->locate.path, &st) == 0;
    if (exists && st.st_dev == f->scan.src.dev && st.st_ino == f->scan.src.ino) {
        return NEXT_NONE; /* nothing comes after the live file */
    }
    if (exists && S_ISREG(st.st_mode) && st.st_size > 0) {
        return NEXT_READY;
    }
    pacct_follow_position(f, &read.pos);
    if (fstat(f->scan.src.fd, &now) != 0) {
        return NEXT_EMPTY;
    }
    read.mtime = now.st_mtim;
    bool older;
    return !pacct_locate_have_next(&f->locate, &read, &older) ? NEXT_EMPTY : older ? NEXT_OLDER : NEXT_READY;
}

/* May the kernel still write to this file, although there is something in a later one? See pacct_follow_linger(). What
 * was found rotated, and long ago, is not waited for. */
static bool may_grow(struct pacct_follow* f, const struct stat* st, enum next next) {
    const int64_t now = pacct_monotonic_ms();
    f->ready_for_ms = next == NEXT_OLDER ? f->linger_ms * OLDER_LINGERS : f->linger_ms;
    if (f->scan.src.stream != NULL || (!f->live && st->st_mtime + 1 + f->ready_for_ms / 1000 < time(NULL))) {
        return false;
    }
    f->ready_ms = f->ready_ms == 0 ? now : f->ready_ms;
    return now - f->ready_ms < f->ready_for_ms;
}

/* Everything in the file was looked at. Is anything to come after it? IDLE with *again: look once more. */
static enum pacct_found at_end_of_file(struct pacct_follow* f, struct pacct_item* item, bool* again) {
    struct stat st = {0}; /* stays so where the file is compressed */
    *again = false;
    if (f->scan.src.stream == NULL) {
        if (fstat(f->scan.src.fd, &st) != 0) {
            return fail(f, "fstat", errno, item);
        }
        if ((uint64_t)st.st_size != pacct_scanner_end(&f->scan)) {
            *again = true;
            return PACCT_FOUND_IDLE;
        }
    }
    if (f->finishing) {
        pacct_scanner_skip_rest(&f->scan); /* nothing will complete it */
        if (pacct_scanner_damage(&f->scan, &item->from, &item->to)) {
            return PACCT_FOUND_DAMAGED;
        }
        leave(f);
        item->from = f->last.pos.offset;
        return PACCT_FOUND_ROTATED;
    }
    const enum next next = look_for_next(f);
    const bool ready = next == NEXT_READY || next == NEXT_OLDER;
    f->ready_ms = ready ? f->ready_ms : 0; /* what was there may be gone again */
    if (ready && may_grow(f, &st, next)) {
        return PACCT_FOUND_IDLE_ROTATED;
    }
    if (ready) {
        f->finishing = true;
        *again = true; /* what was written in the meantime */
    }
    return next == NEXT_EMPTY ? PACCT_FOUND_IDLE_ROTATED : PACCT_FOUND_IDLE;
}

/* Everything that could be had of a compressed file was looked at. To try again would not help. */
static enum pacct_found give_up_archive(struct pacct_follow* f, struct pacct_item* item) {
    if (pacct_scanner_damage(&f->scan, &item->from, &item->to)) {
        return PACCT_FOUND_DAMAGED;
    }
    item->error = f->scan.archive_error;
    item->from = pacct_scanner_offset(&f->scan);
    snprintf(item->path, sizeof(item->path), "%s", f->path);
    leave(f);
    return PACCT_FOUND_BAD_ARCHIVE;
}

/* What there is but a record that lies ready. */
NOT_INLINE enum pacct_found next_other(struct pacct_follow* f, enum pacct_scanned scanned, struct pacct_item* item) {
    uint64_t seen = UINT64_MAX; /* end of the data when it was looked for more the last time */
    for (;; scanned = pacct_scanner_next(&f->scan, &item->raw, &item->len)) {
        switch (scanned) {
            case PACCT_SCANNED_RECORD:
                return PACCT_FOUND_RECORD;
            case PACCT_SCANNED_DAMAGE:
                pacct_scanner_damage(&f->scan, &item->from, &item->to);
                return PACCT_FOUND_DAMAGED;
            case PACCT_SCANNED_SKIPPING:
                return PACCT_FOUND_SKIPPING;
            case PACCT_SCANNED_ALL:
            default:
                break;
        }
        if (f->scan.archive_error != 0) {
            return give_up_archive(f, item);
        }
        if (f->scan.frame.at_end) {
            bool again;
            const enum pacct_found found = at_end_of_file(f, item, &again);
            if (!again) {
                return found;
            }
            if (pacct_scanner_end(&f->scan) == seen) {
                return PACCT_FOUND_IDLE; /* there are not as many bytes as the file system says */
            }
            seen = pacct_scanner_end(&f->scan);
        }
        switch (pacct_scanner_read(&f->scan)) {
            case PACCT_READ_CHANGED:
                return start_over(f, item);
            case PACCT_READ_ERROR:
                return fail(f, "read", errno, item);
            case PACCT_READ_OK:
            default:
                f->error_reported = 0;
                break;
        }
    }
}

enum pacct_found pacct_follow_next(struct pacct_follow* f, struct pacct_item* item) {
    if (f->scan.src.fd < 0) {
        return open_file(f, item);
    }
    const enum pacct_scanned scanned = pacct_scanner_next(&f->scan, &item->raw, &item->len);
    return scanned == PACCT_SCANNED_RECORD ? PACCT_FOUND_RECORD : next_other(f, scanned, item);
}
