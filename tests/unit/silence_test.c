/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: every way of going silent raises its alarm in time, and nothing else does, be it for a week.
 * Invariant: at most one canary per silence and never a canary without an end on the machine; an alarm only after a
 * canary without an answer; each change is said once. Oracle: a small model of a machine, on which time passes as the
 * test likes. */
#include "config.h"

#include "check.h"
#include "accounting/silence.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define LIMIT MINUTE
#define WEEK (7 * 24 * 60 * MINUTE)

/* the machine, what is written of it, and what was said */
static struct pacct_silence s;
static int64_t now;
static bool on; /* accounting reaches the file */
static bool missed; /* as pacct_silence_canary_seen() is told */
static bool countable;
static uint64_t ended, records;
static unsigned canaries, said[PACCT_SILENCE_STARTED + 1];
static int64_t when[PACCT_SILENCE_STARTED + 1];

static void start(void) {
    now = 12345;
    missed = false;
    on = countable = true;
    ended = 1000;
    records = canaries = 0;
    memset(said, 0, sizeof(said));
    pacct_silence_begin(&s, LIMIT, now);
}

static void end_process(void) {
    ended++;
    records += on;
}

static void ask(void) {
    enum pacct_silence_verdict verdict;
    for (unsigned turns = 0; (verdict = pacct_silence_next(&s, records, now)) != PACCT_SILENCE_NONE; turns++) {
        CHECK(turns < 10);
        said[verdict]++;
        when[verdict] = now;
        if (verdict == PACCT_SILENCE_COUNT) {
            pacct_silence_ended(&s, countable, countable ? ended : 0, now);
        } else if (verdict == PACCT_SILENCE_CANARY) {
            canaries++;
            pacct_silence_canary_sent(&s, now);
            end_process();
            if (on) {
                pacct_silence_canary_seen(&s, missed);
            }
        }
    }
}

/* Time passes, as the module would see it: it looks when it asked to, and at least every ten seconds. A process ends
 * every so often, if period is not 0. */
static void pass(int64_t time, int64_t period) {
    const int64_t until = now + time;
    int64_t next = period == 0 ? INT64_MAX : now + period;
    unsigned zeros = 0;
    while (now < until) {
        const int64_t timeout = pacct_silence_timeout(&s, now);
        int64_t at = now + (timeout < 10 * SECOND ? timeout : 10 * SECOND);
        CHECK(timeout >= 0);
        zeros = at == now ? zeros + 1 : 0;
        CHECK(zeros < 4); /* no busy loop */
        at = at < next ? at : next;
        now = at < until ? at : until;
        if (now == next) {
            end_process();
            next += period;
        }
        ask();
    }
}

static void check_said(unsigned silent, unsigned recovered, unsigned stopped, unsigned started) {
    CHECK_EQ(said[PACCT_SILENCE_SILENT], silent);
    CHECK_EQ(said[PACCT_SILENCE_RECOVERED], recovered);
    CHECK_EQ(said[PACCT_SILENCE_STOPPED], stopped);
    CHECK_EQ(said[PACCT_SILENCE_STARTED], started);
}

static void quiet_weeks(void) {
    start();
    pass(WEEK, 0); /* nothing ends at all */
    check_said(0, 0, 0, 0);
    CHECK_EQ(canaries, 0);
    start();
    pass(WEEK, 7 * SECOND);
    check_said(0, 0, 0, 0);
    CHECK_EQ(canaries, 0);
    start();
    pass(WEEK / 7, 3 * 60 * MINUTE); /* cron, at night */
    check_said(0, 0, 0, 0);
    start(); /* threads end, which have no records, or processes of other containers: the canary clears them */
    for (int64_t until = now + WEEK / 7; now < until;) {
        ended += 5;
        pass(10 * SECOND, 0);
    }
    check_said(0, 0, 0, 0);
    CHECK(canaries > 0 && (int64_t)canaries <= WEEK / 7 / (LIMIT - 4 * SECOND) + 1);
    start();
    countable = false; /* no /proc: the canary alone decides */
    pass(WEEK / 7, 0);
    check_said(0, 0, 0, 0);
}

static void off_unseen(int64_t period) {
    start();
    pass(10 * MINUTE, period);
    on = false;
    const int64_t since = now;
    pass(2 * LIMIT + 2 * period, period);
    check_said(1, 0, 0, 0);
    CHECK(when[PACCT_SILENCE_SILENT] - since <= LIMIT + period);
    pass(WEEK / 7, period);
    check_said(1, 0, 0, 0);
    on = true;
    pass(2 * period + SECOND, period);
    check_said(1, 1, 0, 0);
    pass(10 * MINUTE, period);
    check_said(1, 1, 0, 0);
}

static void never_on(void) {
    start();
    on = false;
    pass(LIMIT, SECOND);
    check_said(1, 0, 0, 0);
}

static void switched_off(void) {
    start();
    pass(MINUTE, SECOND);
    on = false;
    pacct_silence_switched_away(&s, now);
    const int64_t since = now;
    pass(5 * SECOND, SECOND);
    check_said(0, 0, 1, 0);
    CHECK(when[PACCT_SILENCE_STOPPED] - since <= 3 * SECOND);
    pass(LIMIT, SECOND);
    check_said(1, 0, 1, 0);
    CHECK(when[PACCT_SILENCE_SILENT] - since <= LIMIT);
    on = true;
    pass(5 * SECOND, SECOND);
    check_said(1, 1, 1, 1);
    start();
    on = false;
    pacct_silence_switched_away(&s, now); /* on a machine where nothing else happens */
    pass(WEEK / 7, 0);
    CHECK_EQ(said[PACCT_SILENCE_STOPPED], 1);
}

