/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_delivery.c
 * @brief What became of the events of one source: batches, acknowledgement, the position that is stored, retries.
 *
 * Algorithm: a batch gets a property (impacct_ack.h), and the positions before
 * and behind it. The position that everything is done with, and the holes
 * before it, go to the state file after persistStateInterval records, and after
 * SETTLE_MS in any case. A batch that was not taken is sent again from its
 * start, after waits that grow. The very first position is stored before any
 * record is sent: without one, nobody would look for what is rotated.
 *
 * After a start the holes of the state file are read again first. The position
 * stays where it is meanwhile, and a hole in the file until it was sent as a
 * whole; what of it is held then is a hole again. What is to be summed up again
 * is read next, in the same way: the stretch ends at the position, and nothing
 * of it is sent.
 *
 * Concurrency and locking: the input thread only, but for pacct_state_writer,
 * which has a thread of its own.
 *
 * Failure model: nothing that fails loses a record. What cannot be sent or
 * stored is said once, and tried again. A state file that cannot be read is not
 * one that is not there: it is tried again, too, and as long nothing is read;
 * in the end, as where it is damaged, everything is read that there is.
 */
#include "impacct_delivery.h"
#include "impacct_ack.h"
#include "impacct_notices.h"
#include "base/sys.h"
#include "file/state_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INPUT_NAME "impacct"
/* a position that changed is stored after this time even if few records came */
#define SETTLE_MS 1000
/* how often a state file that cannot be read is tried, and for how long */
#define LOAD_RETRY_MS 1000
#define LOAD_PATIENCE_MS 30000
/* how long to wait at most until the first position is stored */
#define FIRST_WAIT_MS 1000
/* how often to look whether batches in flight are done with: first, and at most, while none is */
#define ACK_FIRST_MS 20
#define ACK_LAST_MS 1000
/* how long to wait before sending again what rsyslog did not take: first, and at most */
#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 30000
#define STOP_LOOK_MS 2
/* how often to look at messages one by one */
#define SWEEP_MS 1000
/* how long something has to be held to be worth a word: a queue may well be a few seconds late */
#define HELD_LONG_MS 10000

struct impacct_delivery {
    const struct impacct_settings* settings;
    char* state_path;
    struct impacct_ack* ack;
    struct impacct_recycle recycle;
    struct pacct_state_writer* writer; /* NULL: positions are not kept */

    struct impacct_batch batch; /* the open one: what of it was taken */
    struct impacct_holes pending; /* of the state that was loaded, and not sent again yet */
    unsigned reading; /* index in there of the one being read; their number: none */
    struct impacct_hole to_sum_up; /* of the state that was loaded; without records: none, or it was read */
    struct pacct_sums sums; /* to be stored; its records and skip, from sums_at on, depend on the position */
    struct impacct_position sums_at;
    uint64_t sums_number; /* of the first record to sum up */
    struct impacct_position done; /* may be stored */
    struct impacct_position stored; /* was handed to the writer */
    unsigned unstored; /* messages between the two */
    unsigned version, version_stored; /* of the holes */
    int64_t stored_ms, retry_ms; /* when; 0: not set */
    int64_t unreadable_ms; /* since when the state file cannot be read; 0: it was not tried */
    int wake_fd; /* -1: none */
    int64_t first_ms; /* when the first position was handed to the writer; 0: it is not waited for */
    int retry_wait_ms; /* how long that was; 0: the last batch was taken */
    int64_t swept_ms; /* when */
    int ack_ms; /* next look at batches in flight */
    bool starved; /* no memory for a property */
    bool refused; /* rsyslog did not take the open batch */
    bool store_error_logged, refusal_logged;

    struct impacct_ack_held held;
    bool held_said;
    int64_t held_since; /* said: since when */
    uint64_t held_most; /* said: messages */
    uint64_t lost; /* records of a hole that cannot be read again; said when it is 0 */
    struct impacct_position lost_from;
};

