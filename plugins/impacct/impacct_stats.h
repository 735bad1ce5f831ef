/**
 * @file impacct_count.h
 * @brief The counters of one input, for impstats.
 */
#ifndef IMPACCT_COUNT_H
#define IMPACCT_COUNT_H

#include "impacct_host.h"

/**
 * Begin a statistics object.
 *
 * @param stats set, also on failure; NULL: there is none
 * @param file, part for its name: impacct(FILEPART)
 */
rsRetVal impacct_stats_make(statsobj_t** stats, const struct impacct_host* host, const char* file, const char* part);

/** Give a counter to the object "stats" of a struct. As CHKiRet(). */
#define IMPACCT_COUNTER(host, owner, text, ctr, mut)                                                                \
    STATSCOUNTER_INIT((owner)->ctr, (owner)->mut);                                                                  \
    CHKiRet((host)->statsobj->AddCounter((owner)->stats, UCHAR_CONSTANT(text), ctrType_IntCtr, CTR_FLAG_RESETTABLE, \
                                         &(owner)->ctr))

/** What is counted. Kept apart until rsyslog has taken everything: what is sent again is not read twice. */
struct impacct_tally {
    uint64_t read, submitted, discarded, invalid, bytes, states;
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
};

/**
 * Make the counters, which are visible to impstats from then on.
 *
 * @param c all zero; to be released with impacct_counters_free(), also on failure
 * @param file for the object's name
 */
rsRetVal impacct_counters_make(struct impacct_counters* c, const struct impacct_host* host, const char* file);

void impacct_counters_add(struct impacct_counters* c, const struct impacct_tally* t);

void impacct_counters_free(struct impacct_counters* c, const struct impacct_host* host);

#endif
