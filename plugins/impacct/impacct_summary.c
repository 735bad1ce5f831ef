/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_summary.c
 * @brief The stage between source and sender that sums up: which records, when what is sent, from where on after a
 * stop.
 *
 * Algorithm: event/summary.h does the sums. Here is noted, for each window that
 * was opened, where its first record is, until the window has left and all that
 * was sent of it has arrived (a mark). The records from the oldest mark on are
 * those that another run has to sum up again. Where an output of summaries
 * hangs for long, windows share the last mark.
 *
 * Summaries are sent in batches of their own, so that records are not sent
 * again because summaries were not delivered, nor the other way round.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: what rsyslog does not take is made again. Nothing is sent of a
 * window that is open at stop: its records are summed up again at the start.
 */
#include "impacct_summary.h"
#include "impacct_ack.h"
#include "base/sys.h"
#include "event/summary.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* windows that wait for their summaries to arrive, each on its own; some 600 bytes each */
#define MARKS_MAX 256u
/* how often to look whether the state is stored that a window waits for; at most the time that storing is put off */
#define STORED_LOOK_MS 1000

_Static_assert(PACCT_SUMMARY_SAVED == PACCT_STATE_NUMBERS, "a state has all numbers that the sums need");

struct mark {
    struct pacct_summary_hold hold; /* first */
    struct mark* next;
    struct impacct_position at; /* before the first record */
    uint64_t first; /* its number */
    uint64_t base[PACCT_SUMMARY_BASE];
};

struct impacct_summary {
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    const struct pacct_origin* origin;
    struct impacct_delivery* delivery;
    struct pacct_summary* sums;
    struct impacct_position at;
    struct mark *first, *last; /* in the order of their records */
    unsigned marks;
    struct mark* spare; /* for the next window */
    bool waits; /* with sending a window again, until the state is stored */
};

struct impacct_summary* impacct_summary_new(const struct impacct_settings* settings,
                                            const struct impacct_route* route,
                                            const struct pacct_origin* origin,
                                            struct impacct_delivery* delivery) {
    struct pacct_summary_options options = {
        .interval = (uint64_t)settings->summary_interval,
        .by = settings->summary_by,
        .max_groups = (unsigned)settings->summary_max_groups,
    };
    struct impacct_summary* const s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    if (getrandom(options.seed, sizeof(options.seed), 0) != (ssize_t)sizeof(options.seed)) {
        options.seed[0] =
            pacct_clock_ns(CLOCK_MONOTONIC); /* no more than a table that is slower for somebody who knows it */
    }
    s->settings = settings;
    s->route = route;
    s->origin = origin;
    s->delivery = delivery;
    s->sums = pacct_summary_new(&options);
    if (s->sums == NULL) {
        impacct_summary_free(s);
        return NULL;
    }
    return s;
}

void impacct_summary_free(struct impacct_summary* s) {
    if (s == NULL) {
        return;
    }
    pacct_summary_free(s->sums);
    while (s->first != NULL) {
        struct mark* const m = s->first;
        s->first = m->next;
        free(m);
    }
    free(s->spare);
    free(s);
}

void impacct_summary_start(struct impacct_summary* s) {
    const uint64_t* saved;
    uint64_t number;
    impacct_delivery_sums(s->delivery, &number, &saved);
    pacct_summary_restore(s->sums, saved, number, impacct_delivery_done(s->delivery)->number);
}

void impacct_summary_at(struct impacct_summary* s, const struct impacct_position* at) {
    s->at = *at;
}

static void put_mark(struct impacct_summary* s, struct mark* m, uint64_t number) {
    m->at = s->at;
    m->first = number;
    pacct_summary_base(s->sums, m->base);
    if (s->first == NULL) {
        s->first = m;
    } else {
        s->last->next = m;
    }
    s->last = m;
    s->marks++;
}

