/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/reader.h
 * @brief A file of records to read from: plain, or compressed.
 */
#ifndef PACCT_READER_H
#define PACCT_READER_H

#include "file/decompress.h"
#include "file/position.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/** An open file; all zero but fd = -1: none. */
struct pacct_reader {
    int fd;
    enum pacct_compression how;
    struct pacct_decompress* stream; /**< NULL: plain */
    uint64_t at; /**< where the stream is in the content */
    uint32_t head_len, last_len;
    uint8_t head[PACCT_MARK_LEN]; /**< the first bytes of what the stream gave, head_len of them */
    uint8_t last[PACCT_MARK_LEN]; /**< those just before at, last_len of them */
    uint64_t dev, ino;
    uint64_t born; /**< as in a position */
    struct timespec mtime; /**< when it was opened */
    uint64_t size; /**< when it was opened; compressed where it is */
};

/**
 * Open a regular file for reading.
 *
 * @param how it is compressed, in a way that pacct_decompress_can()
 * @param link whether the last part of the path may be a symbolic link: of the file at the path, which the
 *             administrator names, yes; of files found in a directory, no
 * @param src set on success, untouched otherwise
 * @param call set on failure to the name of the call
 * @return 0 or an errno; EINVAL: no regular file; ELOOP: a symbolic link
 */
int pacct_reader_open(
    struct pacct_reader* src, const char* path, enum pacct_compression how, bool link, const char** call);

void pacct_reader_close(struct pacct_reader* src);

/**
 * Read len bytes of the content from an offset on. A compressed file is best read forwards; its first bytes, and those
 * read last, cost nothing a second time.
 *
 * @return bytes read, fewer only at the end or, in a compressed file, before an error; -1: errno, see
 *         pacct_decompress_read()
 */
ssize_t pacct_reader_read(struct pacct_reader* src, void* buf, size_t len, uint64_t offset);

/** Whether the content has both marks of a position. Without any, the inode has to be the same. */
bool pacct_reader_holds(struct pacct_reader* src, const struct pacct_position* pos);

#endif
