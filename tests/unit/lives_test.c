/* Intent: a record gets the command of its own process, or none.
 * Invariant: without loss every record gets exactly its own; with loss, eviction, a late start and records that come
 * again none gets another's, and when it is over all get theirs again. What is kept stays within its limits.
 * Oracle: a small world of processes, which knows who is who; its clock, process ids and records are made as the kernel
 * makes them (kernel/acct.c). */
#include "config.h"

#include "check.h"
#include "pacct_lives.h"
#include "sample.h"

#define SECOND 1000000000u
#define PIDS 64
#define ROOT 1
#define ROOT_START (10ull * SECOND)
#define EVENTS 4096
#define RECORDS 4096

/* ---- scripted ---- */

#define OFFSET ((int64_t)1700000000 * SECOND + 300000000)

static struct pacct_exec fork_of(uint32_t pid, uint32_t ppid, uint64_t start, uint64_t parent) {
    return (struct pacct_exec){.kind = PACCT_EXEC_FORK,
                               .pid = pid,
                               .ppid = ppid,
                               .time = start,
                               .start = start,
                               .start_boot = start,
                               .parent_boot = parent,
                               .parent_comm = "maker"};
}

static struct pacct_exec exec_of(uint32_t pid, uint64_t start, uint64_t time, const char* args) {
    return (struct pacct_exec){.kind = PACCT_EXEC_EXEC,
                               .pid = pid,
                               .time = time,
                               .start = start,
                               .start_boot = start,
                               .args = {args, strlen(args) + 1},
                               .args_len = strlen(args) + 1};
}

/* As the kernel does it (kernel/acct.c, fill_ac). */
static struct pacct_record record_of(uint32_t pid, uint64_t start, uint64_t end, int64_t offset, bool forked) {
    const uint64_t elapsed = end - start;
    return (struct pacct_record){.version = 3,
                                 .has_pid = true,
                                 .etime_valid = true,
                                 .ahz = 100,
                                 .pid = pid,
                                 .flag = forked ? PACCT_AFORK : 0,
                                 .etime = elapsed / (SECOND / 100),
                                 .btime = (uint32_t)(((int64_t)end + offset) / SECOND) - (uint32_t)(elapsed / SECOND)};
}

/* What a record gets, "" for nothing; in a static buffer. */
static const char* take(struct pacct_lives* l, const struct pacct_record* rec, int64_t offset, enum pacct_known known) {
    static char text[64];
    struct pacct_life life;
    pacct_lives_take(l, rec, offset, &life);
    CHECK_EQ(life.known, known);
    text[0] = '\0';
    if (life.known != PACCT_KNOWN_NOT) {
        const struct pacct_bytes args = pacct_command_exec(life.command)->args;
        CHECK(args.len < sizeof(text));
        memcpy(text, args.p, args.len);
    }
    pacct_command_unref(life.command);
    return text;
}

static void tell_fork(struct pacct_lives* l, uint32_t pid, uint32_t ppid, uint64_t start, uint64_t parent) {
    const struct pacct_exec ev = fork_of(pid, ppid, start, parent);
    CHECK(pacct_lives_tell(l, &ev) != NULL);
}

static void tell_exec(struct pacct_lives* l, uint32_t pid, uint64_t start, uint64_t time, const char* args) {
    const struct pacct_exec ev = exec_of(pid, start, time, args);
    CHECK(pacct_lives_tell(l, &ev) != NULL);
}

