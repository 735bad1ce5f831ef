/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the position goes on whatever a few messages wait for, and never past a record without a hole for it.
 * Invariant: at any time each record that a queue holds lies in a hole, or behind the position; batches are bounded in
 * number, and none is refused; what is slow but in order makes no hole; a holder holds a batch as a queue does.
 * Oracle: the queue, which is the test itself. */
#include "host.h"

#include "impacct_ack.h"
#include "sample.h"

#define SECOND 1000

static struct impacct_ack* ack;
static uint64_t number; /* records so far */
static unsigned open_messages;
static struct impacct_position open_start, position;
static int64_t now = 100 * SECOND;

static struct impacct_position at(uint64_t n) {
    struct pacct_position file = {.ino = 1, .offset = n * 64};
    struct impacct_position pos;
    impacct_position_set_file(&pos, &file, n);
    return pos;
}

static void begin(void) {
    ack = impacct_ack_new(&host, "test");
    position = at(0);
}

/* Hand over so many messages. @return the property that each holds, without a reference */
static prop_t* hand_over(unsigned messages, enum impacct_ack_when when) {
    prop_t* const prop = impacct_ack_prop(ack);
    CHECK(prop != NULL);
    if (open_messages == 0) {
        open_start = at(number);
    }
    number += messages;
    open_messages += messages;
    const struct impacct_batch batch = {
        .start = open_start, .end = at(number), .messages = open_messages, .records = true};
    if (impacct_ack_end(ack, &batch, when, false, now)) {
        open_messages = 0;
    }
    return prop;
}

/* The same, and a queue keeps one of them. */
static prop_t* hand_over_held(unsigned messages) {
    return host_keep(hand_over(messages, IMPACCT_ACK_IF_WORTH));
}

/* The same, and a queue keeps all of them. */
static prop_t* hand_over_waiting(unsigned messages, enum impacct_ack_when when) {
    prop_t* const prop = hand_over(messages, when);
    prop->iRefCount += (int)messages;
    return prop;
}

/* The queue is through with all of them. */
static void done(prop_t* prop) {
    prop->iRefCount = 1;
}

static unsigned collect(void) {
    return impacct_ack_collect(ack, now, false, &position);
}

/* Long enough for what is overtaken to be held. */
static void wait_long(void) {
    for (int i = 0; i < 4; i++) {
        now += SECOND;
        collect();
    }
}

static struct impacct_holes holes(void) {
    struct impacct_holes list = {.count = 0};
    impacct_ack_holes(ack, UINT64_MAX, &list);
    return list;
}

static bool is_safe(uint64_t record) {
    const struct impacct_holes list = holes();
    for (unsigned i = 0; i < list.count; i++) {
        const struct impacct_hole* const hole = &list.hole[i];
        if (record >= hole->start.number && record < hole->start.number + hole->records) {
            return true;
        }
    }
    return record >= position.number;
}

/* ---- cases ---- */

static void in_order(void) {
    prop_t *a, *b, *c;
    begin();
    a = hand_over_held(10);
    b = hand_over_held(20);
    c = hand_over_held(30);
    CHECK_EQ(impacct_ack_in_flight(ack), 3);
    CHECK_EQ(collect(), 0);
    host_prop_unref(&b);
    CHECK_EQ(collect(), 0);
    CHECK_EQ(position.number, 0);
    host_prop_unref(&a);
    CHECK_EQ(collect(), 30);
    CHECK_EQ(position.number, 30);
    host_prop_unref(&c);
    CHECK_EQ(collect(), 30);
    CHECK_EQ(position.number, 60);
    CHECK_EQ(impacct_ack_in_flight(ack), 0);
    CHECK_EQ(host_props, 0);
    CHECK_EQ(holes().count, 0);
    impacct_ack_free(ack);
}

