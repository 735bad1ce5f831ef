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
#include <stddef.h>
#include <stdio.h>

rsRetVal impacct_stats_make(statsobj_t** stats,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const char* part,
                            void* owner,
                            const struct impacct_counter_row* rows,
                            size_t count) {
    DEFiRet;
    char name[PATH_MAX + 64];
    const bool in_path = settings->name[0] == '\0';
    const char* const separator = part == NULL ? "" : in_path ? ", " : "_";
    snprintf(name, sizeof(name), in_path ? "impacct(%s%s%s)" : "%s%s%s", in_path ? settings->file : settings->name,
             separator, part == NULL ? "" : part);
    CHKiRet(host->statsobj->Construct(stats));
    CHKiRet(host->statsobj->SetName(*stats, (uchar*)name));
    CHKiRet(host->statsobj->SetOrigin(*stats, UCHAR_CONSTANT("impacct")));
    for (size_t i = 0; i < count; i++) {
        struct impacct_counter* const c = (void*)((char*)owner + rows[i].at);
        STATSCOUNTER_INIT(c->value, c->mutex);
        CHKiRet(
            host->statsobj->AddCounter(*stats, (const uchar*)rows[i].name, ctrType_IntCtr, rows[i].flags, &c->value));
    }
    CHKiRet(host->statsobj->ConstructFinalize(*stats));

finalize_it:
    RETiRet;
}

void impacct_counter_add(struct impacct_counter* c, uint64_t n) {
    STATSCOUNTER_ADD(c->value, c->mutex, n);
}

static void set_gauge(struct impacct_counter* c, uint64_t value) {
    __atomic_store_n(&c->value, value, __ATOMIC_RELAXED);
}

static const struct impacct_counter_row rows[] = {
    {"read", offsetof(struct impacct_counters, read), CTR_FLAG_RESETTABLE},
    {"submitted", offsetof(struct impacct_counters, submitted), CTR_FLAG_RESETTABLE},
    {"discarded", offsetof(struct impacct_counters, discarded), CTR_FLAG_RESETTABLE},
    {"invalid", offsetof(struct impacct_counters, invalid), CTR_FLAG_RESETTABLE},
    {"bytes", offsetof(struct impacct_counters, bytes), CTR_FLAG_RESETTABLE},
    {"state.messages", offsetof(struct impacct_counters, states), CTR_FLAG_RESETTABLE},
    {"names.late", offsetof(struct impacct_counters, names_late), CTR_FLAG_RESETTABLE},
    {"summary.messages", offsetof(struct impacct_counters, summaries), CTR_FLAG_RESETTABLE},
    {"held.batches", offsetof(struct impacct_counters, held_batches), CTR_FLAG_NONE},
    {"held.messages", offsetof(struct impacct_counters, held_messages), CTR_FLAG_NONE},
    {"held.seconds", offsetof(struct impacct_counters, held_seconds), CTR_FLAG_NONE},
};

rsRetVal impacct_counters_make(struct impacct_counters* c,
                               const struct impacct_host* host,
                               const struct impacct_settings* settings) {
    return impacct_stats_make(&c->stats, host, settings, NULL, c, rows, sizeof(rows) / sizeof(rows[0]));
}

void impacct_counters_add(struct impacct_counters* c, const struct impacct_counts* t) {
    impacct_counter_add(&c->read, t->read);
    impacct_counter_add(&c->submitted, t->submitted);
    impacct_counter_add(&c->discarded, t->discarded);
    impacct_counter_add(&c->invalid, t->invalid);
    impacct_counter_add(&c->bytes, t->bytes);
    impacct_counter_add(&c->states, t->states);
    impacct_counter_add(&c->names_late, t->names_late);
    impacct_counter_add(&c->summaries, t->summaries);
}

void impacct_counters_set_held(struct impacct_counters* c, uint64_t batches, uint64_t messages, uint64_t seconds) {
    set_gauge(&c->held_batches, batches);
    set_gauge(&c->held_messages, messages);
    set_gauge(&c->held_seconds, seconds);
}

void impacct_counters_free(struct impacct_counters* c, const struct impacct_host* host) {
    if (c->stats != NULL) {
        host->statsobj->Destruct(&c->stats);
    }
}
