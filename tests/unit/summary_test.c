/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: summaries say what the processes that ended add up to, each once, whatever the order, and whatever was
 * interrupted.
 * Invariant: of each id the highest revision holds. These add up to what the records do, by window and group; a record
 * belongs to the window of its end. Where a run ends anywhere, and another goes on from what was saved, the same ids
 * with the same contents come out. What arrived is not sent again after an orderly end.
 * Oracle: the records themselves, added up one by one; a run that nothing interrupted. */
#include "config.h"

#include "event/id.h"
#include "sample.h"
#include "summary_run.h"

#define RECORDS_MAX 20000u
#define COMMS 12u

static struct record record[RECORDS_MAX];
static unsigned records;
static struct store again;

static void read_records(uint64_t from, uint64_t to, struct store* store) {
    struct pacct_event ev;
    for (uint64_t i = from; i < to; i++) {
        send_due(store);
        make_event(&record[i], &ev);
        add_event(&ev, i);
    }
}

/* ---- records ---- */

enum order {
    IN_ORDER,
    JITTER, /* as a busy machine writes them: seconds apart */
    STEPS, /* the clock is set now and then, for minutes and back */
    DISORDER /* hours of several files one behind the other */
};

static void make_records(enum order order, unsigned count, uint64_t seed) {
    uint64_t random = seed, now = BEGIN, offset = 0;
    records = count;
    for (unsigned i = 0; i < count; i++) {
        struct record* const r = &record[i];
        now += random_below(&random, 4) == 0 ? random_below(&random, 9) : 0;
        r->end = now;
        if (order == JITTER) {
            r->end -= random_below(&random, 3) == 0 ? random_below(&random, 8) : 0;
        } else if (order == STEPS) {
            if (random_below(&random, 200) == 0) {
                offset = offset != 0 ? 0 : random_below(&random, 2 * 3600) + 600;
            }
            r->end += offset;
        } else if (order == DISORDER) {
            r->end = BEGIN + (i * 7919u + i / 500 * 4000u) % 7200u;
        }
        r->end = r->end < BEGIN ? BEGIN : r->end;
        r->elapsed = random_next(&random) >> (64 - random_below(&random, 20) - 1);
        r->cpu = random_below(&random, r->elapsed + 1);
        r->code = random_below(&random, 5) == 0 ? random_below(&random, 9) : 0;
        r->killed = random_below(&random, 20) == 0;
        r->no_user = random_below(&random, 10) == 0;
        r->minor = random_below(&random, 1000);
        snprintf(r->user, sizeof(r->user), "u%u", (unsigned)random_below(&random, 3));
        snprintf(r->comm, sizeof(r->comm), "c%u", (unsigned)random_below(&random, COMMS));
    }
}

static bool in_group(const struct record* r, const struct stored* s) {
    return r->end / INTERVAL * INTERVAL == s->start && strcmp(r->comm, s->comm) == 0 &&
           strcmp(r->no_user ? "" : r->user, s->user) == 0;
}

/* What a store holds of the group that one of its summaries is of adds up to what the records do. */
static void check_group(const struct store* store, const struct stored* of) {
    struct stored sum = {.first_start = UINT64_MAX}, got = {.first_start = UINT64_MAX};
    for (unsigned i = 0; i < records; i++) {
        const struct record* const r = &record[i];
        if (!in_group(r, of)) {
            continue;
        }
        sum.count++;
        sum.killed += r->killed;
        sum.failures += r->killed || r->code != 0;
        sum.elapsed += r->elapsed;
        sum.elapsed_max = r->elapsed > sum.elapsed_max ? r->elapsed : sum.elapsed_max;
        sum.cpu += r->cpu;
        sum.minor += r->minor;
        const uint64_t start = r->end - r->elapsed / 100;
        sum.first_start = start < sum.first_start ? start : sum.first_start;
        sum.last_end = r->end > sum.last_end ? r->end : sum.last_end;
    }
    for (unsigned i = 0; i < store->count; i++) {
        const struct stored* const s = &store->at[i];
        if (s->window || s->start != of->start || strcmp(s->user, of->user) != 0 || strcmp(s->comm, of->comm) != 0) {
            continue;
        }
        got.count += s->count;
        got.killed += s->killed;
        got.failures += s->failures;
        got.elapsed += s->elapsed;
        got.elapsed_max = s->elapsed_max > got.elapsed_max ? s->elapsed_max : got.elapsed_max;
        got.cpu += s->cpu;
        got.minor += s->minor;
        got.first_start = s->first_start < got.first_start ? s->first_start : got.first_start;
        got.last_end = s->last_end > got.last_end ? s->last_end : got.last_end;
    }
    CHECK_EQ(got.count, sum.count);
    CHECK_EQ(got.killed, sum.killed);
    CHECK_EQ(got.failures, sum.failures);
    CHECK_EQ(got.elapsed, sum.elapsed);
    CHECK_EQ(got.elapsed_max, sum.elapsed_max);
    CHECK_EQ(got.cpu, sum.cpu);
    CHECK_EQ(got.minor, sum.minor);
    CHECK_EQ(got.first_start, sum.first_start);
    CHECK_EQ(got.last_end, sum.last_end);
}

