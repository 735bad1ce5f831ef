/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_hole.h
 * @brief Stretches before a position that have to be read again after a crash, as a bounded list.
 */
#ifndef IMPACCT_HOLE_H
#define IMPACCT_HOLE_H

#include "impacct_position.h"
#include "file/state.h"

/** So many records from a position on. */
struct impacct_hole {
    struct impacct_position start;
    uint64_t records;
    uint64_t held; /**< of them, at most, not known to be done with */
};

/** In the order of their numbers. */
struct impacct_holes {
    unsigned count;
    struct impacct_hole hole[PACCT_STATE_HOLES];
};

/**
 * Add one. Where the list is full, the two that lie closest together become one, with what lies between them: what is
 * read again needlessly is sent twice, with the same ids.
 *
 * @param hole without records: is left out
 */
void impacct_holes_add(struct impacct_holes* holes, const struct impacct_hole* hole);

/** Take one out. */
void impacct_holes_remove(struct impacct_holes* holes, unsigned i);

#endif
