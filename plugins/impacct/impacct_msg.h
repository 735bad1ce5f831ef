/**
 * @file impacct_msg.h
 * @brief From a record, or a notice, to a message in a batch on its way to a ruleset.
 */
#ifndef IMPACCT_MSG_H
#define IMPACCT_MSG_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "pacct_event.h"
#include "pacct_notice.h"
#include "pacct_who.h"

struct impacct_sender;

/** What messages are made by, and where they go. */
struct impacct_route {
    ruleset_t *ruleset, *state_ruleset; /**< of records and of state messages; NULL: rsyslog's default */
    struct pacct_plan text; /**< of the JSON text */
    struct pacct_plan tree, state_tree; /**< of the properties of records and of state messages. They have to outlive
                                             every message, because the names in a property tree are not copied */
};

/**
 * @param settings, route have to outlive the sender
 * @param origin see pacct_event.h; has to outlive the sender
 */
rsRetVal impacct_sender_new(struct impacct_sender** sender,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const struct impacct_route* route,
                            const struct pacct_origin* origin);

void impacct_sender_free(struct impacct_sender* s);

/**
 * Put one record into the batch.
 *
 * @param life what is known of its process; NULL: nobody asked
 * @param input_name property that the message holds until it is done with, see impacct_ack.h
 * @return RS_RET_OK; RS_RET_DISCARDMSG where rate limiting has dropped it; RS_RET_OUT_OF_MEMORY where there is no
 *         message; anything else where rsyslog could not take what is in the batch
 */
rsRetVal impacct_sender_add(struct impacct_sender* s,
                            const uint8_t* raw,
                            const struct pacct_record* rec,
                            const struct pacct_life* life,
                            time_t now,
                            prop_t* input_name);

/** Put a message about a program that starts into the batch, as impacct_sender_add() does. */
rsRetVal impacct_sender_add_started(struct impacct_sender* s,
                                    const struct pacct_started* started,
                                    time_t now,
                                    prop_t* input_name);

/**
 * Put a state message into the batch. Rate limiting does not count it.
 *
 * @return as impacct_sender_add()
 */
rsRetVal impacct_sender_add_notice(struct impacct_sender* s, const struct pacct_notice* n, prop_t* input_name);

/** Hand the batch to the queue of the ruleset; waits while that is full. */
rsRetVal impacct_sender_flush(struct impacct_sender* s);

/** Destroy what rsyslog is done with. Only then does impacct_ack_collect() see it. */
void impacct_sender_take_back(struct impacct_sender* s);

#endif
