/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_input.c
 * @brief One input at run time: its life cycle, and the loop from its source to rsyslog.
 *
 * Algorithm: impacct_input_serve() hands at most one batch to rsyslog
 * (impacct_pipeline.h), and says how that ended (impacct_delivery.h). Summaries
 * that are due are sent before anything more is read. What is to be said of
 * accounting itself is asked for when the source has nothing more for now.
 *
 * Concurrency and locking: everything runs in the module's input thread, but
 * for helpers with threads of their own, which take care of it themselves.
 * Counters are read by impstats, hence atomic.
 *
 * Failure model: nothing that fails loses a record. A batch that rsyslog did
 * not take is read again from the source.
 */
#include "impacct_input.h"
#include "impacct_pipeline.h"
#include "impacct_delivery.h"
#include "impacct_guard.h"
#include "impacct_identity.h"
#include "impacct_names.h"
#include "impacct_notices.h"
#include "impacct_source_file.h"
#include "impacct_stats.h"
#include "impacct_summary.h"
#include "base/sys.h"
#include "output/line.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* how long to wait at stop for what is in flight; rsyslog gives an input a second */
#define STOP_WAIT_MS 500
/* how often a source is told what it need not keep */
#define RELEASE_MS 100

struct impacct_input {
    const struct impacct_shared* shared;
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    struct pacct_origin origin;
    struct impacct_identity identity;
    struct impacct_names names;
    struct impacct_source* source;
    struct impacct_sender* sender;
    struct impacct_delivery* delivery;
    struct impacct_notices* notices;
    struct impacct_guard* guard; /* NULL: the file is another host's */
    struct impacct_owner* owner; /* NULL: accounting is not ours */
    struct impacct_exec* exec; /* NULL: none */
    struct impacct_usage* usage; /* NULL: none */
    struct impacct_ring* ring; /* NULL: the source is a file */
    int64_t release_ms; /* when the source is to be told again what it need not keep */
    struct impacct_summary* summary; /* NULL: nothing is summed up */
    struct impacct_pipeline pipeline;
    bool started; /* it is known where */
    bool idle; /* the source had nothing more when it was asked last */

    struct pacct_notice notice; /* being made */
    uint64_t records; /* read since the start */
    struct impacct_counters counters;
};

/* ---- making and releasing ---- */

static struct pacct_set wanted_fields(const struct impacct_settings* settings, const struct impacct_route* route) {
    struct pacct_set wanted = {{0}};
    if (impacct_sends_records(settings) || settings->exec_messages) {
        wanted = settings->format == IMPACCT_FORMAT_TEXT ? pacct_line_fields() : route->text.fields;
        pacct_set_add_all(&wanted, &route->tree.fields);
    }
    for (unsigned i = 0; settings->summary_interval > 0 && i < settings->summary_by.count; i++) {
        pacct_set_add(&wanted, settings->summary_by.field[i]);
    }
    return wanted;
}

static rsRetVal make_source(struct impacct_input* in, unsigned slot) {
    if (in->ring != NULL) {
        const struct impacct_source_bpf_parts of_ring = {
            .settings = in->settings,
            .route = in->route,
            .origin = &in->origin,
            .guard = in->guard,
            .exec = in->exec,
            .ring = in->ring,
        };
        in->source = impacct_source_bpf_new(&of_ring);
        return in->source != NULL ? RS_RET_OK : RS_RET_OUT_OF_MEMORY;
    }
    const struct impacct_source_file_parts parts = {
        .settings = in->settings,
        .route = in->route,
        .origin = &in->origin,
        .guard = in->guard,
        .exec = in->exec,
        .usage = in->usage,
        .watch = in->shared->watch,
        .slot = slot,
    };
    in->source = impacct_source_file_new(&parts);
    return in->source != NULL ? RS_RET_OK : RS_RET_OUT_OF_MEMORY;
}