static void test_scripted(void) {
    const uint64_t t = 1000ull * SECOND;
    struct pacct_lives* const l = pacct_lives_new(100, 1u << 20);
    tell_fork(l, 5, 1, t, 7);
    tell_exec(l, 5, t, t + 10, "first");
    tell_exec(l, 5, t, t + 20, "second");
    tell_fork(l, 6, 5, t + 30, t);
    /* the last of several execs, and the creator's for one that never called it */
    struct pacct_record rec = record_of(6, t + 30, t + 40, OFFSET, true);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_INHERITED), "second") == 0);
    rec = record_of(5, t, t + 50, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_EXEC), "second") == 0);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT); /* it was taken */
    /* threads that never called exec set AFORK in a process that did */
    tell_fork(l, 7, 1, t, 7);
    tell_exec(l, 7, t, t + 10, "threads");
    rec = record_of(7, t, t + 50, OFFSET, true);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_EXEC), "threads") == 0);
    /* a record that says exec, and none was told */
    tell_fork(l, 8, 5, t, 7);
    rec = record_of(8, t, t + 50, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    /* nobody told that a record was lost, but it shows, and what follows soon is in doubt, too */
    tell_fork(l, 8, 7, t, 7);
    tell_exec(l, 8, t, t + 10, "maker");
    tell_fork(l, 20, 8, t + 100, t);
    tell_fork(l, 20, 8, t + 200, t);
    tell_exec(l, 20, t + 200, t + 300, "after");
    rec = record_of(20, t + 200, t + 400, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    tell_fork(l, 20, 8, t + 500, t);
    tell_exec(l, 20, t + 500, t + 600, "next");
    rec = record_of(20, t + 500, t + 700, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    tell_fork(l, 20, 8, t + 9ull * SECOND, t);
    tell_exec(l, 20, t + 9ull * SECOND, t + 9ull * SECOND + 10, "calm");
    rec = record_of(20, t + 9ull * SECOND, t + 9ull * SECOND + 20, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_EXEC), "calm") == 0);
    /* an old record of the same id, from before */
    tell_fork(l, 9, 1, t, 7);
    tell_exec(l, 9, t, t + 10, "mine");
    rec = record_of(9, t - 5ull * SECOND, t - 4ull * SECOND, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    rec = record_of(9, t, t + 90ull * SECOND, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_EXEC), "mine") == 0);
    /* the creator is who made it, whoever its parent became */
    tell_fork(l, 10, 5, t, 77);
    struct pacct_exec ev = exec_of(10, t, t + 10, "orphan");
    ev.ppid = 1;
    CHECK_EQ(pacct_lives_tell(l, &ev)->ppid, 5);
    CHECK_EQ(pacct_lives_tell(l, &ev)->parent_boot, 77);
    CHECK_EQ(pacct_lives_counts(l)->exec, 4);
    CHECK_EQ(pacct_lives_counts(l)->inherited, 1);
    CHECK_EQ(pacct_lives_counts(l)->missing, 6);
    pacct_lives_free(l);
}

static void test_scan(void) {
    const uint64_t t = 1000ull * SECOND;
    struct pacct_lives* const l = pacct_lives_new(100, 1u << 20);
    pacct_lives_lost(l, t);
    struct pacct_exec ev = exec_of(5, t - 100ull * SECOND, t, "found");
    ev.kind = PACCT_EXEC_SCAN;
    CHECK(pacct_lives_tell(l, &ev) != NULL);
    tell_fork(l, 6, 5, t + 30ull * SECOND, ev.start_boot + 1); /* /proc rounds it down */
    struct pacct_record rec = record_of(6, t + 30ull * SECOND, t + 31ull * SECOND, OFFSET, true);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_INHERITED), "found") == 0);
    rec = record_of(5, ev.start, t + 31ull * SECOND, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_SCAN), "found") == 0);
    /* a record of one with the same id that was gone before it was found */
    CHECK(pacct_lives_tell(l, &ev) != NULL);
    rec = record_of(5, ev.start - SECOND / 2, ev.start - SECOND / 4, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    rec = record_of(5, ev.start, t + 31ull * SECOND, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_SCAN), "found") == 0);
    /* one so young that a record may still come of the one before it */
    ev.pid = 7;
    ev.start = ev.start_boot = t - SECOND;
    CHECK(pacct_lives_tell(l, &ev) != NULL);
    rec = record_of(7, ev.start, t + 31ull * SECOND, OFFSET, false);
    take(l, &rec, OFFSET, PACCT_KNOWN_NOT);
    /* what was heard since is newer than what was found */
    ev.pid = 8;
    ev.start = ev.start_boot = t - 100ull * SECOND;
    tell_exec(l, 8, ev.start, t + 5, "newer");
    CHECK(pacct_lives_tell(l, &ev) == NULL);
    /* found again after a loss; what /proc tells of a start is never twice the same to the nanosecond */
    pacct_lives_lost(l, t + 10);
    ev.time = t + 20;
    ev.start--;
    CHECK(pacct_lives_tell(l, &ev) != NULL);
    rec = record_of(8, ev.start, t + 31ull * SECOND, OFFSET, false);
    CHECK(strcmp(take(l, &rec, OFFSET, PACCT_KNOWN_SCAN), "found") == 0);
    pacct_lives_free(l);
}

/* ---- random ---- */

struct process {
    bool lives, forked;
    uint64_t start;
    char args[16];
};

struct end {
    struct pacct_record rec;
    char args[16];
    bool forked;
    uint64_t start;
};

