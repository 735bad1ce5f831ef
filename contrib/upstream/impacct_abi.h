/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_abi.h
 * @brief How many hold a property or a message: the one place that asks.
 *
 * An rsyslog with PROP_GET_REFCOUNT tells. In others each seems to be held by
 * nobody but us: what was submitted counts as done with, so that after a crash
 * what was in memory queues is missing; and messages are left to the workers.
 */
#ifndef IMPACCT_ABI_H
#define IMPACCT_ABI_H

#include "impacct_host.h"

#ifdef PROP_GET_REFCOUNT

    /** Whether the functions below know. */
    #define IMPACCT_COUNTS_REFERENCES 1

/** How many references there are to a property. */
static inline int impacct_prop_references(prop_t* prop) {
    return propGetRefCount(prop);
}

/** How many references there are to a message. */
static inline int impacct_msg_references(smsg_t* msg) {
    return MsgGetRefCount(msg);
}

#else

    #define IMPACCT_COUNTS_REFERENCES 0

static inline int impacct_prop_references(prop_t* prop __attribute__((unused))) {
    return 1;
}

static inline int impacct_msg_references(smsg_t* msg __attribute__((unused))) {
    return 1;
}

#endif
#endif
