/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a record gets the usage of its own process, or none.
 * Invariant: records that differ in nothing but the process id get theirs in order; what may have been lost, forgotten,
 * or told of records that are missing goes to no record; what a record says otherwise is not its own. In a world of
 * processes with losses of both kinds, none ever gets another's, and when these are over all get theirs again. Oracle:
 * ends and records made here as the kernel makes them (kernel/acct.c), numbered by their run time. */
#include "config.h"

#include "check.h"
#include "capture/usage_join.h"

#define SECOND 1000000000ull
#define OFFSET ((int64_t)(1700000000 * SECOND + 300000000))
#define MS 1000000ull
#define T0 (100 * SECOND)

static struct pacct_usage_end end_of(uint32_t pid, uint64_t start, uint64_t time, uint64_t number) {
    struct pacct_usage_end e;
    memset(&e, 0, sizeof(e));
    e.told.pid = pid;
    e.told.start = start;
    e.told.time = time;
    e.told.record_flags = PACCT_AFORK;
    e.told.record_minor_faults = 8196; /* a record has 8200: 13 bits, rounded */
    e.told.record_mem = 4321;
    memcpy(e.told.comm, "same", 5);
    e.told.run = number;
    return e;
}

static struct pacct_record record_of(uint32_t pid, uint64_t start, uint64_t written) {
    const uint64_t elapsed = written - start;
    return (struct pacct_record){.version = 3,
                                 .has_pid = true,
                                 .etime_valid = true,
                                 .ahz = 100,
                                 .pid = pid,
                                 .flag = PACCT_AFORK,
                                 .minflt = 8200,
                                 .mem = 4321,
                                 .comm = "same",
                                 .comm_len = 4,
                                 .etime = elapsed / (SECOND / 100),
                                 .btime = (uint32_t)((written + (uint64_t)OFFSET) / SECOND - elapsed / SECOND)};
}

static void add(struct pacct_usage_join* j, uint32_t pid, uint64_t start, uint64_t time, uint64_t number) {
    const struct pacct_usage_end e = end_of(pid, start, time, number);
    pacct_usage_join_add(j, &e);
}

/* The number of the end that a record gets; 0: none */
static uint64_t take(struct pacct_usage_join* j, const struct pacct_record* rec, bool may_live) {
    struct pacct_usage_end e;
    return pacct_usage_join_take(j, rec, may_live, OFFSET, &e) ? e.told.run : 0;
}

static uint64_t take_at(struct pacct_usage_join* j, uint32_t pid, uint64_t start, uint64_t written) {
    const struct pacct_record rec = record_of(pid, start, written);
    return take(j, &rec, false);
}

static struct pacct_usage_join* new_join(size_t max) {
    struct pacct_usage_join* const j = pacct_usage_join_new(max);
    CHECK(j != NULL);
    return j;
}

/* ids that come again within milliseconds */
static void test_again(void) {
    struct pacct_usage_join* const j = new_join(100);
    for (uint64_t i = 0; i < 5; i++) {
        add(j, 7, T0 + i * 10 * MS, T0 + (i * 10 + 5) * MS, i + 1);
        CHECK_EQ(take_at(j, 7, T0 + i * 10 * MS, T0 + (i * 10 + 6) * MS), i + 1);
        CHECK_EQ(take_at(j, 7, T0 + i * 10 * MS, T0 + (i * 10 + 6) * MS), 0);
    }
    add(j, 7, T0 + 50 * MS, T0 + 55 * MS, 6);
    add(j, 8, T0 + 50 * MS, T0 + 55 * MS, 7);
    add(j, 7, T0 + 60 * MS, T0 + 65 * MS, 8);
    CHECK_EQ(take_at(j, 7, T0 + 50 * MS, T0 + 56 * MS), 0); /* of which of the two? */
    CHECK_EQ(take_at(j, 8, T0 + 50 * MS, T0 + 56 * MS), 7);
    add(j, 7, T0 + 70 * MS, T0 + 75 * MS, 9);
    CHECK_EQ(take_at(j, 7, T0 + 70 * MS, T0 + 76 * MS), 0); /* those are still there */
    add(j, 7, T0 + 9 * SECOND, T0 + 9 * SECOND + MS, 10);
    CHECK_EQ(take_at(j, 7, T0 + 9 * SECOND, T0 + 9 * SECOND + 2 * MS), 10); /* out of their reach */
    pacct_usage_join_free(j);
}