rsRetVal impacct_input_new(struct impacct_input** input,
                           const struct impacct_shared* shared,
                           unsigned slot,
                           const struct impacct_settings* settings,
                           const struct impacct_route* route,
                           struct impacct_owner* owner,
                           struct impacct_exec* exec,
                           struct impacct_usage* usage,
                           struct impacct_ring* ring,
                           const char* state_path) {
    DEFiRet;
    struct impacct_input* in;
    CHKmalloc(in = calloc(1, sizeof(*in)));
    in->shared = shared;
    in->settings = settings;
    in->route = route;
    in->exec = exec;
    in->usage = usage;
    in->ring = ring;
    in->origin.wanted = wanted_fields(settings, route);
    in->origin.needs_entity_id = settings->schema == PACCT_SCHEMA_ECS;
    /* another host's terminals have other names */
    in->origin.ttys = settings->hostname[0] == '\0' ? shared->ttys : NULL;
    CHKmalloc(in->notices = impacct_notices_new(&in->origin));
    CHKmalloc(in->delivery = impacct_delivery_new(shared->host, settings, state_path));
    CHKiRet(impacct_sender_new(&in->sender, shared->host, settings, route, &in->origin,
                               impacct_delivery_recycle(in->delivery)));
    if (exec != NULL) {
        CHKiRet(impacct_exec_set_origin(exec, &in->origin));
    }
    if (settings->hostname[0] == '\0' || owner != NULL) { /* else it is another host's file */
        CHKmalloc(in->guard = impacct_guard_new(settings));
    }
    if (settings->summary_interval > 0) {
        CHKmalloc(in->summary = impacct_summary_new(settings, route, &in->origin, in->delivery));
    }
    CHKiRet(make_source(in, slot));
    CHKiRet(impacct_counters_make(&in->counters, shared->host, settings));
    in->owner = owner;
    in->pipeline = (struct impacct_pipeline){
        .host = shared->host,
        .settings = settings,
        .route = route,
        .source = in->source,
        .sender = in->sender,
        .delivery = in->delivery,
        .notices = in->notices,
        .exec = exec,
        .usage = usage,
        .summary = in->summary,
    };

finalize_it:
    if (iRet != RS_RET_OK) {
        impacct_input_free(in);
        in = NULL;
    }
    *input = in;
    RETiRet;
}

void impacct_input_free(struct impacct_input* in) {
    if (in == NULL) {
        return;
    }
    impacct_counters_free(&in->counters, in->shared->host);
    if (in->source != NULL) {
        in->source->type->free(in->source);
    }
    impacct_guard_free(in->guard);
    impacct_owner_free(in->owner);
    impacct_sender_free(in->sender);
    impacct_delivery_free(in->delivery);
    impacct_summary_free(in->summary);
    impacct_notices_free(in->notices);
    free(in);
}

/* ---- start ---- */

static void read_range(struct impacct_input* in) {
    const struct impacct_position* from;
    const uint64_t end = impacct_delivery_range(in->delivery, &from);
    in->source->type->rewind(in->source, from, end);
}

void impacct_input_start(struct impacct_input* in) {
    impacct_identity_set(&in->identity, in->settings, in->shared->host, &in->origin);
    impacct_delivery_wake(in->delivery, pacct_watch_wake_fd(in->shared->watch));
    impacct_names_start(&in->names, in->settings, in->shared->patience, &in->origin);
    if (in->exec != NULL) {
        pacct_watch_also(in->shared->watch, impacct_exec_ready_fd(in->exec));
    }
    if (in->ring != NULL && !pacct_watch_edge(in->shared->watch, impacct_ring_fd(in->ring))) {
        LogError(errno, RS_RET_ERR, "impacct: the ring in '%s' cannot be waited for; it is looked at every %d ms",
                 in->settings->file, in->settings->polling_ms);
    }
}

/* Find the place to begin at. @return false: it cannot be known yet */
static bool start_reading(struct impacct_input* in, int64_t now) {
    const enum impacct_begin begin = impacct_delivery_start(in->delivery, now);
    if (begin == IMPACCT_BEGIN_UNKNOWN) {
        return false;
    }
    if (begin == IMPACCT_BEGIN_END) {
        in->source->type->from_end(in->source);
    } else if (begin != IMPACCT_BEGIN_START) {
        read_range(in);
    }
    if (in->summary != NULL) {
        impacct_summary_start(in->summary);
        if (in->source->type->known_gap != NULL) {
            in->source->type->known_gap(in->source, impacct_summary_gap_at(in->summary));
        }
    }
    impacct_notice_started(&in->notice, in->settings->file, begin, impacct_delivery_done(in->delivery),
                           impacct_delivery_pending(in->delivery));
    impacct_notices_queue(in->notices, &in->notice);
    in->started = true;
    return true;
}

