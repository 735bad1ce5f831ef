/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: each rule of summaries, one by one: when a window is sent, what a group is, what an id is made of.
 * Invariant: a window is sent once it is over, and again where a record came late; groups beyond the limit are one;
 * what is not taken comes again; what could not be read again is not taken for what was sent.
 * Oracle: a few records for each rule, whose sums are written down here. */
#include "config.h"

#include "event/id.h"
#include "sample.h"
#include "summary_run.h"

#include <malloc.h>

static void one(uint64_t at, uint64_t second, const char* comm) {
    struct record r = {.end = second, .elapsed = 1};
    struct pacct_event ev;
    snprintf(r.user, sizeof(r.user), "u");
    snprintf(r.comm, sizeof(r.comm), "%s", comm);
    make_event(&r, &ev);
    add_event(&ev, at);
}

/* A summary that was sent; an empty one if it was not. */
static const struct stored* find(const struct store* store, uint64_t start, const char* comm) {
    static const struct stored none;
    for (unsigned i = 0; i < store->count; i++) {
        const struct stored* const s = &store->at[i];
        if (s->start == start && (comm == NULL ? s->window : !s->window && strcmp(s->comm, comm) == 0)) {
            return s;
        }
    }
    return &none;
}

/* A window is sent when a record ends late enough after it, or the clock says so; what comes later amends it. */
static void closing(void) {
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    one(0, BEGIN, "a");
    one(1, BEGIN + 59, "b");
    one(2, BEGIN + 60 + PACCT_SUMMARY_GRACE - 1, "a");
    CHECK(!pacct_summary_is_due(run.sums));
    one(3, BEGIN + 30, "a"); /* still in time */
    one(4, BEGIN + 60 + PACCT_SUMMARY_GRACE, "a");
    send_due(&live);
    CHECK_EQ(live.received, 3);
    CHECK_EQ(find(&live, BEGIN, "a")->count, 2);
    CHECK_EQ(find(&live, BEGIN, "b")->count, 1);
    CHECK(!find(&live, BEGIN, NULL)->complete); /* it was read from somewhere on */
    CHECK_EQ(find(&live, BEGIN, NULL)->groups, 2);
    CHECK_EQ(pacct_summary_deadline(run.sums), BEGIN + 120 + PACCT_SUMMARY_GRACE);
    pacct_summary_idle(run.sums, BEGIN + 120 + PACCT_SUMMARY_GRACE - 1, true);
    CHECK(!pacct_summary_is_due(run.sums));
    pacct_summary_idle(run.sums, BEGIN + 120 + PACCT_SUMMARY_GRACE, true);
    send_due(&live);
    CHECK_EQ(live.received, 5);
    CHECK(find(&live, BEGIN + 60, NULL)->complete);
    CHECK_EQ(pacct_summary_deadline(run.sums), UINT64_MAX);
    one(5, BEGIN + 5, "b"); /* late */
    CHECK(!pacct_summary_is_due(run.sums));
    CHECK(pacct_summary_idle(run.sums, BEGIN + 200, false)); /* another run might not know that it was sent */
    CHECK(!pacct_summary_is_due(run.sums));
    CHECK(!pacct_summary_idle(run.sums, BEGIN + 200, true));
    send_due(&live);
    CHECK_EQ(live.received, 7); /* only what changed */
    CHECK_EQ(find(&live, BEGIN, "b")->count, 2);
    CHECK_EQ(find(&live, BEGIN, "b")->revision, 1);
    CHECK_EQ(find(&live, BEGIN, "a")->revision, 0);
    CHECK_EQ(find(&live, BEGIN, NULL)->count, 4);
    CHECK_EQ(find(&live, BEGIN, NULL)->late, 1);
    CHECK_EQ(live.count, 5);
    end();
}

/* One that comes after its window left is a part of its own. */
static void much_too_late(void) {
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    for (uint64_t i = 0; i < 6; i++) {
        one(i, BEGIN + 60 * i, "a");
        send_due(&live);
    }
    one(6, BEGIN, "a");
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    unsigned parts = 0;
    for (unsigned i = 0; i < live.count; i++) {
        parts += live.at[i].start == BEGIN && !live.at[i].window;
        CHECK(live.at[i].window || live.at[i].count == 1);
    }
    CHECK_EQ(parts, 2);
    end();
}

