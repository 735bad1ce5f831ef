/**
 * @file impacct_input.c
 * @brief One input at run time: reads its file, submits, keeps its position.
 *
 * Algorithm: impacct_input_serve() reads at most one batch of records, hands
 * it to rsyslog and notes the position behind it (impacct_ack.h). Positions
 * that are done with go to the state file after persistStateInterval records,
 * and after SETTLE_MS in any case.
 *
 * Concurrency and locking: everything runs in the module's input thread, but
 * for the two helpers with threads of their own, pacct_names and pacct_keeper.
 * Counters are read by impstats, hence atomic.
 *
 * Failure model: nothing that fails loses a record. What cannot be read, sent
 * or stored is said once, and tried again; a batch that rsyslog did not take
 * is read again from the file.
 */
#include "impacct_input.h"
#include "impacct_ack.h"
#include "impacct_count.h"
#include "impacct_guard.h"
#include "impacct_identity.h"
#include "impacct_tell.h"
#include "pacct_follow.h"
#include "pacct_keeper.h"
#include "pacct_now.h"
#include "pacct_text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INPUT_NAME "impacct"
/* records that are submitted before the other inputs have their turn, and that share one acknowledgement */
#define BATCH 1024

/* the poll behind inotify, and the one without */
#define POLL_BEHIND_INOTIFY_MS 10000
#define POLL_ALONE_MS 1000
/* a position that changed is stored after this time even if few records came */
#define SETTLE_MS 1000
/* how often to look whether batches in flight are done with: first, and at most, while none is */
#define ACK_FIRST_MS 20
#define ACK_LAST_MS 1000
/* how long to stay with a file that was rotated: the kernel needs microseconds, unless it has to wait for the disk */
#define LINGER_MS 200
/* how long to wait before sending again what rsyslog did not take: first, and at most */
#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 30000
/* how long to wait at stop for what is in flight; rsyslog gives an input a second */
#define STOP_WAIT_MS 500
#define STOP_LOOK_MS 2
/* how long one record may wait for the name of its user */
#define NAME_WAIT_MS 100
/* notices that wait while rsyslog takes nothing; more are in rsyslog's own log only */
#define KEPT_MAX 32

struct impacct_input {
    const struct impacct_shared* shared;
    const struct impacct_settings* settings;
    unsigned slot;
    char* state_path;
    struct pacct_origin origin;
    struct impacct_identity identity;
    struct pacct_dialect dialect;
    struct pacct_follow* follow;
    struct impacct_sender* sender;
    struct impacct_ack* ack;
    struct pacct_keeper* keeper;
    struct impacct_guard* guard; /* NULL: the file is another host's */
    struct impacct_owner* owner; /* NULL: accounting is not ours */
    struct impacct_exec* exec; /* NULL: none */

    unsigned batched; /* records in the open batch */
    uint64_t records; /* read since the start */
    struct impacct_tally tally; /* of the reading now under way */
    struct pacct_notice notice; /* being made */
    struct pacct_notice* notices[KEPT_MAX]; /* to be sent before anything else */
    unsigned kept;
    struct pacct_position batch_start;
    struct pacct_position done; /* may be stored */
    struct pacct_position stored; /* was handed to the keeper */
    unsigned unstored; /* records between the two */
    int64_t stored_ms, retry_ms; /* when; 0: not set */
    int retry_wait_ms; /* how long that was; 0: the last batch was taken */
    int ack_ms; /* next look at batches in flight */
    bool full; /* no more batches may be in flight */
    bool refused; /* rsyslog did not take the open batch */
    bool started;
    bool watch_told, store_told, send_told;

    struct impacct_counters counters;
};

/* ---- notices that are kept ---- */

/* Keep a notice until rsyslog has taken it. Those that the follower gives rise to need no keeping: they come again when
 * their batch is read again. */
static void keep_notice(struct impacct_input* in, const struct pacct_notice* n) {
    struct pacct_notice* const copy = in->kept < KEPT_MAX ? malloc(sizeof(*copy)) : NULL;
    if (copy != NULL) {
        *copy = *n;
        in->notices[in->kept++] = copy;
    }
}

static void drop_kept(struct impacct_input* in) {
    while (in->kept > 0) {
        free(in->notices[--in->kept]);
    }
}

