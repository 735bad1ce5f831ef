/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_names.h
 * @brief The names of users and groups of one input, and what there is to say where they come late.
 */
#ifndef IMPACCT_NAMES_H
#define IMPACCT_NAMES_H

#include "impacct_params.h"
#include "impacct_stats.h"
#include "event/event.h"

/** To be set to 0 first. */
struct impacct_names {
    struct pacct_name_cache* cache; /**< NULL: names are not resolved */
    uint64_t counted; /**< names that came late, as far as they were counted */
    bool said; /**< that the name service is slow */
};

/** Start to resolve names, unless the settings say otherwise. @param patience of all inputs, which share a thread */
void impacct_names_start(struct impacct_names* names,
                         const struct impacct_settings* settings,
                         struct pacct_name_patience* patience,
                         struct pacct_origin* origin);

/** Count what came late since the last time. */
void impacct_names_count(struct impacct_names* names, struct impacct_counts* counts);

/** Say if the name service does not keep up; once, until it has. @param now seconds of the clock that look-ups get */
void impacct_names_watch(struct impacct_names* names, const struct impacct_settings* settings, time_t now);

/** End. A name service that hangs is not waited for. */
void impacct_names_stop(struct impacct_names* names, struct pacct_origin* origin);

#endif
