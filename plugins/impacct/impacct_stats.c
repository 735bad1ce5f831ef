/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_stats.c
 * @brief The counters of one input, for impstats.
 *
 * Algorithm: one statistics object per input, with its name, or named after its file.
 * Concurrency and locking: changed by the input thread, read by impstats; rsyslog's macros are atomic.
 * Failure model: without memory there is no input.
 */
#include "impacct_stats.h"

#include <limits.h>
#include <stdio.h>

rsRetVal impacct_stats_make(statsobj_t** stats,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const char* part) {
    DEFiRet;
    char name[PATH_MAX + 64];
    const bool in_path = settings->name[0] == '\0';
    const char* const separator = part == NULL ? "" : in_path ? ", " : "_";
    snprintf(name, sizeof(name), in_path ? "impacct(%s%s%s)" : "%s%s%s", in_path ? settings->file : settings->name,
             separator, part == NULL ? "" : part);
    CHKiRet(host->statsobj->Construct(stats));
    CHKiRet(host->statsobj->SetName(*stats, (uchar*)name));
    CHKiRet(host->statsobj->SetOrigin(*stats, UCHAR_CONSTANT("impacct")));

finalize_it:
    RETiRet;
}

rsRetVal impacct_counters_make(struct impacct_counters* c,
                               const struct impacct_host* host,
                               const struct impacct_settings* settings) {
    DEFiRet;
    CHKiRet(impacct_stats_make(&c->stats, host, settings, NULL));
    IMPACCT_COUNTER(host, c, "read", ctr_read, mut_read);
    IMPACCT_COUNTER(host, c, "submitted", ctr_submitted, mut_submitted);
    IMPACCT_COUNTER(host, c, "discarded", ctr_discarded, mut_discarded);
    IMPACCT_COUNTER(host, c, "invalid", ctr_invalid, mut_invalid);
    IMPACCT_COUNTER(host, c, "bytes", ctr_bytes, mut_bytes);
    IMPACCT_COUNTER(host, c, "state.messages", ctr_states, mut_states);
    IMPACCT_COUNTER(host, c, "names.late", ctr_names_late, mut_names_late);
    IMPACCT_COUNTER(host, c, "summary.messages", ctr_summaries, mut_summaries);
    IMPACCT_GAUGE(host, c, "held.batches", held_batches);
    IMPACCT_GAUGE(host, c, "held.messages", held_messages);
    IMPACCT_GAUGE(host, c, "held.seconds", held_seconds);
    CHKiRet(host->statsobj->ConstructFinalize(c->stats));

finalize_it:
    RETiRet;
}

void impacct_counters_add(struct impacct_counters* c, const struct impacct_counts* t) {
    STATSCOUNTER_ADD(c->ctr_read, c->mut_read, t->read);
    STATSCOUNTER_ADD(c->ctr_submitted, c->mut_submitted, t->submitted);
    STATSCOUNTER_ADD(c->ctr_discarded, c->mut_discarded, t->discarded);
    STATSCOUNTER_ADD(c->ctr_invalid, c->mut_invalid, t->invalid);
    STATSCOUNTER_ADD(c->ctr_bytes, c->mut_bytes, t->bytes);
    STATSCOUNTER_ADD(c->ctr_states, c->mut_states, t->states);
    STATSCOUNTER_ADD(c->ctr_names_late, c->mut_names_late, t->names_late);
    STATSCOUNTER_ADD(c->ctr_summaries, c->mut_summaries, t->summaries);
}

void impacct_counters_set_held(struct impacct_counters* c, uint64_t batches, uint64_t messages, uint64_t seconds) {
    __atomic_store_n(&c->held_batches, batches, __ATOMIC_RELAXED);
    __atomic_store_n(&c->held_messages, messages, __ATOMIC_RELAXED);
    __atomic_store_n(&c->held_seconds, seconds, __ATOMIC_RELAXED);
}

void impacct_counters_free(struct impacct_counters* c, const struct impacct_host* host) {
    if (c->stats != NULL) {
        host->statsobj->Destruct(&c->stats);
    }
}
