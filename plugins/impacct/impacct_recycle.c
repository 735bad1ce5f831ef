/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_recycle.c
 * @brief Messages that rsyslog works on, taken back and destroyed by the thread that made them.
 *
 * Algorithm: a ring, the oldest message first; queues are mostly emptied in
 * that order. One that is not back although one OVERTAKEN later is may stay for
 * hours in a queue of its own, and is left to rsyslog. Where fewer follow, and
 * the oldest stays, those that are back are looked for one by one.
 *
 * Concurrency and locking: the ring belongs to the input thread. Reference
 * counts are changed by rsyslog's threads, atomically; a count of one means
 * that only the ring is left, and nobody can take a new reference from it.
 *
 * Failure model: none.
 */
#include "impacct_recycle.h"
#include "impacct_abi.h"

#include <stdbool.h>

/* More than what several workers of a queue have in hand. */
#define OVERTAKEN 512u

void impacct_recycle_add(struct impacct_recycle* l, smsg_t* msg) {
    if (l->count < IMPACCT_RECYCLE_MAX) {
        l->ring[(l->first + l->count++) % IMPACCT_RECYCLE_MAX] = MsgAddRef(msg);
    }
}

static void give_up_oldest(struct impacct_recycle* l) {
    msgDestruct(&l->ring[l->first]);
    l->first = (l->first + 1) % IMPACCT_RECYCLE_MAX;
    l->count--;
}

static bool is_back(smsg_t* msg) {
    return impacct_msg_references(msg) == 1;
}

void impacct_recycle_collect(struct impacct_recycle* l, unsigned most) {
    for (; most > 0 && l->count > 0 && is_back(l->ring[l->first]); most--) {
        give_up_oldest(l);
    }
}

/* How many of the oldest are overtaken: looked for backwards, in steps. */
static unsigned overtaken(const struct impacct_recycle* l) {
    for (unsigned at = l->count / OVERTAKEN * OVERTAKEN; at > 0; at -= OVERTAKEN) {
        if (at < l->count && is_back(l->ring[(l->first + at) % IMPACCT_RECYCLE_MAX])) {
            return at - OVERTAKEN + 1;
        }
    }
    return 0;
}

void impacct_recycle_collect_all(struct impacct_recycle* l) {
    impacct_recycle_collect(l, IMPACCT_RECYCLE_MAX);
    for (unsigned n = overtaken(l); n > 0; n--) {
        give_up_oldest(l);
    }
}

void impacct_recycle_sweep(struct impacct_recycle* l) {
    const smsg_t* const oldest = l->count > 0 ? l->ring[l->first] : NULL;
    const bool stays = oldest != NULL && oldest == l->oldest;
    l->oldest = oldest;
    if (!stays) {
        return;
    }
    unsigned kept = 0;
    for (unsigned i = 0; i < l->count; i++) {
        smsg_t** const at = &l->ring[(l->first + i) % IMPACCT_RECYCLE_MAX];
        if (is_back(*at)) {
            msgDestruct(at);
        } else {
            l->ring[(l->first + kept++) % IMPACCT_RECYCLE_MAX] = *at;
        }
    }
    l->count = kept;
}

void impacct_recycle_release(struct impacct_recycle* l) {
    while (l->count > 0) {
        give_up_oldest(l);
    }
}
