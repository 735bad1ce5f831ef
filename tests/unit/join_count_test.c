/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: after a loss of events a process keeps its command if the kernel says that it has executed nothing since, and
 * gets what it shows only if it has.
 * Invariant: what was captured is neither replaced by what a process shows, which it can forge, nor kept where
 * something else was executed. Oracle: how often each process has executed something, which is made up here. */
#include "config.h"

#include "check.h"
#include "join_events.h"

#define TIME (1000ull * SECOND + 1) /* on no tick: /proc tells those */
#define PID 100

/* One process that executed "first", as the third thing. */
static struct pacct_join* begin(void) {
    struct pacct_join* const l = pacct_join_new(100, 1u << 20);
    struct pacct_process_event ev = exec_of(PID, TIME, TIME + 10, "first");
    ev.executions = 3;
    CHECK(pacct_join_add(l, &ev) != NULL);
    return l;
}

#define LOOK_TIME (TIME + 9ull * SECOND)

/* What the kernel tells of a process, or what the process shows, some time after the loss. */
static void look(struct pacct_join* l, uint32_t pid, enum pacct_process_event_kind kind, uint64_t executions) {
    struct pacct_process_event ev = exec_of(pid, TIME, LOOK_TIME, "what it shows");
    ev.kind = kind;
    ev.executions = executions;
    pacct_join_add(l, &ev);
}

static void end(struct pacct_join* l, enum pacct_known known, const char* command) {
    const struct pacct_record rec = record_of(PID, TIME, LOOK_TIME + 9ull * SECOND, OFFSET, false);
    const char* const got = take(l, &rec, OFFSET, known);
    CHECK_TEXT(got, strlen(got), command);
    pacct_join_free(l);
}

/* A child of that process, which had executed so many things by then. */
static void add_child(struct pacct_join* l, uint64_t executions) {
    struct pacct_process_event ev = fork_of(PID + 1, PID, TIME + 50, TIME);
    ev.executions = executions;
    CHECK(pacct_join_add(l, &ev) != NULL);
}

static void look_at_child(struct pacct_join* l, uint64_t executions) {
    struct pacct_process_event ev = fork_of(PID + 1, PID, TIME + 50, TIME);
    ev.kind = PACCT_PROCESS_COUNT;
    ev.time = LOOK_TIME;
    ev.executions = executions;
    CHECK(pacct_join_add(l, &ev) != NULL);
}