struct impacct_delivery* impacct_delivery_new(const struct impacct_host* host,
                                              const struct impacct_settings* settings,
                                              const char* state_path) {
    struct impacct_delivery* const d = calloc(1, sizeof(*d));
    if (d == NULL) {
        return NULL;
    }
    d->settings = settings;
    d->ack_ms = ACK_FIRST_MS;
    d->wake_fd = -1;
    d->ack = impacct_ack_new(host, settings->name[0] != '\0' ? settings->name : INPUT_NAME);
    d->state_path = state_path != NULL ? strdup(state_path) : NULL;
    if (d->ack == NULL || (state_path != NULL && d->state_path == NULL)) {
        impacct_delivery_free(d);
        return NULL;
    }
    return d;
}

void impacct_delivery_free(struct impacct_delivery* d) {
    if (d != NULL) {
        impacct_recycle_release(&d->recycle);
        impacct_ack_free(d->ack);
        free(d->state_path);
        free(d);
    }
}

/* Number the positions of a state, as if the source had read on from the first of its holes. */
static void take_state(struct impacct_delivery* d, const struct pacct_state* state) {
    uint64_t number = 0;
    for (unsigned i = 0; i < state->holes; i++) {
        struct impacct_hole hole = {.records = state->hole[i].records, .held = state->hole[i].held};
        impacct_position_set_file(&hole.start, &state->hole[i].start, number);
        impacct_holes_add(&d->pending, &hole);
        number += hole.records;
    }
    if (d->settings->summary_interval > 0 && state->sums.any) {
        d->sums = state->sums;
        impacct_position_set_file(&d->sums_at, state->sums.records > 0 ? &state->sums.start : &state->pos, number);
        d->to_sum_up = (struct impacct_hole){.start = d->sums_at, .records = state->sums.records};
        d->sums_number = number + state->sums.skip;
        number += state->sums.records;
    }
    impacct_position_set_file(&d->done, &state->pos, number);
    d->stored = d->done;
}

/* A state file cannot be read. @return whether it is to be tried again */
static bool is_worth_waiting(struct impacct_delivery* d, int64_t now, int error) {
    if (d->unreadable_ms == 0) {
        d->unreadable_ms = now;
        LogError(
            error, RS_RET_ERR,
            "impacct: state file '%s' cannot be read; it is tried again for %d seconds, and as long nothing of '%s' "
            "is read",
            d->state_path, LOAD_PATIENCE_MS / 1000, d->settings->file);
    }
    d->retry_ms = now + LOAD_RETRY_MS;
    return now - d->unreadable_ms < LOAD_PATIENCE_MS;
}

enum impacct_begin impacct_delivery_start(struct impacct_delivery* d, int64_t now) {
    const enum impacct_begin first = d->settings->fresh_start_tail ? IMPACCT_BEGIN_END : IMPACCT_BEGIN_START;
    struct pacct_state state;
    if (d->state_path == NULL) {
        return first;
    }
    if (now < d->retry_ms) {
        return IMPACCT_BEGIN_UNKNOWN;
    }
    const enum pacct_state_result result = pacct_state_load(d->state_path, &state);
    const int error = errno;
    if (result == PACCT_STATE_UNREADABLE && is_worth_waiting(d, now, error)) {
        return IMPACCT_BEGIN_UNKNOWN;
    }
    d->retry_ms = 0;
    impacct_log_state_file(d->settings->file, d->state_path, result, error);
    d->writer = pacct_state_writer_new(d->state_path, result == PACCT_STATE_OK ? &state : NULL);
    if (d->writer == NULL) {
        LogError(errno, RS_RET_ERR, "impacct: positions in '%s' cannot be stored; after a restart it is read again",
                 d->settings->file);
    }
    if (result == PACCT_STATE_OK) {
        take_state(d, &state);
        DBGPRINTF("impacct: '%s' is read from offset %llu on, after %u holes\n", d->settings->file,
                  (unsigned long long)d->done.file.offset, d->pending.count);
        return IMPACCT_BEGIN_STORED;
    }
    return result == PACCT_STATE_NONE ? first : IMPACCT_BEGIN_ALL;
}

void impacct_delivery_wake(struct impacct_delivery* d, int fd) {
    d->wake_fd = fd;
}

/* ---- what to read ---- */

