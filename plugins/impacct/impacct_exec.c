/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_exec.c
 * @brief Who executed what, for one input: from what is captured to fields and events, with counters around it.
 *
 * Algorithm: pacct_capture says who executed what, pacct_enrich makes fields
 * of it.
 *
 * Concurrency and locking: used by the input thread, after it was made by
 * rsyslog's main thread. Counters are read by impstats, hence atomic.
 *
 * Failure model: records go without commands, which is said once.
 */
#include "impacct_exec.h"
#include "impacct_stats.h"
#include "base/sys.h"
#include "capture/capture.h"
#include "command/enrich.h"

#include <stddef.h>
#include <stdlib.h>

/* so long nothing was too much before it is said again */
#define OVERLOAD_OVER_MS 60000

struct impacct_exec {
    const struct impacct_host* host;
    const struct impacct_settings* settings;
    struct pacct_capture* capture;
    struct pacct_enrich* enrich;
    struct pacct_event event; /* given out last */
    struct pacct_capture_counts counted; /* so much is in the counters */
    int64_t overload_ms; /* when there was too much last; 0: not lately */
    statsobj_t* stats;
    struct impacct_counter matched, inherited, scanned, missing, evicted, lost, cut, sent, dropped;
};

static const struct impacct_counter_row rows[] = {
    {"matched", offsetof(struct impacct_exec, matched), CTR_FLAG_RESETTABLE},
    {"inherited", offsetof(struct impacct_exec, inherited), CTR_FLAG_RESETTABLE},
    {"scanned", offsetof(struct impacct_exec, scanned), CTR_FLAG_RESETTABLE},
    {"missing", offsetof(struct impacct_exec, missing), CTR_FLAG_RESETTABLE},
    {"evicted", offsetof(struct impacct_exec, evicted), CTR_FLAG_RESETTABLE},
    {"events.lost", offsetof(struct impacct_exec, lost), CTR_FLAG_RESETTABLE},
    {"events.cut", offsetof(struct impacct_exec, cut), CTR_FLAG_RESETTABLE},
    {"exec.messages", offsetof(struct impacct_exec, sent), CTR_FLAG_RESETTABLE},
    {"exec.messages.dropped", offsetof(struct impacct_exec, dropped), CTR_FLAG_RESETTABLE},
};

struct impacct_exec* impacct_exec_new(const struct impacct_host* host, const struct impacct_settings* settings) {
    char reason[PACCT_CAPTURE_REASON_MAX];
    const struct pacct_capture_options options = {
        .backend = (enum pacct_capture_backend)(settings->command_line - IMPACCT_COMMAND_AUTO),
        .of_backend = {.args_max = (size_t)settings->command_max_length, .groups = settings->origin != 0},
        .parents = settings->origin != 0,
        .exec_messages = settings->exec_messages != 0,
        .not_root = settings->skip_root != 0,
        .not_helpers = settings->skip_kernel_helpers != 0,
    };
    struct impacct_exec* const e = calloc(1, sizeof(*e));
    if (e == NULL) {
        LogError(0, RS_RET_OUT_OF_MEMORY, "impacct: out of memory; records of '%s' go without command lines",
                 settings->file);
        return NULL;
    }
    e->host = host;
    e->settings = settings;
    e->capture = pacct_capture_new(&options, reason);
    if (e->capture == NULL || impacct_stats_make(&e->stats, host, settings, "commandLine", e, rows,
                                                 sizeof(rows) / sizeof(rows[0])) != RS_RET_OK) {
        LogError(0, RS_RET_ERR, "impacct: command lines cannot be captured, records of '%s' go without them: %s",
                 settings->file, e->capture == NULL ? reason : "out of memory");
        impacct_exec_free(e);
        return NULL;
    }
    LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: command lines for '%s' are captured by %s%s%s", settings->file,
           pacct_capture_name(e->capture), reason[0] != '\0' ? "; " : "", reason);
    return e;
}