/* Parts of a window have ids of their own, although the records that they begin with are much the same. */
static void parts(void) {
    uint64_t at = 0, later = BEGIN;
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    for (uint64_t n = 0; n < 3; n++) {
        struct record r = {.end = BEGIN, .minor = n, .comm = "a"};
        struct pacct_event ev;
        make_event(&r, &ev);
        add_event(&ev, at++);
        for (unsigned i = 0; i <= PACCT_SUMMARY_KEPT; i++) {
            send_due(&live);
            one(at++, later += 60, "b");
        }
    }
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    uint64_t count = 0, records = 0;
    for (unsigned i = 0; i < live.count; i++) {
        const struct stored* const s = &live.at[i];
        count += s->start == BEGIN && !s->window ? s->count : 0;
        records += s->start == BEGIN && s->window ? s->count : 0;
    }
    CHECK_EQ(count, 3);
    CHECK_EQ(records, 3);
    end();
}

/* Groups beyond the limit are one, and sums stay whole. */
static void limit(void) {
    options.max_groups = 4;
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    for (unsigned i = 0; i < 30; i++) {
        char comm[8];
        snprintf(comm, sizeof(comm), "c%u", i % 10);
        one(i, BEGIN, comm);
    }
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    CHECK_EQ(live.received, 6);
    const struct stored* const window = find(&live, BEGIN, NULL);
    CHECK_EQ(window->count, 30);
    CHECK_EQ(window->other, 18);
    CHECK_EQ(window->groups, 5);
    const struct stored* const other = find(&live, BEGIN, "");
    CHECK_EQ(other->count, 18);
    CHECK_EQ(other->members, 1);
    end();
}

/* A field that a record lacks is a group of its own, and so is an empty one. */
static void lacking(void) {
    struct record r = {.end = BEGIN};
    struct pacct_event ev;
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    strcpy(r.comm, "a");
    make_event(&r, &ev); /* an empty user */
    add_event(&ev, 0);
    r.no_user = true;
    make_event(&r, &ev);
    add_event(&ev, 1);
    strcpy(r.comm, "");
    make_event(&r, &ev);
    ev.present.word[PACCT_F_COMM / 64] &= ~((uint64_t)1 << (PACCT_F_COMM % 64));
    add_event(&ev, 2);
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    CHECK_EQ(live.count, 4);
    CHECK_EQ(live.at[0].members, 2);
    CHECK_EQ(live.at[1].members, 1);
    CHECK_EQ(live.at[2].members, 0);
    end();
}

/* The most frequent codes, at most five. */
static void codes(void) {
    struct record r = {.end = BEGIN};
    struct pacct_event ev;
    uint64_t at = 0;
    begin(NULL, WAY_SURE);
    strcpy(r.comm, "a");
    for (r.code = 0; r.code < 8; r.code++) {
        for (unsigned i = 0; i < (r.code == 3 ? 100 : r.code + 1); i++) {
            make_event(&r, &ev);
            add_event(&ev, at++);
        }
    }
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    CHECK(pacct_summary_sending(run.sums) != NULL);
    const struct pacct_event* const summary = pacct_summary_next(run.sums, &origin);
    const struct pacct_codes* const c = summary->v[PACCT_F_EXIT_CODES].codes;
    static const uint64_t expected[][2] = {{3, 100}, {7, 8}, {6, 7}, {5, 6}, {4, 5}};
    CHECK_EQ(c->count, 5);
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQ(c->of[i].code, expected[i][0]);
        CHECK_EQ(c->of[i].times, expected[i][1]);
    }
    end();
}

/* What rsyslog does not take comes again. */
static void refused(void) {
    const struct pacct_event* ev;
    char first[PACCT_ID_LEN];
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    for (unsigned i = 0; i < 5; i++) {
        char comm[8];
        snprintf(comm, sizeof(comm), "c%u", i);
        one(i, BEGIN, comm);
    }
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    CHECK(pacct_summary_sending(run.sums) != NULL);
    for (unsigned i = 0; i < 2; i++) {
        ev = pacct_summary_next(run.sums, &origin);
        CHECK(ev != NULL);
        receive(&live, ev);
    }
    pacct_summary_commit(run.sums);
    ev = pacct_summary_next(run.sums, &origin);
    memcpy(first, ev->v[PACCT_F_ID].s, sizeof(first));
    while (pacct_summary_next(run.sums, &origin) != NULL) {
    }
    pacct_summary_rollback(run.sums);
    ev = pacct_summary_next(run.sums, &origin);
    CHECK(memcmp(first, ev->v[PACCT_F_ID].s, sizeof(first)) == 0);
    pacct_summary_rollback(run.sums);
    CHECK(pacct_summary_is_due(run.sums));
    send_due(&live);
    CHECK_EQ(live.received, 6);
    CHECK_EQ(live.count, 6);
    CHECK(!pacct_summary_is_due(run.sums));
    end();
}

