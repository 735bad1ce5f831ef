/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_sender.h
 * @brief From an event to a message in a batch on its way to a ruleset.
 */
#ifndef IMPACCT_SENDER_H
#define IMPACCT_SENDER_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "impacct_recycle.h"
#include "event/event.h"
#include "event/notice.h"

struct impacct_sender;

/** What messages are made by, and where they go. */
struct impacct_route {
    rsconf_t* conf; /**< of rsyslog, which these are of */
    ruleset_t *ruleset, *state_ruleset, *summary_ruleset; /**< of each kind of message; NULL: rsyslog's default */
    struct pacct_plan text, summary_text; /**< of the JSON text; that of summaries apart, because they share next to no
                                               field with records */
    struct pacct_plan tree, state_tree, summary_tree; /**< of the properties of each kind. They have to outlive every
                                             message, because the names in a property tree are not copied */
};

/** How the message of an event is to be. */
struct impacct_attributes {
    time_t second; /**< its time */
    int severity;
    ruleset_t* ruleset; /**< NULL: rsyslog's default */
    const struct pacct_plan *text, *tree; /**< of its JSON text, and of its properties */
    bool limited; /**< rate limiting counts it, and may drop it */
};

/** The message of a process that did something, a record's or another. */
static inline struct impacct_attributes impacct_attributes_of_record(const struct impacct_settings* settings,
                                                                     const struct impacct_route* route,
                                                                     time_t second) {
    return (struct impacct_attributes){.second = second,
                                       .severity = settings->severity,
                                       .ruleset = route->ruleset,
                                       .text = &route->text,
                                       .tree = &route->tree,
                                       .limited = true};
}

/** A state message. */
struct impacct_attributes impacct_attributes_of_notice(const struct impacct_route* route, const struct pacct_notice* n);

/** A summary. @param second where its window ends */
struct impacct_attributes impacct_attributes_of_summary(const struct impacct_settings* settings,
                                                        const struct impacct_route* route,
                                                        time_t second);

/**
 * Make the limiter that the settings ask for.
 *
 * @param limiter set, also on failure; to be released with ratelimitDestruct()
 * @param conf that ratelimit() objects are looked for in
 * @return RS_RET_NOT_FOUND or RS_RET_CONFIG_ERROR where there is none of that name for inputs
 */
rsRetVal impacct_limiter_make(ratelimit_t** limiter, const struct impacct_settings* settings, rsconf_t* conf);

/**
 * @param settings, route have to outlive the sender
 * @param origin see event/event.h; has to outlive the sender
 * @param recycle takes the messages back; has to outlive the sender
 */
rsRetVal impacct_sender_new(struct impacct_sender** sender,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const struct impacct_route* route,
                            const struct pacct_origin* origin,
                            struct impacct_recycle* recycle);

void impacct_sender_free(struct impacct_sender* s);

/**
 * Put one event into the batch, as a message.
 *
 * @param input_name property that the message holds until it is done with, see impacct_ack.h
 * @return RS_RET_OK; RS_RET_DISCARDMSG where rate limiting has dropped it; RS_RET_OUT_OF_MEMORY where there is no
 *         message; anything else where rsyslog could not take what is in the batch
 */
rsRetVal impacct_sender_add(struct impacct_sender* s,
                            const struct pacct_event* ev,
                            const struct impacct_attributes* attributes,
                            prop_t* input_name);

/** Hand the batch to the queue of the ruleset; waits while that is full. */
rsRetVal impacct_sender_flush(struct impacct_sender* s);

#endif
