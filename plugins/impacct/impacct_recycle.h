/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_recycle.h
 * @brief Messages that rsyslog works on, taken back and destroyed by the thread that made them.
 *
 * Memory that one thread allocates and another releases goes through the lock
 * of the first one's arena in glibc: an input and a worker of its queue then
 * wait for each other, and put each other to sleep, many times in a
 * thousand messages. So the input keeps a reference to each message that it
 * hands over. When nobody else has one left, the input destroys it, and the
 * next message is made of the memory that has just become free.
 *
 * How many references there are is read from the message itself
 * (impacct_abi.h).
 */
#ifndef IMPACCT_RECYCLE_H
#define IMPACCT_RECYCLE_H

#include "impacct_host.h"

/** Messages that are taken back: more than rsyslog's main queue holds by default. What is beyond is left to the
 * workers. */
#define IMPACCT_RECYCLE_MAX 65536u

struct impacct_recycle {
    unsigned first, count;
    const smsg_t* oldest; /**< at the last sweep */
    smsg_t* ring[IMPACCT_RECYCLE_MAX]; /**< the oldest first */
};

/** Keep a reference to a message that is about to be handed over, if there is room. */
void impacct_recycle_add(struct impacct_recycle* l, smsg_t* msg);

/** Destroy messages that nobody else holds any more, the oldest first, up to "most" of them. Until then they keep their
 * properties, and count as not done with (impacct_ack.h). */
void impacct_recycle_collect(struct impacct_recycle* l, unsigned most);

/** Destroy all such messages, and leave to rsyslog those that others have overtaken. */
void impacct_recycle_collect_all(struct impacct_recycle* l);

/** To be called now and then: where the oldest message is still the same, destroy all that nobody else holds. No batch
 * is to wait for a message of another one. */
void impacct_recycle_sweep(struct impacct_recycle* l);

/** Leave all messages to rsyslog. */
void impacct_recycle_release(struct impacct_recycle* l);

#endif
