/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_ack.h
 * @brief Which of the submitted batches are done with: the position that may be stored, and the holes before it.
 *
 * rsyslog does not tell an input what became of a message. But every message,
 * and every copy of it in any queue, holds a reference to the property that
 * carries the input's name, and drops it when the message is destroyed: when
 * the actions are through with it, or a disk queue has it. So each batch of
 * messages gets a property of its own, with the same text. Once nobody but us
 * holds it, the whole batch is done with.
 *
 * Batches are done with mostly in their order, and the position is behind the
 * last one of an unbroken series. One that later messages overtake for long,
 * because some of its own wait in another queue, is *held*: the position goes
 * on without it, and it is a hole.
 *
 * How many hold it is read from the property itself (impacct_abi.h).
 */
#ifndef IMPACCT_ACK_H
#define IMPACCT_ACK_H

#include "impacct_host.h"
#include "impacct_hole.h"
#include "impacct_position.h"

#include <stdbool.h>

struct impacct_ack;

/** Records that share one property, and are submitted before the other inputs have their turn. */
#define IMPACCT_ACK_BATCH 1024u

/** Batches in flight and held, together. Each takes some 600 bytes. */
#define IMPACCT_ACK_MAX 4096u

/** What a batch is. */
struct impacct_batch {
    struct impacct_position start, end;
    unsigned messages; /**< that were handed over, at least 1 */
    bool records, states, summaries; /**< whether there are messages to the ruleset of each of these */
};

/**
 * @param name text of the property, static
 * @return NULL when out of memory
 */
struct impacct_ack* impacct_ack_new(const struct impacct_host* host, const char* name);

/** Forget everything. Messages still around keep their properties. */
void impacct_ack_free(struct impacct_ack* a);

/** The property for the next message. @return NULL when out of memory */
prop_t* impacct_ack_prop(struct impacct_ack* a);

/** When to end the open batch. */
enum impacct_ack_when {
    IMPACCT_ACK_IF_WORTH, /**< unless many are in flight and it is small: what trickles into a queue that nobody empties
                               takes no room */
    IMPACCT_ACK_NOW
};

/**
 * End the open batch.
 *
 * @param now monotonic, ms
 * @param behind whether it lies before the position: it is held at once
 * @return whether it was ended
 */
bool impacct_ack_end(
    struct impacct_ack* a, const struct impacct_batch* batch, enum impacct_ack_when when, bool behind, int64_t now);

/** Forget the open batch: it is sent again. What rsyslog made of its messages does not matter any more. */
void impacct_ack_abandon(struct impacct_ack* a);

/**
 * Look which batches are done with. Cheap: held ones are looked at once a second.
 *
 * @param pos set to the new position, if there is one
 * @param last nothing more will be sent: what is overtaken at all is held now
 * @return the number of messages that are done with, or held, since the last time
 */
unsigned impacct_ack_collect(struct impacct_ack* a, int64_t now, bool last, struct impacct_position* pos);

/** Number of batches in flight, neither the open one nor held ones counted. */
unsigned impacct_ack_in_flight(const struct impacct_ack* a);

/** What is held. */
struct impacct_ack_held {
    unsigned batches; /**< 0: all others are undefined */
    uint64_t messages; /**< in them; some may be done with */
    int64_t since; /**< when the oldest was handed over; monotonic, ms */
    struct impacct_position start; /**< of the oldest */
    bool records, states, summaries; /**< whether any has messages to these rulesets */
};

/** Not those that nothing has overtaken yet. */
void impacct_ack_held(const struct impacct_ack* a, struct impacct_ack_held* held);

/** Changes whenever the holes, or what is held, do. */
unsigned impacct_ack_holes_version(const struct impacct_ack* a);

/**
 * Add all holes that start before a number. Beyond IMPACCT_ACK_MAX batches the oldest are not looked at any more: they
 * stay holes for good.
 */
void impacct_ack_holes(const struct impacct_ack* a, uint64_t before, struct impacct_holes* holes);

/**
 * Count the open batch, until it is done with, or abandoned: events in it are of something that is not settled before.
 *
 * @param unsettled is 1 more meanwhile; has to outlive the batch; for good where the batch is not looked at any more
 */
void impacct_ack_count(struct impacct_ack* a, unsigned* unsettled);

#endif