/* What could not be read again is not taken for what was sent. */
static void lost(void) {
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    one(0, BEGIN, "a");
    one(1, BEGIN, "a");
    one(2, BEGIN + 70, "a");
    send_due(&live);
    const struct saved saved = save();
    CHECK_EQ(saved.first, 0);
    end();
    begin(&saved, WAY_SURE);
    one(0, BEGIN, "a"); /* the second one is gone, and the third */
    pacct_summary_lost(run.sums);
    one(3, BEGIN + 1, "a");
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    uint64_t count = 0;
    for (unsigned i = 0; i < live.count; i++) {
        count += live.at[i].window ? 0 : live.at[i].count;
        CHECK(!live.at[i].complete);
    }
    CHECK_EQ(count, 3);
    end();
}

static uint64_t sum_of(const struct store* store) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < store->count; i++) {
        sum += store->at[i].window ? 0 : store->at[i].count;
    }
    return sum;
}

/* As many groups as a window had when it was sent: else what was among the others would be in a group, too. */
static void other_limit(void) {
    static const unsigned limits[] = {2, 5, 5};
    memset(&live, 0, sizeof(live));
    options.max_groups = limits[0];
    begin(NULL, WAY_SURE);
    one(0, BEGIN, "a");
    one(1, BEGIN, "b");
    one(2, BEGIN, "c");
    one(3, BEGIN + 70, "a");
    send_due(&live);
    for (uint64_t n = 1; n < sizeof(limits) / sizeof(limits[0]); n++) {
        const struct saved saved = save();
        CHECK_EQ(saved.first, 0);
        end();
        options.max_groups = limits[n];
        begin(&saved, WAY_SURE);
        one(0, BEGIN, "a");
        one(1, BEGIN, "b");
        one(2, BEGIN, "c");
        one(3, BEGIN + 70, "a");
        for (uint64_t late = 1; late <= n; late++) {
            one(3 + late, BEGIN, late % 2 == 0 ? "b" : "c");
        }
        pacct_summary_idle(run.sums, UINT64_MAX, true);
        send_due(&live);
        CHECK_EQ(sum_of(&live), 4 + n);
        CHECK_EQ(find(&live, BEGIN, NULL)->groups, 3);
    }
    /* windows that are new have the new limit */
    one(6, BEGIN + 120, "a");
    one(7, BEGIN + 120, "b");
    one(8, BEGIN + 120, "c");
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    CHECK_EQ(find(&live, BEGIN + 120, NULL)->groups, 3);
    CHECK_EQ(find(&live, BEGIN + 120, NULL)->other, 0);
    end();
}

/* A window that was amended as the clock came up, and whose last amendment did not arrive before it left: what another
 * run sends of it holds. */
static void amended_and_lost(void) {
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_LOST);
    for (uint64_t i = 0; i < 3; i++) {
        one(i, BEGIN, "a");
        pacct_summary_idle(run.sums, BEGIN + 70, true);
        send_due(&live);
        arrive(&live, 2, true);
        CHECK_EQ(find(&live, BEGIN, "a")->revision, i);
    }
    one(3, BEGIN, "a");
    for (uint64_t i = 1; i <= PACCT_SUMMARY_KEPT; i++) {
        one(3 + i, BEGIN + 60 * i, "a");
        send_due(&live);
    }
    const struct saved saved = save();
    CHECK_EQ(saved.first, 0);
    end();
    begin(&saved, WAY_LOST);
    for (uint64_t i = 0; i < 4; i++) {
        one(i, BEGIN, "a");
    }
    const struct saved later = save();
    end();
    begin(&later, WAY_SURE);
    for (uint64_t i = 0; i < 4; i++) {
        one(i, BEGIN, "a");
    }
    for (uint64_t i = 1; i <= PACCT_SUMMARY_KEPT; i++) {
        one(3 + i, BEGIN + 60 * i, "a");
        send_due(&live);
    }
    CHECK_EQ(find(&live, BEGIN, "a")->count, 4);
    CHECK_EQ(find(&live, BEGIN, NULL)->count, 4);
    CHECK_EQ(find(&live, BEGIN + 60, "a")->revision, 0); /* what was not amended begins as ever */
    end();
}

/* Bytes that malloc has given away, by its own count; 0 where it does not say. */
static size_t allocated(void) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
    const struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#else
    return 0;
#endif
}

