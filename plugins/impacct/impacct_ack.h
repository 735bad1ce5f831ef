/**
 * @file impacct_ack.h
 * @brief Which of the submitted records are done with: the position that may be stored.
 *
 * rsyslog does not tell an input what became of a message. But every message,
 * and every copy of it in any queue, holds a reference to the property that
 * carries the input's name, and drops it when the message is destroyed: when
 * the actions are through with it, or a disk queue has it. So each batch of
 * messages gets a property of its own, with the same text. Once nobody but us
 * holds it, the whole batch is done with, and so is the file up to its end as
 * soon as this is true of all older batches.
 *
 * Relies on the member iRefCount of struct prop_s (runtime/prop.h, the same
 * from 8.2302 to 8.2610), and on no other.
 */
#ifndef IMPACCT_ACK_H
#define IMPACCT_ACK_H

#include "impacct_host.h"
#include "pacct_position.h"

#include <stdbool.h>

struct impacct_ack;

/** Batches that may be in flight; more are joined to the last one, or wait. */
#define IMPACCT_ACK_MAX 1024u

/**
 * @param name text of the property, static
 * @return NULL when out of memory
 */
struct impacct_ack* impacct_ack_new(const struct impacct_host* host, const char* name);

/** Forget everything. Messages still around keep their properties. */
void impacct_ack_free(struct impacct_ack* a);

/** The property for the next message. @return NULL when there is no room for another batch, or when out of memory */
prop_t* impacct_ack_prop(struct impacct_ack* a);

/**
 * End the open batch.
 *
 * Keeps it open instead while many are in flight and it is still small, so
 * that records that trickle into a queue which nobody empties take no room.
 *
 * @param pos the position behind its last record
 * @param records in the batch so far
 * @param force end it in any case
 * @return whether it was ended
 */
bool impacct_ack_end(struct impacct_ack* a, const struct pacct_position* pos, unsigned records, bool force);

/** Forget the open batch: it is sent again. What rsyslog made of its messages does not matter any more. */
void impacct_ack_abandon(struct impacct_ack* a);

/**
 * Look which batches are done with.
 *
 * @param pos set to the position behind the last one of an unbroken series, if there is a new one
 * @param records set to the number of records up to there, since the last time
 * @return whether there is a new one
 */
bool impacct_ack_collect(struct impacct_ack* a, struct pacct_position* pos, unsigned* records);

/** Number of batches in flight, the open one not counted. */
unsigned impacct_ack_in_flight(const struct impacct_ack* a);

#endif
