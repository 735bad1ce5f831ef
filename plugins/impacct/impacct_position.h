/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_position.h
 * @brief A place in a source of events.
 *
 * Where it lies is known to its source alone (impacct_source.h); all others
 * keep it, compare it and give it back.
 */
#ifndef IMPACCT_POSITION_H
#define IMPACCT_POSITION_H

#include "file/position.h"

/** All bytes are set, so that two of them can be compared as memory. */
struct impacct_position {
    enum {
        IMPACCT_POSITION_NONE, /**< in no file yet */
        IMPACCT_POSITION_FILE /**< or in something that is described as one (impacct_source_bpf.c) */
    } kind;
    uint64_t number; /**< records before it, counted from any one position of the same run on */
    union {
        struct pacct_position file; /**< NONE: all bytes are 0 */
    };
};

/** Where an input begins. */
enum impacct_begin {
    IMPACCT_BEGIN_UNKNOWN, /**< the state file cannot be read, but perhaps soon */
    IMPACCT_BEGIN_STORED, /**< at a stored position */
    IMPACCT_BEGIN_START, /**< for the first time, at the start of the file */
    IMPACCT_BEGIN_END, /**< the same, at its end */
    IMPACCT_BEGIN_ALL /**< there is a state file, but it cannot be used: with all that there is, rotated files too */
};

/** Set to a position in a file. @param number as the member */
static inline void impacct_position_set_file(struct impacct_position* pos,
                                             const struct pacct_position* file,
                                             uint64_t number) {
    *pos = (struct impacct_position){.kind = file->ino != 0 ? IMPACCT_POSITION_FILE : IMPACCT_POSITION_NONE};
    pos->number = number;
    pos->file = *file;
}

#endif