/* What ends at or before the position: it is read as if it were a hole. */
static const struct impacct_hole* hole_being_read(const struct impacct_delivery* d) {
    if (d->reading < d->pending.count) {
        return &d->pending.hole[d->reading];
    }
    return d->to_sum_up.records > 0 ? &d->to_sum_up : NULL;
}

static uint64_t end_of(const struct impacct_hole* hole) {
    return hole == NULL ? UINT64_MAX : hole->start.number + hole->records;
}

uint64_t impacct_delivery_range(const struct impacct_delivery* d, const struct impacct_position** from) {
    const struct impacct_hole* const hole = hole_being_read(d);
    *from = hole == NULL ? &d->done : &hole->start;
    return end_of(hole);
}

enum impacct_purpose impacct_delivery_purpose(const struct impacct_delivery* d) {
    const struct impacct_hole* const hole = hole_being_read(d);
    return hole == NULL ? IMPACCT_TO_SEND_AND_SUM_UP : hole == &d->to_sum_up ? IMPACCT_TO_SUM_UP : IMPACCT_TO_SEND;
}

uint64_t impacct_delivery_pending(const struct impacct_delivery* d) {
    uint64_t records = 0;
    for (unsigned i = 0; i < d->pending.count; i++) {
        records += d->pending.hole[i].held;
    }
    return records;
}

static bool end_batch(struct impacct_delivery* d, const struct impacct_position* at, enum impacct_ack_when when) {
    d->batch.end = *at;
    if (d->batch.messages == 0 ||
        !impacct_ack_end(d->ack, &d->batch, when, hole_being_read(d) != NULL, pacct_monotonic_ms())) {
        return false;
    }
    memset(&d->batch, 0, sizeof(d->batch));
    return true;
}

bool impacct_delivery_end_range(struct impacct_delivery* d, const struct impacct_position* at, bool readable) {
    const struct impacct_hole* const hole = hole_being_read(d);
    const uint64_t missing = end_of(hole) - at->number;
    end_batch(d, at, IMPACCT_ACK_NOW);
    if (hole == &d->to_sum_up) {
        if (missing > 0) {
            LogMsg(0, RS_RET_IO_ERROR, LOG_WARNING,
                   "impacct: up to %llu records of '%s' from offset %llu on, whose summaries were not sent when "
                   "rsyslogd ended, cannot be read; these summaries go without them",
                   (unsigned long long)missing, d->settings->file, (unsigned long long)hole->start.file.offset);
        }
        d->to_sum_up.records = 0;
        return missing == 0;
    }
    if (!readable) {
        LogMsg(0, RS_RET_IO_ERROR, LOG_WARNING,
               "impacct: up to %llu records of '%s' from offset %llu on, which were not delivered when rsyslogd ended, "
               "cannot be read now; it is tried again at the next start",
               (unsigned long long)hole->held, d->settings->file, (unsigned long long)hole->start.file.offset);
        d->reading++;
        return false;
    }
    if (missing > 0) {
        d->lost = missing < hole->held ? missing : hole->held;
        d->lost_from = hole->start;
    }
    impacct_holes_remove(&d->pending, d->reading);
    d->version++;
    return missing == 0;
}

void impacct_delivery_sums(const struct impacct_delivery* d, uint64_t* number, const uint64_t** saved) {
    *number = d->sums.any ? d->sums_number : d->done.number;
    *saved = d->sums.any ? d->sums.number : NULL;
}

void impacct_delivery_set_sums(struct impacct_delivery* d,
                               const struct impacct_position* at,
                               uint64_t number,
                               const uint64_t saved[PACCT_STATE_NUMBERS]) {
    if (d->sums.any && d->sums_number == number && memcmp(d->sums.number, saved, sizeof(d->sums.number)) == 0) {
        return;
    }
    d->sums.any = true;
    memcpy(d->sums.number, saved, sizeof(d->sums.number));
    d->sums_at = *at;
    d->sums_number = number;
    d->version++;
}

