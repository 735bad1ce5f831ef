/**
 * @file pacct_position.h
 * @brief How far a file has been read, in a way that recognises the file again.
 */
#ifndef PACCT_POSITION_H
#define PACCT_POSITION_H

#include <stdint.h>

/** Bytes of content that a position remembers at each of two places. */
#define PACCT_MARK_LEN 64u

/**
 * A place in a file. Inode numbers are used again and files are copied,
 * truncated and refilled; therefore a position also names content: a file is
 * the same if both marks are found where they were.
 */
struct pacct_position {
    uint64_t dev, ino; /**< of the file; both 0: no file yet */
    uint64_t offset; /**< bytes read; of the content, where the file is compressed */
    uint64_t until; /**< exit of the last record read, or of an earlier one; seconds since the epoch; 0: not known */
    uint32_t head_len; /**< at least pacct_position_mark_len() */
    uint8_t head[PACCT_MARK_LEN]; /**< the first bytes of the file, head_len of them */
    uint8_t before[PACCT_MARK_LEN]; /**< the bytes just before offset, pacct_position_mark_len() of them */
};

/** Bytes valid in before. */
static inline uint32_t pacct_position_mark_len(const struct pacct_position* pos) {
    return pos->offset < PACCT_MARK_LEN ? (uint32_t)pos->offset : PACCT_MARK_LEN;
}

#endif