static void overtaken(void) {
    struct impacct_ack_held held;
    begin();
    hand_over(5, IMPACCT_ACK_NOW);
    prop_t* dead = hand_over_held(10);
    const int64_t handed_over = now;
    for (int i = 0; i < 10; i++) {
        hand_over(100, IMPACCT_ACK_NOW);
    }
    now += 500;
    collect();
    CHECK_EQ(position.number, 5); /* not at once: another worker may be about to finish it */
    CHECK_EQ(holes().count, 0);
    now += 600;
    collect();
    CHECK_EQ(position.number, 5);
    wait_long();
    CHECK_EQ(position.number, number);
    const struct impacct_holes list = holes();
    CHECK_EQ(list.count, 1);
    CHECK_EQ(list.hole[0].start.number, 5);
    CHECK_EQ(list.hole[0].records, 10);
    impacct_ack_held(ack, &held);
    CHECK_EQ(held.batches, 1);
    CHECK_EQ(held.messages, 10);
    CHECK_EQ(held.since, handed_over);
    CHECK_EQ(held.start.number, 5);
    CHECK(held.records && !held.states);
    const unsigned version = impacct_ack_holes_version(ack);
    host_prop_unref(&dead);
    impacct_ack_held(ack, &held);
    CHECK_EQ(held.batches, 0); /* seen before the next look */
    wait_long();
    CHECK_EQ(holes().count, 0);
    CHECK(impacct_ack_holes_version(ack) != version);
    impacct_ack_held(ack, &held);
    CHECK_EQ(held.batches, 0);
    CHECK_EQ(host_props, 0);
    impacct_ack_free(ack);
}

/* What was slow is waited for once more from when it is overtaken, however old it is. */
static void overtaken_late(void) {
    begin();
    prop_t* slow = hand_over_held(10);
    wait_long();
    hand_over(10, IMPACCT_ACK_NOW);
    now += SECOND;
    collect();
    CHECK_EQ(position.number, 0);
    wait_long();
    CHECK_EQ(position.number, 20);
    impacct_ack_free(ack);
    host_prop_unref(&slow);
}

/* Held ones are done with in any order. */
static void anywhere(void) {
    prop_t* dead[5];
    begin();
    for (int i = 0; i < 5; i++) {
        dead[i] = hand_over_held(10);
        hand_over(10, IMPACCT_ACK_NOW);
    }
    wait_long();
    CHECK_EQ(position.number, 100);
    CHECK_EQ(holes().count, 5);
    for (int i = 0; i < 5; i++) {
        host_prop_unref(&dead[(i * 2 + 1) % 5]);
        wait_long();
        CHECK_EQ(holes().count, 4 - i);
        for (int k = i + 1; k < 5; k++) {
            CHECK(is_safe((uint64_t)(k * 2 + 1) % 5 * 20));
        }
    }
    hand_over(10, IMPACCT_ACK_NOW);
    collect();
    CHECK_EQ(position.number, 110);
    impacct_ack_free(ack);
}

/* Nothing overtakes anything: it is slow, and no hole. */
static void slow(void) {
    prop_t* waiting[100];
    begin();
    for (int i = 0; i < 100; i++) {
        waiting[i] = hand_over_waiting(1024, IMPACCT_ACK_IF_WORTH);
    }
    for (int i = 0; i < 100; i++) {
        wait_long();
        CHECK_EQ(holes().count, 0);
        CHECK_EQ(position.number, i * 1024);
        done(waiting[i]);
        collect();
    }
    CHECK_EQ(position.number, 100 * 1024);
    impacct_ack_free(ack);
}

/* One message of each batch goes to a queue that nobody empties, for a very long time. */
static void for_years(void) {
    uint64_t random = 3, held[1000];
    unsigned most = 0;
    begin();
    for (unsigned i = 0; i < 40000; i++) {
        const bool was_open = open_messages > 0;
        prop_t* const prop = impacct_ack_prop(ack);
        if (!was_open) {
            host_keep(prop);
        }
        held[i % 1000] = number + random_below(&random, 1024);
        hand_over(1024, IMPACCT_ACK_IF_WORTH);
        if (i % 64 == 63) {
            now += SECOND;
            collect();
            for (unsigned k = 0; k <= i && k < 1000; k += 37) {
                CHECK(is_safe(held[k]));
            }
        }
        most = impacct_ack_in_flight(ack) > most ? impacct_ack_in_flight(ack) : most;
    }
    struct impacct_ack_held all;
    impacct_ack_held(ack, &all);
    CHECK(impacct_ack_in_flight(ack) + all.batches <= IMPACCT_ACK_MAX);
    CHECK(holes().count <= PACCT_STATE_HOLES);
    CHECK(most <= IMPACCT_ACK_MAX);
    prop_t* const last = hand_over(16 * 1024, IMPACCT_ACK_IF_WORTH);
    CHECK_EQ(open_messages, 0); /* no batch has to be larger, */
    CHECK_EQ(last->iRefCount, 1);
    wait_long();
    CHECK_EQ(position.number, number); /* and the position goes on */
    impacct_ack_free(ack);
}