bool impacct_delivery_sums_are_stored(const struct impacct_delivery* d) {
    struct pacct_state state = {.holes = 0};
    if (d->writer == NULL) {
        return true;
    }
    pacct_state_writer_stored(d->writer, &state);
    return state.sums.any && memcmp(state.sums.number, d->sums.number, sizeof(d->sums.number)) == 0;
}

struct impacct_recycle* impacct_delivery_recycle(struct impacct_delivery* d) {
    return &d->recycle;
}

const struct impacct_position* impacct_delivery_done(const struct impacct_delivery* d) {
    return &d->done;
}

void impacct_delivery_durable(const struct impacct_delivery* d,
                              struct impacct_position* pos,
                              struct impacct_position* oldest,
                              struct impacct_position* sums) {
    struct pacct_state state = {.holes = 0};
    if (d->writer == NULL) {
        *pos = *oldest = *sums = d->done;
        return;
    }
    pacct_state_writer_stored(d->writer, &state);
    impacct_position_set_file(pos, &state.pos, 0);
    impacct_position_set_file(oldest, state.holes > 0 ? &state.hole[0].start : &state.pos, 0);
    impacct_position_set_file(sums, state.sums.records > 0 ? &state.sums.start : &state.pos, 0);
}

/* ---- what there is to say ---- */

void impacct_delivery_held(const struct impacct_delivery* d, int64_t now, struct impacct_delivery_held* held) {
    held->batches = d->held.batches;
    held->messages = d->held.messages;
    held->seconds = d->held.batches > 0 ? (uint64_t)(now - d->held.since) / 1000 : 0;
}

bool impacct_delivery_next(struct impacct_delivery* d, int64_t now, struct pacct_notice* n) {
    if (d->lost > 0) {
        impacct_notice_lost(n, d->settings->file, d->lost, &d->lost_from);
        d->lost = 0;
        return true;
    }
    if (d->held_said && d->held.batches == 0) {
        d->held_said = false;
        impacct_notice_released(n, d->settings->file, d->held_most, (uint64_t)(now - d->held_since) / 1000);
        return true;
    }
    d->held_most = d->held.messages > d->held_most ? d->held.messages : d->held_most;
    if (!d->held_said && d->held.batches > 0 && now - d->held.since >= HELD_LONG_MS) {
        d->held_said = true;
        d->held_since = d->held.since;
        d->held_most = d->held.messages;
        impacct_notice_held(n, d->settings, &d->held, (uint64_t)(now - d->held.since) / 1000);
        return true;
    }
    return false;
}

/* ---- storing ---- */

static void log_store_error(struct impacct_delivery* d, int error, const char* call) {
    if (error == 0) {
        d->store_error_logged = false;
    } else if (!d->store_error_logged) {
        d->store_error_logged = true;
        LogError(error, RS_RET_IO_ERROR,
                 "impacct: the position in '%s' cannot be stored in '%s' (%s); impacct goes on and tries again, but "
                 "after a restart records would be sent a second time",
                 d->settings->file, d->state_path, call);
    }
}

/* While a hole is read, what of it is held lies within it. */
static void make_state(const struct impacct_delivery* d, struct pacct_state* state) {
    struct impacct_holes holes = d->pending;
    const struct impacct_hole* const hole = hole_being_read(d);
    impacct_ack_holes(d->ack, hole == NULL ? UINT64_MAX : hole->start.number, &holes);
    state->pos = d->done.file;
    state->holes = holes.count;
    for (unsigned i = 0; i < holes.count; i++) {
        state->hole[i] = (struct pacct_hole){
            .start = holes.hole[i].start.file, .records = holes.hole[i].records, .held = holes.hole[i].held};
    }
    state->sums = d->sums;
    if (!d->sums.any) {
        return;
    }
    const bool before = d->sums_at.number < d->done.number;
    const uint64_t start = before ? d->sums_at.number : d->done.number;
    state->sums.records = d->done.number - start;
    state->sums.skip = d->sums_number - start;
    state->sums.start = before ? d->sums_at.file : (struct pacct_position){0};
}

static unsigned version(const struct impacct_delivery* d) {
    return d->version + impacct_ack_holes_version(d->ack);
}

