/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/frame.h
 * @brief Framing: where records begin and end in bytes that may be anything.
 *
 * Records have no mark at which they begin, and no checksum. What is known of
 * a place is whether the bytes there look like a record (pacct_record_check),
 * and whether others follow it. Pure: no I/O, no allocation.
 */
#ifndef PACCT_FRAME_H
#define PACCT_FRAME_H

#include "file/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Plausible records in a row that make a place believable. */
#define PACCT_FRAME_CHAIN 3u
/** Bytes at a place that suffice to decide, however the data goes on. */
#define PACCT_FRAME_AHEAD (PACCT_FRAME_CHAIN * PACCT_RECORD_MAX)

/** What is known before bytes are looked at. */
struct pacct_frame {
    struct pacct_dialect dialect;
    bool at_end; /**< the data ends where the bytes end, for now */
    bool skipping; /**< what is just before them was skipped */
    bool checked; /**< the record that begins with them is plausible; kept by pacct_frame_decide() for the record behind
                     the one that it takes, to be reset where another place, or fewer bytes, are looked at */
};

/** What to do with bytes. */
enum pacct_step {
    PACCT_STEP_TAKE, /**< they begin with a record */
    PACCT_STEP_SKIP, /**< they begin with none */
    PACCT_STEP_WAIT /**< more bytes are needed */
};

/**
 * Decide what to do with the bytes at a place.
 *
 * @param len at least PACCT_FRAME_AHEAD, unless frame->at_end
 * @param n TAKE: bytes up to what follows the record; SKIP: bytes to skip
 */
enum pacct_step pacct_frame_decide(struct pacct_frame* frame, const uint8_t* p, size_t len, size_t* n);

/** How many of len bytes are zero before the first one that is not. */
size_t pacct_frame_blank_length(const uint8_t* p, size_t len);

#endif
