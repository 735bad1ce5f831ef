/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: what an event says of an end is what wait(2) would have said, and a record about a process that still lives
 * says nothing of an end.
 * Invariant: exit code or signal, never both; outcome and flags follow; a value that the record cannot know is absent.
 * Oracle: WIFEXITED and its relatives of the C library, over every 16 bit status; a table for synthetic records. */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "sample.h"

#include <signal.h>
#include <sys/wait.h>

static const struct pacct_dialect dialect = {.ahz = 100};
static struct pacct_origin origin;
static struct pacct_event_storage room;
static struct pacct_event ev;

static void make(const struct sample* s) {
    uint8_t raw[64];
    struct pacct_record rec;
    sample_write(s, raw);
    CHECK(pacct_record_decode(raw, &dialect, &rec));
    pacct_event_make(&origin, raw, &rec, pacct_event_about(&rec), 0, &room, &ev);
}

static void has_text(enum pacct_field_id id, const char* expected) {
    CHECK(pacct_event_has(&ev, id));
    CHECK_TEXT(ev.v[id].s, ev.v[id].len, expected);
}

static void every_status(void) {
    for (int status = 0; status <= 0xffff; status++) {
        make(&(struct sample){.version = 3, .exitcode = (uint32_t)status, .mem = 1, .btime = 1700000000});
        const int sig = status & 0x7f; /* WTERMSIG also for 0x7f, which WIFSIGNALED calls stopped */
        has_text(PACCT_F_EVENT, "exit");
        CHECK_EQ(ev.v[PACCT_F_STATUS].u, status);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_EXIT_CODE), WIFEXITED(status));
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_SIGNAL), !WIFEXITED(status));
        if (WIFEXITED(status)) {
            CHECK_EQ(ev.v[PACCT_F_EXIT_CODE].u, WEXITSTATUS(status));
            CHECK(!pacct_event_has(&ev, PACCT_F_SIGNAL_NAME));
        } else {
            char name[32];
            const char* const abbreviation = sigabbrev_np(sig);
            CHECK_EQ(ev.v[PACCT_F_SIGNAL].u, WTERMSIG(status));
            if (abbreviation != NULL) {
                snprintf(name, sizeof(name), "SIG%s", abbreviation);
                has_text(PACCT_F_SIGNAL_NAME, name);
            }
        }
        has_text(PACCT_F_OUTCOME, WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "success" : "failure");
    }
    make(&(struct sample){.version = 3, .exitcode = 9, .mem = 1});
    has_text(PACCT_F_SIGNAL_NAME, "SIGKILL");
    make(&(struct sample){.version = 3, .exitcode = (uint32_t)SIGRTMIN, .mem = 1});
    has_text(PACCT_F_SIGNAL_NAME, "SIGRTMIN");
    make(&(struct sample){.version = 3, .exitcode = (uint32_t)SIGRTMIN + 3, .mem = 1});
    has_text(PACCT_F_SIGNAL_NAME, "SIGRTMIN+3");
    make(&(struct sample){.version = 3, .exitcode = 127, .mem = 1});
    CHECK(!pacct_event_has(&ev, PACCT_F_SIGNAL_NAME));
}

/* Measured on Linux 6.18: what the flags and the status are when a process ends in these ways. */
static void endings(void) {
    static const struct {
        const char* what;
        uint8_t flag;
        uint16_t status;
        int killed, dumped; /* -1: not known */
        const char* outcome;
    } cases[] = {
        {"exit(0)", 0, 0, 0, 0, "success"},
        {"exit(3)", 0, 0x300, 0, 0, "failure"},
        {"exit(0) while there are threads", AXSIG, 0, 0, 0, "success"},
        {"SIGKILL", AXSIG, 9, 1, 0, "failure"},
        {"SIGSEGV with a core file", ACORE | AXSIG, 0x8b, 1, 1, "failure"},
        {"SIGSEGV, core limit 0, or SIGSEGV of a thread", ACORE | AXSIG, 11, 1, -1, "failure"},
        {"SIGSEGV of a thread after the first one ended", ACORE | AXSIG, 0, 1, -1, "failure"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make(&(struct sample){.version = 3, .flag = cases[i].flag, .exitcode = cases[i].status, .mem = 1});
        CHECK_EQ(ev.v[PACCT_F_KILLED].u, cases[i].killed);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_EXIT_CODE), !cases[i].killed);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_CORE_DUMPED), cases[i].dumped >= 0);
        if (cases[i].dumped >= 0) {
            CHECK_EQ(ev.v[PACCT_F_CORE_DUMPED].u, cases[i].dumped);
        }
        has_text(PACCT_F_OUTCOME, cases[i].outcome);
    }
    for (unsigned flag = 0; flag < 0x40; flag++) {
        make(&(struct sample){.version = 3, .flag = (uint8_t)flag, .mem = 1});
        CHECK_EQ(ev.v[PACCT_F_FORKED].u, (flag & AFORK) != 0);
        CHECK_EQ(ev.v[PACCT_F_PRIVILEGED].u, (flag & ASU) != 0);
        CHECK_EQ(ev.v[PACCT_F_AC_FLAG].u, flag);
    }
}