void impacct_exec_free(struct impacct_exec* e) {
    if (e != NULL) {
        if (e->stats != NULL) {
            e->host->statsobj->Destruct(&e->stats);
        }
        pacct_enrich_free(e->enrich);
        pacct_capture_free(e->capture);
        free(e);
    }
}

rsRetVal impacct_exec_set_origin(struct impacct_exec* e, const struct pacct_origin* origin) {
    e->enrich = pacct_enrich_new(origin, e->settings->redact, e->settings->origin != 0);
    return e->enrich != NULL ? RS_RET_OK : RS_RET_OUT_OF_MEMORY;
}

rsRetVal impacct_exec_join(
    struct impacct_exec* e, const struct pacct_record* rec, bool may_live, time_t now, struct pacct_event* ev) {
    struct pacct_process process = {.command = NULL};
    pacct_capture_take(e->capture, rec, may_live, &process);
    const bool made = pacct_enrich_exit(e->enrich, &process, rec->pid, now, ev);
    pacct_process_unref(&process);
    return made ? RS_RET_OK : RS_RET_OUT_OF_MEMORY;
}

void impacct_exec_all_joined(struct impacct_exec* e) {
    pacct_capture_all_taken(e->capture);
}

void impacct_exec_records_again(struct impacct_exec* e) {
    pacct_capture_records_again(e->capture);
}

rsRetVal impacct_exec_next(struct impacct_exec* e, time_t now, const struct pacct_event** ev) {
    struct pacct_exec_message message;
    *ev = NULL;
    if (!pacct_capture_next_exec(e->capture, &message)) {
        return RS_RET_OK;
    }
    const bool made = pacct_enrich_exec(e->enrich, &message, now, &e->event);
    pacct_process_unref(&message.process);
    if (!made) {
        impacct_exec_count_sent(e, false);
        return RS_RET_OUT_OF_MEMORY;
    }
    *ev = &e->event;
    return RS_RET_OK;
}

void impacct_exec_count_sent(struct impacct_exec* e, bool sent) {
    impacct_counter_add(sent ? &e->sent : &e->dropped, 1);
}

int impacct_exec_ready_fd(const struct impacct_exec* e) {
    return pacct_capture_exec_fd(e->capture);
}

/* Too much is executed for all of it to be kept: said once, and again only after it was over for a while. */
static void see_overload(struct impacct_exec* e, bool overload) {
    const int64_t ms = overload || e->overload_ms != 0 ? pacct_monotonic_ms() : 0;
    if (overload && e->overload_ms == 0) {
        LogMsg(0, NO_ERRCODE, LOG_WARNING,
               "impacct: more is executed than can be kept; the command lines of some records of '%s' are missing: see "
               "the counters evicted, events.cut and events.lost",
               e->settings->file);
    }
    if (overload || ms - e->overload_ms > OVERLOAD_OVER_MS) {
        e->overload_ms = overload ? ms : 0;
    }
}

void impacct_exec_count(struct impacct_exec* e) {
    const struct pacct_capture_counts now = pacct_capture_counts(e->capture);
    const struct pacct_capture_counts* const then = &e->counted;
    impacct_counter_add(&e->matched, now.join.exec - then->join.exec);
    impacct_counter_add(&e->inherited, now.join.inherited - then->join.inherited);
    impacct_counter_add(&e->scanned, now.join.scan - then->join.scan);
    impacct_counter_add(&e->missing, now.join.missing - then->join.missing);
    impacct_counter_add(&e->evicted, now.join.evicted - then->join.evicted);
    impacct_counter_add(&e->lost, now.lost - then->lost);
    impacct_counter_add(&e->cut, now.cut - then->cut);
    impacct_counter_add(&e->dropped, now.dropped - then->dropped);
    see_overload(e, now.join.evicted > then->join.evicted || now.lost > then->lost || now.cut > then->cut);
    e->counted = now;
}
