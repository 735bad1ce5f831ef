/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file summary_run.h
 * @brief A run that sums up records and sends summaries, and a store that receives them, for tests.
 *
 * To be included once. The oracle of what a store holds is with the tests.
 */
#ifndef SUMMARY_RUN_H
#define SUMMARY_RUN_H

#include "check.h"
#include "event/summary.h"

#define INTERVAL 60u
#define BEGIN UINT64_C(1700000040) /* a multiple of it */
#define STORED_MAX 20000u

struct record {
    uint64_t end, elapsed, cpu, code, minor;
    bool killed, no_user;
    char user[8], comm[8];
};

static struct pacct_origin origin = {.hostname = "h", .hostname_len = 1, .host_id = "id", .host_id_len = 2};
static struct pacct_summary_options options = {
    .interval = INTERVAL, .by = {2, {PACCT_F_USER, PACCT_F_COMM}}, .max_groups = 1000, .seed = {1, 2}};

/* ---- a store: of each id the highest revision ---- */

struct stored {
    char id[PACCT_ID_LEN];
    bool window;
    uint64_t revision, start, count, failures, killed, elapsed, elapsed_max, cpu, minor, first_start, last_end, other;
    uint64_t late, groups;
    bool complete;
    unsigned codes;
    uint64_t code, times;
    unsigned members;
    char user[8], comm[8];
};

struct store {
    unsigned count, received;
    struct stored at[STORED_MAX];
};

static struct store live;

static uint64_t number(const struct pacct_event* ev, enum pacct_field_id id) {
    return pacct_event_has(ev, id) ? ev->v[id].u : 0;
}

static void copy(char* out, const struct pacct_value* v) {
    memcpy(out, v->s, v->len);
    out[v->len] = '\0';
}

static struct stored stored_of(const struct pacct_event* ev) {
    struct stored s = {.revision = number(ev, PACCT_F_REVISION), .start = number(ev, PACCT_F_WINDOW_START)};
    memcpy(s.id, ev->v[PACCT_F_ID].s, sizeof(s.id));
    CHECK_EQ(number(ev, PACCT_F_WINDOW_END), s.start + INTERVAL);
    s.window = pacct_event_has(ev, PACCT_F_RECORDS);
    s.count = number(ev, s.window ? PACCT_F_RECORDS : PACCT_F_PROCESSES);
    s.failures = number(ev, PACCT_F_FAILURES);
    s.killed = number(ev, PACCT_F_KILLED_COUNT);
    s.elapsed = number(ev, PACCT_F_ELAPSED_SUM);
    s.elapsed_max = number(ev, PACCT_F_ELAPSED_MAX);
    s.cpu = number(ev, PACCT_F_CPU_SUM);
    s.minor = number(ev, PACCT_F_MINOR_FAULTS_SUM);
    s.first_start = number(ev, PACCT_F_FIRST_START);
    s.last_end = number(ev, PACCT_F_LAST_END);
    s.other = number(ev, PACCT_F_OTHER_RECORDS);
    s.late = number(ev, PACCT_F_LATE_RECORDS);
    s.groups = number(ev, PACCT_F_GROUPS);
    s.complete = number(ev, PACCT_F_COMPLETE) != 0;
    if (!s.window) {
        const struct pacct_members* const members = ev->v[PACCT_F_MEMBERS].members;
        const struct pacct_codes* const codes = ev->v[PACCT_F_EXIT_CODES].codes;
        s.members = members->count;
        for (unsigned i = 0; i < members->count; i++) {
            if (strcmp(members->member[i].name, "user") == 0) {
                copy(s.user, &members->member[i].value);
            } else if (strcmp(members->member[i].name, "comm") == 0) {
                copy(s.comm, &members->member[i].value);
            } else {
                CHECK(strcmp(members->member[i].name, "other") == 0 && members->member[i].value.u == 1);
            }
        }
        s.codes = codes->count;
        s.code = codes->count > 0 ? codes->of[0].code : 0;
        s.times = codes->count > 0 ? codes->of[0].times : 0;
    }
    return s;
}

static void put(struct store* store, const struct stored* s) {
    store->received++;
    for (unsigned i = 0; i < store->count; i++) {
        if (memcmp(store->at[i].id, s->id, sizeof(s->id)) == 0) {
            if (s->revision >= store->at[i].revision) {
                store->at[i] = *s;
            }
            return;
        }
    }
    CHECK(store->count < STORED_MAX);
    store->at[store->count++] = *s;
}

static void receive(struct store* store, const struct pacct_event* ev) {
    const struct stored s = stored_of(ev);
    put(store, &s);
}

/* ---- a run: what the stage around the sums does ---- */

