/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: an event says of a process what is known of it, and nothing that is not, or not certain.
 * Invariant: what is inherited has no place; what no output wants is not made; arguments are told without their
 * secrets, with how many there were and whether some are missing; the same process has one id in all its events, and
 * no other process has it.
 * Oracle: tables of what is handed over and of the fields that have to come, absent ones included. */
#include "config.h"

#include "check.h"
#include "command/enrich.h"
#include "event/id.h"

#define BYTES(literal) ((struct pacct_bytes){literal, sizeof(literal) - 1})
#define CGROUP "/system.slice/cron.service"

static struct pacct_origin origin = {.hostname = "box", .hostname_len = 3, .host_id = "id", .host_id_len = 2};
static struct pacct_event ev;

static struct pacct_process_event executed(void) {
    return (struct pacct_process_event){.kind = PACCT_PROCESS_EXEC,
                                        .pid = 7,
                                        .ppid = 6,
                                        .uid = 1000,
                                        .euid = 1002,
                                        .login_uid = 1001,
                                        .session = 3,
                                        .comm = "curl",
                                        .args = BYTES("curl\0--user\0ann:secret\0"),
                                        .args_len = 23,
                                        .executable = BYTES("/usr/bin/curl"),
                                        .cwd = BYTES("/home/\xff"),
                                        .cgroup = BYTES(CGROUP)};
}

static struct pacct_process process_of(const struct pacct_process_event* exec, enum pacct_known known) {
    const struct pacct_process_event parent = {
        .args = BYTES("bash\0--password=secret\0"), .args_len = 23, .executable = BYTES("/usr/bin/\xff")};
    const struct pacct_process process = {.known = known,
                                          .command = pacct_command_new(exec),
                                          .parent_known = PACCT_KNOWN_SCAN,
                                          .parent_command = pacct_command_new(&parent),
                                          .start_boot = 5 * UINT64_C(1000000000),
                                          .ppid = 6,
                                          .parent_boot = 4 * UINT64_C(1000000000),
                                          .parent_comm = "bash"};
    CHECK(process.command != NULL && process.parent_command != NULL);
    return process;
}

/* What is said at the end of the process. */
static struct pacct_enrich* at_exit(const struct pacct_process_event* exec,
                                    enum pacct_known known,
                                    const struct pacct_redact* redact,
                                    bool belongs) {
    struct pacct_enrich* const w = pacct_enrich_new(&origin, redact, belongs);
    const struct pacct_process process = process_of(exec, known);
    CHECK(w != NULL);
    pacct_event_begin(&origin, &ev);
    CHECK(pacct_enrich_exit(w, &process, exec->pid, 0, &ev));
    pacct_process_unref(&process);
    return w;
}

static void has_text(enum pacct_field_id field, const char* expected) {
    CHECK_EQ(pacct_event_has(&ev, field), expected != NULL);
    if (expected != NULL) {
        CHECK_TEXT(ev.v[field].s, ev.v[field].len, expected);
    }
}

static void has_number(enum pacct_field_id field, uint64_t expected) {
    CHECK(pacct_event_has(&ev, field));
    CHECK_EQ(ev.v[field].u, expected);
}

static void want_all(void) {
    for (unsigned i = 0; i < PACCT_F_COUNT; i++) {
        pacct_set_add(&origin.wanted, (enum pacct_field_id)i);
    }
}

/* How it is known decides what is said. */
static void known(void) {
    static const struct {
        enum pacct_known known;
        const char *source, *executable, *cwd, *unit, *parent;
    } cases[] = {
        {PACCT_KNOWN_EXEC, "exec", "/usr/bin/curl", "/home/\xef\xbf\xbd", "cron.service", "bash"},
        {PACCT_KNOWN_SCAN, "scan", "/usr/bin/curl", "/home/\xef\xbf\xbd", "cron.service", "bash"},
        {PACCT_KNOWN_INHERITED, "fork-inherited", "/usr/bin/curl", NULL, NULL, "bash"},
        {PACCT_KNOWN_NOT, "missing", NULL, NULL, NULL, NULL},
    };
    const struct pacct_process_event exec = executed();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pacct_enrich* const w = at_exit(&exec, cases[i].known, NULL, true);
        const bool placed = cases[i].unit != NULL;
        has_text(PACCT_F_COMMAND_SOURCE, cases[i].source);
        has_text(PACCT_F_EXECUTABLE, cases[i].executable);
        has_text(PACCT_F_CWD, cases[i].cwd);
        has_text(PACCT_F_SYSTEMD_UNIT, cases[i].unit);
        has_text(PACCT_F_CGROUP, placed ? CGROUP : NULL);
        has_text(PACCT_F_PARENT_COMM, cases[i].parent);
        has_text(PACCT_F_PARENT_COMMAND_SOURCE, cases[i].parent != NULL ? "scan" : NULL);
        has_text(PACCT_F_PARENT_EXECUTABLE, cases[i].parent != NULL ? "/usr/bin/\xef\xbf\xbd" : NULL);
        has_text(PACCT_F_PARENT_COMMAND_LINE, cases[i].parent != NULL ? "bash --password=secret" : NULL);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_EUID), placed);
        has_text(PACCT_F_COMMAND_LINE, cases[i].executable != NULL ? "curl --user ann:secret" : NULL);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_LOGIN_UID), placed);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_SESSION_ID), placed);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_ENTITY_ID), cases[i].known != PACCT_KNOWN_NOT);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_PARENT_ENTITY_ID), cases[i].parent != NULL);
        pacct_enrich_free(w);
    }
}

