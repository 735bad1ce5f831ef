/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the line for people cannot be split or forged by the name of a process.
 * Invariant: printable ASCII only; the name is the first word, and no two names give the same word; the other words
 * do not depend on the name.
 * Oracle: the escapes taken back, byte for byte; an exact line written by hand. */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "output/line.h"
#include "sample.h"

static const struct pacct_dialect dialect = {.ahz = 100};
static struct pacct_origin origin;
static struct pacct_rfc3339 clock_cache;

static void write_line(const struct sample* s, struct pacct_buf* buf) {
    uint8_t raw[64];
    struct pacct_record rec;
    struct pacct_event_storage room;
    struct pacct_event ev;
    sample_write(s, raw);
    CHECK(pacct_record_decode(raw, &dialect, &rec));
    pacct_event_make(&origin, raw, &rec, pacct_event_about(&rec), 0, &room, &ev);
    buf->len = 0;
    CHECK(pacct_line_write(&ev, &clock_cache, buf));
}

static unsigned hex(char c) {
    const char* const digits = "0123456789abcdef";
    CHECK(c != '\0' && strchr(digits, c) != NULL);
    return (unsigned)(strchr(digits, c) - digits);
}

/* The first word without its escapes; "-" alone is the empty name. */
static size_t unescape(const char* word, size_t len, char* name) {
    size_t n = 0;
    if (len == 1 && word[0] == '-') {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\\') {
            CHECK(i + 3 < len && word[i + 1] == 'x');
            name[n++] = (char)(hex(word[i + 2]) << 4 | hex(word[i + 3]));
            i += 3;
        } else {
            name[n++] = word[i];
        }
    }
    return n;
}

static void check_name(struct sample* s, const char* rest, struct pacct_buf* buf) {
    char name[64];
    write_line(s, buf);
    const char* const blank = memchr(buf->p, ' ', buf->len);
    CHECK(blank != NULL);
    for (size_t i = 0; i < buf->len; i++) {
        CHECK(buf->p[i] >= ' ' && buf->p[i] < 0x7f);
    }
    const size_t len = unescape(buf->p, (size_t)(blank - buf->p), name);
    CHECK_TEXT(name, len, s->comm);
    CHECK_TEXT(blank, buf->len - (size_t)(blank - buf->p), rest);
}

static void every_byte(void) {
    static const char* const hostile[] = {"",    "-",      "--",      "\\",      "\\x41",
                                          "a b", "exit=0", "a\nroot", "a \\x20", "\xc3\xbc"};
    struct pacct_buf buf = {0};
    struct sample s = {.version = 3, .mem = 1, .btime = 1700000000, .pid = 7};
    char rest[256];
    memcpy(s.comm, "x", 2);
    write_line(&s, &buf);
    CHECK(buf.len < sizeof(rest));
    memcpy(rest, buf.p + 1, buf.len - 1);
    rest[buf.len - 1] = '\0';
    for (int byte = 1; byte <= UINT8_MAX; byte++) {
        for (size_t at = 0; at < 16; at++) {
            memset(s.comm, 0, sizeof(s.comm));
            memset(s.comm, 'n', at);
            s.comm[at] = (char)byte;
            check_name(&s, rest, &buf);
            s.comm[0] = (char)0xff; /* not UTF-8: the raw bytes are shown */
            check_name(&s, rest, &buf);
        }
    }
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        memset(s.comm, 0, sizeof(s.comm));
        memcpy(s.comm, hostile[i], strlen(hostile[i]));
        check_name(&s, rest, &buf);
    }
    pacct_buf_free(&buf);
}

