/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: where so many batches are in flight that small ones stay open, what comes next is told apart from what is in
 * the open one already, and waits grow to a limit.
 * Invariant: a batch that was not taken as a whole is not ended at a stop, nor counted when it is sent again; a state
 * message ends its batch all the same.
 * Oracle: the queue, which is the test itself; the state file. */
#include "host.h"

#include "impacct_ack.h"
#include "impacct_delivery.h"
#include "base/sys.h"

/* so many make that those of less than IMPACCT_ACK_BATCH messages stay open */
#define MANY (IMPACCT_ACK_MAX / 2)

static struct impacct_settings settings = {.name = (char*)"",
                                           .file = (char*)"/pacct",
                                           .ruleset = (char*)"main",
                                           .state_ruleset = (char*)"alarms",
                                           .summary_ruleset = (char*)"",
                                           .persist_state_interval = 1000000};
static struct impacct_delivery* delivery;
static prop_t* in_flight[MANY];
static char path[128];
static int64_t later; /* so many milliseconds have passed that have not */

static int64_t now(void) {
    return pacct_monotonic_ms() + later;
}

static struct impacct_position at(uint64_t record) {
    const struct pacct_position file = {.ino = 1, .offset = record * 64, .head_len = PACCT_MARK_LEN};
    struct impacct_position pos;
    impacct_position_set_file(&pos, &file, record);
    return pos;
}

static void poll(uint64_t record) {
    const struct impacct_position pos = at(record);
    impacct_delivery_poll(delivery, now(), &pos);
}

static prop_t* begin(uint64_t from) {
    const struct impacct_position pos = at(from);
    prop_t* const prop = impacct_delivery_begin(delivery, now(), &pos);
    CHECK(prop != NULL);
    return prop;
}

static void end(uint64_t to, unsigned records, unsigned states) {
    const struct impacct_position pos = at(to);
    impacct_delivery_end(delivery, &pos, &(struct impacct_delivery_sent){.records = records, .states = states});
}

static prop_t* send(uint64_t from, uint64_t to) {
    prop_t* const prop = begin(from);
    end(to, (unsigned)(to - from), 0);
    return prop;
}

static uint64_t refuse(void) {
    const struct impacct_position* from;
    impacct_delivery_refuse(delivery, RS_RET_ERR, &from);
    later += 60000;
    return from->number;
}

/* MANY records, each in a batch of its own that a queue keeps, then 5 in one that stays open. @return its property */
static prop_t* start(void) {
    snprintf(path, sizeof(path), "%s/state", check_dir);
    unlink(path);
    delivery = impacct_delivery_new(&host, &settings, path);
    CHECK(delivery != NULL);
    CHECK_EQ(impacct_delivery_start(delivery, now()), IMPACCT_BEGIN_START);
    for (unsigned i = 0; i < MANY; i++) {
        in_flight[i] = host_keep(send(i, i + 1));
    }
    prop_t* const open = send(MANY, MANY + 5);
    CHECK(begin(MANY + 5) == open);
    return open;
}

/* The queue is through with what it kept. */
static void let_go(void) {
    for (unsigned i = 0; i < MANY; i++) {
        host_prop_unref(&in_flight[i]);
    }
}

static void stop(uint64_t record) {
    const struct impacct_position pos = at(record);
    impacct_delivery_wait(delivery, pacct_monotonic_ms(), &pos);
    impacct_delivery_stop(delivery);
    impacct_delivery_free(delivery);
    CHECK_EQ(host_props, 0);
}

static struct pacct_state stored(void) {
    struct pacct_state state;
    CHECK_EQ(pacct_state_load(path, &state), PACCT_STATE_OK);
    return state;
}

static struct pacct_notice held_notice(void) {
    struct pacct_notice n;
    later += 20000;
    poll(0);
    CHECK(impacct_delivery_next(delivery, now(), &n));
    CHECK_EQ(n.id, PACCT_N_RECORDS_HELD);
    return n;
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("stopped while more was being added to the open batch: all of it is read again") {
        start();
        let_go();
        stop(MANY + 9); /* that far it was read */
        CHECK_EQ(stored().pos.offset, MANY * 64);
        CHECK_EQ(stored().holes, 0);
    }
    CASE("stopped with an open batch, of which all was taken") {
        start();
        end(MANY + 9, 4, 0);
        let_go();
        stop(MANY + 9);
        CHECK_EQ(stored().pos.offset, (MANY + 9) * 64);
    }
    CASE("what was not taken is counted once when it is sent again") {
        struct impacct_delivery_held held;
        start();
        CHECK_EQ(refuse(), MANY);
        let_go();
        poll(MANY);
        prop_t* dead = host_keep(send(MANY, MANY + 9));
        send(MANY + 9, MANY + 10);
        for (int i = 0; i < 4; i++) {
            later += 1000;
            poll(MANY + 10);
        }
        impacct_delivery_held(delivery, now(), &held);
        CHECK_EQ(held.batches, 1);
        CHECK_EQ(held.messages, 9);
        host_prop_unref(&dead);
        stop(MANY + 10);
    }
    CASE("what was not taken does not say what comes in its place") {
        start();
        CHECK_EQ(refuse(), MANY);
        let_go();
        poll(MANY);
        prop_t* dead = host_keep(begin(MANY));
        end(MANY, 0, 1);
        send(MANY, MANY + 1);
        for (int i = 0; i < 4; i++) {
            later += 1000;
            poll(MANY + 1);
        }
        CHECK(strstr(held_notice().detail, "the ruleset 'alarms'") != NULL);
        host_prop_unref(&dead);
        stop(MANY + 1);
    }
    CASE("that rsyslog takes nothing is said again after it took something") {
        start();
        host_log_lines = 0;
        refuse();
        begin(MANY);
        refuse();
        CHECK_EQ(host_log_lines, 1);
        send(MANY, MANY + 1);
        begin(MANY + 1);
        refuse();
        CHECK_EQ(host_log_lines, 2);
        let_go();
        stop(MANY);
    }
    CASE("a state message does not wait for more") {
        prop_t* const open = start();
        end(MANY + 6, 1, 0);
        CHECK(begin(MANY + 6) == open);
        end(MANY + 6, 0, 0);
        const struct impacct_position pos = at(MANY + 6);
        impacct_delivery_separate(delivery, &pos);
        prop_t* const states = begin(MANY + 6);
        end(MANY + 6, 0, 1);
        CHECK(begin(MANY + 6) != states);
        end(MANY + 6, 0, 0);
        let_go();
        stop(MANY + 6);
    }
    CASE("nobody looks less often than once a second") {
        start();
        end(MANY + 5, 0, 0);
        for (int ms = 20; ms < 1000; ms *= 2) {
            CHECK_EQ(impacct_delivery_timeout(delivery, 60000), ms);
            impacct_delivery_waited(delivery);
        }
        for (int i = 0; i < 10; i++) {
            CHECK_EQ(impacct_delivery_timeout(delivery, 60000), 1000);
            impacct_delivery_waited(delivery);
        }
        host_prop_unref(&in_flight[0]);
        poll(MANY + 5);
        CHECK(impacct_delivery_timeout(delivery, 60000) == 20); /* there may be more soon */
        in_flight[0] = host_keep(in_flight[1]);
        let_go();
        stop(MANY + 5);
    }
    return check_end();
}
