/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_pipeline.h
 * @brief One batch of an input: what it consists of, from where that comes to rsyslog.
 */
#ifndef IMPACCT_PIPELINE_H
#define IMPACCT_PIPELINE_H

#include "impacct_delivery.h"
#include "impacct_exec.h"
#include "impacct_host.h"
#include "impacct_notices.h"
#include "impacct_params.h"
#include "impacct_sender.h"
#include "impacct_source.h"
#include "impacct_stats.h"
#include "impacct_summary.h"
#include "impacct_usage.h"

/** Where events come from, where they go to, and what became of the last batch. The parts belong to the input. */
struct impacct_pipeline {
    const struct impacct_host* host;
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    struct impacct_source* source;
    struct impacct_sender* sender;
    struct impacct_delivery* delivery;
    struct impacct_notices* notices;
    struct impacct_exec* exec; /**< NULL: none */
    struct impacct_usage* usage; /**< NULL: none */
    struct impacct_summary* summary; /**< NULL: nothing is summed up */

    struct impacct_delivery_sent sent; /**< of the last batch */
    struct impacct_counts counts; /**< the same */
};

/**
 * Read one batch from the source and hand it to rsyslog: queued notices alone, or what was executed, and records up to
 * what ends a batch. What rsyslog does not take comes again from the source.
 *
 * @param prop see impacct_delivery_begin()
 * @param found set to what the source found last
 * @return whether rsyslog has taken it
 */
bool impacct_pipeline_send(struct impacct_pipeline* p, prop_t* prop, enum impacct_found* found);

/** Hand over summaries that are due. @return whether rsyslog has taken them */
bool impacct_pipeline_send_summaries(struct impacct_pipeline* p, prop_t* prop);

/** Hand over what is queued, and a last notice. @return whether rsyslog has taken them */
bool impacct_pipeline_send_last(struct impacct_pipeline* p, prop_t* prop, const struct pacct_notice* last);

#endif
