/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: what was read and not delivered is read again after a stop, a crash or a refusal, and no more than that.
 * Invariant: the state that is stored, loaded by a second run, gives every record that a queue held when the first one
 * ended; a hole stays in the state until it was sent again; what cannot be read again is said, with how many. Oracle:
 * the queue, which is the test itself. */
#include "delivery_run.h"

/* A first run: of 100 records a queue keeps 20 to 30 and 60 to 61. */
static void first_run(void) {
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    send_records(0, 20);
    prop_t* a = host_keep(send_records(20, 30));
    send_records(30, 60);
    prop_t* b = host_keep(send_records(60, 61));
    send_records(61, 100);
    wait_long(100);
    CHECK_EQ(impacct_delivery_done(delivery)->number, 100);
    host_prop_unref(&a);
    host_prop_unref(&b);
    /* too late: it was killed, or it stopped, before it was seen */
    stop(100);
}

/* As first_run(), but killed: what the state file held then. */
static void killed_run(void) {
    CHECK_EQ(run(), IMPACCT_BEGIN_START);
    send_records(0, 20);
    host_keep(send_records(20, 30));
    send_records(30, 60);
    host_keep(send_records(60, 61));
    send_records(61, 100);
    wait_long(100);
    struct impacct_position pos, oldest, sums;
    for (int i = 0; i < 1000; i++) { /* until the disk has it */
        impacct_delivery_durable(delivery, &pos, &oldest, &sums);
        if (pos.file.offset == 100 * 64) {
            break;
        }
        usleep(10000);
    }
    CHECK_EQ(pos.file.offset, 100 * 64);
    CHECK_EQ(oldest.file.offset, 20 * 64);
    const struct pacct_state state = stored();
    CHECK_EQ(state.holes, 2);
    CHECK_EQ(state.hole[0].start.offset, 20 * 64);
    CHECK_EQ(state.hole[0].records, 10);
    CHECK_EQ(state.hole[1].start.offset, 60 * 64);
    CHECK_EQ(state.hole[1].held, 1);
    host_props = 0;
}

static void read_again(void) {
    const struct impacct_position* from;
    killed_run();
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    CHECK_EQ(impacct_delivery_pending(delivery), 11);
    expect_range(20, 10);
    impacct_delivery_range(delivery, &from);
    struct impacct_position start = *from, end = at(30);
    end.number = start.number + 10;
    prop_t* dead = host_keep(send(&start, &end));
    wait_long(30);
    CHECK_EQ(impacct_delivery_done(delivery)->file.offset, 100 * 64); /* it stays where it was */
    impacct_delivery_end_range(delivery, &end, true);
    CHECK(!impacct_delivery_next(delivery, now(), &notice));
    expect_range(60, 1);
    impacct_delivery_range(delivery, &from);
    start = *from;
    end = at(61);
    end.number = start.number + 1;
    send(&start, &end);
    impacct_delivery_end_range(delivery, &end, true);
    expect_range(100, 0);
    impacct_delivery_range(delivery, &from);
    start = *from;
    end = at(150);
    end.number = start.number + 50;
    send(&start, &end);
    impacct_delivery_poll(delivery, now(), &end);
    end_run(&end);
    struct pacct_state state = stored();
    CHECK_EQ(state.pos.offset, 150 * 64);
    CHECK_EQ(state.holes, 1); /* what is held again */
    CHECK_EQ(state.hole[0].start.offset, 20 * 64);
    CHECK_EQ(state.hole[0].records, 10);
    impacct_delivery_free(delivery);
    host_prop_unref(&dead);
    CHECK_EQ(host_props, 0);
}

/* A stop in the middle of a hole: it stays, as a whole. */
static void stopped_again(void) {
    const struct impacct_position* from;
    killed_run();
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    impacct_delivery_range(delivery, &from);
    struct impacct_position start = *from, end = at(24);
    end.number = start.number + 4;
    prop_t* held = host_keep(send(&start, &end));
    impacct_delivery_poll(delivery, now(), &end);
    end_run(&end);
    impacct_delivery_free(delivery);
    host_prop_unref(&held);
    const struct pacct_state state = stored();
    CHECK_EQ(state.pos.offset, 100 * 64);
    CHECK_EQ(state.holes, 2);
    CHECK_EQ(state.hole[0].start.offset, 20 * 64);
    CHECK_EQ(state.hole[0].records, 10);
    CHECK_EQ(state.hole[1].start.offset, 60 * 64);
    CHECK_EQ(host_props, 0);
}

