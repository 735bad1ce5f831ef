/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/rotated.h
 * @brief The files that an accounting file became when it was rotated.
 *
 * They lie beside it, or in a directory of their own, under its name and a number or a date: pacct.0, pacct.1.gz,
 * pacct-20261121 (savelog, logrotate). Files of other names are not looked at.
 */
#ifndef PACCT_ROTATED_H
#define PACCT_ROTATED_H

#include "file/decompress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/** No number of a rotated file. */
#define PACCT_NO_NUMBER UINT64_MAX

struct pacct_rotated {
    char* path;
    size_t suffix; /**< offset in path of what stands behind the live file's name */
    uint64_t number; /**< where that is a separator and a number, but no date; else PACCT_NO_NUMBER */
    enum pacct_compression how; /**< it is compressed, by its name */
    uint64_t dev, ino, size;
    struct timespec mtime;
};

struct pacct_rotated_list {
    struct pacct_rotated* files; /**< the oldest first: in the order in which they were last written */
    size_t count;
};

/**
 * List the rotated files of the file at live.
 *
 * A compressed file whose original still stands beside it is left out: it is being made.
 *
 * @param other another directory to look in; NULL: none
 * @param not_before files last written before this time are left out
 * @param list set on success, to be released with pacct_rotated_free()
 * @return 0 or an errno, EAGAIN: files are being renamed all the time; a directory that does not exist is empty
 */
int pacct_rotated_find(const char* live, const char* other, time_t not_before, struct pacct_rotated_list* list);

void pacct_rotated_free(struct pacct_rotated_list* list);

#endif