/* Single records trickle into a queue that nobody empties: they take no room, and are waited for. */
static void trickle(void) {
    static prop_t* waiting[IMPACCT_ACK_MAX + 1];
    unsigned batches = 0;
    begin();
    for (unsigned i = 0; i < 3000000; i++) {
        const bool is_new = open_messages == 0;
        prop_t* const prop = hand_over_waiting(1, IMPACCT_ACK_IF_WORTH);
        if (is_new) {
            CHECK(batches <= IMPACCT_ACK_MAX);
            waiting[batches++] = prop;
        }
    }
    CHECK(impacct_ack_in_flight(ack) <= IMPACCT_ACK_MAX);
    CHECK(host_props <= IMPACCT_ACK_MAX + 1);
    wait_long();
    CHECK_EQ(position.number, 0);
    CHECK_EQ(holes().count, 0);
    for (unsigned i = 0; i < batches; i++) {
        done(waiting[i]);
    }
    collect();
    hand_over(1, IMPACCT_ACK_NOW);
    collect();
    CHECK_EQ(position.number, number);
    CHECK_EQ(host_props, 0);
    impacct_ack_free(ack);
}

/* Full of batches in flight, none of which is overtaken: the open one stays open until there is room. */
static void full(void) {
    static prop_t* waiting[IMPACCT_ACK_MAX];
    begin();
    for (unsigned i = 0; i < IMPACCT_ACK_MAX; i++) {
        waiting[i] = hand_over_waiting(1024, IMPACCT_ACK_NOW);
    }
    for (int i = 0; i < 1000; i++) {
        hand_over(16 * 1024, IMPACCT_ACK_IF_WORTH);
        CHECK_EQ(impacct_ack_in_flight(ack), IMPACCT_ACK_MAX);
    }
    done(waiting[0]);
    collect();
    hand_over(1, IMPACCT_ACK_IF_WORTH);
    CHECK_EQ(open_messages, 0);
    for (unsigned i = 1; i < IMPACCT_ACK_MAX; i++) {
        done(waiting[i]);
    }
    collect();
    CHECK_EQ(position.number, number);
    impacct_ack_free(ack);
}

/* Only the oldest held are given up, and they stay holes although their messages are done with. */
static void forgotten(void) {
    static prop_t* dead[IMPACCT_ACK_MAX];
    unsigned unsettled = 0;
    begin();
    impacct_ack_prop(ack);
    impacct_ack_count(ack, &unsettled);
    for (unsigned i = 0; i < IMPACCT_ACK_MAX; i++) {
        dead[i] = host_keep(hand_over(10, IMPACCT_ACK_NOW));
        if (i % 256 == 255) {
            hand_over(10, IMPACCT_ACK_NOW);
            wait_long();
        }
    }
    hand_over(10, IMPACCT_ACK_NOW);
    wait_long();
    CHECK_EQ(position.number, number);
    for (unsigned i = 0; i < 3; i++) {
        hand_over(10, IMPACCT_ACK_NOW);
        wait_long();
    }
    for (unsigned i = 0; i < IMPACCT_ACK_MAX; i++) {
        host_prop_unref(&dead[i]);
    }
    wait_long();
    const struct impacct_holes list = holes();
    CHECK(list.count > 0);
    CHECK_EQ(list.hole[0].start.number, 0);
    CHECK(list.hole[list.count - 1].start.number < 1000);
    CHECK_EQ(unsettled, 1); /* nobody will know */
    struct impacct_holes before = {.count = 0};
    impacct_ack_holes(ack, 0, &before);
    CHECK_EQ(before.count, 0);
    CHECK_EQ(host_props, 0);
    impacct_ack_free(ack);
}

