/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage_join.c
 * @brief Joins what the kernel told of processes at their ends to the records of these ends.
 *
 * Algorithm: ends are in lists by id (a table of buckets), and all in one list,
 * each from the oldest to the newest. Between two times ends may be missing;
 * there is one such interval, which grows until records from after it come.
 *
 * Concurrency and locking: none; the caller's.
 *
 * Failure model: what memory does not suffice for counts as lost.
 */
#include "config.h"

#include "capture/usage_join.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384u /* a power of two */
/* the day's clock is slewed a little between the end and the reading */
#define SLACK_NS INT64_C(200000000)
#define SECOND_NS ((int64_t)PACCT_SECOND_NS)
/* how far a start may be from the ac_btime of its record, either way */
#define REACH_NS (SECOND_NS + SLACK_NS)
/* of how far apart two starts may be, to be within reach of one record */
#define APART_NS (2 * REACH_NS)
/* A record's end is known to a second; where the process lived for longer than so many ticks, to some ticks less
 * (kernel/acct.c, encode_float) */
#define EXACT_TICKS (1u << 20)
/* So long an end waits for its record, which is written when the memory was given back. */
#define WAITED_NS (60 * SECOND_NS)
#define TICK_NS 10000000u /* of a record's times */
#define RECORD_MAX (UINT64_C(8191) << 21)

struct end {
    struct end *before, *after; /* in the bucket */
    struct end *older, *newer; /* of all */
    struct pacct_usage_end of;
};

struct pacct_usage_join {
    struct {
        struct end *first, *last;
    } buckets[BUCKETS];
    struct end *oldest, *newest;
    size_t count, max_count;
    uint64_t lost_from, lost_until; /* monotonic clock: ends in between may be missing */
    bool any_lost;
    int64_t earliest; /* monotonic clock: when the last record was written */
};

struct pacct_usage_join* pacct_usage_join_new(size_t max_ends) {
    struct pacct_usage_join* const j = calloc(1, sizeof(*j));
    if (j != NULL) {
        j->max_count = max_ends;
        j->earliest = INT64_MIN;
    }
    return j;
}

void pacct_usage_join_free(struct pacct_usage_join* j) {
    if (j != NULL) {
        for (struct end *e = j->oldest, *newer; e != NULL; e = newer) {
            newer = e->newer;
            free(e);
        }
        free(j);
    }
}

static size_t bucket_of(uint32_t pid) {
    return pid & (BUCKETS - 1);
}

static void drop(struct pacct_usage_join* j, struct end* e) {
    const size_t b = bucket_of(e->of.told.pid);
    *(e->before == NULL ? &j->buckets[b].first : &e->before->after) = e->after;
    *(e->after == NULL ? &j->buckets[b].last : &e->after->before) = e->before;
    *(e == j->oldest ? &j->oldest : &e->older->newer) = e->newer;
    *(e == j->newest ? &j->newest : &e->newer->older) = e->older;
    j->count--;
    free(e);
}

static void append(struct pacct_usage_join* j, struct end* e) {
    const size_t b = bucket_of(e->of.told.pid);
    e->before = j->buckets[b].last;
    *(e->before == NULL ? &j->buckets[b].first : &e->before->after) = e;
    j->buckets[b].last = e;
    e->older = j->newest;
    *(e->older == NULL ? &j->oldest : &e->older->newer) = e;
    j->newest = e;
    j->count++;
}

/* The next one with this id, beginning with "e" itself. */
static struct end* onwards(struct end* e, uint32_t pid) {
    while (e != NULL && e->of.told.pid != pid) {
        e = e->after;
    }
    return e;
}

/* ---- ends ---- */

/* Where records are so much later, another end that may be of its record began while that one could still come, and so
 * after the record: there is none. */
static void forget_oldest(struct pacct_usage_join* j) {
    const uint64_t time = j->oldest->of.told.time;
    drop(j, j->oldest);
    if ((int64_t)time + APART_NS >= j->earliest) {
        pacct_usage_join_lost(j, time, time);
    }
}

void pacct_usage_join_add(struct pacct_usage_join* j, const struct pacct_usage_end* end) {
    struct end* const e = calloc(1, sizeof(*e));
    if (e == NULL) {
        pacct_usage_join_lost(j, end->told.time, end->told.time);
        return;
    }
    e->of = *end;
    append(j, e);
    if (j->count > j->max_count) {
        forget_oldest(j);
    }
}

void pacct_usage_join_lost(struct pacct_usage_join* j, uint64_t from, uint64_t until) {
    if (!j->any_lost || from < j->lost_from) {
        j->lost_from = from;
    }
    if (!j->any_lost || until > j->lost_until) {
        j->lost_until = until;
    }
    j->any_lost = true;
}

void pacct_usage_join_records_again(struct pacct_usage_join* j, uint64_t until) {
    pacct_usage_join_lost(j, 0, until);
    j->earliest = INT64_MIN;
}