/* ---- making and releasing ---- */

static struct pacct_follow* make_follow(const struct impacct_input* in) {
    struct pacct_follow* const f = pacct_follow_new(in->settings->file, &in->dialect);
    if (f != NULL && in->settings->rotated_files) {
        pacct_follow_rotated(f, in->settings->rotated_max_age);
    }
    if (f != NULL) {
        pacct_follow_linger(f, LINGER_MS);
    }
    return f;
}

rsRetVal impacct_input_new(struct impacct_input** input,
                           const struct impacct_shared* shared,
                           unsigned slot,
                           const struct impacct_settings* settings,
                           const struct impacct_route* route,
                           struct impacct_owner* owner,
                           struct impacct_exec* exec,
                           const char* state_path) {
    DEFiRet;
    struct impacct_input* in;
    CHKmalloc(in = calloc(1, sizeof(*in)));
    in->shared = shared;
    in->settings = settings;
    in->slot = slot;
    in->exec = exec;
    in->dialect.ahz = (uint32_t)settings->ahz;
    in->dialect.v0_big_endian = settings->v0_byte_order == IMPACCT_ORDER_NATIVE
                                    ? __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
                                    : settings->v0_byte_order == IMPACCT_ORDER_BIG;
    if (state_path != NULL) {
        CHKmalloc(in->state_path = strdup(state_path));
    }
    in->origin.wanted = settings->format == IMPACCT_FORMAT_TEXT ? pacct_text_fields() : route->text.fields;
    pacct_set_add_all(&in->origin.wanted, &route->tree.fields);
    /* another host's terminals have other names */
    in->origin.ttys = settings->hostname[0] == '\0' ? shared->ttys : NULL;
    CHKmalloc(in->follow = make_follow(in));
    CHKmalloc(in->ack = impacct_ack_new(shared->host, INPUT_NAME));
    CHKiRet(impacct_sender_new(&in->sender, shared->host, settings, route, &in->origin));
    if (settings->hostname[0] == '\0' || owner != NULL) { /* else it is another host's file */
        CHKmalloc(in->guard = impacct_guard_new(settings));
    }
    CHKiRet(impacct_counters_make(&in->counters, shared->host, settings->file));
    in->owner = owner;

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
    drop_kept(in);
    impacct_guard_free(in->guard);
    impacct_owner_free(in->owner);
    impacct_sender_free(in->sender);
    impacct_ack_free(in->ack);
    pacct_follow_free(in->follow);
    free(in->state_path);
    free(in);
}

/* ---- telling ---- */

static void tell_store_error(struct impacct_input* in, int error, const char* call) {
    if (error == 0) {
        in->store_told = false;
    } else if (!in->store_told) {
        in->store_told = true;
        LogError(error, RS_RET_IO_ERROR,
                 "impacct: the position in '%s' cannot be stored in '%s' (%s); impacct goes on and tries again, but "
                 "after a restart records would be sent a second time",
                 in->settings->file, in->state_path, call);
    }
}

static bool uses_inotify(const struct impacct_input* in) {
    return in->settings->mode == IMPACCT_MODE_INOTIFY;
}

static int polling_interval(const struct impacct_input* in) {
    if (in->settings->polling_ms != 0) {
        return in->settings->polling_ms;
    }
    return uses_inotify(in) ? POLL_BEHIND_INOTIFY_MS : POLL_ALONE_MS;
}

static void tell_watch_error(struct impacct_input* in, int error) {
    if (error != 0 && !in->watch_told) {
        in->watch_told = true;
        LogMsg(error, RS_RET_ERR, LOG_WARNING,
               "impacct: changes of '%s' are not told by inotify; it is looked at every %g seconds instead",
               in->settings->file, polling_interval(in) / 1000.0);
    }
}

static void watch(struct impacct_input* in) {
    if (uses_inotify(in)) {
        const int path_error = pacct_wake_watch_path(in->shared->wake, in->slot, in->settings->file);
        const int error = pacct_wake_watch_file(in->shared->wake, in->slot, pacct_follow_fd(in->follow));
        tell_watch_error(in, error != 0 ? error : path_error);
    }
}

/* ---- notices ---- */