static void exact_lines(void) {
    static const struct {
        struct sample s;
        const char* line;
    } cases[] = {
        {{.version = 3,
          .flag = ASU,
          .exitcode = 512,
          .uid = 70000,
          .pid = 411,
          .ppid = 409,
          .btime = 1700000000,
          .etime = 0x42f00000,
          .utime = 3,
          .stime = 1,
          .mem = 9,
          .tty = 0x8800,
          .comm = "make"},
         "make S--- 70000 - exit=2 cpu=0.04s elapsed=1.20s start=2023-11-14T22:13:20Z end=2023-11-14T22:13:21Z pid=411 "
         "ppid=409"},
        {{.version = 2,
          .flag = AFORK | ACORE | AXSIG,
          .exitcode = 139,
          .btime = 1700000000,
          .etime = 50,
          .mem = 9,
          .ahz = 100,
          .comm = "x"},
         "x -FDX 0 - signal=SIGSEGV cpu=0.00s elapsed=0.50s start=2023-11-14T22:13:20Z end=2023-11-14T22:13:20Z"},
        {{.version = 3, .btime = 1700000000, .pid = 5, .ppid = 1, .comm = "accton"},
         "accton ---- 0 - synthetic elapsed=0.00s start=2023-11-14T22:13:20Z time=2023-11-14T22:13:20Z pid=5 ppid=1"},
        {{.version = 3, .btime = 1700000000, .minflt = 9, .pid = 6, .ppid = 1, .comm = "doubt"},
         "doubt ---- 0 - exit=0 exit_uncertain=true cpu=0.00s elapsed=0.00s start=2023-11-14T22:13:20Z "
         "end=2023-11-14T22:13:20Z pid=6 ppid=1"},
    };
    struct pacct_buf buf = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_line(&cases[i].s, &buf);
        CHECK_TEXT(buf.p, buf.len, cases[i].line);
    }
    pacct_buf_free(&buf);
}

/* Names of any bytes, and a number of each type. */
static void summary_lines(void) {
    static const struct pacct_members members = {.count = 6,
                                                 .member = {{"comm", PACCT_T_STRING, {.s = "a b\n", .len = 4}},
                                                            {"uid", PACCT_T_INT, {.u = 7}},
                                                            {"start", PACCT_T_TIME, {.u = 1700000000}},
                                                            {"elapsed", PACCT_T_CENTI, {.u = 105}},
                                                            {"forked", PACCT_T_BOOL, {.u = 0}},
                                                            {"killed", PACCT_T_BOOL, {.u = 1}}}};
    struct pacct_event summary = {.strings_len = 0};
    struct pacct_buf buf = {0};
    PACCT_SET_TOKEN(&summary, PACCT_F_EVENT, "summary");
    pacct_event_set_int(&summary, PACCT_F_WINDOW_START, 1700000000);
    pacct_event_set_int(&summary, PACCT_F_WINDOW_END, 1700000060);
    pacct_event_set_members(&summary, PACCT_F_MEMBERS, &members);
    pacct_event_set_int(&summary, PACCT_F_PROCESSES, 12);
    pacct_event_set_int(&summary, PACCT_F_FAILURES, 3);
    for (unsigned i = 0; i < 5; i++) {
        pacct_event_set_int(&summary, PACCT_F_CPU_SUM + i, 310 - i);
    }
    pacct_event_set_int(&summary, PACCT_F_REVISION, 1);
    CHECK(pacct_line_write(&summary, &clock_cache, &buf));
    CHECK_TEXT(
        buf.p, buf.len,
        "summary window_start=2023-11-14T22:13:20Z window_end=2023-11-14T22:14:20Z comm=a\\x20b\\x0a uid=7 "
        "start=2023-11-14T22:13:20Z elapsed=1.05 forked=false killed=true count=12 failures=3 cpu=3.10s max=3.09s "
        "p50=3.08s p95=3.07s p99=3.06s revision=1");
    struct pacct_event window = {.strings_len = 0};
    buf.len = 0;
    PACCT_SET_TOKEN(&window, PACCT_F_EVENT, "summary_window");
    pacct_event_set_int(&window, PACCT_F_WINDOW_START, 1700000000);
    pacct_event_set_int(&window, PACCT_F_RECORDS, 20);
    pacct_event_set_int(&window, PACCT_F_COMPLETE, 1);
    CHECK(pacct_line_write(&window, &clock_cache, &buf));
    CHECK_TEXT(buf.p, buf.len, "summary_window window_start=2023-11-14T22:13:20Z records=20 complete=true");
    pacct_buf_free(&buf);
}

int main(int argc, char** argv) {
    origin = (struct pacct_origin){.hostname = "box", .hostname_len = 3, .host_id = "", .wanted = pacct_line_fields()};
    check_begin(argc, argv);
    CASE("exact lines") {
        exact_lines();
    }
    CASE("summaries") {
        summary_lines();
    }
    CASE("every byte at every place of a name") {
        every_byte();
    }
    return check_end();
}
