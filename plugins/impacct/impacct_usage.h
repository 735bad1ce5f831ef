/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_usage.h
 * @brief What processes used, for one input: from what is captured to fields, with counters around it.
 */
#ifndef IMPACCT_USAGE_H
#define IMPACCT_USAGE_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "event/event.h"
#include "file/record.h"

struct impacct_usage;

/**
 * Begin to capture, before privileges are dropped. Says so, or why it cannot be done.
 *
 * @param settings have to outlive it
 * @return NULL where it cannot be done
 */
struct impacct_usage* impacct_usage_new(const struct impacct_host* host, const struct impacct_settings* settings);

void impacct_usage_free(struct impacct_usage* u);

/**
 * Add to the event of an exit what its process used.
 *
 * @param rec has a process id
 * @param may_live whether the record may be about a process that has not ended
 */
void impacct_usage_join(struct impacct_usage* u, const struct pacct_record* rec, bool may_live, struct pacct_event* ev);

/** Records that were joined may come again. */
void impacct_usage_records_again(struct impacct_usage* u);

/** Bring the counters up to date. */
void impacct_usage_count(struct impacct_usage* u);

#endif