static void check_store(const struct store* store) {
    uint64_t in_groups = 0, in_windows = 0;
    for (unsigned i = 0; i < store->count; i++) {
        const struct stored* const s = &store->at[i];
        in_groups += s->window ? 0 : s->count;
        in_windows += s->window ? s->count : 0;
        if (!s->window) {
            check_group(store, s);
        }
    }
    CHECK_EQ(in_groups, records);
    CHECK_EQ(in_windows, records);
}

/* The same ids with the same contents; how often a window was sent, and what came late, depends on when. */
static void check_same(const struct store* a, const struct store* b) {
    CHECK_EQ(a->count, b->count);
    for (unsigned i = 0; i < a->count; i++) {
        unsigned k = 0;
        while (k < b->count && memcmp(a->at[i].id, b->at[k].id, PACCT_ID_LEN) != 0) {
            k++;
        }
        CHECK(k < b->count);
        struct stored x = a->at[i], y = b->at[k];
        x.revision = y.revision = x.late = y.late = 0;
        CHECK(memcmp(&x, &y, sizeof(x)) == 0);
    }
}

static void in_one_go(enum order order) {
    make_records(order, 3000, 11 + (uint64_t)order);
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    read_records(0, records, &live);
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    CHECK_EQ(pacct_summary_deadline(run.sums), UINT64_MAX);
    end();
    check_store(&live);
}

/* Killed again and again, with a state that is as old as it may be. */
static void with_kills(enum order order, enum way way, uint64_t seed) {
    uint64_t random = seed, at = 0;
    struct saved saved = {.any = false};
    in_one_go(order);
    memset(&again, 0, sizeof(again));
    while (at < records) {
        const uint64_t from = saved.any ? saved.first : 0;
        const uint64_t to = at + 1 + random_below(&random, 700);
        at = to < records ? to : records;
        begin(&saved, way);
        for (uint64_t read = from; read < at;) {
            const uint64_t when = read + 1 + random_below(&random, at - read);
            read_records(read, when, &again);
            arrive(&again, (unsigned)random_below(&random, 40), true);
            saved = random_below(&random, 2) == 0 ? save() : saved;
            read = when;
        }
        for (uint64_t idle = random_below(&random, 4); idle > 0; idle--) { /* it was live, and the clock came up */
            const bool stored = random_below(&random, 2) == 0;
            saved = stored ? save() : saved;
            pacct_summary_idle(run.sums, record[at - 1].end + random_below(&random, 200), stored);
            send_due(&again);
            arrive(&again, (unsigned)random_below(&random, 40), true);
            saved = random_below(&random, 2) == 0 ? save() : saved;
            if (at < records && random_below(&random, 2) == 0) {
                read_records(at, at + 1, &again);
                at++;
            }
        }
        arrive(&again, (unsigned)random_below(&random, 40), false);
        end();
    }
    begin(&saved, WAY_SURE);
    read_records(saved.any ? saved.first : 0, records, &again);
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&again);
    end();
    check_store(&again);
    check_same(&live, &again);
}

/* Nothing that arrived is sent a second time. */
static void orderly(void) {
    make_records(JITTER, 2000, 5);
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    read_records(0, records, &live);
    send_due(&live);
    const struct saved saved = save();
    CHECK(saved.any && saved.first < records);
    end();
    memset(&again, 0, sizeof(again));
    begin(&saved, WAY_SURE);
    read_records(saved.first, records, &again);
    send_due(&again);
    CHECK_EQ(again.received, 0);
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&again);
    CHECK(again.received > 0); /* what was open */
    end();
}

int main(int argc, char** argv) {
    static const char* const orders[] = {"in order", "with jitter", "with clock steps", "in disorder"};
    char name[64];
    check_begin(argc, argv);
    pacct_id_init();
    for (int order = IN_ORDER; order <= DISORDER; order++) {
        snprintf(name, sizeof(name), "%s, in one go", orders[order]);
        CASE(name) {
            in_one_go((enum order)order);
        }
        snprintf(name, sizeof(name), "%s, killed", orders[order]);
        CASE(name) {
            for (uint64_t seed = 1; seed <= 5; seed++) {
                for (int way = WAY_SURE; way <= WAY_LOST; way++) {
                    with_kills((enum order)order, (enum way)way, seed);
                }
            }
        }
    }
    CASE("what arrived is not sent again") {
        orderly();
    }
    return check_end();
}