/* What a group takes is what the documents say, "Memory" in impacct-summaries.rst. */
static void memory(void) {
    static const struct {
        unsigned groups, each;
        uint64_t longest;
        bool usage;
        size_t bytes;
    } cases[] = {{5000, 1, 100, false, 380},          {5000, 10, 10000, false, 570}, {1000, 100, 10000, false, 2400},
                 {100, 2000, 400000000, false, 8700}, {5000, 1, 100, true, 640},     {1000, 100, 10000, true, 5700}};
    uint64_t random = 7;
    options.max_groups = 5000;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const size_t before = allocated();
        uint64_t at = 0;
        begin(NULL, WAY_SURE);
        for (unsigned n = 0; n < cases[i].each; n++) {
            for (unsigned g = 0; g < cases[i].groups; g++) {
                struct record r = {.end = BEGIN, .elapsed = random_below(&random, cases[i].longest)};
                struct pacct_event ev;
                r.cpu = random_below(&random, r.elapsed + 1);
                r.code = random_below(&random, 4) == 0 ? random_below(&random, 3) : 0;
                snprintf(r.comm, sizeof(r.comm), "c%u", g % 10000);
                make_event(&r, &ev);
                if (cases[i].usage) {
                    pacct_event_set_int(&ev, PACCT_F_CPU_NS, 1);
                    pacct_event_set_int(&ev, PACCT_F_MAX_RSS_KIB, 1000 + random_below(&random, 100000));
                    pacct_event_set_int(&ev, PACCT_F_READ_BYTES, random_below(&random, 1000000));
                    pacct_event_set_int(&ev, PACCT_F_WRITE_BYTES, random_below(&random, 1000000));
                }
                add_event(&ev, at++);
            }
        }
        const size_t each = (allocated() - before) / cases[i].groups;
        if (each > cases[i].bytes) {
            fprintf(stderr, "case %zu: %zu bytes a group\n", i, each);
        }
        CHECK(each <= cases[i].bytes);
        if (allocated() > 0) {
            CHECK(each > 3 * cases[i].bytes / 4);
        }
        end();
    }
}

/* No sum is more than JSON's readers can hold. */
static void ages(void) {
    struct record r = {.end = BEGIN, .elapsed = UINT64_MAX >> 1, .comm = "a"};
    struct pacct_event ev;
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    for (uint64_t i = 0; i < 3; i++) {
        make_event(&r, &ev);
        pacct_event_set_int(&ev, PACCT_F_START, 1);
        add_event(&ev, i);
    }
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    send_due(&live);
    CHECK_EQ(find(&live, BEGIN, "a")->count, 3);
    CHECK_EQ(find(&live, BEGIN, "a")->elapsed, UINT64_MAX >> 1);
    end();
}

/* What is known of what processes used; of how many, and no less than nothing where it is of none. */
static void usage(void) {
    static const struct {
        uint64_t rss, read, written;
        bool known, memory;
    } used[] = {{100, 1, 0, true, true}, {300, 127, 4096, true, true}, {0, 5, 0, true, false}, {.known = false}};
    struct record r = {.end = BEGIN, .comm = "a"};
    struct pacct_event ev;
    begin(NULL, WAY_SURE);
    for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++) {
        make_event(&r, &ev);
        if (used[i].known) {
            pacct_event_set_int(&ev, PACCT_F_CPU_NS, 1);
            pacct_event_set_int(&ev, PACCT_F_READ_BYTES, used[i].read);
            pacct_event_set_int(&ev, PACCT_F_WRITE_BYTES, used[i].written);
        }
        if (used[i].memory) {
            pacct_event_set_int(&ev, PACCT_F_MAX_RSS_KIB, used[i].rss);
        }
        add_event(&ev, i);
    }
    strcpy(r.comm, "b");
    make_event(&r, &ev);
    add_event(&ev, sizeof(used) / sizeof(used[0]));
    pacct_summary_idle(run.sums, UINT64_MAX, true);
    CHECK(pacct_summary_sending(run.sums) != NULL);
    const struct pacct_event* summary = pacct_summary_next(run.sums, &origin);
    CHECK_EQ(number(summary, PACCT_F_PROCESSES), 4);
    CHECK_EQ(number(summary, PACCT_F_USAGE_COUNT), 3);
    CHECK_EQ(number(summary, PACCT_F_MAX_RSS_KIB_SUM), 400);
    CHECK_EQ(number(summary, PACCT_F_MAX_RSS_KIB_MAX), 300);
    CHECK_EQ(number(summary, PACCT_F_MAX_RSS_KIB_P50), 100);
    CHECK_EQ(number(summary, PACCT_F_READ_BYTES_SUM), 133);
    CHECK_EQ(number(summary, PACCT_F_READ_BYTES_P50), 5);
    CHECK_EQ(number(summary, PACCT_F_READ_BYTES_P95), 127);
    CHECK_EQ(number(summary, PACCT_F_WRITE_BYTES_SUM), 4096);
    CHECK_EQ(number(summary, PACCT_F_WRITE_BYTES_P50), 0);
    CHECK_EQ(number(summary, PACCT_F_WRITE_BYTES_P99), 4096);
    summary = pacct_summary_next(run.sums, &origin);
    CHECK_EQ(number(summary, PACCT_F_PROCESSES), 1);
    CHECK(!pacct_event_has(summary, PACCT_F_USAGE_COUNT) && !pacct_event_has(summary, PACCT_F_READ_BYTES_SUM) &&
          !pacct_event_has(summary, PACCT_F_WRITE_BYTES_P99));
    end();
}