static void put_state(struct impacct_delivery* d) {
    struct pacct_state state;
    make_state(d, &state);
    pacct_state_writer_put(d->writer, &state);
    d->stored = d->done;
    d->version_stored = version(d);
    d->unstored = 0;
}

static void store_if_due(struct impacct_delivery* d, int64_t now) {
    const char* call;
    if (d->writer == NULL) {
        return;
    }
    const int error = pacct_state_writer_error(d->writer, &call); /* first: it sets "call" */
    log_store_error(d, error, call);
    if (memcmp(&d->done, &d->stored, sizeof(d->done)) == 0 && version(d) == d->version_stored &&
        !d->store_error_logged) {
        d->stored_ms = 0;
        return;
    }
    if (d->stored_ms == 0) {
        d->stored_ms = now; /* changed just now */
    }
    if (d->unstored >= (unsigned)d->settings->persist_state_interval || now - d->stored_ms >= SETTLE_MS) {
        put_state(d);
        d->stored_ms = now;
    }
}

/* The batch that says "started" may end in no file, and be done with after the first file was opened. */
static void set_done(struct impacct_delivery* d, const struct impacct_position* pos) {
    if (pos->kind != IMPACCT_POSITION_NONE || d->done.kind == IMPACCT_POSITION_NONE) {
        d->done = *pos;
    }
}

/* Messages that are done with are destroyed first: until then their batch does not count as done with. */
static bool collect(struct impacct_delivery* d, int64_t now, bool last) {
    const unsigned before = impacct_ack_holes_version(d->ack);
    impacct_recycle_collect_all(&d->recycle);
    if (now - d->swept_ms >= SWEEP_MS) {
        d->swept_ms = now;
        impacct_recycle_sweep(&d->recycle);
    }
    struct impacct_position pos = d->done;
    const unsigned messages = impacct_ack_collect(d->ack, now, last, &pos);
    set_done(d, &pos);
    d->unstored += messages;
    if (impacct_ack_holes_version(d->ack) != before) {
        impacct_ack_held(d->ack, &d->held);
    }
    return messages > 0;
}

void impacct_delivery_poll(struct impacct_delivery* d, int64_t now, const struct impacct_position* at) {
    if (collect(d, now, false)) {
        d->ack_ms = ACK_FIRST_MS;
    } else if (impacct_ack_in_flight(d->ack) == 0 && d->batch.messages == 0 && d->retry_ms == 0 &&
               hole_being_read(d) == NULL) {
        set_done(d, at);
    }
    store_if_due(d, now);
}

/* ---- batches ---- */

static bool waits_for_first(struct impacct_delivery* d, int64_t now) {
    if (d->first_ms != 0 && (now - d->first_ms >= FIRST_WAIT_MS || !pacct_state_writer_busy(d->writer))) {
        d->first_ms = 0;
    }
    return d->first_ms != 0;
}

prop_t* impacct_delivery_begin(struct impacct_delivery* d, int64_t now, const struct impacct_position* at) {
    if (now < d->retry_ms || waits_for_first(d, now)) {
        return NULL;
    }
    d->retry_ms = 0;
    prop_t* const prop = impacct_ack_prop(d->ack);
    d->starved = prop == NULL;
    if (d->starved) {
        return NULL;
    }
    if (d->batch.messages == 0) {
        d->batch.start = *at;
    }
    d->refused = true; /* until it was taken: the thread may be canceled */
    return prop;
}

void impacct_delivery_separate(struct impacct_delivery* d, const struct impacct_position* at) {
    end_batch(d, at, IMPACCT_ACK_NOW);
}

void impacct_delivery_count(struct impacct_delivery* d, unsigned* unsettled) {
    impacct_ack_count(d->ack, unsettled);
}

bool impacct_delivery_opened(struct impacct_delivery* d, const struct impacct_position* at) {
    if (d->batch.start.number == at->number) {
        d->batch.start = *at; /* no record of it comes from elsewhere */
    }
    if (d->done.kind != IMPACCT_POSITION_NONE) {
        return false;
    }
    d->done = *at; /* where it all begins */
    if (d->writer == NULL) {
        return false;
    }
    put_state(d);
    pacct_state_writer_wake(d->writer, d->wake_fd);
    d->first_ms = pacct_monotonic_ms();
    return true;
}