static rsRetVal send_notice(struct impacct_input* in, const struct pacct_notice* n, prop_t* prop) {
    DEFiRet;
    in->batched++;
    CHKiRet(impacct_sender_add_notice(in->sender, n, prop));
    in->tally.states++;

finalize_it:
    RETiRet;
}

static rsRetVal send_kept(struct impacct_input* in, prop_t* prop) {
    DEFiRet;
    for (unsigned i = 0; i < in->kept; i++) {
        CHKiRet(send_notice(in, in->notices[i], prop));
    }

finalize_it:
    RETiRet;
}

/* ---- positions ---- */

static void store_if_due(struct impacct_input* in, int64_t now) {
    const char* call;
    unsigned records;
    impacct_sender_take_back(in->sender);
    if (impacct_ack_collect(in->ack, &in->done, &records)) {
        in->unstored += records;
        in->ack_ms = ACK_FIRST_MS;
        in->full = false;
    } else if (impacct_ack_in_flight(in->ack) == 0 && in->batched == 0 && in->retry_ms == 0) {
        pacct_follow_position(in->follow, &in->done);
    }
    if (in->keeper == NULL) {
        return;
    }
    tell_store_error(in, pacct_keeper_error(in->keeper, &call), call);
    if (memcmp(&in->done, &in->stored, sizeof(in->done)) == 0 && !in->store_told) {
        in->stored_ms = 0;
        return;
    }
    if (in->stored_ms == 0) {
        in->stored_ms = now; /* changed just now */
    }
    if (in->unstored >= (unsigned)in->settings->persist_state_interval || now - in->stored_ms >= SETTLE_MS) {
        pacct_keeper_put(in->keeper, &in->done);
        in->stored = in->done;
        in->stored_ms = now;
        in->unstored = 0;
    }
}

/* Read again from the start of the batch that was not taken. */
static void rewind_batch(struct impacct_input* in, rsRetVal why) {
    if (!in->send_told) {
        in->send_told = true;
        LogError(0, why, "impacct: rsyslog did not take records from '%s'; they are sent again from offset %llu on",
                 in->settings->file, (unsigned long long)in->batch_start.offset);
    }
    pacct_follow_resume(in->follow, &in->batch_start);
    if (in->exec != NULL) {
        impacct_exec_records_lost(in->exec);
    }
    impacct_ack_abandon(in->ack); /* rsyslog keeps for ever some of the messages that it could not take */
    in->batched = 0;
    const int longer = in->retry_wait_ms == 0 ? RETRY_FIRST_MS : in->retry_wait_ms * 2;
    in->retry_wait_ms = longer < RETRY_LAST_MS ? longer : RETRY_LAST_MS;
    in->retry_ms = pacct_now_ms() + in->retry_wait_ms;
}

/* ---- serving ---- */

static void keep_started(struct impacct_input* in, enum pacct_state_result result) {
    struct pacct_notice* const n = &in->notice;
    pacct_notice_begin(n, PACCT_N_MODULE_STARTED, in->settings->file);
    if (result == PACCT_STATE_OK) {
        pacct_notice_number(n, PACCT_F_POSITION, in->done.offset);
        impacct_notice_say(n, "impacct " PACKAGE_VERSION " started; '%s' is read on from offset %llu",
                           in->settings->file, (unsigned long long)in->done.offset);
    } else {
        impacct_notice_say(n,
                           "impacct " PACKAGE_VERSION " started; '%s' is read from its %s, without a stored position",
                           in->settings->file, in->settings->fresh_start_tail ? "end" : "start");
    }
    keep_notice(in, n);
}