/* ---- sending ---- */

/* Send and count one batch of summaries. */
static bool serve_summaries(struct impacct_input* in, prop_t* prop) {
    const bool taken = impacct_pipeline_send_summaries(&in->pipeline, prop);
    if (taken) {
        impacct_counters_add(&in->counters, &in->pipeline.counts);
    }
    return taken;
}

/* Read, send, count one batch. @return whether rsyslog has taken it */
static bool serve_batch(struct impacct_input* in, prop_t* prop, enum impacct_found* found) {
    if (!impacct_pipeline_send(&in->pipeline, prop, found)) {
        return false;
    }
    impacct_names_count(&in->names, &in->pipeline.counts);
    impacct_counters_add(&in->counters, &in->pipeline.counts);
    in->records += in->pipeline.counts.read;
    if (in->exec != NULL) {
        impacct_exec_count(in->exec);
    }
    if (in->usage != NULL) {
        impacct_usage_count(in->usage);
    }
    impacct_notices_clear(in->notices);
    return true;
}

/* ---- what there is to say about accounting itself ---- */

static void say(struct impacct_input* in) {
    impacct_log_notice(&in->notice, 0);
    impacct_notices_queue(in->notices, &in->notice);
}

static void ask_delivery(struct impacct_input* in, int64_t now) {
    struct impacct_delivery_held held;
    impacct_delivery_held(in->delivery, now, &held);
    impacct_counters_set_held(&in->counters, held.batches, held.messages, held.seconds);
    while (impacct_delivery_next(in->delivery, now, &in->notice)) {
        say(in);
    }
}

static bool ask_guard(struct impacct_input* in) {
    bool any = false;
    while (in->guard != NULL && impacct_guard_next(in->guard, in->source->type->fd(in->source), &in->notice)) {
        say(in);
        any = true;
    }
    return any;
}

static bool ask_owner(struct impacct_input* in) {
    struct impacct_position durable, oldest, sums;
    bool any = false;
    if (in->owner == NULL) {
        return false;
    }
    impacct_delivery_durable(in->delivery, &durable, &oldest, &sums);
    struct impacct_owner_view view = {
        .done = &durable.file, .oldest = &oldest.file, .sums = &sums.file, .fd = in->source->type->fd(in->source)};
    if (in->guard != NULL) {
        view.down = impacct_guard_down(in->guard);
        view.watched = in->settings->silence_alarm != IMPACCT_OFF;
    }
    while (impacct_owner_next(in->owner, &view, &in->notice)) {
        say(in);
        any = true;
    }
    return any;
}

/* ---- serving ---- */

/* What was read before is through: on with the next range. */
static void end_range(struct impacct_input* in, const struct impacct_position* at, bool readable) {
    const enum impacct_purpose purpose = impacct_delivery_purpose(in->delivery);
    const bool whole = impacct_delivery_end_range(in->delivery, at, readable);
    if (in->summary != NULL && purpose == IMPACCT_TO_SUM_UP && !whole) {
        impacct_summary_lost(in->summary);
    }
    read_range(in);
}

/* Ask all who may have something to do once everything was read. @return whether any had */
static bool ask_all(struct impacct_input* in) {
    bool more = false;
    if (in->idle) { /* else some records were not looked at: the guard would miss them */
        more = ask_guard(in);
        if (in->summary != NULL) {
            impacct_summary_idle(in->summary);
            more = impacct_summary_is_due(in->summary) || more;
        }
    }
    return ask_owner(in) || more;
}

/* Tell the source what will not be asked for again. What is left from the run before is asked for first: of that, a
 * source that has little room would keep less than it has. */
static void release(struct impacct_input* in, int64_t now) {
    struct impacct_position durable, oldest, sums;
    if (in->source->type->release != NULL && now >= in->release_ms &&
        impacct_delivery_purpose(in->delivery) == IMPACCT_TO_SEND_AND_SUM_UP) {
        in->release_ms = now + RELEASE_MS;
        impacct_delivery_durable(in->delivery, &durable, &oldest, &sums);
        in->source->type->release(in->source, &durable, &oldest, &sums);
    }
}