static void synthetic(void) {
    static const struct {
        struct sample s;
        enum pacct_about about;
    } cases[] = {
        {{.version = 3}, PACCT_ABOUT_SYNTHETIC},
        {{.version = 2}, PACCT_ABOUT_SYNTHETIC},
        {{.version = 1, .big = true}, PACCT_ABOUT_SYNTHETIC},
        {{.version = 0}, PACCT_ABOUT_EXIT}, /* kernels of that time filled in memory: it cannot be told */
        {{.version = 3, .mem = 1}, PACCT_ABOUT_EXIT},
        {{.version = 3, .flag = AFORK}, PACCT_ABOUT_EXIT}, /* a kernel thread */
        /* another, that worked for a process */
        {{.version = 3, .flag = AFORK, .exitcode = 0xfc00, .minflt = 9}, PACCT_ABOUT_EXIT},
        {{.version = 3, .flag = AFORK, .utime = 1}, PACCT_ABOUT_UNCERTAIN}, /* its first thread has ended */
        {{.version = 3, .flag = ASU}, PACCT_ABOUT_UNCERTAIN}, /* a thread ended before that had used a privilege */
        {{.version = 3, .utime = 3}, PACCT_ABOUT_UNCERTAIN}, /* the same: its usage */
        {{.version = 3, .stime = 4}, PACCT_ABOUT_UNCERTAIN},
        {{.version = 3, .minflt = 1}, PACCT_ABOUT_UNCERTAIN}, /* the least of a process that unmapped all it had */
        {{.version = 3, .majflt = 1}, PACCT_ABOUT_UNCERTAIN},
        {{.version = 2, .minflt = 1}, PACCT_ABOUT_UNCERTAIN},
        {{.version = 3, .exitcode = 256}, PACCT_ABOUT_UNCERTAIN}, /* the first thread has ended so */
        {{.version = 3, .flag = AXSIG}, PACCT_ABOUT_UNCERTAIN}, /* it had threads when it called exec */
        {{.version = 3, .exitcode = 9, .flag = AXSIG}, PACCT_ABOUT_EXIT}, /* it died of having unmapped everything */
        {{.version = 3, .flag = ACORE}, PACCT_ABOUT_EXIT},
    };
    static const enum pacct_field_id of_ends[] = {
        PACCT_F_END,        PACCT_F_STATUS,       PACCT_F_EXIT_CODE, PACCT_F_SIGNAL,     PACCT_F_SIGNAL_NAME,
        PACCT_F_OUTCOME,    PACCT_F_CPU_USER,     PACCT_F_MEM_KIB,   PACCT_F_FORKED,     PACCT_F_CPU_SYSTEM,
        PACCT_F_PRIVILEGED, PACCT_F_MINOR_FAULTS, PACCT_F_KILLED,    PACCT_F_CORE_DUMPED};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample s = cases[i].s;
        s.btime = 1700000000;
        make(&s);
        const bool is_synthetic = cases[i].about == PACCT_ABOUT_SYNTHETIC;
        has_text(PACCT_F_EVENT, is_synthetic ? "synthetic" : "exit");
        has_text(PACCT_F_EVENT_TYPE, is_synthetic ? "info" : "end");
        CHECK_EQ(ev.v[PACCT_F_TIME].u, 1700000000);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_END), !is_synthetic);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_EXIT_UNCERTAIN), cases[i].about == PACCT_ABOUT_UNCERTAIN);
        for (size_t k = 0; is_synthetic && k < sizeof(of_ends) / sizeof(of_ends[0]); k++) {
            CHECK(!pacct_event_has(&ev, of_ends[k]));
        }
        /* doubt takes nothing away */
        CHECK(is_synthetic || (pacct_event_has(&ev, PACCT_F_STATUS) && pacct_event_has(&ev, PACCT_F_CPU_USER)));
    }
}