static void gone(void) {
    const struct impacct_position* from;
    killed_run();
    run();
    impacct_delivery_range(delivery, &from);
    struct impacct_position start = *from, end = at(24);
    end.number = start.number + 4;
    send(&start, &end);
    impacct_delivery_end_range(delivery, &end, true);
    CHECK(says(PACCT_N_RECORDS_LOST, "up to 6 records"));
    CHECK_EQ(number_of(PACCT_F_POSITION), 20 * 64);
    CHECK(!impacct_delivery_next(delivery, now(), &notice));
    expect_range(60, 1);
    end_run(&end);
    impacct_delivery_free(delivery);
    CHECK_EQ(stored().holes, 1);
}

/* A hole may have more records than were held: it was joined of two. */
static void joined_holes(void) {
    const struct impacct_position* from;
    const char* call;
    killed_run();
    struct pacct_state state = stored();
    state.hole[0].held = 2;
    CHECK_EQ(pacct_state_store(path, &state, &call), 0);
    CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
    impacct_delivery_range(delivery, &from);
    CHECK(!impacct_delivery_end_range(delivery, from, true));
    CHECK(says(PACCT_N_RECORDS_LOST, "up to 2 records"));
    impacct_delivery_range(delivery, &from);
    CHECK_EQ(from->number, 10); /* behind all of the first hole */
    impacct_delivery_free(delivery);
}

static void unreadable(void) {
    const struct impacct_position* from;
    killed_run();
    run();
    host_log_lines = 0;
    impacct_delivery_range(delivery, &from);
    impacct_delivery_end_range(delivery, from, false);
    CHECK_EQ(host_log_lines, 1);
    CHECK(strstr(host_log, "up to 10 records") != NULL);
    expect_range(60, 1);
    impacct_delivery_range(delivery, &from);
    struct impacct_position start = *from, end = at(61);
    end.number = start.number + 1;
    send(&start, &end);
    impacct_delivery_end_range(delivery, &end, true);
    expect_range(100, 0);
    impacct_delivery_range(delivery, &from);
    const struct impacct_position live = *from;
    end_run(&live);
    impacct_delivery_free(delivery);
    const struct pacct_state state = stored();
    CHECK_EQ(state.holes, 1);
    CHECK_EQ(state.hole[0].start.offset, 20 * 64);
    CHECK_EQ(state.pos.offset, 100 * 64);
}

/* What rsyslog does not take is given again, also in a hole. */
static void refused(void) {
    const struct impacct_position* from;
    killed_run();
    later = 0;
    run();
    impacct_delivery_range(delivery, &from);
    const struct impacct_position start = *from;
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    const uint64_t end = impacct_delivery_refuse(delivery, RS_RET_ERR, &from);
    CHECK_EQ(from->file.offset, 20 * 64);
    CHECK_EQ(end, start.number + 10);
    CHECK(impacct_delivery_is_refused(delivery) && impacct_delivery_waits(delivery));
    CHECK(impacct_delivery_begin(delivery, now(), &start) == NULL);
    CHECK(impacct_delivery_timeout(delivery, 60000) <= 1000);
    later += 2000;
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    CHECK(!impacct_delivery_waits(delivery));
    impacct_delivery_free(delivery);
}

/* Waits double up to a limit, and begin anew when something was taken. */
static void refused_often(void) {
    const struct impacct_position* from;
    const struct impacct_position start = at(0);
    run();
    for (int i = 0; i < 8; i++) {
        later += 60000;
        CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
        impacct_delivery_refuse(delivery, RS_RET_ERR, &from);
    }
    const int longest = impacct_delivery_timeout(delivery, 600000);
    CHECK(longest > 10000 && longest <= 30000);
    later += 60000;
    send_records(0, 1);
    wait_long(1); /* nothing is left to look at */
    CHECK(impacct_delivery_begin(delivery, now(), &start) != NULL);
    impacct_delivery_refuse(delivery, RS_RET_ERR, &from);
    CHECK(impacct_delivery_timeout(delivery, 600000) <= 1000);
    impacct_delivery_free(delivery);
}

