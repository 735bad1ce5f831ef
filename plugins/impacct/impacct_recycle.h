/**
 * @file impacct_lent.h
 * @brief Messages that rsyslog works on, taken back and destroyed by the thread that made them.
 *
 * Memory that one thread allocates and another releases goes through the lock
 * of the first one's arena in glibc: an input and a worker of its queue then
 * wait for each other, and put each other to sleep, many times in a
 * thousand messages. So the input keeps a reference to each message that it
 * hands over. When nobody else has one left, the input destroys it, and the
 * next message is made of the memory that has just become free.
 *
 * Relies on the member iRefCount of struct msg (runtime/msg.h, the same from
 * 8.2302 to 8.2610), and on no other.
 */
#ifndef IMPACCT_LENT_H
#define IMPACCT_LENT_H

#include "impacct_host.h"

/** Messages that are taken back: more than rsyslog's main queue holds by default. What is beyond is left to the
 * workers. */
#define IMPACCT_LENT_MAX 65536u

struct impacct_lent {
    unsigned first, count;
    smsg_t* ring[IMPACCT_LENT_MAX]; /**< the oldest first */
};

/** Keep a reference to a message that is about to be handed over, if there is room. */
void impacct_lent_add(struct impacct_lent* l, smsg_t* msg);

/** Destroy messages that nobody else holds any more, the oldest first, up to "most" of them. Until then they keep their
 * properties, and count as not done with (impacct_ack.h). */
void impacct_lent_take_back(struct impacct_lent* l, unsigned most);

/** Leave all messages to rsyslog. */
void impacct_lent_leave(struct impacct_lent* l);

#endif
