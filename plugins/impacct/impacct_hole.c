/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_hole.c
 * @brief Stretches before a position that have to be read again after a crash, as a bounded list.
 *
 * Algorithm: insertion by number; a list that is full is joined at its smallest
 * gap, that of the new one to its neighbours included.
 *
 * Concurrency and locking: pure.
 *
 * Failure model: none.
 */
#include "config.h"

#include "impacct_hole.h"

#include <string.h>

static uint64_t end_of(const struct impacct_hole* hole) {
    return hole->start.number + hole->records;
}

/* Records between a hole and the next; 0 where they overlap. */
static uint64_t gap(const struct impacct_hole* hole, const struct impacct_hole* next) {
    return next->start.number > end_of(hole) ? next->start.number - end_of(hole) : 0;
}

static void join(struct impacct_hole* hole, const struct impacct_hole* next) {
    const uint64_t end = end_of(next) > end_of(hole) ? end_of(next) : end_of(hole);
    hole->records = end - hole->start.number;
    hole->held += next->held;
}

void impacct_holes_remove(struct impacct_holes* holes, unsigned i) {
    holes->count--;
    memmove(holes->hole + i, holes->hole + i + 1, (holes->count - i) * sizeof(holes->hole[0]));
}

/* Make room for one at index i. @return whether it has become a part of its neighbour instead */
static bool make_room(struct impacct_holes* holes, const struct impacct_hole* hole, unsigned* i) {
    const unsigned n = holes->count;
    unsigned best = 0;
    uint64_t smallest = UINT64_MAX;
    for (unsigned k = 0; k + 1 < n; k++) {
        const uint64_t g = gap(&holes->hole[k], &holes->hole[k + 1]);
        if (k + 1 != *i && g < smallest) { /* the new one comes between these two */
            smallest = g;
            best = k;
        }
    }
    const uint64_t before = *i > 0 ? gap(&holes->hole[*i - 1], hole) : UINT64_MAX;
    const uint64_t behind = *i < n ? gap(hole, &holes->hole[*i]) : UINT64_MAX;
    if (before <= smallest && before <= behind) {
        join(&holes->hole[*i - 1], hole);
        return true;
    }
    if (behind <= smallest) {
        struct impacct_hole joined = *hole;
        join(&joined, &holes->hole[*i]);
        holes->hole[*i] = joined;
        return true;
    }
    join(&holes->hole[best], &holes->hole[best + 1]);
    impacct_holes_remove(holes, best + 1);
    *i -= best < *i;
    return false;
}

void impacct_holes_add(struct impacct_holes* holes, const struct impacct_hole* hole) {
    unsigned i = holes->count;
    if (hole->records == 0) {
        return;
    }
    while (i > 0 && holes->hole[i - 1].start.number > hole->start.number) {
        i--;
    }
    if (holes->count == PACCT_STATE_HOLES && make_room(holes, hole, &i)) {
        return;
    }
    memmove(holes->hole + i + 1, holes->hole + i, (holes->count - i) * sizeof(holes->hole[0]));
    holes->hole[i] = *hole;
    holes->count++;
}