static void said(void) {
    struct impacct_delivery_held held;
    run();
    prop_t* dead = host_keep(send_records(0, 10));
    for (uint64_t i = 0; i < 8; i++) {
        send_records(10 + i, 11 + i);
        later += 1000;
        poll_at(11 + i);
        CHECK(!impacct_delivery_next(delivery, now(), &notice));
    }
    impacct_delivery_held(delivery, now(), &held);
    CHECK_EQ(held.batches, 1);
    CHECK_EQ(held.messages, 10);
    CHECK(held.seconds >= 8);
    later += 3000;
    poll_at(18);
    CHECK(says(PACCT_N_RECORDS_HELD, "the ruleset 'main'"));
    CHECK_EQ(number_of(PACCT_F_POSITION), 0);
    CHECK_EQ(number_of(PACCT_F_HELD_MESSAGES), 10);
    CHECK(number_of(PACCT_F_HELD_SECONDS) >= 10);
    later += 60000;
    poll_at(18);
    CHECK(!impacct_delivery_next(delivery, now(), &notice)); /* once */
    prop_t* more = host_keep(send_records(18, 23));
    send_records(23, 24);
    wait_long(24);
    CHECK(!impacct_delivery_next(delivery, now(), &notice));
    host_prop_unref(&dead);
    host_prop_unref(&more);
    wait_long(24);
    CHECK(says(PACCT_N_RECORDS_RELEASED, "there were up to 15"));
    CHECK(number_of(PACCT_F_HELD_SECONDS) >= 70);
    CHECK(!impacct_delivery_next(delivery, now(), &notice));
    impacct_delivery_held(delivery, now(), &held);
    CHECK_EQ(held.batches, 0);
    CHECK_EQ(held.seconds, 0);
    stop(24);
}

/* State messages are no records: they are held, and no hole. */
static void states(void) {
    const struct impacct_delivery_sent sent = {.states = 1};
    const struct impacct_position start = at(0);
    run();
    prop_t* const prop = host_keep(impacct_delivery_begin(delivery, now(), &start));
    impacct_delivery_end(delivery, &start, &sent);
    for (uint64_t i = 0; i < 12; i++) {
        send_records(i, i + 1);
        later += 1000;
        poll_at(i + 1);
    }
    CHECK(says(PACCT_N_RECORDS_HELD, "the ruleset 'alarms'"));
    prop_t* gone = prop;
    const struct impacct_position end = at(12);
    end_run(&end);
    CHECK_EQ(stored().holes, 0);
    CHECK_EQ(stored().pos.offset, 12 * 64);
    impacct_delivery_free(delivery);
    host_prop_unref(&gone);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("done with before the end: no hole") {
        first_run();
        CHECK_EQ(stored().holes, 0);
        CHECK_EQ(stored().pos.offset, 100 * 64);
        CHECK_EQ(run(), IMPACCT_BEGIN_STORED);
        expect_range(100, 0);
        stop(100);
    }
    CASE("killed while some was held: it is read again, and held again") {
        read_again();
    }
    CASE("stopped while that is read: the hole stays") {
        stopped_again();
    }
    CASE("what is gone is said") {
        gone();
    }
    CASE("no more is said to be gone than was held") {
        joined_holes();
    }
    CASE("messages that are through are destroyed first") {
        CHECK_EQ(run(), IMPACCT_BEGIN_START);
        smsg_t* msg = host_message_new();
        impacct_recycle_add(impacct_delivery_recycle(delivery), msg);
        msgDestruct(&msg);
        poll_at(0);
        CHECK_EQ(host_messages, 0);
        stop(0);
    }
    CASE("what cannot be read now stays for the next run") {
        unreadable();
    }
    CASE("what rsyslog does not take, in a hole") {
        refused();
    }
    CASE("what rsyslog does not take, again and again") {
        refused_often();
    }
    CASE("what is held is said, once, and when it is released") {
        said();
    }
    CASE("state messages that are held are no hole") {
        states();
    }
    return check_end();
}