static void place(void) {
    struct pacct_process_event exec = executed();
    struct pacct_enrich* w = at_exit(&exec, PACCT_KNOWN_EXEC, NULL, true);
    has_number(PACCT_F_LOGIN_UID, 1001);
    has_number(PACCT_F_SESSION_ID, 3);
    has_number(PACCT_F_EUID, 1002);
    pacct_enrich_free(w);
    w = at_exit(&exec, PACCT_KNOWN_EXEC, NULL, false); /* nobody asks where it belongs */
    has_text(PACCT_F_EXECUTABLE, "/usr/bin/curl");
    has_text(PACCT_F_CGROUP, NULL);
    has_text(PACCT_F_PARENT_COMM, NULL);
    has_text(PACCT_F_PARENT_EXECUTABLE, NULL);
    has_text(PACCT_F_PARENT_COMMAND_LINE, NULL);
    CHECK(!pacct_event_has(&ev, PACCT_F_LOGIN_UID) && !pacct_event_has(&ev, PACCT_F_PARENT_ENTITY_ID));
    pacct_enrich_free(w);
    exec.login_uid = exec.session = PACCT_ID_UNSET;
    exec.cgroup = exec.executable = (struct pacct_bytes){NULL, 0};
    w = at_exit(&exec, PACCT_KNOWN_EXEC, NULL, true);
    CHECK(!pacct_event_has(&ev, PACCT_F_LOGIN_UID) && !pacct_event_has(&ev, PACCT_F_SESSION_ID));
    has_text(PACCT_F_CGROUP, NULL);
    has_text(PACCT_F_EXECUTABLE, NULL);
    pacct_enrich_free(w);
}

static void arguments(void) {
    struct pacct_process_event exec = executed();
    struct pacct_redact* const redact = pacct_redact_new();
    CHECK(redact != NULL && pacct_redact_known(redact));
    struct pacct_enrich* w = at_exit(&exec, PACCT_KNOWN_EXEC, redact, true);
    CHECK(memmem(ev.v[PACCT_F_COMMAND_LINE].s, ev.v[PACCT_F_COMMAND_LINE].len, "secret", 6) == NULL);
    CHECK(memmem(ev.v[PACCT_F_ARGS].s, ev.v[PACCT_F_ARGS].len, "secret", 6) == NULL);
    has_text(PACCT_F_PARENT_COMMAND_LINE, "bash '--password=[redacted]'");
    CHECK(memmem(ev.v[PACCT_F_PARENT_ARGS].s, ev.v[PACCT_F_PARENT_ARGS].len, "secret", 6) == NULL);
    has_number(PACCT_F_ARGS_REDACTED, 1);
    has_number(PACCT_F_ARGS_COUNT, 3);
    has_number(PACCT_F_ARGS_LENGTH, 23);
    has_number(PACCT_F_ARGS_TRUNCATED, 0);
    pacct_enrich_free(w);
    exec.args = BYTES("ls\0-l");
    exec.args_len = 100; /* more than was kept: how many there were is not known */
    w = at_exit(&exec, PACCT_KNOWN_EXEC, redact, true);
    has_text(PACCT_F_COMMAND_LINE, "ls -l");
    has_number(PACCT_F_ARGS_REDACTED, 0);
    has_number(PACCT_F_ARGS_LENGTH, 100);
    has_number(PACCT_F_ARGS_TRUNCATED, 1);
    CHECK(!pacct_event_has(&ev, PACCT_F_ARGS_COUNT));
    pacct_enrich_free(w);
    origin.wanted = (struct pacct_set){0};
    w = at_exit(&exec, PACCT_KNOWN_EXEC, redact, true);
    has_text(PACCT_F_COMMAND_LINE, NULL);
    CHECK(!pacct_event_has(&ev, PACCT_F_ARGS) && !pacct_event_has(&ev, PACCT_F_PARENT_ENTITY_ID));
    CHECK(!pacct_event_has(&ev, PACCT_F_PARENT_ARGS) && !pacct_event_has(&ev, PACCT_F_PARENT_COMMAND_LINE));
    has_number(PACCT_F_ARGS_LENGTH, 100);
    pacct_enrich_free(w);
    pacct_redact_free(redact);
}