struct world {
    uint64_t random, now, serial;
    int64_t offset;
    struct process p[PIDS]; /* p[ROOT] is always there, and only forks; p[0] is nobody */
    uint32_t next_pid, pids;
    struct pacct_exec events[EVENTS]; /* not read yet */
    char args[EVENTS][16];
    size_t event_count, ring;
    bool lost;
    struct end ends[RECORDS];
    size_t end_count, ends_read;
};

static void tell(struct world* w, struct pacct_exec ev, const char* args) {
    if (w->event_count == w->ring) {
        w->lost = true;
        return;
    }
    strcpy(w->args[w->event_count], args);
    ev.args.p = w->args[w->event_count];
    w->events[w->event_count++] = ev;
}

/* Somebody forks, executes or ends. */
static void happen(struct world* w, uint64_t pause) {
    w->now += 1 + random_below(&w->random, pause);
    uint32_t pid = (uint32_t)random_below(&w->random, w->pids);
    while (!w->p[pid].lives) {
        pid = (pid + 1) % w->pids;
    }
    struct process* const p = &w->p[pid];
    if (random_below(&w->random, 3) == 0) {
        w->next_pid = 1 + (w->next_pid < w->pids - 1 ? w->next_pid : ROOT); /* in turns, as the kernel does */
        struct process* const child = &w->p[w->next_pid];
        if (child->lives) {
            return;
        }
        *child = (struct process){.lives = true, .forked = true, .start = w->now};
        strcpy(child->args, p->args);
        tell(w, fork_of(w->next_pid, pid, w->now, p->start), "");
    } else if (pid != ROOT && random_below(&w->random, 2) == 0) {
        snprintf(p->args, sizeof(p->args), "c%u", (unsigned)++w->serial);
        p->forked = false;
        tell(w, exec_of(pid, p->start, w->now, p->args), p->args);
    } else if (pid != ROOT && w->end_count < RECORDS) {
        struct end* const e = &w->ends[w->end_count++];
        e->rec = record_of(pid, p->start, w->now, w->offset, p->forked);
        e->forked = p->forked;
        e->start = p->start;
        strcpy(e->args, p->args);
        p->lives = false;
    }
}

static void drain(struct world* w, struct pacct_lives* l) {
    for (size_t i = 0; i < w->event_count; i++) {
        struct pacct_exec ev = w->events[i];
        ev.args.p = w->args[i];
        pacct_lives_tell(l, &ev);
    }
    w->event_count = 0;
    if (w->lost) {
        pacct_lives_lost(l, w->now);
        w->lost = false;
    }
}

/* The next record; whether it got what is its own, or nothing. */
static bool read_record(struct world* w, struct pacct_lives* l) {
    const struct end* const e = &w->ends[w->ends_read++];
    struct pacct_life life;
    drain(w, l);
    pacct_lives_take(l, &e->rec, w->offset, &life);
    if (life.known == PACCT_KNOWN_NOT) {
        return false;
    }
    const struct pacct_exec* const ev = pacct_command_exec(life.command);
    CHECK_TEXT(ev->args.p, ev->args.len - 1, e->args);
    CHECK_EQ(life.known, e->forked ? PACCT_KNOWN_INHERITED : PACCT_KNOWN_EXEC);
    CHECK_EQ(life.start_boot, e->start);
    pacct_command_unref(life.command);
    return true;
}

/* Run a world for a while; returns how many records got nothing. */
static unsigned run(struct world* w, struct pacct_lives* l, unsigned steps, uint64_t pause, unsigned lag) {
    unsigned nothing = 0;
    for (unsigned i = 0; i < steps; i++) {
        happen(w, pause);
        while (w->end_count - w->ends_read > lag) {
            nothing += !read_record(w, l);
        }
        if (w->end_count == RECORDS) {
            while (w->ends_read < w->end_count) {
                nothing += !read_record(w, l);
            }
            w->end_count = w->ends_read = 0;
        }
    }
    return nothing;
}

/* In which events are lost when more than "ring" of them wait. */
static struct world* new_world(uint64_t seed, size_t ring) {
    struct world* const w = calloc(1, sizeof(*w));
    CHECK(w != NULL);
    w->random = seed;
    w->ring = ring;
    w->pids = seed % 3 == 0 ? 4 : PIDS;
    w->now = 100000ull * SECOND;
    w->offset = (int64_t)1700000000 * SECOND + (int64_t)random_below(&w->random, SECOND);
    w->next_pid = ROOT;
    w->p[ROOT] = (struct process){.lives = true, .start = ROOT_START};
    return w;
}