/* Debian's cron script: off, a second, on */
static void off_and_on(void) {
    start();
    pass(MINUTE, SECOND / 10);
    on = false;
    pacct_silence_switched_away(&s, now);
    pass(SECOND, SECOND / 10);
    on = true;
    pass(10 * SECOND, SECOND / 10);
    check_said(0, 0, 1, 1);
    start(); /* and on a machine where nothing else happens */
    on = false;
    pacct_silence_switched_away(&s, now);
    pass(SECOND, 0);
    on = true;
    end_process();
    pass(MINUTE, 0);
    check_said(0, 0, 1, 1);
}

static void switched_over(void) {
    start();
    pass(MINUTE, SECOND);
    pacct_silence_switched_away(&s, now); /* and the same file, or the next one, goes on */
    pass(5 * MINUTE, SECOND);
    check_said(0, 0, 0, 0);
    CHECK_EQ(canaries, 1);
    pacct_silence_switched_away(&s, now);
    pacct_silence_stayed(&s); /* seen before the canary */
    pass(5 * MINUTE, SECOND);
    check_said(0, 0, 0, 0);
    CHECK_EQ(canaries, 1);
}

/* off and on within a moment, seen by what ended in between */
static void off_for_a_moment(void) {
    start();
    pass(MINUTE, SECOND);
    pacct_silence_switched_away(&s, now);
    missed = true;
    pass(SECOND, SECOND);
    check_said(0, 0, 1, 1);
    CHECK_EQ(canaries, 1);
    pass(5 * MINUTE, SECOND);
    pacct_silence_request_canary(&s); /* a canary for another reason: it was long ago */
    pass(5 * MINUTE, SECOND);
    check_said(0, 0, 1, 1);
    CHECK_EQ(canaries, 2);
    start(); /* and where nothing else happens */
    pacct_silence_switched_away(&s, now);
    missed = true;
    pass(WEEK / 7, 0);
    check_said(0, 0, 1, 1);
}

/* off, on, and off again, the last two between two looks */
static void off_twice(void) {
    start();
    pass(MINUTE, SECOND);
    on = false;
    pacct_silence_switched_away(&s, now);
    pass(5 * SECOND, SECOND);
    check_said(0, 0, 1, 0);
    on = true;
    end_process();
    end_process();
    on = false;
    pacct_silence_switched_away(&s, now);
    pass(5 * SECOND, SECOND);
    check_said(0, 0, 2, 1);
}

/* The canary's end is lost, and others come before it is missed: accounting is back by then. */
static void lost_but_back(void) {
    start();
    pass(MINUTE, SECOND);
    on = false;
    pacct_silence_request_canary(&s);
    pass(SECOND / 10, 0);
    on = true;
    pass(SECOND, SECOND);
    pass(5 * SECOND, 0); /* in which it is missed, and nothing else happens */
    CHECK_EQ(canaries, 1);
    CHECK(!s.down);
}

static void deleted(void) {
    start();
    pass(MINUTE, SECOND);
    pacct_silence_deleted(&s, true, now);
    const int64_t since = now;
    pass(LIMIT, SECOND);
    check_said(1, 0, 0, 0);
    CHECK(when[PACCT_SILENCE_SILENT] - since <= LIMIT);
    pass(60 * MINUTE, SECOND);
    check_said(1, 0, 0, 0);
    pacct_silence_deleted(&s, false, now);
    pass(MINUTE, SECOND);
    check_said(1, 1, 0, 0);
    pacct_silence_deleted(&s, true, now); /* only for a moment: replaced */
    pass(SECOND, SECOND);
    pacct_silence_deleted(&s, false, now);
    pass(10 * MINUTE, SECOND);
    check_said(1, 1, 0, 0);
}

static void requested(void) {
    start();
    pass(MINUTE, SECOND);
    on = false;
    pacct_silence_request_canary(&s);
    pass(5 * SECOND, SECOND);
    CHECK_EQ(canaries, 1);
    CHECK(s.down);
    on = true;
    pass(2 * SECOND, SECOND);
    CHECK(!s.down);
    check_said(0, 0, 0, 0);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("quiet weeks raise no alarm") {
        quiet_weeks();
    }
    CASE("off unseen, a process each second") {
        off_unseen(SECOND);
    }
    CASE("off unseen, a process each half minute") {
        off_unseen(MINUTE / 2);
    }
    CASE("off unseen, a process each 11 minutes") {
        off_unseen(11 * MINUTE);
    }
    CASE("never on") {
        never_on();
    }
    CASE("switched off") {
        switched_off();
    }
    CASE("off and on") {
        off_and_on();
    }
    CASE("switched over") {
        switched_over();
    }
    CASE("off for a moment") {
        off_for_a_moment();
    }
    CASE("off twice") {
        off_twice();
    }
    CASE("deleted") {
        deleted();
    }
    CASE("a canary that was requested") {
        requested();
    }
    CASE("a canary that was lost, while others were not") {
        lost_but_back();
    }
    return check_end();
}
