/**
 * @file impacct_lent.c
 * @brief Messages that rsyslog works on, taken back and destroyed by the thread that made them.
 *
 * Algorithm: a ring, the oldest message first; queues are mostly emptied in
 * that order.
 *
 * Concurrency and locking: the ring belongs to the input thread. Reference
 * counts are changed by rsyslog's threads, atomically; a count of one means
 * that only the ring is left, and nobody can take a new reference from it.
 *
 * Failure model: none.
 */
#include "impacct_lent.h"

#include <stdbool.h>

void impacct_lent_add(struct impacct_lent* l, smsg_t* msg) {
    if (l->count < IMPACCT_LENT_MAX) {
        l->ring[(l->first + l->count++) % IMPACCT_LENT_MAX] = MsgAddRef(msg);
    }
}

static void give_up_oldest(struct impacct_lent* l) {
    msgDestruct(&l->ring[l->first]);
    l->first = (l->first + 1) % IMPACCT_LENT_MAX;
    l->count--;
}

static bool is_back(const smsg_t* msg) {
    return __atomic_load_n(&msg->iRefCount, __ATOMIC_ACQUIRE) == 1;
}

void impacct_lent_take_back(struct impacct_lent* l, unsigned most) {
    for (; most > 0 && l->count > 0 && is_back(l->ring[l->first]); most--) {
        give_up_oldest(l);
    }
}

void impacct_lent_leave(struct impacct_lent* l) {
    while (l->count > 0) {
        give_up_oldest(l);
    }
}
