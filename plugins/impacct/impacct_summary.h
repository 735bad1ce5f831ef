/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_summary.h
 * @brief The stage between source and sender that sums up: which records, when what is sent, from where on after a
 * stop.
 */
#ifndef IMPACCT_SUMMARY_H
#define IMPACCT_SUMMARY_H

#include "impacct_delivery.h"
#include "impacct_host.h"
#include "impacct_params.h"
#include "impacct_sender.h"
#include "impacct_source.h"

struct impacct_summary;

/**
 * @param settings, route, origin have to outlive it
 * @param delivery has to be released before it, since it counts into it
 * @return NULL when out of memory
 */
struct impacct_summary* impacct_summary_new(const struct impacct_settings* settings,
                                            const struct impacct_route* route,
                                            const struct pacct_origin* origin,
                                            struct impacct_delivery* delivery);

void impacct_summary_free(struct impacct_summary* s);

/** Go on where the state says; after impacct_delivery_start(). */
void impacct_summary_start(struct impacct_summary* s);

/** The source is at this position; to be told before the first record behind it. */
void impacct_summary_at(struct impacct_summary* s, const struct impacct_position* at);

/** Sum up, if it is an exit. @return RS_RET_OK, or RS_RET_OUT_OF_MEMORY: it was not, and has to come again */
rsRetVal impacct_summary_add(struct impacct_summary* s, const struct impacct_item* item);

/** Something happened to the file. @param number of the next record */
void impacct_summary_notice(struct impacct_summary* s, const struct pacct_notice* n, uint64_t number);

/** See pacct_summary_gap_at(). */
uint64_t impacct_summary_gap_at(const struct impacct_summary* s);

/** Records that were to be summed up again are not there any more. */
void impacct_summary_lost(struct impacct_summary* s);

/** There is nothing more to read. */
void impacct_summary_idle(struct impacct_summary* s);

/** Whether something is to be sent: before anything more is read, and in a batch of its own. */
bool impacct_summary_is_due(const struct impacct_summary* s);

/**
 * Put summaries into the open batch.
 *
 * @param sent is increased by their number
 */
rsRetVal impacct_summary_send(struct impacct_summary* s, struct impacct_sender* sender, prop_t* prop, unsigned* sent);

/** How that ended. @param taken false: it is sent again */
void impacct_summary_end(struct impacct_summary* s, bool taken);

/** See what arrived, and have the delivery store from where on records would have to be summed up again. */
void impacct_summary_save(struct impacct_summary* s);

/** Milliseconds until impacct_summary_idle() has an effect, at most the given ones. */
int impacct_summary_timeout(const struct impacct_summary* s, int ms);

#endif