rsRetVal impacct_summary_add(struct impacct_summary* s, const struct impacct_item* item) {
    bool opened;
    if (!pacct_event_has(item->event, PACCT_F_STATUS)) {
        return RS_RET_OK; /* the process still lives */
    }
    if (s->spare == NULL && s->marks < MARKS_MAX) {
        s->spare = calloc(1, sizeof(*s->spare));
        if (s->spare == NULL) {
            return RS_RET_OUT_OF_MEMORY;
        }
    }
    struct mark* const m = s->spare != NULL ? s->spare : s->last;
    if (!pacct_summary_add(s->sums, item->event, item->number, &m->hold, &opened)) {
        return RS_RET_OUT_OF_MEMORY;
    }
    if (opened && s->spare != NULL) {
        put_mark(s, s->spare, item->number);
        s->spare = NULL;
    }
    return RS_RET_OK;
}

void impacct_summary_notice(struct impacct_summary* s, const struct pacct_notice* n, uint64_t number) {
    if (n->id == PACCT_N_RECORDS_LOST || n->id == PACCT_N_FILE_DAMAGED || n->id == PACCT_N_FILE_TRUNCATED) {
        pacct_summary_gap(s->sums, n->id == PACCT_N_RECORDS_LOST ? number : UINT64_MAX);
    }
}

uint64_t impacct_summary_gap_at(const struct impacct_summary* s) {
    return pacct_summary_gap_at(s->sums);
}

void impacct_summary_lost(struct impacct_summary* s) {
    pacct_summary_lost(s->sums);
}

/* ---- sending ---- */

void impacct_summary_idle(struct impacct_summary* s) {
    const uint64_t now = pacct_clock_ns(CLOCK_REALTIME) / PACCT_SECOND_NS;
    s->waits = pacct_summary_idle(s->sums, now, false);
    if (s->waits) {
        s->waits = pacct_summary_idle(s->sums, now, impacct_delivery_sums_are_stored(s->delivery));
    }
}

bool impacct_summary_is_due(const struct impacct_summary* s) {
    return pacct_summary_is_due(s->sums);
}

rsRetVal impacct_summary_send(struct impacct_summary* s, struct impacct_sender* sender, prop_t* prop, unsigned* sent) {
    DEFiRet;
    const struct pacct_event* ev;
    struct pacct_summary_hold* const hold = pacct_summary_sending(s->sums);
    impacct_delivery_count(s->delivery, &hold->unsettled);
    while (*sent < IMPACCT_ACK_BATCH && (ev = pacct_summary_next(s->sums, s->origin)) != NULL) {
        const struct impacct_attributes attributes =
            impacct_attributes_of_summary(s->settings, s->route, (time_t)ev->v[PACCT_F_TIME].u);
        CHKiRet(impacct_sender_add(sender, ev, &attributes, prop));
        ++*sent;
    }

finalize_it:
    RETiRet;
}

void impacct_summary_end(struct impacct_summary* s, bool taken) {
    if (taken) {
        pacct_summary_commit(s->sums);
    } else {
        pacct_summary_rollback(s->sums);
    }
}

/* ---- where to go on ---- */

static void drop_marks(struct impacct_summary* s) {
    struct mark* before = NULL;
    for (struct mark** at = &s->first; *at != NULL;) {
        struct mark* const m = *at;
        if (m->hold.windows == 0 && m->hold.unsettled == 0) {
            *at = m->next;
            s->marks--;
            free(m);
        } else {
            before = m;
            at = &m->next;
        }
    }
    s->last = before;
}

void impacct_summary_save(struct impacct_summary* s) {
    uint64_t saved[PACCT_SUMMARY_SAVED];
    drop_marks(s);
    if (s->first != NULL) {
        pacct_summary_save(s->sums, s->first->first, s->first->base, saved);
        impacct_delivery_set_sums(s->delivery, &s->first->at, s->first->first, saved);
    }
}

int impacct_summary_timeout(const struct impacct_summary* s, int ms) {
    if (s->waits) {
        return ms < STORED_LOOK_MS ? ms : STORED_LOOK_MS;
    }
    const uint64_t deadline = pacct_summary_deadline(s->sums);
    const uint64_t now_ms = pacct_clock_ns(CLOCK_REALTIME) / (PACCT_SECOND_NS / 1000);
    if (deadline > (now_ms + (uint64_t)ms) / 1000) {
        return ms;
    }
    return deadline * 1000 > now_ms ? (int)(deadline * 1000 - now_ms) : 0;
}