rsRetVal impacct_input_start(struct impacct_input* in) {
    DEFiRet;
    impacct_identity_set(&in->identity, in->settings, in->shared->host, &in->origin);
    if (in->settings->resolve_names) {
        in->origin.names =
            pacct_names_new(pacct_names_ask_nss, (unsigned)in->settings->resolve_names_cache_time, NAME_WAIT_MS);
        if (in->origin.names == NULL) {
            LogError(errno, RS_RET_ERR, "impacct: names of users cannot be resolved; records of '%s' go without them",
                     in->settings->file);
        }
    }
    struct pacct_position pos;
    enum pacct_state_result result = PACCT_STATE_NONE;
    if (in->state_path != NULL) {
        result = pacct_state_load(in->state_path, &pos);
        impacct_tell_state_file(in->settings->file, in->state_path, result, errno);
        in->keeper = pacct_keeper_new(in->state_path, result == PACCT_STATE_OK ? &pos : NULL);
        if (in->keeper == NULL) {
            LogError(errno, RS_RET_ERR, "impacct: positions in '%s' cannot be stored; after a restart it is read again",
                     in->settings->file);
        }
    }
    if (result == PACCT_STATE_OK) {
        pacct_follow_resume(in->follow, &pos);
        in->done = in->stored = pos;
    } else if (result == PACCT_STATE_NONE && in->settings->fresh_start_tail) {
        pacct_follow_from_end(in->follow);
    }
    in->ack_ms = ACK_FIRST_MS;
    in->started = true;
    if (in->exec != NULL) {
        pacct_wake_also(in->shared->wake, impacct_exec_fd(in->exec));
    }
    keep_started(in, result);
    watch(in);
    RETiRet;
}

/* Tell what started. It comes from no file: what rsyslog does not take is not told again. */
static rsRetVal send_started(struct impacct_input* in, time_t now, prop_t* prop) {
    DEFiRet;
    struct pacct_started started;
    for (unsigned i = 0; i < BATCH && impacct_exec_started(in->exec, &started); i++) {
        in->batched++;
        iRet = impacct_sender_add_started(in->sender, &started, now, prop);
        pacct_command_unref(started.life.command);
        impacct_exec_told(in->exec, iRet == RS_RET_OK);
        CHKiRet(iRet == RS_RET_DISCARDMSG ? RS_RET_OK : iRet);
    }

finalize_it:
    RETiRet;
}

static rsRetVal send_record(struct impacct_input* in, const struct pacct_item* item, time_t now, prop_t* prop) {
    DEFiRet;
    struct pacct_record rec;
    struct pacct_life life = {.command = NULL};
    in->tally.read++;
    in->tally.bytes += item->len;
    in->records++;
    if (!pacct_record_decode(item->raw, &in->dialect, &rec)) {
        in->tally.invalid++;
        FINALIZE;
    }
    if (in->guard != NULL) {
        impacct_guard_record(in->guard, &rec);
    }
    in->batched++;
    const bool joined = in->exec != NULL && !pacct_event_is_synthetic(&rec);
    if (joined) {
        impacct_exec_take(in->exec, &rec, &life);
    }
    iRet = impacct_sender_add(in->sender, item->raw, &rec, joined ? &life : NULL, now, prop);
    pacct_command_unref(life.command);
    if (iRet == RS_RET_OK) {
        in->tally.submitted++;
    } else if (iRet == RS_RET_DISCARDMSG) {
        in->tally.discarded++;
        iRet = RS_RET_OK;
    }

finalize_it:
    RETiRet;
}

/* Bytes that are no records count as the records that might have been there. */
static void count_damage(struct impacct_input* in, const struct pacct_item* item) {
    const uint64_t bytes = item->to - item->from;
    const uint64_t records = (bytes + PACCT_RECORD_MAX - 1) / PACCT_RECORD_MAX;
    in->tally.bytes += bytes;
    in->tally.read += records;
    in->tally.invalid += records;
}

/* Nothing more is found for now. */
static bool is_rest(enum pacct_found found) {
    return found == PACCT_FOUND_IDLE || found == PACCT_FOUND_REPLACED || found == PACCT_FOUND_MISSING ||
           found == PACCT_FOUND_ERROR;
}

/* Records may be missing, or come a second time. Who rotates may have switched accounting off for a moment. */
static bool is_gap(enum pacct_found found) {
    return found == PACCT_FOUND_STRANGE || found == PACCT_FOUND_BROKEN || found == PACCT_FOUND_TRUNCATED ||
           found == PACCT_FOUND_DAMAGED || found == PACCT_FOUND_ROTATED;
}

/* Put records into the batch until it is full or there are no more; *more: there may be. Before it rests, everything
 * that may change is watched, and only then looked at a last time: no change falls between the two. */