static void absent(void) {
    const uint32_t nan = 0x7fc00000;
    make(&(struct sample){.version = 2, .mem = 1});
    CHECK(!pacct_event_has(&ev, PACCT_F_PID) && !pacct_event_has(&ev, PACCT_F_PPID));
    CHECK(!pacct_event_has(&ev, PACCT_F_TTY) && !pacct_event_has(&ev, PACCT_F_TTY_MAJOR));
    CHECK(!pacct_event_has(&ev, PACCT_F_TTY_MINOR) && !pacct_event_has(&ev, PACCT_F_USER));
    CHECK(!pacct_event_has(&ev, PACCT_F_ID) && !pacct_event_has(&ev, PACCT_F_HOST_ID));
    make(&(struct sample){.version = 3, .mem = 1, .etime = nan, .tty = 0x0401});
    CHECK(!pacct_event_has(&ev, PACCT_F_ELAPSED) && !pacct_event_has(&ev, PACCT_F_END));
    CHECK(pacct_event_has(&ev, PACCT_F_START));
    CHECK_EQ(ev.v[PACCT_F_TTY_MAJOR].u, 4);
    CHECK_EQ(ev.v[PACCT_F_TTY_MINOR].u, 1);
}

static void names(void) {
    static const struct {
        const char *raw, *text, *hex;
    } cases[] = {{"", "", NULL},
                 {"bash", "bash", NULL},
                 {"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", NULL},
                 {"a\xff", "a\xef\xbf\xbd", "61ff"},
                 {"\n\"\\\x1b", "\n\"\\\x1b", NULL},
                 {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
                  "ffffffffffffffffffffffffffffff"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample s = {.version = 3, .mem = 1};
        memcpy(s.comm, cases[i].raw, strlen(cases[i].raw));
        make(&s);
        has_text(PACCT_F_COMM, cases[i].text);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_COMM_HEX), cases[i].hex != NULL);
        if (cases[i].hex != NULL) {
            has_text(PACCT_F_COMM_HEX, cases[i].hex);
        }
    }
}

static bool call_her_ann(enum pacct_name_kind kind, uint32_t id, char* name, size_t size) {
    snprintf(name, size, "%s%u", kind == PACCT_NAME_USER ? "ann" : "friends", id);
    return true;
}

/* Asking for one name may release what was answered for another: an event has copies. */
static void names_are_copies(void) {
    const struct sample s = {.version = 3, .mem = 1, .uid = 7, .gid = 7};
    struct pacct_name_patience patience = PACCT_NAME_PATIENCE(30000);
    origin.names = pacct_name_cache_new(call_her_ann, 1, &patience);
    CHECK(origin.names != NULL);
    pacct_set_add(&origin.wanted, PACCT_F_USER);
    pacct_set_add(&origin.wanted, PACCT_F_GROUP);
    make(&s);
    has_text(PACCT_F_USER, "ann7");
    has_text(PACCT_F_GROUP, "friends7");
    const char* const at = (const char*)&room;
    CHECK(ev.v[PACCT_F_USER].s >= at && ev.v[PACCT_F_USER].s < at + sizeof(room));
    CHECK(ev.v[PACCT_F_GROUP].s >= at && ev.v[PACCT_F_GROUP].s < at + sizeof(room));
    pacct_name_cache_free(origin.names);
    origin.names = NULL;
}

int main(int argc, char** argv) {
    origin = (struct pacct_origin){.hostname = "box", .hostname_len = 3, .host_id = ""};
    check_begin(argc, argv);
    CASE("every wait status") {
        every_status();
    }
    CASE("flags and status of each way to end") {
        endings();
    }
    CASE("records of what still lives") {
        synthetic();
    }
    CASE("what is not known is absent") {
        absent();
    }
    CASE("names that are no UTF-8") {
        names();
    }
    CASE("an event has copies of names") {
        names_are_copies();
    }
    return check_end();
}
