/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: what may have to be read again is never left out, and as little more as a short list allows.
 * Invariant: every record that was added lies in a hole; holes are in order and apart, and never too many; where there
 * is room, they are what was added; what was held stays counted.
 * Oracle: a map with a byte for each record. */
#include "config.h"

#include "check.h"
#include "impacct_hole.h"
#include "sample.h"

#define RECORDS 4000u

static struct impacct_holes holes;
static uint8_t wanted[RECORDS];

static void add(uint64_t from, uint64_t records) {
    struct impacct_hole hole = {.records = records, .held = records};
    hole.start.number = from;
    hole.start.file.offset = from * 64;
    impacct_holes_add(&holes, &hole);
    memset(wanted + from, 1, records);
}

static uint64_t held(void) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < holes.count; i++) {
        sum += holes.hole[i].held;
    }
    return sum;
}

/* @return records in holes that nobody added */
static uint64_t check_cover(void) {
    uint64_t next = 0, more = 0;
    CHECK(holes.count <= PACCT_STATE_HOLES);
    for (unsigned i = 0; i < holes.count; i++) {
        const struct impacct_hole* const hole = &holes.hole[i];
        CHECK(hole->records > 0 && hole->held <= hole->records);
        CHECK_EQ(hole->start.file.offset, hole->start.number * 64);
        for (; next < hole->start.number; next++) {
            CHECK(!wanted[next]);
        }
        CHECK_EQ(next, hole->start.number); /* else it overlaps the one before */
        for (; next < hole->start.number + hole->records; next++) {
            more += !wanted[next];
        }
    }
    for (; next < RECORDS; next++) {
        CHECK(!wanted[next]);
    }
    return more;
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("few stay as they are, in any order of adding") {
        for (uint64_t i = 0; i < PACCT_STATE_HOLES; i++) {
            add(i * 11 % PACCT_STATE_HOLES * 100, 7);
        }
        CHECK_EQ(holes.count, PACCT_STATE_HOLES);
        CHECK_EQ(check_cover(), 0);
    }
    CASE("one without records is none") {
        add(5, 0);
        CHECK_EQ(holes.count, 0);
    }
    CASE("the closest are joined: within the list") {
        for (uint64_t i = 0; i < PACCT_STATE_HOLES; i++) {
            add(i * 100 - (i == 9 ? 60 : 0), 7);
        }
        add(3500, 7);
        CHECK_EQ(holes.count, PACCT_STATE_HOLES);
        CHECK_EQ(check_cover(), 33);
        CHECK_EQ(holes.hole[8].records, 47);
        CHECK_EQ(holes.hole[8].held, 14);
    }
    CASE("the closest are joined: the new one with the one before") {
        for (uint64_t i = 0; i < PACCT_STATE_HOLES; i++) {
            add(i * 100, 7);
        }
        add(510, 7);
        CHECK_EQ(check_cover(), 3);
    }
    CASE("the closest are joined: the new one with the one behind") {
        for (uint64_t i = 0; i < PACCT_STATE_HOLES; i++) {
            add(i * 100, 7);
        }
        add(590, 7);
        CHECK_EQ(check_cover(), 3);
        CHECK_EQ(holes.hole[6].start.number, 590);
    }
    CASE("one that lies within another adds nothing") {
        for (uint64_t i = 0; i < PACCT_STATE_HOLES; i++) {
            add(i * 100, 7);
        }
        add(501, 2);
        CHECK_EQ(holes.count, PACCT_STATE_HOLES);
        CHECK_EQ(holes.hole[5].start.number, 500);
        CHECK_EQ(holes.hole[5].records, 7);
    }
    CASE("very many") {
        uint64_t random = 5, records = 0;
        for (uint64_t at = random_below(&random, 20); at + 20 < RECORDS;) {
            const uint64_t n = 1 + random_below(&random, 9);
            add(at, n);
            records += n;
            at += n + random_below(&random, 40);
            check_cover();
            CHECK_EQ(held(), records);
        }
        CHECK_EQ(holes.count, PACCT_STATE_HOLES);
    }
    CASE("one is taken out") {
        add(100, 7);
        add(200, 7);
        add(300, 7);
        impacct_holes_remove(&holes, 1);
        CHECK_EQ(holes.count, 2);
        CHECK_EQ(holes.hole[1].start.number, 300);
    }
    return check_end();
}
