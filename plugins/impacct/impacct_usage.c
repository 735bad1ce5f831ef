/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_usage.c
 * @brief What processes used, for one input: from what is captured to fields, with counters around it.
 *
 * Algorithm: pacct_usage_capture says what was used, pacct_usage_set makes fields of it.
 *
 * Concurrency and locking: used by the input thread, after it was made by
 * rsyslog's main thread. Counters are read by impstats, hence atomic.
 *
 * Failure model: records go without usage, which is said once.
 */
#include "impacct_usage.h"
#include "impacct_stats.h"
#include "capture/usage.h"

#include <stddef.h>
#include <stdlib.h>

struct impacct_usage {
    const struct impacct_host* host;
    struct pacct_usage_capture* capture;
    struct pacct_usage_counts counted; /* so much is in the counters */
    statsobj_t* stats;
    struct impacct_counter matched, missing, lost;
};

static const struct impacct_counter_row rows[] = {
    {"usage.matched", offsetof(struct impacct_usage, matched), CTR_FLAG_RESETTABLE},
    {"usage.missing", offsetof(struct impacct_usage, missing), CTR_FLAG_RESETTABLE},
    {"events.lost", offsetof(struct impacct_usage, lost), CTR_FLAG_RESETTABLE},
};

struct impacct_usage* impacct_usage_new(const struct impacct_host* host, const struct impacct_settings* settings) {
    char reason[PACCT_BPF_REASON_MAX] = "out of memory";
    struct impacct_usage* const u = calloc(1, sizeof(*u));
    if (u != NULL) {
        u->host = host;
        u->capture = pacct_usage_capture_new(reason);
    }
    if (u == NULL || u->capture == NULL ||
        impacct_stats_make(&u->stats, host, settings, "usage", u, rows, sizeof(rows) / sizeof(rows[0])) != RS_RET_OK) {
        LogMsg(0, RS_RET_ERR, settings->usage == IMPACCT_USAGE_AUTO ? LOG_INFO : LOG_ERR,
               "impacct: usage cannot be captured, records of '%s' go without it: BPF: %s", settings->file,
               u == NULL || u->capture == NULL ? reason : "out of memory");
        impacct_usage_free(u);
        return NULL;
    }
    LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: usage for '%s' is captured by bpf", settings->file);
    return u;
}

void impacct_usage_free(struct impacct_usage* u) {
    if (u != NULL) {
        if (u->stats != NULL) {
            u->host->statsobj->Destruct(&u->stats);
        }
        pacct_usage_capture_free(u->capture);
        free(u);
    }
}

void impacct_usage_join(struct impacct_usage* u,
                        const struct pacct_record* rec,
                        bool may_live,
                        struct pacct_event* ev) {
    struct pacct_usage usage;
    pacct_usage_capture_take(u->capture, rec, may_live, &usage);
    pacct_usage_set(&usage, ev);
}

void impacct_usage_records_again(struct impacct_usage* u) {
    pacct_usage_capture_records_again(u->capture);
}

void impacct_usage_count(struct impacct_usage* u) {
    const struct pacct_usage_counts now = pacct_usage_capture_counts(u->capture);
    impacct_counter_add(&u->matched, now.matched - u->counted.matched);
    impacct_counter_add(&u->missing, now.missing - u->counted.missing);
    impacct_counter_add(&u->lost, now.lost - u->counted.lost);
    u->counted = now;
}