void impacct_delivery_end(struct impacct_delivery* d,
                          const struct impacct_position* at,
                          const struct impacct_delivery_sent* sent) {
    d->refusal_logged = d->refused = false;
    d->retry_wait_ms = 0;
    d->batch.messages += sent->records + sent->states + sent->summaries;
    d->batch.records = d->batch.records || sent->records > 0;
    d->batch.states = d->batch.states || sent->states > 0;
    d->batch.summaries = d->batch.summaries || sent->summaries > 0;
    end_batch(d, at, d->batch.records ? IMPACCT_ACK_IF_WORTH : IMPACCT_ACK_NOW);
}

uint64_t impacct_delivery_refuse(struct impacct_delivery* d, rsRetVal why, const struct impacct_position** from) {
    if (!d->refusal_logged) {
        d->refusal_logged = true;
        LogError(0, why, "impacct: rsyslog did not take records from '%s'; they are sent again from offset %llu on",
                 d->settings->file, (unsigned long long)d->batch.start.file.offset);
    }
    impacct_ack_abandon(d->ack); /* rsyslog keeps for ever some of the messages that it could not take */
    d->batch.messages = 0;
    d->batch.records = d->batch.states = d->batch.summaries = false;
    const int longer = d->retry_wait_ms == 0 ? RETRY_FIRST_MS : d->retry_wait_ms * 2;
    d->retry_wait_ms = longer < RETRY_LAST_MS ? longer : RETRY_LAST_MS;
    d->retry_ms = pacct_monotonic_ms() + d->retry_wait_ms;
    DBGPRINTF("impacct: a batch of '%s' was not taken (%d), it is sent again in %d ms\n", d->settings->file, why,
              d->retry_wait_ms);
    *from = &d->batch.start;
    return end_of(hole_being_read(d));
}

bool impacct_delivery_is_refused(const struct impacct_delivery* d) {
    return d->refused;
}

bool impacct_delivery_waits(const struct impacct_delivery* d) {
    return d->retry_ms != 0 || d->starved || d->first_ms != 0;
}

/* ---- time ---- */

static int less(int a, int b) {
    return a < b ? a : b;
}

int impacct_delivery_timeout(const struct impacct_delivery* d, int ms) {
    if (d->retry_ms != 0) {
        const int64_t left = d->retry_ms - pacct_monotonic_ms();
        ms = left > ms ? ms : left > 0 ? (int)left : 0;
    }
    if (d->stored_ms != 0) {
        ms = less(ms, SETTLE_MS);
    }
    if (d->first_ms != 0) {
        const int64_t left = d->first_ms + FIRST_WAIT_MS - pacct_monotonic_ms();
        ms = less(ms, left > 0 ? (int)left : 0);
    }
    if (impacct_ack_in_flight(d->ack) > 0 || d->held.batches > 0 || d->starved) {
        ms = less(ms, d->ack_ms);
    }
    return ms;
}

void impacct_delivery_waited(struct impacct_delivery* d) {
    d->ack_ms = less(d->ack_ms * 2, ACK_LAST_MS);
}

void impacct_delivery_wait(struct impacct_delivery* d, int64_t deadline, const struct impacct_position* at) {
    const struct timespec look = {0, STOP_LOOK_MS * 1000000L};
    if (!d->refused) {
        end_batch(d, at, IMPACCT_ACK_NOW);
    }
    while (impacct_ack_in_flight(d->ack) > 0 && pacct_monotonic_ms() < deadline) {
        if (!collect(d, pacct_monotonic_ms(), false)) {
            nanosleep(&look, NULL);
        }
    }
    collect(d, pacct_monotonic_ms(), true);
}

void impacct_delivery_stop(struct impacct_delivery* d) {
    const char* call;
    d->first_ms = 0;
    if (d->writer != NULL) {
        put_state(d);
        const int error = pacct_state_writer_finish(d->writer, &call);
        log_store_error(d, error, call);
        d->writer = NULL;
    }
}
