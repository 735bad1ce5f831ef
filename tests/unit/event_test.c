/* Intent: what an event says of an end is what wait(2) would have said, and a record about a process that still lives
 * says nothing of an end.
 * Invariant: exit code or signal, never both; outcome and flags follow; a value that the record cannot know is absent.
 * Oracle: WIFEXITED and its relatives of the C library, over every 16 bit status; a table for synthetic records. */
#include "config.h"

#include "check.h"
#include "pacct_event.h"
#include "sample.h"

#include <signal.h>
#include <sys/wait.h>

static const struct pacct_dialect dialect = {.ahz = 100};
static struct pacct_origin origin;
static struct pacct_room room;
static struct pacct_event ev;

static void make(const struct sample* s) {
    uint8_t raw[64];
    struct pacct_record rec;
    sample_write(s, raw);
    CHECK(pacct_record_decode(raw, &dialect, &rec));
    pacct_event_make(&origin, raw, &rec, 0, &room, &ev);
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
        bool synthetic;
    } cases[] = {
        {{.version = 3}, true},
        {{.version = 2}, true},
        {{.version = 1, .big = true}, true},
        {{.version = 0}, false}, /* kernels of that time filled in memory: it cannot be told */
        {{.version = 3, .mem = 1}, false},
        {{.version = 3, .flag = AFORK}, false}, /* a kernel thread */
        {{.version = 3, .flag = AFORK, .exitcode = 0xfc00, .minflt = 9}, false}, /* another, that worked for a process */
        {{.version = 3, .flag = AFORK, .utime = 1}, true}, /* its first thread has ended */
        {{.version = 3, .flag = ASU}, true}, /* a thread of the caller ended before and had used a privilege */
        {{.version = 3, .utime = 3, .stime = 4, .minflt = 5, .majflt = 6}, true}, /* the same: its usage */
        {{.version = 3, .exitcode = 256}, true}, /* the first thread has ended so */
        {{.version = 3, .flag = AXSIG}, true}, /* it had threads when it called exec */
        {{.version = 3, .exitcode = 9, .flag = AXSIG}, false}, /* it died after it had unmapped everything */
        {{.version = 3, .flag = ACORE}, false},
    };
    static const enum pacct_field_id of_ends[] = {
        PACCT_F_END,        PACCT_F_STATUS,       PACCT_F_EXIT_CODE, PACCT_F_SIGNAL,     PACCT_F_SIGNAL_NAME,
        PACCT_F_OUTCOME,    PACCT_F_CPU_USER,     PACCT_F_MEM_KIB,   PACCT_F_FORKED,     PACCT_F_CPU_SYSTEM,
        PACCT_F_PRIVILEGED, PACCT_F_MINOR_FAULTS, PACCT_F_KILLED,    PACCT_F_CORE_DUMPED};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample s = cases[i].s;
        s.btime = 1700000000;
        make(&s);
        has_text(PACCT_F_EVENT, cases[i].synthetic ? "synthetic" : "exit");
        has_text(PACCT_F_EVENT_TYPE, cases[i].synthetic ? "info" : "end");
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_TIME), cases[i].synthetic);
        CHECK_EQ(pacct_event_has(&ev, PACCT_F_END), !cases[i].synthetic);
        for (size_t k = 0; cases[i].synthetic && k < sizeof(of_ends) / sizeof(of_ends[0]); k++) {
            CHECK(!pacct_event_has(&ev, of_ends[k]));
        }
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
    origin.names = pacct_names_new(call_her_ann, 1, 30000);
    CHECK(origin.names != NULL);
    pacct_set_add(&origin.wanted, PACCT_F_USER);
    pacct_set_add(&origin.wanted, PACCT_F_GROUP);
    make(&s);
    has_text(PACCT_F_USER, "ann7");
    has_text(PACCT_F_GROUP, "friends7");
    const char* const at = (const char*)&room;
    CHECK(ev.v[PACCT_F_USER].s >= at && ev.v[PACCT_F_USER].s < at + sizeof(room));
    CHECK(ev.v[PACCT_F_GROUP].s >= at && ev.v[PACCT_F_GROUP].s < at + sizeof(room));
    pacct_names_free(origin.names);
    origin.names = NULL;
}

int main(void) {
    origin = (struct pacct_origin){.hostname = "box", .hostname_len = 3, .host_id = ""};
    every_status();
    endings();
    synthetic();
    absent();
    names();
    names_are_copies();
    return 0;
}