static void test_lost(void) {
    struct pacct_usage_join* const j = new_join(100);
    add(j, 7, T0 + 2 * SECOND, T0 + 2 * SECOND + MS, 1);
    pacct_usage_join_lost(j, T0 + 5 * SECOND, T0 + 6 * SECOND);
    CHECK_EQ(take_at(j, 7, T0 + 2 * SECOND, T0 + 2 * SECOND + MS), 1); /* ended before */
    /* that of the first was lost, and its record gets nothing; nor does what is so near */
    add(j, 7, T0 + 5 * SECOND + 20 * MS, T0 + 5 * SECOND + 30 * MS, 2);
    CHECK_EQ(take_at(j, 7, T0 + 5 * SECOND, T0 + 5 * SECOND + 10 * MS), 0);
    CHECK_EQ(take_at(j, 7, T0 + 5 * SECOND + 20 * MS, T0 + 5 * SECOND + 31 * MS), 0);
    add(j, 7, T0 + 12 * SECOND, T0 + 12 * SECOND + MS, 3);
    CHECK_EQ(take_at(j, 7, T0 + 12 * SECOND, T0 + 12 * SECOND + MS), 3);
    /* records that come again */
    pacct_usage_join_records_again(j, T0 + 13 * SECOND);
    add(j, 7, T0 + 12 * SECOND + 2 * MS, T0 + 12 * SECOND + 3 * MS, 4);
    CHECK_EQ(take_at(j, 7, T0 + 12 * SECOND, T0 + 12 * SECOND + MS), 0);
    pacct_usage_join_free(j);
}

static void test_forgotten(void) {
    struct pacct_usage_join* const j = new_join(2);
    add(j, 7, T0, T0 + MS, 1);
    add(j, 7, T0 + 10 * MS, T0 + 11 * MS, 2);
    add(j, 8, T0 + 10 * MS, T0 + 11 * MS, 3);
    CHECK_EQ(take_at(j, 7, T0, T0 + MS), 0); /* not that of the second */
    pacct_usage_join_free(j);
}

static void test_disagree(void) {
    struct pacct_usage_join* const j = new_join(100);
    struct pacct_record rec = record_of(7, T0, T0 + 2 * MS);
    add(j, 7, T0, T0 + MS, 1);
    CHECK_EQ(take(j, &rec, true), 0); /* perhaps it lives */
    rec.exitcode = 9;
    CHECK_EQ(take(j, &rec, false), 0);
    rec = record_of(7, T0, T0 + 2 * MS);
    rec.minflt = 8192;
    CHECK_EQ(take(j, &rec, false), 0);
    rec = record_of(7, T0, T0 + 2 * MS);
    rec.comm[0] = 'S';
    CHECK_EQ(take(j, &rec, false), 0);
    CHECK_EQ(take_at(j, 7, T0 + 3 * SECOND, T0 + 3 * SECOND), 0); /* began long before */
    add(j, 7, T0 + 10 * MS, T0 + 11 * MS, 2);
    CHECK_EQ(take_at(j, 7, T0 + 10 * MS, T0 + 12 * MS), 0); /* perhaps that of the first */
    add(j, 8, T0, T0 + 2 * SECOND, 3);
    CHECK_EQ(take_at(j, 8, T0, T0 + SECOND), 0); /* lived for longer */
    pacct_usage_join_free(j);
}

/* ---- a world ---- */

#define PIDS 8000
#define SOON 40u /* of these, those that come again within some 80 ms, while there are losses */
#define STEPS 400000

/* One process ends every 2 ms, and its record follows at once. */
static void test_world(void) {
    struct pacct_usage_join* const j = new_join(4000);
    uint64_t now = T0, begun[PIDS] = {0}, wrong = 0, own = 0, calm = 0, own_in_calm = 0;
    unsigned seed = 1;
    for (uint64_t step = 1; step < STEPS; step++) {
        now += 2 * MS;
        const uint64_t phase = now / SECOND % 30; /* 10 s of losses, 20 s without */
        const bool lossy = phase < 10;
        const uint32_t pid = lossy ? (uint32_t)rand_r(&seed) % SOON : SOON + (uint32_t)step % (PIDS - SOON);
        const uint64_t start = begun[pid] == 0 ? now - MS : begun[pid];
        begun[pid] = now + MS;
        if (lossy && phase % 2 == 0 && rand_r(&seed) % 100 == 0) {
            pacct_usage_join_lost(j, now - MS, now + MS);
        } else {
            add(j, pid, start, now, step);
        }
        if (lossy && phase % 2 == 1 && rand_r(&seed) % 100 == 0) {
            continue; /* without a word */
        }
        const uint64_t got = take_at(j, pid, start, now + MS / 2);
        wrong += got != 0 && got != step;
        own += got == step;
        calm += phase >= 15;
        own_in_calm += phase >= 15 && got == step;
    }
    CHECK_EQ(wrong, 0);
    CHECK(own > calm);
    CHECK_EQ(own_in_calm, calm);
    pacct_usage_join_free(j);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("where an id comes again before its record, nothing is certain") {
        test_again();
    }
    CASE("what may have been lost, or comes again, goes to no record") {
        test_lost();
    }
    CASE("what was forgotten is not replaced by the next") {
        test_forgotten();
    }
    CASE("what says something else is not its own") {
        test_disagree();
    }
    CASE("a world with losses of ends and of records") {
        test_world();
    }
    return check_end();
}