static void another_configuration(void) {
    memset(&live, 0, sizeof(live));
    begin(NULL, WAY_SURE);
    one(0, BEGIN, "a");
    one(1, BEGIN + 70, "a");
    send_due(&live);
    const struct saved saved = save();
    end();
    options.by.count = 1;
    begin(&saved, WAY_SURE);
    one(0, BEGIN, "a");
    one(1, BEGIN + 70, "a");
    send_due(&live);
    CHECK_EQ(live.count, 4); /* the same with other ids */
    end();
}

/* Keys, and the ids made of them, are bytes that anybody can make. */
static void keys(void) {
    static const struct pacct_summary_by by = {3, {PACCT_F_COMMAND_LINE, PACCT_F_UID, PACCT_F_COMM}};
    static const struct {
        const char *line, *word;
    } cases[] = {{"make -j2", "make"}, {"make", "make"},
                 {"'a b' c", "'a b'"}, {"$'it\\'s a' c", "$'it\\'s a'"},
                 {"''", "''"},         {"/bin/'x y'z q", "/bin/'x y'z"}};
    struct pacct_event ev;
    char key[PACCT_SUMMARY_KEY_MAX], expected[PACCT_SUMMARY_KEY_MAX];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pacct_event_begin(&origin, &ev);
        pacct_event_set_str(&ev, PACCT_F_COMMAND_LINE, cases[i].line, strlen(cases[i].line));
        pacct_event_set_int(&ev, PACCT_F_UID, 0x1234);
        const size_t len = pacct_summary_key(&by, &ev, key);
        const size_t word = strlen(cases[i].word);
        expected[0] = 2;
        expected[1] = (char)word;
        memcpy(expected + 2, cases[i].word, word);
        memcpy(expected + 2 + word, "\1\0\0\0\0\0\0\x12\x34\0", 10);
        CHECK_EQ(len, word + 12);
        CHECK(memcmp(key, expected, len) == 0);
    }
    /* nothing is cut within a character */
    char text[400];
    for (size_t i = 0; i < sizeof(text); i += 2) {
        memcpy(text + i, "\xc3\xa9", 2);
    }
    pacct_event_begin(&origin, &ev);
    pacct_event_set_str(&ev, PACCT_F_COMM, text, sizeof(text));
    CHECK_EQ(pacct_summary_key(&by, &ev, key), 2 + 2 + 254);
    CHECK_EQ((unsigned char)key[3], 254);
    CHECK(!pacct_summary_groups_by(PACCT_F_ARGS) && !pacct_summary_groups_by(PACCT_F_FILE) &&
          !pacct_summary_groups_by(PACCT_F_PROCESSES));
    CHECK(pacct_summary_groups_by(PACCT_F_JOB_ID) && pacct_summary_groups_by(PACCT_F_LOGIN_USER) &&
          pacct_summary_groups_by(PACCT_F_COMMAND_LINE));
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    pacct_id_init();
    CASE("when a window is sent, and sent again") {
        closing();
    }
    CASE("after its window left") {
        much_too_late();
    }
    CASE("parts of a window") {
        parts();
    }
    CASE("more groups than there may be") {
        limit();
    }
    CASE("what a record lacks") {
        lacking();
    }
    CASE("exit codes") {
        codes();
    }
    CASE("what is not taken comes again") {
        refused();
    }
    CASE("what was lost meanwhile") {
        lost();
    }
    CASE("what was amended, and did not arrive") {
        amended_and_lost();
    }
    CASE("another limit of groups") {
        other_limit();
    }
    CASE("what a group takes") {
        memory();
    }
    CASE("sums of what ran for ages") {
        ages();
    }
    CASE("usage") {
        usage();
    }
    CASE("another configuration") {
        another_configuration();
    }
    CASE("keys") {
        keys();
    }
    return check_end();
}