#define MARKS 4096u

struct mark {
    struct pacct_summary_hold hold;
    uint64_t first;
    uint64_t base[PACCT_SUMMARY_BASE];
};

#define UNDERWAY_MAX 20000u

/* What becomes of messages. */
enum way {
    WAY_SURE,
    WAY_SLOW, /* they arrive, but it is not known before the end */
    WAY_LOST /* they are on the way until arrive(); what is on the way at the end is lost */
};

struct run {
    struct pacct_summary* sums;
    struct mark mark[MARKS];
    unsigned first, marks;
    uint64_t behind; /* the last record that was added */
    enum way way;
    struct {
        struct stored stored;
        struct pacct_summary_hold* hold;
    } underway[UNDERWAY_MAX];
    unsigned arrived, sent;
};

/* Where another run goes on. */
struct saved {
    bool any;
    uint64_t first, behind;
    uint64_t number[PACCT_SUMMARY_SAVED];
};

static struct run run;

static void begin(const struct saved* saved, enum way way) {
    memset(&run, 0, sizeof(run));
    run.way = way;
    run.sums = pacct_summary_new(&options);
    CHECK(run.sums != NULL);
    pacct_summary_restore(run.sums, saved != NULL && saved->any ? saved->number : NULL,
                          saved != NULL ? saved->first : 0, saved != NULL ? saved->behind : 0);
}

static void send_due(struct store* store) {
    while (pacct_summary_is_due(run.sums)) {
        const struct pacct_event* ev;
        struct pacct_summary_hold* const hold = pacct_summary_sending(run.sums);
        unsigned n = 0;
        hold->unsettled += run.way == WAY_SLOW;
        while (n < 3 && (ev = pacct_summary_next(run.sums, &origin)) != NULL) {
            if (run.way == WAY_LOST) {
                CHECK(run.sent < UNDERWAY_MAX);
                hold->unsettled++;
                run.underway[run.sent].hold = hold;
                run.underway[run.sent++].stored = stored_of(ev);
            } else {
                receive(store, ev);
            }
            n++;
        }
        CHECK(n > 0);
        pacct_summary_commit(run.sums);
    }
}

/* So many messages that are on the way arrive; known: and the module is told. */
static void arrive(struct store* store, unsigned count, bool known) {
    for (; count > 0 && run.arrived < run.sent; count--) {
        put(store, &run.underway[run.arrived].stored);
        run.underway[run.arrived++].hold->unsettled -= known;
    }
}

static void add_event(const struct pacct_event* ev, uint64_t at) {
    bool opened;
    struct mark* const m = &run.mark[run.marks];
    CHECK(run.marks < MARKS);
    CHECK(pacct_summary_add(run.sums, ev, at, &m->hold, &opened));
    run.behind = at + 1;
    if (opened) {
        m->first = at;
        pacct_summary_base(run.sums, m->base);
        run.marks++;
    }
}

static void make_event(const struct record* r, struct pacct_event* ev) {
    const uint64_t ran = r->elapsed / 100;
    pacct_event_begin(&origin, ev);
    pacct_event_set_int(ev, PACCT_F_START, ran < r->end ? r->end - ran : 0);
    pacct_event_set_int(ev, PACCT_F_END, r->end);
    pacct_event_set_int(ev, PACCT_F_ELAPSED, r->elapsed);
    pacct_event_set_int(ev, PACCT_F_CPU_USER, r->cpu / 2);
    pacct_event_set_int(ev, PACCT_F_CPU_SYSTEM, r->cpu - r->cpu / 2);
    pacct_event_set_int(ev, PACCT_F_MINOR_FAULTS, r->minor);
    pacct_event_set_int(ev, PACCT_F_KILLED, r->killed);
    if (!r->killed) {
        pacct_event_set_int(ev, PACCT_F_EXIT_CODE, r->code);
    }
    pacct_event_set_str(ev, PACCT_F_COMM, r->comm, strlen(r->comm));
    if (!r->no_user) {
        pacct_event_set_str(ev, PACCT_F_USER, r->user, strlen(r->user));
    }
}

static struct saved save(void) {
    struct saved saved = {.any = false};
    while (run.first < run.marks && run.mark[run.first].hold.windows == 0 && run.mark[run.first].hold.unsettled == 0) {
        run.first++;
    }
    if (run.first < run.marks) {
        const struct mark* const m = &run.mark[run.first];
        saved.any = true;
        saved.first = m->first;
        saved.behind = run.behind;
        pacct_summary_save(run.sums, m->first, m->base, saved.number);
    }
    return saved;
}

static void end(void) {
    pacct_summary_free(run.sums);
}

#endif
