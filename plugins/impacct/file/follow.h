/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/follow.h
 * @brief Follows one accounting file through growth, rotation, truncation and damage.
 *
 * A pull interface: pacct_follow_next() gives the next record or the next
 * thing to know, and says IDLE where there is nothing more at the moment.
 * Nothing in here waits or logs.
 */
#ifndef PACCT_FOLLOW_H
#define PACCT_FOLLOW_H

#include "file/position.h"
#include "file/record.h"
#include "file/watch.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct pacct_follow;

/** What pacct_follow_next() found. */
enum pacct_found {
    PACCT_FOUND_RECORD, /**< a record */
    PACCT_FOUND_IDLE, /**< nothing more now; look again after a change or some time */
    PACCT_FOUND_IDLE_ROTATED, /**< as IDLE; besides, it is not the file at the path that is read, and nothing follows
                                yet, or not for long */
    PACCT_FOUND_OPENED, /**< the file item.path has been opened and will be read from item.from */
    PACCT_FOUND_MISSING, /**< the file does not exist (yet); reported once until it does */
    PACCT_FOUND_ROTATED, /**< the file was read to its end, and there is something in a later one */
    PACCT_FOUND_TRUNCATED, /**< the content before the position is gone; it is read from the start, after the rest of it
                                if a copy of the old content lies beside it */
    PACCT_FOUND_POSITION_LOST, /**< no file holds what a stored position remembers; what was written since its last
                              record is read */
    PACCT_FOUND_BAD_ARCHIVE, /**< the compressed file item.path cannot be read beyond item.from: item.error; the next
                                one follows */
    PACCT_FOUND_UNREADABLE, /**< the file item.path comes next, but is compressed in a way that this build does not
                               read; it is passed over, and reported once */
    PACCT_FOUND_FILES_LOST, /**< item.files files came next, but are not where rotated files are looked for; what
                               follows them is read */
    PACCT_FOUND_SKIPPING, /**< nothing to know yet; to be called again at once: some of much damage was skipped */
    PACCT_FOUND_DAMAGED, /**< bytes from item.from up to item.to are no records and were skipped */
    PACCT_FOUND_ERROR /**< a system call failed, see item.error; reported once until it works again */
};

struct pacct_item {
    const uint8_t* raw; /**< RECORD: its bytes, valid until the next call */
    size_t len; /**< RECORD: their number */
    uint64_t from, to; /**< OPENED, DAMAGED, BAD_ARCHIVE: offsets in the file; ROTATED, TRUNCATED: from: how far it was
                          read */
    uint64_t files; /**< FILES_LOST */
    char path[PATH_MAX]; /**< OPENED, BAD_ARCHIVE, UNREADABLE */
    int error; /**< BAD_ARCHIVE, ERROR: errno */
    const char* call; /**< ERROR: the name of the call */
};

/**
 * @param path copied
 * @param dialect copied
 * @return NULL when out of memory
 */
struct pacct_follow* pacct_follow_new(const char* path, const struct pacct_dialect* dialect);

void pacct_follow_free(struct pacct_follow* f);

/**
 * Read rotated files, too, as far as they were last written within max_age seconds. Off otherwise.
 *
 * @param directory another one that they may lie in; NULL: none; copied
 * @return false when out of memory
 */
bool pacct_follow_rotated(struct pacct_follow* f, const char* directory, time_t max_age);

/**
 * Count the files that go from the path, to know whether any was missed.
 *
 * @param watch has to outlive the follower, or the next call of this; the path is watched in there
 */
void pacct_follow_watch(struct pacct_follow* f, struct pacct_watch* watch, unsigned slot);

/**
 * Stay that long with a file that was rotated after there is something in the next one. Not at all otherwise.
 *
 * When accounting is switched to a new file, the kernel still writes to the old one, after others have written to the
 * new one: the record about the process that switches, and those whose processes were about to be written of
 * (kernel/acct.c, acct_on and acct_get).
 */
void pacct_follow_linger(struct pacct_follow* f, int ms);

/** Milliseconds after which to call pacct_follow_next() again although nothing changed; -1: no need to. */
int pacct_follow_timeout(const struct pacct_follow* f);

/** Go on at a stored position, wherever the reading is now. Where it names no file, all that was written since its time
 *  is read, rotated files too. */
void pacct_follow_resume(struct pacct_follow* f, const struct pacct_position* pos);

/** Begin at the end of a file that exists already. To be called before the first pacct_follow_next(). */
void pacct_follow_from_end(struct pacct_follow* f);

/** See enum pacct_found. @param item the members named there are set */
enum pacct_found pacct_follow_next(struct pacct_follow* f, struct pacct_item* item);

/** The position behind the last record given out, or behind damage that was reported since. */
void pacct_follow_position(const struct pacct_follow* f, struct pacct_position* pos);

/** Descriptor of the file being read, for watching it; -1: none. Changes at OPENED, ROTATED, TRUNCATED, BAD_ARCHIVE and
 *  ERROR. */
int pacct_follow_fd(const struct pacct_follow* f);

#endif