enum impacct_served impacct_input_serve(struct impacct_input* in) {
    struct impacct_position pos;
    enum impacct_found found = IMPACCT_FOUND_NOTHING;
    const int64_t now = pacct_monotonic_ms();
    bool summaries = false;
    if (!in->started && !start_reading(in, now)) {
        return IMPACCT_QUIET;
    }
    in->source->type->position(in->source, &pos);
    if (in->summary != NULL) {
        impacct_summary_save(in->summary); /* no position is to be stored without what it left open */
    }
    impacct_delivery_poll(in->delivery, now, &pos);
    release(in, now);
    ask_delivery(in, now);
    impacct_names_watch(&in->names, in->settings, (time_t)(now / 1000));
    in->idle = false;
    if (in->summary != NULL) {
        impacct_summary_save(in->summary);
        impacct_summary_at(in->summary, &pos);
        summaries = impacct_summary_is_due(in->summary);
    }
    if (summaries) {
        impacct_delivery_separate(in->delivery, &pos);
    }
    prop_t* const prop = impacct_delivery_begin(in->delivery, now, &pos);
    if (prop == NULL || !(summaries ? serve_summaries(in, prop) : serve_batch(in, prop, &found))) {
        return IMPACCT_QUIET;
    }
    in->source->type->position(in->source, &pos);
    impacct_delivery_end(in->delivery, &pos, &in->pipeline.sent);
    if (found == IMPACCT_FOUND_END || found == IMPACCT_FOUND_BLOCKED) {
        end_range(in, &pos, found == IMPACCT_FOUND_END);
    }
    if (found != IMPACCT_FOUND_IDLE && found != IMPACCT_FOUND_LINGER) {
        if (in->guard != NULL && impacct_guard_next_behind(in->guard, &in->notice)) {
            say(in);
        }
        ask_owner(in);
        return IMPACCT_MORE;
    }
    in->idle = found == IMPACCT_FOUND_IDLE;
    return ask_all(in) ? IMPACCT_MORE : IMPACCT_QUIET;
}

uint64_t impacct_input_records(const struct impacct_input* in) {
    return in->records;
}

static int less(int a, int b) {
    return a < b ? a : b;
}

int impacct_input_timeout(const struct impacct_input* in) {
    int ms = in->source->type->timeout(in->source);
    if (!impacct_delivery_waits(in->delivery)) { /* they are not asked meanwhile */
        ms = in->guard != NULL && in->idle ? less(ms, impacct_guard_timeout(in->guard)) : ms;
        ms = in->owner != NULL ? less(ms, impacct_owner_timeout(in->owner)) : ms;
        ms = in->summary != NULL && in->idle ? impacct_summary_timeout(in->summary, ms) : ms;
    }
    return impacct_delivery_timeout(in->delivery, ms);
}

void impacct_input_waited(struct impacct_input* in) {
    impacct_delivery_waited(in->delivery);
}

/* ---- stop ---- */

int64_t impacct_input_stop_deadline(void) {
    return pacct_monotonic_ms() + STOP_WAIT_MS;
}

void impacct_input_stop(struct impacct_input* in, int64_t deadline) {
    struct impacct_position pos;
    in->source->type->position(in->source, &pos);
    impacct_delivery_wait(in->delivery, deadline, &pos);
    if (in->summary != NULL) {
        impacct_summary_save(in->summary);
    }
    impacct_delivery_stop(in->delivery);
    impacct_names_stop(&in->names, &in->origin);
}

void impacct_input_send_stopped(struct impacct_input* in) {
    if (in->owner != NULL && impacct_owner_stop(in->owner, &in->notice)) {
        say(in);
    }
    if (!in->started || impacct_delivery_is_refused(in->delivery)) {
        return; /* what does not take records does not take this */
    }
    const struct impacct_position* const done = impacct_delivery_done(in->delivery);
    prop_t* const prop = impacct_delivery_begin(in->delivery, pacct_monotonic_ms(), done);
    if (prop == NULL) {
        return;
    }
    impacct_notice_stopped(&in->notice, in->settings->file, done);
    if (impacct_pipeline_send_last(&in->pipeline, prop, &in->notice)) {
        impacct_counters_add(&in->counters, &in->pipeline.counts);
    }
}
