/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/decompress.h
 * @brief The content of a compressed file, from its start to its end.
 *
 * gzip always; xz and zstd where the libraries were there when this was built. Memory is bounded whatever the file asks
 * for, and so is what is read of it for a byte of content.
 */
#ifndef PACCT_DECOMPRESS_H
#define PACCT_DECOMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** How a file is compressed. */
enum pacct_compression {
    PACCT_PLAIN, /**< not at all */
    PACCT_GZIP,
    PACCT_XZ,
    PACCT_ZSTD,
    PACCT_COMPRESSED_OTHERWISE /**< in a way that is known by name only */
};

struct pacct_decompress;

/** How a file of this name is compressed. @param len length of the name; set to that without the suffix for it */
enum pacct_compression pacct_compression_of(const char* name, size_t* len);

/** Whether this build reads it. */
bool pacct_decompress_can(enum pacct_compression how);

/** What this build reads, for people. */
const char* pacct_decompress_names(void);

/** @return NULL when out of memory; PACCT_PLAIN and what this build does not read is the caller's error */
struct pacct_decompress* pacct_decompress_new(enum pacct_compression how);

void pacct_decompress_free(struct pacct_decompress* d);

/**
 * The next bytes of the content.
 *
 * @param fd of the compressed file, the same at each call; it is read by pread(2)
 * @return bytes read: fewer than len only at the end or before an error; 0: the end; -1: errno, EIO: damaged, or cut
 * off, ENOMEM: there is no memory, or it takes more than is allowed. Nothing comes after either
 */
ssize_t pacct_decompress_read(struct pacct_decompress* d, int fd, void* buf, size_t len);

#endif
