/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_stats.h
 * @brief The counters of one input, for impstats.
 */
#ifndef IMPACCT_STATS_H
#define IMPACCT_STATS_H

#include "impacct_host.h"
#include "impacct_params.h"

/**
 * Begin a statistics object.
 *
 * @param stats set, also on failure; NULL: there is none
 * @param settings for its name: that of the input, or impacct(FILE)
 * @param part of the input that it is of; NULL: of the input itself
 */
rsRetVal impacct_stats_make(statsobj_t** stats,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const char* part);

/** Give a counter to the object "stats" of a struct. As CHKiRet(). */
#define IMPACCT_COUNTER(host, owner, text, ctr, mut)                                                                \
    STATSCOUNTER_INIT((owner)->ctr, (owner)->mut);                                                                  \
    CHKiRet((host)->statsobj->AddCounter((owner)->stats, UCHAR_CONSTANT(text), ctrType_IntCtr, CTR_FLAG_RESETTABLE, \
                                         &(owner)->ctr))

/** The same of a value that goes up and down. */
#define IMPACCT_GAUGE(host, owner, text, ctr)                                                                 \
    CHKiRet((host)->statsobj->AddCounter((owner)->stats, UCHAR_CONSTANT(text), ctrType_IntCtr, CTR_FLAG_NONE, \
                                         &(owner)->ctr))

/** What is counted. Apart from the counters until rsyslog has taken everything: what is sent again is not read twice.
 */
struct impacct_counts {
    uint64_t read, submitted, discarded, invalid, bytes, states, names_late, summaries;
};

/** The counters. Read by impstats, hence atomic. */
struct impacct_counters {
    statsobj_t* stats;
    STATSCOUNTER_DEF(ctr_read, mut_read)
    STATSCOUNTER_DEF(ctr_submitted, mut_submitted)
    STATSCOUNTER_DEF(ctr_discarded, mut_discarded)
    STATSCOUNTER_DEF(ctr_invalid, mut_invalid)
    STATSCOUNTER_DEF(ctr_bytes, mut_bytes)
    STATSCOUNTER_DEF(ctr_states, mut_states)
    STATSCOUNTER_DEF(ctr_names_late, mut_names_late)
    STATSCOUNTER_DEF(ctr_summaries, mut_summaries)
    intctr_t held_batches, held_messages, held_seconds;
};

/**
 * Make the counters, which are visible to impstats from then on.
 *
 * @param c all zero; to be released with impacct_counters_free(), also on failure
 * @param settings for the object's name
 */
rsRetVal impacct_counters_make(struct impacct_counters* c,
                               const struct impacct_host* host,
                               const struct impacct_settings* settings);

void impacct_counters_add(struct impacct_counters* c, const struct impacct_counts* t);

/** Set the gauges of what rsyslog holds. */
void impacct_counters_set_held(struct impacct_counters* c, uint64_t batches, uint64_t messages, uint64_t seconds);

void impacct_counters_free(struct impacct_counters* c, const struct impacct_host* host);

#endif