static void prepare(struct world* w, struct pacct_lives* l) {
    const struct pacct_exec root = exec_of(ROOT, ROOT_START, w->now, "");
    CHECK(pacct_lives_tell(l, &root) != NULL);
}

/* from an id given out again after nanoseconds, to after minutes */
static const uint64_t pauses[] = {50, 1000000, 20000000, 2000000000};
#define PAUSES (sizeof(pauses) / sizeof(pauses[0]))

static void test_exact(void) {
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct world* const w = new_world(seed, EVENTS);
        struct pacct_lives* const l = pacct_lives_new(EVENTS, 1u << 24);
        prepare(w, l);
        const unsigned nothing = run(w, l, 20000, pauses[seed % PAUSES], (unsigned)(seed % 7) * 20);
        CHECK_EQ(nothing, 0);
        CHECK(pacct_lives_counts(l)->exec > 1000 && pacct_lives_counts(l)->inherited > 100);
        pacct_lives_free(l);
        free(w);
    }
}

static void test_loss(void) {
    unsigned known = 0, nothing = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct world* const w = new_world(seed, 5 + seed % 60);
        struct pacct_lives* const l = pacct_lives_new(EVENTS, 1u << 24);
        prepare(w, l);
        const unsigned lag = (unsigned)random_below(&w->random, 30);
        nothing += run(w, l, 4000, pauses[seed % PAUSES], lag);
        known += (unsigned)(pacct_lives_counts(l)->exec + pacct_lives_counts(l)->inherited);
        /* all in existence then end, some time passes, and nothing is lost any more */
        w->ring = EVENTS;
        for (uint32_t pid = ROOT + 1; pid < PIDS; pid++) {
            w->p[pid].lives = false;
        }
        drain(w, l);
        w->end_count = w->ends_read = 0;
        w->now += 10ull * SECOND;
        prepare(w, l);
        w->p[ROOT].args[0] = '\0';
        const unsigned after = run(w, l, 4000, pauses[seed % PAUSES], lag);
        const unsigned forked_by_root = 64; /* whose creator's program is in doubt since the loss */
        CHECK(pauses[seed % PAUSES] < 100 || after < 4000 / 3 + forked_by_root);
        pacct_lives_free(l);
        free(w);
    }
    CHECK(known > 1000 && nothing > 1000); /* both were tried */
}

/* Losses now and then, while ids are given out again without a break: who was shifted stays in doubt. */
static void test_loss_and_no_break(void) {
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world* const w = new_world(seed, 5);
        struct pacct_lives* const l = pacct_lives_new(EVENTS, 1u << 24);
        prepare(w, l);
        for (unsigned i = 0; i < 6; i++) {
            w->ring = i % 2 == 0 ? 8 : EVENTS;
            run(w, l, i % 2 == 0 ? 200 : 3000, pauses[1] * (1 + seed % 5), 10);
        }
        pacct_lives_free(l);
        free(w);
    }
}

static void test_bounds(void) {
    uint64_t evicted[2] = {0};
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct world* const w = new_world(seed, EVENTS);
        struct pacct_lives* const l = pacct_lives_new(5 + seed % 30, seed % 2 == 0 ? 1u << 24 : 2000);
        prepare(w, l);
        run(w, l, 4000, pauses[seed % PAUSES], (unsigned)(seed % 5) * 20);
        evicted[seed % 2] += pacct_lives_counts(l)->evicted;
        pacct_lives_free(l);
        free(w);
    }
    CHECK(evicted[0] > 0 && evicted[1] > 0);
}

/* Begins to look when much is under way; and reads a batch of records a second time. */
static void test_late_and_again(void) {
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct world* const w = new_world(seed, EVENTS);
        struct pacct_lives* const l = pacct_lives_new(EVENTS, 1u << 24);
        for (unsigned i = 0; i < 2000; i++) {
            happen(w, pauses[seed % PAUSES]);
        }
        w->event_count = 0;
        w->lost = false;
        pacct_lives_lost(l, w->now);
        run(w, l, 2000, pauses[seed % PAUSES], 20);
        w->ends_read -= w->ends_read < 10 ? w->ends_read : 10;
        pacct_lives_lost(l, w->now);
        run(w, l, 2000, pauses[seed % PAUSES], 20);
        pacct_lives_free(l);
        free(w);
    }
}

int main(void) {
    test_scripted();
    test_scan();
    test_exact();
    test_loss();
    test_loss_and_no_break();
    test_bounds();
    test_late_and_again();
    return 0;
}
