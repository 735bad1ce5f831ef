/**
 * @file pacct_places.h
 * @brief Where records of one accounting file lie: at its path, and in rotated files; which of them to open.
 */
#ifndef PACCT_PLACES_H
#define PACCT_PLACES_H

#include "pacct_position.h"
#include "pacct_source.h"

#include <limits.h>
#include <stdbool.h>
#include <time.h>

struct pacct_places {
    char* path; /**< of the live file, as configured */
    char* real; /**< without symbolic links, as of its last opening; rotated files lie beside it */
    bool rotated; /**< whether there are rotated files */
    time_t max_age; /**< seconds after its last writing for which one of them is of interest */
};

/** Without rotated files at first. @return false when out of memory; to be released all the same */
bool pacct_places_init(struct pacct_places* p, const char* path);

void pacct_places_release(struct pacct_places* p);

/**
 * Open the file at the path.
 *
 * @param call set on failure to the name of the call
 * @return 0, ENOENT: there is none, or another errno
 */
int pacct_places_open_live(struct pacct_places* p, struct pacct_source* src, const char** call);

/**
 * Open the rotated file that holds a position, the very inode if it is still there.
 *
 * @param path set to its name
 * @param any set to whether there are any rotated files
 * @return 0, ENOENT: none does, or the errno of reading the directory
 */
int pacct_places_open_holder(const struct pacct_places* p,
                             const struct pacct_position* pos,
                             struct pacct_source* src,
                             char path[PATH_MAX],
                             bool* any);

/**
 * Open what comes after the file that ended at a position: a rotated file, or else the one at the path.
 *
 * @param mtime when that file was last written
 * @param path set to the name of what was opened
 * @param call set on failure to the name of the call
 * @return 0, ENOENT: there is none, EAGAIN: files are being renamed all the time, or another errno
 */
int pacct_places_open_next(struct pacct_places* p,
                           const struct pacct_position* pos,
                           const struct timespec* mtime,
                           struct pacct_source* src,
                           char path[PATH_MAX],
                           const char** call);

/** Whether a rotated file comes after the file that ended at a position, last written at mtime. */
bool pacct_places_have_next(const struct pacct_places* p,
                            const struct pacct_position* pos,
                            const struct timespec* mtime);

#endif
