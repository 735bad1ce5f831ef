/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/locate.h
 * @brief Where records of one accounting file lie: at its path, and in rotated files; which of them to open.
 *
 * Terms. The live file is the one at the path. What was read last is the file that was left at its end. Another one
 * follows it if it has been written since, or has come to its name since: how that is seen, and in which order several
 * are read, says the head of file/locate.c.
 */
#ifndef PACCT_LOCATE_H
#define PACCT_LOCATE_H

#include "file/position.h"
#include "file/reader.h"
#include "file/record.h"

#include <limits.h>
#include <stdbool.h>
#include <time.h>

/** So many of the files read last are known again. */
#define PACCT_LOCATE_KNOWN 64u

/** A file that was read. */
struct pacct_locate_read {
    struct pacct_position pos; /**< its end; dev and ino 0: no file */
    struct timespec mtime; /**< when it was last written */
};

struct pacct_locate {
    char* path; /**< of the live file, as configured */
    char* real; /**< without symbolic links, as of its last opening; rotated files lie beside it */
    char* directory; /**< or in there; NULL: nowhere else */
    struct pacct_dialect dialect;
    bool rotated; /**< whether there are rotated files */
    time_t max_age; /**< seconds after its last writing for which one of them is of interest */
    struct pacct_locate_read* known; /**< a ring of PACCT_LOCATE_KNOWN files that were read or passed over */
    unsigned known_count; /**< ever put in there */
};

/** Without rotated files at first. @return false when out of memory; to be released all the same */
bool pacct_locate_init(struct pacct_locate* p, const char* path, const struct pacct_dialect* dialect);

void pacct_locate_release(struct pacct_locate* p);

/**
 * Open the live file.
 *
 * @param call set on failure to the name of the call
 * @return 0, ENOENT: there is none, or another errno
 */
int pacct_locate_open_live(struct pacct_locate* p, struct pacct_reader* src, const char** call);

/**
 * Open the rotated file that holds a position, the very inode if it is still there.
 *
 * @param path set to its name
 * @param any set to whether there are any rotated files
 * @return 0, ENOENT: none does, or the errno of reading the directory
 */
int pacct_locate_open_holder(const struct pacct_locate* p,
                             const struct pacct_position* pos,
                             struct pacct_reader* src,
                             char path[PATH_MAX],
                             bool* any);

/** A file was read to its end, or given up. It is not opened again by pacct_locate_open_next(), unless it has grown. */
void pacct_locate_done(struct pacct_locate* p, const struct pacct_locate_read* read);

/** What was read is to be read again: it is known no more. */
void pacct_locate_forget(struct pacct_locate* p);

/** What pacct_locate_open_next() found. */
struct pacct_locate_next {
    struct pacct_reader src; /**< open */
    char path[PATH_MAX]; /**< its name */
    bool live; /**< it is the live file */
    bool grown; /**< it was read before, and has grown since */
    uint64_t offset; /**< where to begin; 0, unless it has grown */
    unsigned missing; /**< numbers between this file's and that of the one read last which no file has */
    unsigned empty; /**< files without content that stand behind the one read last */
    const char* call; /**< on failure: the name of the call */
};

/**
 * Open what follows the file read last: a rotated file, or else the live one. Before these comes a rotated file that
 * was read to its end, and into which the kernel has written since.
 *
 * @return 0, ENOENT: there is none, EAGAIN: files are being renamed all the time, ENOTSUP: next->path follows, but is
 *         compressed in a way that this build does not read, and is passed over from now on; or another errno
 */
int pacct_locate_open_next(struct pacct_locate* p,
                           const struct pacct_locate_read* last,
                           struct pacct_locate_next* next);

/**
 * Whether a rotated file follows the one that is read, or another one that was read has grown.
 *
 * @param older set to whether what follows was last written before the one that is read
 */
bool pacct_locate_have_next(const struct pacct_locate* p, const struct pacct_locate_read* last, bool* older);

#endif
