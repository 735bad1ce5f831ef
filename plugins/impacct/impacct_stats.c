/**
 * @file impacct_count.c
 * @brief The counters of one input, for impstats.
 *
 * Algorithm: one statistics object per input, named after its file.
 * Concurrency and locking: changed by the input thread, read by impstats; rsyslog's macros are atomic.
 * Failure model: without memory there is no input.
 */
#include "impacct_count.h"

#include <limits.h>
#include <stdio.h>

rsRetVal impacct_stats_make(statsobj_t** stats, const struct impacct_host* host, const char* file, const char* part) {
    DEFiRet;
    char name[PATH_MAX + 64];
    snprintf(name, sizeof(name), "impacct(%s%s)", file, part);
    CHKiRet(host->statsobj->Construct(stats));
    CHKiRet(host->statsobj->SetName(*stats, (uchar*)name));
    CHKiRet(host->statsobj->SetOrigin(*stats, UCHAR_CONSTANT("impacct")));

finalize_it:
    RETiRet;
}

rsRetVal impacct_counters_make(struct impacct_counters* c, const struct impacct_host* host, const char* file) {
    DEFiRet;
    CHKiRet(impacct_stats_make(&c->stats, host, file, ""));
    IMPACCT_COUNTER(host, c, "read", ctr_read, mut_read);
    IMPACCT_COUNTER(host, c, "submitted", ctr_submitted, mut_submitted);
    IMPACCT_COUNTER(host, c, "discarded", ctr_discarded, mut_discarded);
    IMPACCT_COUNTER(host, c, "invalid", ctr_invalid, mut_invalid);
    IMPACCT_COUNTER(host, c, "bytes", ctr_bytes, mut_bytes);
    IMPACCT_COUNTER(host, c, "state.messages", ctr_states, mut_states);
    CHKiRet(host->statsobj->ConstructFinalize(c->stats));

finalize_it:
    RETiRet;
}

void impacct_counters_add(struct impacct_counters* c, const struct impacct_tally* t) {
    STATSCOUNTER_ADD(c->ctr_read, c->mut_read, t->read);
    STATSCOUNTER_ADD(c->ctr_submitted, c->mut_submitted, t->submitted);
    STATSCOUNTER_ADD(c->ctr_discarded, c->mut_discarded, t->discarded);
    STATSCOUNTER_ADD(c->ctr_invalid, c->mut_invalid, t->invalid);
    STATSCOUNTER_ADD(c->ctr_bytes, c->mut_bytes, t->bytes);
    STATSCOUNTER_ADD(c->ctr_states, c->mut_states, t->states);
}

void impacct_counters_free(struct impacct_counters* c, const struct impacct_host* host) {
    if (c->stats != NULL) {
        host->statsobj->Destruct(&c->stats);
    }
}
