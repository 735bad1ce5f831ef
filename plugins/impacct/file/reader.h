/**
 * @file pacct_source.h
 * @brief A file of records to read from: plain, or compressed with gzip.
 */
#ifndef PACCT_SOURCE_H
#define PACCT_SOURCE_H

#include "pacct_position.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct gzFile_s;

/** An open file; all zero but fd = -1: none. */
struct pacct_source {
    int fd;
    struct gzFile_s* gz; /**< NULL: plain */
    uint64_t dev, ino;
    struct timespec mtime; /**< when it was opened */
    uint64_t size; /**< when it was opened; compressed where it is */
};

/**
 * Open a regular file for reading.
 *
 * @param gzip whether it is compressed
 * @param link whether the last part of the path may be a symbolic link: of the file at the path, which the
 *             administrator names, yes; of files found in a directory, no
 * @param src set on success, untouched otherwise
 * @param call set on failure to the name of the call
 * @return 0 or an errno; EINVAL: no regular file; ELOOP: a symbolic link
 */
int pacct_source_open(struct pacct_source* src, const char* path, bool gzip, bool link, const char** call);

void pacct_source_close(struct pacct_source* src);

/**
 * Read len bytes of the content from an offset on. A compressed file is best read forwards.
 *
 * @return bytes read, fewer only at the end; -1: errno
 */
ssize_t pacct_source_read(struct pacct_source* src, void* buf, size_t len, uint64_t offset);

/** Whether the content has both marks of a position. Without any, the inode has to be the same. */
bool pacct_source_holds(struct pacct_source* src, const struct pacct_position* pos);

#endif