static rsRetVal fill_batch(struct impacct_input* in, prop_t* prop, bool* more) {
    DEFiRet;
    struct timespec ts;
    struct pacct_item item;
    bool watched = false; /* since something was found */
    clock_gettime(CLOCK_MONOTONIC, &ts);
    *more = true;
    CHKiRet(send_kept(in, prop));
    if (in->exec != NULL) {
        CHKiRet(send_started(in, ts.tv_sec, prop));
    }
    for (unsigned i = 0; i < BATCH && !in->shared->host->glbl->GetGlobalInputTermState(); i++) {
        const enum pacct_found found = pacct_follow_next(in->follow, &item);
        if (found == PACCT_FOUND_RECORD) {
            watched = false;
            CHKiRet(send_record(in, &item, ts.tv_sec, prop));
            continue;
        }
        if (found == PACCT_FOUND_DAMAGED) {
            count_damage(in, &item);
        }
        if (found == PACCT_FOUND_OPENED && in->done.ino == 0) {
            pacct_follow_position(in->follow, &in->done); /* where it all begins */
        }
        if (found == PACCT_FOUND_OPENED && in->batched == 0) {
            pacct_follow_position(in->follow, &in->batch_start);
        }
        if (in->exec != NULL && is_gap(found)) {
            impacct_exec_records_lost(in->exec);
        }
        if (impacct_tell_found(in->settings->file, found, &item, &in->notice)) {
            CHKiRet(send_notice(in, &in->notice, prop));
        }
        const bool in_place = found == PACCT_FOUND_IDLE && pacct_follow_fd(in->follow) >= 0;
        if (is_rest(found) && (in_place || watched)) {
            *more = false;
            break;
        }
        watched = is_rest(found);
        if (found != PACCT_FOUND_DAMAGED) {
            watch(in);
        }
    }

finalize_it:
    RETiRet;
}

/* Is there anything to say about accounting itself? Asked only when everything has been read: what stays with a rotated
 * file for a moment has not looked at the next one, and would miss records there. */
static bool ask_guard(struct impacct_input* in) {
    bool any = false;
    if (pacct_follow_timeout(in->follow) >= 0) {
        return false;
    }
    while (in->guard != NULL && impacct_guard_next(in->guard, pacct_follow_fd(in->follow), &in->notice)) {
        impacct_tell_notice(&in->notice, 0);
        keep_notice(in, &in->notice);
        any = true;
    }
    return any;
}

static bool ask_owner(struct impacct_input* in) {
    struct pacct_position kept = {0};
    struct impacct_owner_view view = {.done = &in->done, .fd = pacct_follow_fd(in->follow)};
    bool any = false;
    if (in->owner == NULL) {
        return false;
    }
    if (in->keeper != NULL) {
        pacct_keeper_kept(in->keeper, &kept);
        view.done = &kept;
    }
    if (in->guard != NULL) {
        view.down = impacct_guard_down(in->guard);
        view.watched = in->settings->silence_alarm != IMPACCT_OFF;
    }
    while (impacct_owner_next(in->owner, &view, &in->notice)) {
        impacct_tell_notice(&in->notice, 0);
        keep_notice(in, &in->notice);
        any = true;
    }
    return any;
}

enum impacct_served impacct_input_serve(struct impacct_input* in) {
    bool more = false;
    rsRetVal sent = RS_RET_OK;
    const int64_t now = pacct_now_ms();
    store_if_due(in, now);
    if (now < in->retry_ms) {
        return IMPACCT_QUIET;
    }
    in->retry_ms = 0;
    prop_t* const prop = impacct_ack_prop(in->ack);
    in->full = prop == NULL;
    if (in->full) {
        return IMPACCT_QUIET;
    }
    if (in->batched == 0) {
        pacct_follow_position(in->follow, &in->batch_start);
    }
    memset(&in->tally, 0, sizeof(in->tally));
    in->refused = true; /* until it was taken: the thread may be cancelled */
    sent = fill_batch(in, prop, &more);
    const rsRetVal flushed = impacct_sender_flush(in->sender);
    sent = sent == RS_RET_OK ? flushed : sent;
    if (sent != RS_RET_OK) {
        if (!in->shared->host->glbl->GetGlobalInputTermState()) {
            rewind_batch(in, sent);
        }
        return IMPACCT_QUIET;
    }
    impacct_counters_add(&in->counters, &in->tally);
    if (in->exec != NULL) {
        impacct_exec_count(in->exec);
    }
    drop_kept(in);
    in->send_told = in->refused = false;
    in->retry_wait_ms = 0;
    if (in->batched > 0) {
        struct pacct_position pos;
        pacct_follow_position(in->follow, &pos);
        if (impacct_ack_end(in->ack, &pos, in->batched, false)) {
            in->batched = 0;
        }
    }
    if (!more) {
        more = ask_guard(in);
        more = ask_owner(in) || more;
    }
    return more ? IMPACCT_MORE : IMPACCT_QUIET;
}

