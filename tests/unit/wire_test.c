/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: an event of the BPF program is read as it was written, and nothing else is.
 * Invariant: what is whole gives each of its parts; what is short, longer than it says, or of no kind that is known
 * gives nothing; a path of which a part is not one is left out. Oracle: events laid out by hand, as
 * capture/wire_format.h says. */
#include "config.h"

#include "check.h"
#include "capture/wire.h"

struct message {
    struct pacct_wire head;
    char tail[256];
    size_t size;
};

static struct pacct_wire_storage storage;

static struct message exec_message(void) {
    struct message m = {
        .head = {.kind = PACCT_WIRE_EXEC, .pid = 7, .ppid = 3, .time = 90, .start = 80, .uid = 1000, .euid = 1001}};
    memcpy(m.tail, "sh\0-c\0", 6); /* filled up to 8 */
    memcpy(m.tail + 8, "sh\0.....bin\0....", 16);
    memcpy(m.tail + 24, "home\0...", 8);
    m.head.args_kept = 6;
    m.head.args_len = 9;
    m.head.exe_len = 16;
    m.head.cwd_len = 8;
    m.head.flags = PACCT_WIRE_NO_CGROUP;
    memcpy(m.head.comm, "sh", 3);
    m.size = sizeof(m.head) + 32;
    return m;
}

static bool parse(const struct message* m, struct pacct_process_event* ev) {
    return pacct_wire_parse(m, m->size, &storage, ev);
}

int main(int argc, char** argv) {
    struct pacct_process_event ev;
    struct message m = exec_message();
    check_begin(argc, argv);
    CASE("an exec") {
        CHECK(parse(&m, &ev));
        CHECK_EQ(ev.kind, PACCT_PROCESS_EXEC);
        CHECK_EQ(ev.pid, 7);
        CHECK_EQ(ev.uid, 1000);
        CHECK_EQ(ev.euid, 1001);
        CHECK_EQ(ev.args.len, 6);
        CHECK(memcmp(ev.args.p, "sh\0-c\0", 6) == 0);
        CHECK_EQ(ev.args_len, 9);
        CHECK_TEXT(ev.executable.p, ev.executable.len, "/bin/sh");
        CHECK_TEXT(ev.cwd.p, ev.cwd.len, "/home");
        CHECK(ev.cgroup.p == NULL);
    }
    CASE("an exec without what was executed") {
        m.head.flags = PACCT_WIRE_NO_ARGS | PACCT_WIRE_NO_EXE | PACCT_WIRE_NO_CWD | PACCT_WIRE_NO_CGROUP;
        m.head.args_kept = m.head.exe_len = m.head.cwd_len = 0;
        m.size = sizeof(m.head);
        CHECK(parse(&m, &ev));
        CHECK(ev.args.p == NULL && ev.executable.p == NULL && ev.cwd.p == NULL);
    }
    CASE("a fork") {
        m.head.kind = PACCT_WIRE_FORK;
        m.size = PACCT_WIRE_SHORT_SIZE;
        CHECK(parse(&m, &ev));
        CHECK_EQ(ev.kind, PACCT_PROCESS_FORK);
        CHECK_EQ(ev.ppid, 3);
        CHECK_EQ(ev.uid, PACCT_ID_UNSET);
        CHECK_EQ(ev.euid, PACCT_ID_UNSET);
        m.size++;
        CHECK(!parse(&m, &ev));
    }
    CASE("a count") {
        m.head.kind = PACCT_WIRE_COUNT;
        m.head.executions = 5;
        m.size = PACCT_WIRE_SHORT_SIZE;
        CHECK(parse(&m, &ev));
        CHECK_EQ(ev.kind, PACCT_PROCESS_COUNT);
        CHECK_EQ(ev.executions, 5);
        m.size++;
        CHECK(!parse(&m, &ev));
    }
    CASE("of any other length") {
        for (size_t size = 0; size < sizeof(m.head) + sizeof(m.tail); size++) {
            const bool whole = size == sizeof(m.head) + 32;
            m.size = size;
            CHECK_EQ(parse(&m, &ev), whole);
        }
    }
    CASE("of no kind, or no process") {
        m.head.kind = 4;
        CHECK(!parse(&m, &ev));
        m.head.kind = PACCT_WIRE_EXEC;
        m.head.pid = 0;
        CHECK(!parse(&m, &ev));
    }
    CASE("more arguments kept than there are") {
        m.head.args_len = 5;
        CHECK(!parse(&m, &ev));
    }
    CASE("a part that is none") {
        m.tail[8] = '/';
        CHECK(parse(&m, &ev));
        CHECK(ev.executable.p == NULL);
        CHECK_TEXT(ev.cwd.p, ev.cwd.len, "/home");
        memset(m.tail + 24, 'x', 8);
        CHECK(parse(&m, &ev));
        CHECK(ev.cwd.p == NULL); /* it has no end */
    }
    return check_end();
}
