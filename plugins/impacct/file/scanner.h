/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/scanner.h
 * @brief The records in one open file, and the damage between them; where in the file that is.
 */
#ifndef PACCT_SCANNER_H
#define PACCT_SCANNER_H

#include "file/frame.h"
#include "file/position.h"
#include "file/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A file being scanned. To be read by others, but written in here. */
struct pacct_scanner {
    struct pacct_reader src; /**< fd -1: no file; to be closed with pacct_reader_close() */
    uint8_t head[PACCT_MARK_LEN];
    uint32_t head_len;
    uint64_t until; /**< see struct pacct_position */
    size_t taken; /**< bytes of the record just before "at"; 0: there is none */

    uint8_t* buf;
    uint64_t base; /**< offset in the file of buf[0] */
    size_t at, have; /**< next byte to look at, bytes in buf */
    struct pacct_frame frame; /**< at_end: the last read reached the end of the file; skipping: damage was found and not
                                 reported yet */
    struct pacct_position before_skip; /**< where that begins */
    int archive_error; /**< what is compressed cannot be read beyond what is in buf: errno; 0: it can */
};

/** Without a file. @param dialect copied @return false when out of memory; to be released all the same */
bool pacct_scanner_init(struct pacct_scanner* s, const struct pacct_dialect* dialect);

/** Close the file, too. */
void pacct_scanner_release(struct pacct_scanner* s);

/**
 * Take an open file as the one to scan, from an offset on.
 *
 * @param src closed in the end, at once if this fails
 * @param until see struct pacct_position
 * @return false: errno
 */
bool pacct_scanner_open(struct pacct_scanner* s, const struct pacct_reader* src, uint64_t offset, uint64_t until);

/** Go on at another offset of the file. @return false: errno */
bool pacct_scanner_seek(struct pacct_scanner* s, uint64_t offset);

/** What pacct_scanner_next() found in what was read. */
enum pacct_scanned {
    PACCT_SCANNED_RECORD, /**< a record */
    PACCT_SCANNED_DAMAGE, /**< damage has ended, to be asked for with pacct_scanner_damage(); a record follows */
    PACCT_SCANNED_SKIPPING, /**< some of much damage was skipped; to be called again */
    PACCT_SCANNED_ALL /**< nothing more */
};

/** @param raw, len RECORD: its bytes, valid until more is read */
enum pacct_scanned pacct_scanner_next(struct pacct_scanner* s, const uint8_t** raw, size_t* len);

/** How reading more ended. */
enum pacct_scanner_read {
    PACCT_READ_OK, /**< perhaps without anything more */
    PACCT_READ_ERROR, /**< errno */
    PACCT_READ_CHANGED /**< the bytes before the position are others than they were */
};

/** Read on, when all that was read before has been looked at. */
enum pacct_scanner_read pacct_scanner_read(struct pacct_scanner* s);

/** Skip what is left of what was read: it is no record. */
void pacct_scanner_skip_rest(struct pacct_scanner* s);

/** Report damage, once. @return whether there is any: from one offset up to another */
bool pacct_scanner_damage(struct pacct_scanner* s, uint64_t* from, uint64_t* to);

/** The position behind the last record given out, or behind damage that was reported since. */
void pacct_scanner_position(const struct pacct_scanner* s, struct pacct_position* pos);

/** Offset of what is looked at next. */
static inline uint64_t pacct_scanner_offset(const struct pacct_scanner* s) {
    return s->base + s->at;
}

/** Offset of the end of what was read. */
static inline uint64_t pacct_scanner_end(const struct pacct_scanner* s) {
    return s->base + s->have;
}

#endif