uint64_t impacct_input_records(const struct impacct_input* in) {
    return in->records;
}

int impacct_input_timeout(const struct impacct_input* in) {
    int ms = polling_interval(in);
    const int follow_ms = pacct_follow_timeout(in->follow);
    if (follow_ms >= 0) {
        ms = ms < follow_ms ? ms : follow_ms;
    }
    if (in->guard != NULL && in->retry_ms == 0 && !in->full) { /* it is not asked meanwhile */
        const int guard_ms = impacct_guard_timeout(in->guard);
        ms = ms < guard_ms ? ms : guard_ms;
    }
    if (in->owner != NULL && in->retry_ms == 0 && !in->full) {
        const int owner_ms = impacct_owner_timeout(in->owner);
        ms = ms < owner_ms ? ms : owner_ms;
    }
    if (in->retry_ms != 0) {
        const int64_t left = in->retry_ms - pacct_now_ms();
        ms = left > ms ? ms : left > 0 ? (int)left : 0;
    }
    if (in->stored_ms != 0) {
        ms = ms < SETTLE_MS ? ms : SETTLE_MS;
    }
    if (impacct_ack_in_flight(in->ack) > 0 || in->full) {
        ms = ms < in->ack_ms ? ms : in->ack_ms;
    }
    return ms;
}

void impacct_input_waited(struct impacct_input* in) {
    in->ack_ms = in->ack_ms * 2 < ACK_LAST_MS ? in->ack_ms * 2 : ACK_LAST_MS;
}

int64_t impacct_input_stop_deadline(void) {
    return pacct_now_ms() + STOP_WAIT_MS;
}

void impacct_input_stop(struct impacct_input* in, int64_t deadline) {
    const struct timespec look = {0, STOP_LOOK_MS * 1000000L};
    const char* call;
    unsigned records;
    if (in->batched > 0 && !in->refused) {
        struct pacct_position pos;
        pacct_follow_position(in->follow, &pos);
        impacct_ack_end(in->ack, &pos, in->batched, true);
    }
    while (impacct_ack_in_flight(in->ack) > 0 && pacct_now_ms() < deadline) {
        impacct_sender_take_back(in->sender);
        if (!impacct_ack_collect(in->ack, &in->done, &records)) {
            nanosleep(&look, NULL);
        }
    }
    if (in->keeper != NULL) {
        pacct_keeper_put(in->keeper, &in->done);
        tell_store_error(in, pacct_keeper_finish(in->keeper, &call), call);
        in->keeper = NULL;
    }
    pacct_names_free(in->origin.names);
    in->origin.names = NULL;
}

void impacct_input_say_goodbye(struct impacct_input* in) {
    prop_t* prop;
    if (in->owner != NULL && impacct_owner_stop(in->owner, &in->notice)) {
        impacct_tell_notice(&in->notice, 0);
        keep_notice(in, &in->notice);
    }
    if (!in->started || in->refused || (prop = impacct_ack_prop(in->ack)) == NULL) {
        return; /* what does not take records does not take this */
    }
    pacct_notice_begin(&in->notice, PACCT_N_MODULE_STOPPED, in->settings->file);
    if (in->done.ino != 0) {
        pacct_notice_number(&in->notice, PACCT_F_POSITION, in->done.offset);
    }
    impacct_notice_say(&in->notice, "impacct stopped; '%s' was dealt with up to offset %llu", in->settings->file,
                       (unsigned long long)in->done.offset);
    memset(&in->tally, 0, sizeof(in->tally));
    if (send_kept(in, prop) == RS_RET_OK && send_notice(in, &in->notice, prop) == RS_RET_OK &&
        impacct_sender_flush(in->sender) == RS_RET_OK) {
        impacct_counters_add(&in->counters, &in->tally);
    }
}
