/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/position.h
 * @brief How far a file has been read, in a way that recognizes the file again.
 */
#ifndef PACCT_POSITION_H
#define PACCT_POSITION_H

#include <stdint.h>

/** Bytes of content that a position remembers at each of two places. */
#define PACCT_MARK_LEN 64u

/**
 * A place in a file. Inode numbers are used again and files are copied,
 * truncated and refilled; therefore a position also names content: a file is
 * the same if both marks are found where they were. An empty file has none; it
 * is known by when it was made, where the file system tells.
 */
struct pacct_position {
    uint64_t dev, ino; /**< of the file; both 0: no file yet */
    uint64_t born; /**< when the inode was made, ns since the epoch; 0: not known */
    uint64_t offset; /**< bytes read; of the content, where the file is compressed */
    uint64_t until; /**< exit of the last record read, or of an earlier one; seconds since the epoch; 0: not known. No
                       file: what was last written before is not read */
    uint32_t head_len; /**< at least pacct_position_mark_len() */
    uint8_t head[PACCT_MARK_LEN]; /**< the first bytes of the file, head_len of them */
    uint8_t before[PACCT_MARK_LEN]; /**< the bytes just before offset, pacct_position_mark_len() of them */
};

/** Bytes valid in before. */
static inline uint32_t pacct_position_mark_len(const struct pacct_position* pos) {
    return pos->offset < PACCT_MARK_LEN ? (uint32_t)pos->offset : PACCT_MARK_LEN;
}

#endif