static void check_child(struct pacct_join* l, enum pacct_known known) {
    const struct pacct_record rec = record_of(PID + 1, TIME + 50, LOOK_TIME + 9ull * SECOND, OFFSET, true);
    const char* const got = take(l, &rec, OFFSET, known);
    CHECK_TEXT(got, strlen(got), known == PACCT_KNOWN_NOT ? "" : "first");
    pacct_join_free(l);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("condition 6: the kernel says that it has executed nothing since; what it shows is nothing to go by") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 3);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_EXEC, "first");
    }
    CASE("condition 6: what it shows is not taken before the kernel was asked") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        look(l, PID, PACCT_PROCESS_COUNT, 3);
        end(l, PACCT_KNOWN_EXEC, "first");
    }
    CASE("condition 6: nor where it was not") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("condition 6: it has executed something else") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 4);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_SCAN, "what it shows");
    }
    CASE("condition 6: it has, and nobody can be asked what") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 4);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("condition 6: it has, and nobody had said that events were lost") {
        struct pacct_join* const l = begin();
        look(l, PID, PACCT_PROCESS_COUNT, 4);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("condition 5: a later one that was not heard to execute something, but has") {
        struct pacct_join* const l = begin();
        struct pacct_process_event ev = exec_of(6, TIME, TIME + 20, "maker");
        ev.executions = 4;
        CHECK(pacct_join_add(l, &ev) != NULL);
        ev = fork_of(PID, 6, TIME + 1000, TIME);
        ev.executions = 4;
        CHECK(pacct_join_add(l, &ev) != NULL);
        ev.kind = PACCT_PROCESS_COUNT;
        ev.time += 1000;
        ev.executions = 5;
        CHECK(pacct_join_add(l, &ev) != NULL);
        const struct pacct_record rec = record_of(PID, TIME + 1000, TIME + 3000, OFFSET, false);
        take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
        pacct_join_free(l);
    }
    CASE("condition 6: events are lost again") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 3);
        pacct_join_events_lost(l, TIME + 1000);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("condition 2: what is certain by a count is of no record that ended before") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 3);
        const struct pacct_record before = record_of(PID, TIME - SECOND / 2, TIME - SECOND / 4, OFFSET, false);
        take(l, &before, OFFSET, PACCT_KNOWN_NOT);
        end(l, PACCT_KNOWN_EXEC, "first");
    }
    CASE("a count from before its last exec says nothing") {
        for (unsigned i = 0; i < 2; i++) {
            struct pacct_join* const l = begin();
            struct pacct_process_event ev = exec_of(PID, TIME, LOOK_TIME + 1, "fifth");
            pacct_join_events_lost(l, TIME + 1000);
            ev.executions = 5;
            CHECK(pacct_join_add(l, &ev) != NULL);
            pacct_join_events_lost(l, TIME + 1000);
            look(l, PID, PACCT_PROCESS_COUNT, 4);
            look(l, PID, PACCT_PROCESS_SCAN, 0);
            if (i == 1) {
                look(l, PID, PACCT_PROCESS_COUNT, 5);
            }
            end(l, i == 1 ? PACCT_KNOWN_EXEC : PACCT_KNOWN_NOT, i == 1 ? "fifth" : "");
        }
    }
    CASE("of another process with its id") {
        struct pacct_join* const l = begin();
        struct pacct_process_event ev = {.kind = PACCT_PROCESS_COUNT,
                                         .pid = PID,
                                         .time = LOOK_TIME,
                                         .start = TIME + 50,
                                         .start_boot = TIME + 50,
                                         .executions = 3};
        pacct_join_events_lost(l, TIME + 1000);
        CHECK(pacct_join_add(l, &ev) == NULL);
        ev.pid++; /* and one that was not known */
        CHECK(pacct_join_add(l, &ev) == NULL);
        CHECK_EQ(pacct_join_size(l), 1);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("nothing that was seen before a loss was told says anything") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, LOOK_TIME + 1);
        look(l, PID, PACCT_PROCESS_COUNT, 3);
        pacct_join_uncounted(l);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_NOT, "");
    }
    CASE("the kernel cannot count: what it shows is all that there is") {
        struct pacct_join* const l = begin();
        pacct_join_events_lost(l, TIME + 1000);
        pacct_join_uncounted(l);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_SCAN, "what it shows");
    }
    CASE("what it executed was not told: it is looked at after a loss, whatever is counted") {
        struct pacct_join* const l = begin();
        struct pacct_process_event ev = exec_of(PID, TIME, TIME + 20, "");
        ev.args.p = NULL;
        ev.executions = 4;
        CHECK(pacct_join_add(l, &ev) != NULL);
        pacct_join_events_lost(l, TIME + 1000);
        look(l, PID, PACCT_PROCESS_COUNT, 4);
        look(l, PID, PACCT_PROCESS_SCAN, 0);
        end(l, PACCT_KNOWN_SCAN, "what it shows");
    }
    CASE("what it inherited is its creator's if that had executed nothing else") {
        for (uint64_t executions = 3; executions <= 4; executions++) {
            struct pacct_join* const l = begin();
            add_child(l, executions);
            check_child(l, executions == 3 ? PACCT_KNOWN_INHERITED : PACCT_KNOWN_NOT);
        }
    }
    CASE("the same where the loss is told afterwards, and the kernel is asked") {
        for (uint64_t executions = 3; executions <= 4; executions++) {
            struct pacct_join* const l = begin();
            add_child(l, executions);
            pacct_join_events_lost(l, TIME + 1000);
            look_at_child(l, executions);
            check_child(l, executions == 3 ? PACCT_KNOWN_INHERITED : PACCT_KNOWN_NOT);
        }
    }
    CASE("of a creator who was seen in /proc, it is not known whether he had") {
        struct pacct_join* const l = begin();
        struct pacct_process_event ev = exec_of(PID, TIME, TIME + 20, "first");
        ev.kind = PACCT_PROCESS_SCAN;
        pacct_join_events_lost(l, TIME + 15);
        pacct_join_uncounted(l);
        CHECK(pacct_join_add(l, &ev) != NULL);
        add_child(l, 4);
        pacct_join_events_lost(l, TIME + 1000);
        look_at_child(l, 4);
        check_child(l, PACCT_KNOWN_NOT);
    }
    return check_end();
}
