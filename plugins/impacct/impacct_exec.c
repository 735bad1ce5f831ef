/**
 * @file impacct_exec.c
 * @brief Who executed what, for one input: pacct_capture with rsyslog's messages and counters around it.
 *
 * Algorithm: passes on.
 *
 * Concurrency and locking: used by the input thread, after it was made by
 * rsyslog's main thread. Counters are read by impstats, hence atomic.
 *
 * Failure model: records go without commands, which is said once.
 */
#include "impacct_exec.h"
#include "impacct_count.h"

#include <stdlib.h>

struct impacct_exec {
    const struct impacct_host* host;
    struct pacct_capture* capture;
    struct pacct_capture_counts counted; /* so much is in the counters */
    statsobj_t* stats;
    STATSCOUNTER_DEF(ctr_matched, mut_matched)
    STATSCOUNTER_DEF(ctr_inherited, mut_inherited)
    STATSCOUNTER_DEF(ctr_scanned, mut_scanned)
    STATSCOUNTER_DEF(ctr_missing, mut_missing)
    STATSCOUNTER_DEF(ctr_evicted, mut_evicted)
    STATSCOUNTER_DEF(ctr_lost, mut_lost)
    STATSCOUNTER_DEF(ctr_told, mut_told)
    STATSCOUNTER_DEF(ctr_untold, mut_untold)
};

static rsRetVal make_counters(struct impacct_exec* e, const char* file) {
    DEFiRet;
    CHKiRet(impacct_stats_make(&e->stats, e->host, file, ", commandLine"));
    IMPACCT_COUNTER(e->host, e, "matched", ctr_matched, mut_matched);
    IMPACCT_COUNTER(e->host, e, "inherited", ctr_inherited, mut_inherited);
    IMPACCT_COUNTER(e->host, e, "scanned", ctr_scanned, mut_scanned);
    IMPACCT_COUNTER(e->host, e, "missing", ctr_missing, mut_missing);
    IMPACCT_COUNTER(e->host, e, "evicted", ctr_evicted, mut_evicted);
    IMPACCT_COUNTER(e->host, e, "events.lost", ctr_lost, mut_lost);
    IMPACCT_COUNTER(e->host, e, "exec.messages", ctr_told, mut_told);
    IMPACCT_COUNTER(e->host, e, "exec.messages.lost", ctr_untold, mut_untold);
    CHKiRet(e->host->statsobj->ConstructFinalize(e->stats));

finalize_it:
    RETiRet;
}

struct impacct_exec* impacct_exec_new(const struct impacct_host* host, const struct impacct_settings* settings) {
    char why[PACCT_CAPTURE_WHY];
    const struct pacct_capture_options options = {
        .means = (enum pacct_capture_means)(settings->command_line - IMPACCT_COMMAND_AUTO),
        .tap = {.args_max = (size_t)settings->command_max_length, .groups = settings->origin != 0},
        .starts = settings->exec_messages != 0,
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
    e->capture = pacct_capture_new(&options, why);
    if (e->capture == NULL || make_counters(e, settings->file) != RS_RET_OK) {
        LogError(0, RS_RET_ERR, "impacct: command lines cannot be captured, records of '%s' go without them: %s",
                 settings->file, e->capture == NULL ? why : "out of memory");
        impacct_exec_free(e);
        return NULL;
    }
    LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: command lines for '%s' are captured by means of %s%s%s", settings->file,
           pacct_capture_name(e->capture), why[0] != '\0' ? "; " : "", why);
    return e;
}

void impacct_exec_free(struct impacct_exec* e) {
    if (e != NULL) {
        if (e->stats != NULL) {
            e->host->statsobj->Destruct(&e->stats);
        }
        pacct_capture_free(e->capture);
        free(e);
    }
}

void impacct_exec_take(struct impacct_exec* e, const struct pacct_record* rec, struct pacct_life* life) {
    pacct_capture_take(e->capture, rec, life);
}

void impacct_exec_records_lost(struct impacct_exec* e) {
    pacct_capture_records_lost(e->capture);
}

bool impacct_exec_started(struct impacct_exec* e, struct pacct_started* started) {
    return pacct_capture_started(e->capture, started);
}

void impacct_exec_told(struct impacct_exec* e, bool told) {
    if (told) {
        STATSCOUNTER_INC(e->ctr_told, e->mut_told);
    } else {
        STATSCOUNTER_INC(e->ctr_untold, e->mut_untold);
    }
}

int impacct_exec_fd(const struct impacct_exec* e) {
    return pacct_capture_fd(e->capture);
}

void impacct_exec_count(struct impacct_exec* e) {
    const struct pacct_capture_counts now = pacct_capture_counts(e->capture);
    const struct pacct_capture_counts* const then = &e->counted;
    STATSCOUNTER_ADD(e->ctr_matched, e->mut_matched, now.lives.exec - then->lives.exec);
    STATSCOUNTER_ADD(e->ctr_inherited, e->mut_inherited, now.lives.inherited - then->lives.inherited);
    STATSCOUNTER_ADD(e->ctr_scanned, e->mut_scanned, now.lives.scan - then->lives.scan);
    STATSCOUNTER_ADD(e->ctr_missing, e->mut_missing, now.lives.missing - then->lives.missing);
    STATSCOUNTER_ADD(e->ctr_evicted, e->mut_evicted, now.lives.evicted - then->lives.evicted);
    STATSCOUNTER_ADD(e->ctr_lost, e->mut_lost, now.lost - then->lost);
    STATSCOUNTER_ADD(e->ctr_untold, e->mut_untold, now.unsaid - then->unsaid);
    e->counted = now;
}
