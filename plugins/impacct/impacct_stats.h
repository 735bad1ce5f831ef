/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_stats.h
 * @brief The counters of one input, for impstats.
 */
#ifndef IMPACCT_STATS_H
#define IMPACCT_STATS_H

#include "impacct_host.h"
#include "impacct_params.h"

/** A value that impstats reads, hence atomic. */
struct impacct_counter {
    STATSCOUNTER_DEF(value, mutex)
};

/** A counter of some struct. */
struct impacct_counter_row {
    const char* name;
    size_t at; /**< offset of its struct impacct_counter */
    int8_t flags; /**< CTR_FLAG_RESETTABLE; CTR_FLAG_NONE: a value that goes up and down */
};

/**
 * Make a statistics object, whose counters are visible to impstats from then on.
 *
 * @param stats set, also on failure; NULL: there is none
 * @param settings for its name: that of the input, or impacct(FILE)
 * @param part of the input that it is of; NULL: of the input itself
 * @param owner the struct that the counters are in; all zero
 */
rsRetVal impacct_stats_make(statsobj_t** stats,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const char* part,
                            void* owner,
                            const struct impacct_counter_row* rows,
                            size_t count);

void impacct_counter_add(struct impacct_counter* c, uint64_t n);

/** What is counted. Apart from the counters until rsyslog has taken everything: what is sent again is not read twice.
 */
struct impacct_counts {
    uint64_t read, submitted, discarded, invalid, bytes, states, names_late, summaries;
};

/** The counters. */
struct impacct_counters {
    statsobj_t* stats;
    struct impacct_counter read, submitted, discarded, invalid, bytes, states, names_late, summaries;
    struct impacct_counter held_batches, held_messages, held_seconds;
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
