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

rsRetVal impacct_counters_make(struct impacct_counters* c, const struct impacct_host* host, const char* file) {
    DEFiRet;
    const statsobj_if_t* const so = host->statsobj;
    char name[PATH_MAX + sizeof("impacct()")];
    snprintf(name, sizeof(name), "impacct(%s)", file);
    CHKiRet(so->Construct(&c->stats));
    CHKiRet(so->SetName(c->stats, (uchar*)name));
    CHKiRet(so->SetOrigin(c->stats, UCHAR_CONSTANT("impacct")));
#define COUNTER(text, ctr, mut)        \
    STATSCOUNTER_INIT(c->ctr, c->mut); \
    CHKiRet(so->AddCounter(c->stats, UCHAR_CONSTANT(text), ctrType_IntCtr, CTR_FLAG_RESETTABLE, &c->ctr))
    COUNTER("read", ctr_read, mut_read);
    COUNTER("submitted", ctr_submitted, mut_submitted);
    COUNTER("discarded", ctr_discarded, mut_discarded);
    COUNTER("invalid", ctr_invalid, mut_invalid);
    COUNTER("bytes", ctr_bytes, mut_bytes);
    COUNTER("state.messages", ctr_states, mut_states);
#undef COUNTER
    CHKiRet(so->ConstructFinalize(c->stats));

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