/* ---- records ---- */

/* On the monotonic clock; of a record from before the machine was started they are negative. */
struct times {
    int64_t start; /* to REACH_NS */
    int64_t earliest, latest; /* when it was written */
};

static struct times times_of(const struct pacct_record* rec, int64_t offset) {
    const int64_t end = (int64_t)(pacct_record_end(rec) * PACCT_SECOND_NS) - offset;
    return (struct times){
        .start = (int64_t)(rec->btime * PACCT_SECOND_NS) - offset,
        .earliest = end - SLACK_NS,
        .latest = end + (rec->etime < EXACT_TICKS ? SECOND_NS : 2 * SECOND_NS) + SLACK_NS,
    };
}

/* A damaged record may say that it was written in times to come. */
static void forget_old(struct pacct_usage_join* j, const struct times* t) {
    const int64_t newest = j->newest == NULL ? j->earliest : (int64_t)j->newest->of.told.time;
    j->earliest = t->earliest < newest ? t->earliest : newest;
    while (j->oldest != NULL && (int64_t)j->oldest->of.told.time + WAITED_NS < j->earliest) {
        forget_oldest(j);
    }
}

/* Whether what was told at its process's end may be missing. The interval is over where records come that nothing from
 * within it can be taken for. */
static bool may_be_lost(struct pacct_usage_join* j, const struct times* t) {
    if (j->any_lost && t->earliest > (int64_t)j->lost_until + APART_NS) {
        j->any_lost = false;
    }
    return j->any_lost && t->latest >= (int64_t)j->lost_from;
}

/* Of the same process id */
static bool is_in_reach(const struct pacct_usage_wire* w, const struct pacct_record* rec, const struct times* t) {
    const int64_t start = (int64_t)w->start, time = (int64_t)w->time;
    const uint64_t ticks = (w->time - w->start) / TICK_NS;
    return start >= t->start - REACH_NS && start <= t->start + REACH_NS && time <= t->latest &&
           ticks * rec->ahz / 100 <= rec->etime + rec->etime / 65536 + 2;
}

/* As the kernel writes a number into a record: 13 bits, and 3 of an exponent of 8 (kernel/acct.c, encode_comp_t). */
static uint64_t in_record(uint64_t value) {
    unsigned shift = 0;
    bool up = false;
    while (value > 8191) {
        up = (value & 4) != 0;
        value >>= 3;
        shift += 3;
    }
    if (up && ++value > 8191) {
        value >>= 3;
        shift += 3;
    }
    return value << shift;
}

/* Where a number is too large for a record, it says another one. */
static bool is_same(uint64_t value, uint64_t recorded) {
    const uint64_t written = in_record(value);
    return written == recorded || written > RECORD_MAX;
}

/* The kernel's version decides whether a record has the first thread's name or the last one's. */
static bool is_same_name(const struct pacct_usage_wire* w, const struct pacct_record* rec) {
    return (w->flags & PACCT_USAGE_RELEASED) != 0 || w->threads > 1 ||
           (strnlen(w->comm, sizeof(w->comm)) == rec->comm_len && memcmp(w->comm, rec->comm, rec->comm_len) == 0);
}

static bool agrees(const struct pacct_usage_wire* w, const struct pacct_record* rec) {
    const uint64_t tick = PACCT_SECOND_NS / rec->ahz;
    return (w->record_flags & PACCT_FLAGS_KNOWN) == (rec->flag & PACCT_FLAGS_KNOWN) && w->exit_code == rec->exitcode &&
           w->uid == rec->uid && w->gid == rec->gid && is_same(w->record_mem, rec->mem) &&
           is_same(w->record_minor_faults, rec->minflt) && is_same(w->record_major_faults, rec->majflt) &&
           is_same(w->record_user / tick, rec->utime) && is_same(w->record_system / tick, rec->stime) &&
           is_same_name(w, rec);
}

/* The only one that may be of the record. */
static struct end* find(const struct pacct_usage_join* j, const struct pacct_record* rec, const struct times* t) {
    struct end* only = NULL;
    unsigned count = 0;
    struct end* e = onwards(j->buckets[bucket_of(rec->pid)].first, rec->pid);
    for (; e != NULL; e = onwards(e->after, rec->pid)) {
        if (is_in_reach(&e->of.told, rec, t) && agrees(&e->of.told, rec)) {
            only = e;
            count++;
        }
    }
    return count == 1 ? only : NULL;
}

bool pacct_usage_join_take(struct pacct_usage_join* j,
                           const struct pacct_record* rec,
                           bool may_live,
                           int64_t offset,
                           struct pacct_usage_end* end) {
    const struct times t = times_of(rec, offset);
    forget_old(j, &t);
    struct end* const found = find(j, rec, &t);
    if (may_be_lost(j, &t) || may_live || found == NULL) {
        return false;
    }
    *end = found->of;
    drop(j, found);
    return true;
}