static void behind(void) {
    struct impacct_ack_held held;
    begin();
    prop_t* dead = host_keep(impacct_ack_prop(ack));
    const struct impacct_batch batch = {.start = at(0), .end = at(7), .messages = 7, .records = true};
    CHECK(impacct_ack_end(ack, &batch, IMPACCT_ACK_NOW, true, now));
    CHECK_EQ(impacct_ack_in_flight(ack), 0);
    CHECK_EQ(holes().count, 1);
    wait_long();
    impacct_ack_held(ack, &held);
    CHECK_EQ(held.batches, 0); /* nothing has overtaken it yet: it may just wait for its turn */
    struct impacct_holes before = {.count = 0};
    impacct_ack_holes(ack, 0, &before);
    CHECK_EQ(before.count, 0);
    number = 100;
    hand_over(10, IMPACCT_ACK_NOW);
    wait_long();
    impacct_ack_held(ack, &held);
    CHECK_EQ(held.batches, 1);
    CHECK_EQ(position.number, 110);
    host_prop_unref(&dead);
    wait_long();
    CHECK_EQ(holes().count, 0);
    impacct_ack_free(ack);
}

/* At a stop there is no time to wait, and no reason to send again what is done with. */
static void at_stop(void) {
    begin();
    hand_over_held(10);
    hand_over(10, IMPACCT_ACK_NOW);
    hand_over_held(10);
    CHECK_EQ(impacct_ack_collect(ack, now, true, &position), 20);
    CHECK_EQ(position.number, 20);
    CHECK_EQ(holes().count, 1);
    CHECK_EQ(impacct_ack_in_flight(ack), 1);
    impacct_ack_free(ack);
}

/* Who has events of something in several batches knows when all of them arrived. */
static void counted(void) {
    begin();
    unsigned unsettled = 0, another = 0;
    prop_t* prop[2];
    for (int i = 0; i < 2; i++) {
        impacct_ack_prop(ack);
        impacct_ack_count(ack, &unsettled);
        prop[i] = hand_over_held(10);
    }
    impacct_ack_prop(ack);
    impacct_ack_count(ack, &another);
    hand_over(10, IMPACCT_ACK_NOW);
    CHECK_EQ(unsettled, 2);
    CHECK_EQ(another, 1);
    host_prop_unref(&prop[1]); /* in any order */
    wait_long();
    CHECK_EQ(unsettled, 1);
    CHECK_EQ(another, 0);
    host_prop_unref(&prop[0]);
    wait_long();
    CHECK_EQ(unsettled, 0);
    /* rsyslog has not taken it */
    impacct_ack_prop(ack);
    impacct_ack_count(ack, &unsettled);
    CHECK_EQ(unsettled, 1);
    impacct_ack_abandon(ack);
    CHECK_EQ(unsettled, 0);
    /* not known at the end */
    impacct_ack_prop(ack);
    impacct_ack_count(ack, &unsettled);
    hand_over_held(10);
    impacct_ack_free(ack);
    CHECK_EQ(unsettled, 1);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("the position follows the unbroken series") {
        in_order();
    }
    CASE("what is overtaken for long is held, and a hole") {
        overtaken();
    }
    CASE("what was slow is overtaken late") {
        overtaken_late();
    }
    CASE("what is held is done with in any order") {
        anywhere();
    }
    CASE("what is slow, in order, is no hole") {
        slow();
    }
    CASE("a message of each batch is held for years") {
        for_years();
    }
    CASE("single records trickle into a queue that nobody empties") {
        trickle();
    }
    CASE("as many in flight as there may be") {
        full();
    }
    CASE("more held than are looked at") {
        forgotten();
    }
    CASE("what is read again is held at once") {
        behind();
    }
    CASE("at a stop") {
        at_stop();
    }
    CASE("a stage knows what arrived") {
        counted();
    }
    CASE("no memory for a property") {
        begin();
        host_no_memory = true;
        CHECK(impacct_ack_prop(ack) == NULL);
        host_no_memory = false;
        CHECK(impacct_ack_prop(ack) != NULL);
        impacct_ack_abandon(ack);
        CHECK_EQ(host_props, 0);
        impacct_ack_free(ack);
    }
    return check_end();
}