/* The event of an exec, with the id of its process. */
static void started(struct pacct_enrich* w, const struct pacct_exec_message* message, char id[PACCT_ID_LEN]) {
    CHECK(pacct_enrich_exec(w, message, 0, &ev));
    memcpy(id, ev.v[PACCT_F_ENTITY_ID].s, PACCT_ID_LEN);
}

static void start_of_a_program(void) {
    struct pacct_process_event exec = executed();
    struct pacct_enrich* const w = pacct_enrich_new(&origin, NULL, true);
    struct pacct_exec_message message = {.pid = 7,
                                         .time = UINT64_C(1700000009999999999),
                                         .start = UINT64_C(1700000005000000000),
                                         .process = process_of(&exec, PACCT_KNOWN_EXEC)};
    char first[PACCT_ID_LEN], same[PACCT_ID_LEN], id[PACCT_ID_LEN];
    CHECK(w != NULL);
    started(w, &message, first);
    memcpy(id, ev.v[PACCT_F_ID].s, sizeof(id));
    has_text(PACCT_F_EVENT, "exec");
    has_text(PACCT_F_EVENT_TYPE, "start");
    has_text(PACCT_F_COMM, "curl");
    has_text(PACCT_F_COMMAND_SOURCE, "exec");
    has_number(PACCT_F_TIME, 1700000009);
    has_number(PACCT_F_START, 1700000005);
    has_number(PACCT_F_PID, 7);
    has_number(PACCT_F_PPID, 6);
    has_number(PACCT_F_UID, 1000);
    /* another exec of the same process, as its exit */
    message.time++;
    started(w, &message, same);
    CHECK(memcmp(first, same, sizeof(first)) == 0);
    CHECK(memcmp(id, ev.v[PACCT_F_ID].s, sizeof(id)) != 0);
    pacct_event_begin(&origin, &ev);
    CHECK(pacct_enrich_exit(w, &message.process, 7, 0, &ev));
    CHECK(memcmp(first, ev.v[PACCT_F_ENTITY_ID].s, sizeof(first)) == 0);
    /* within a tick, which is all that /proc tells; then another process */
    message.process.start_boot += PACCT_TICK_NS - 1;
    started(w, &message, same);
    CHECK(memcmp(first, same, sizeof(first)) == 0);
    message.process.start_boot++;
    started(w, &message, same);
    CHECK(memcmp(first, same, sizeof(first)) != 0);
    message.process.start_boot--;
    message.pid = 8;
    started(w, &message, same);
    CHECK(memcmp(first, same, sizeof(first)) != 0);
    /* the id that a child says of its parent is the one that the parent has */
    message.process.start_boot = 6 * UINT64_C(1000000000);
    message.process.ppid = 7;
    message.process.parent_boot = 5 * UINT64_C(1000000000);
    started(w, &message, same);
    CHECK(memcmp(first, ev.v[PACCT_F_PARENT_ENTITY_ID].s, sizeof(first)) == 0);
    message.process.parent_boot = 0;
    started(w, &message, same);
    CHECK(!pacct_event_has(&ev, PACCT_F_PARENT_ENTITY_ID));
    pacct_process_unref(&message.process);
    pacct_enrich_free(w);
}

/* A copy of what was captured: whose memory it was may be used again. */
static void command_is_a_copy(void) {
    char args[] = "true", path[] = "/bin/true";
    struct pacct_process_event exec = {.args = {args, sizeof(args)}, .args_len = sizeof(args), .executable = {path, 9}};
    exec.uid = exec.login_uid = exec.session = PACCT_ID_UNSET;
    struct pacct_command* const c = pacct_command_new(&exec);
    CHECK(c != NULL);
    memset(args, 'x', sizeof(args));
    memset(path, 'x', sizeof(path));
    const struct pacct_process_event* const kept = pacct_command_event(pacct_command_ref(c));
    pacct_command_unref(c); /* one is left */
    CHECK_TEXT(kept->args.p, kept->args.len - 1, "true");
    CHECK_TEXT(kept->executable.p, kept->executable.len, "/bin/true");
    CHECK(kept->cwd.p == NULL && kept->cgroup.p == NULL);
    CHECK(pacct_command_size(c) >= sizeof(exec) + sizeof(args) + 9);
    pacct_command_unref(c);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    pacct_id_init();
    want_all();
    CASE("how it is known decides what is said") {
        known();
    }
    CASE("where it belongs") {
        place();
    }
    CASE("arguments") {
        arguments();
    }
    CASE("a program starts") {
        start_of_a_program();
    }
    CASE("a command is a copy") {
        command_is_a_copy();
    }
    return check_end();
}
