/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage.c
 * @brief What processes used, from the BPF program at exit (capture/usage.bpf.c) to the record of the end.
 *
 * Algorithm: whoever reads records drains the ring for each, since the end of a
 * process is told before its record is written. Nobody drains it while no
 * records come: what is told meanwhile has no use.
 *
 * Concurrency and locking: one thread, after it was made by another.
 *
 * Failure model: what is missing to load the program is said in a sentence.
 * Each event tells how many were lost before it; those for which the kernel
 * left the program out are counted by the kernel, which is asked after what may
 * have come in their place.
 */
#include "config.h"

#include "capture/usage.h"
#include "base/sys.h"
#include "capture/exit_program.h"
#include "capture/ktime.h"
#include "capture/usage_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

/* as many as the ring holds, since all of it is drained at once after a stall */
#define ENDS_MAX 32768u
/* the day's clock was set, if it differs by more */
#define CLOCK_SET_NS 100000000

struct pacct_usage_capture {
    struct pacct_exit_program program;
    struct bpf_link* link;
    struct pacct_bpf_ring ring;
    struct pacct_usage_shared* shared;
    struct pacct_usage_join* join;
    uint64_t lost; /* that the ring did not hold, as told so far */
    uint64_t missed; /* for which the program was left out */
    uint64_t told; /* time of the last end */
    uint64_t looked; /* when it was asked how often the program was left out */
    struct pacct_usage_clock clock;
    int64_t offset; /* of the day's clock to the monotonic one */
    uint64_t matched, missing; /* records */
};

/* ---- loading ---- */

static bool left_out(const struct pacct_usage_capture* c, uint64_t* count) {
    return pacct_exit_program_left_out(bpf_program__fd(c->program.program), count);
}

static const char* start(void* context) {
    struct pacct_usage_capture* const c = context;
    const char* const failed = pacct_exit_program_load(&c->program, 0, 0);
    if (failed != NULL) {
        return failed;
    }
    const struct bpf_map* const ring = bpf_object__find_map_by_name(c->program.object, PACCT_EXIT_RING);
    if (!pacct_bpf_ring_map(&c->ring, bpf_map__fd(ring), bpf_map__max_entries(ring))) {
        return "mapping the ring";
    }
    void* const p =
        mmap(NULL, c->ring.page, PROT_READ, MAP_SHARED, pacct_exit_program_map(&c->program, PACCT_EXIT_SHARED), 0);
    if (p == MAP_FAILED) {
        return "mapping the counters";
    }
    c->shared = p;
    if (!left_out(c, &c->missed)) {
        return "asking how often the program was left out";
    }
    c->link = bpf_program__attach(c->program.program);
    return c->link == NULL ? "attaching the program" : NULL;
}

struct pacct_usage_capture* pacct_usage_capture_new(char reason[PACCT_BPF_REASON_MAX]) {
    const char* const lack = pacct_bpf_missing();
    struct pacct_usage_capture* const c = lack == NULL ? calloc(1, sizeof(*c)) : NULL;
    if (c == NULL || (c->join = pacct_usage_join_new(ENDS_MAX)) == NULL) {
        snprintf(reason, PACCT_BPF_REASON_MAX, "%s", lack == NULL ? "out of memory" : lack);
        pacct_usage_capture_free(c);
        return NULL;
    }
    if (!pacct_bpf_try(start, c, reason)) {
        pacct_usage_capture_free(c);
        return NULL;
    }
    while (!pacct_ktime_day(&c->offset)) { /* a tick was between */
    }
    c->looked = c->told = pacct_ktime_monotonic();
    pacct_usage_join_records_again(c->join, c->told); /* nothing is known of what was before */
    return c;
}

void pacct_usage_capture_free(struct pacct_usage_capture* c) {
    if (c != NULL) {
        bpf_link__destroy(c->link);
        if (c->shared != NULL) {
            munmap(c->shared, c->ring.page);
        }
        pacct_bpf_ring_unmap(&c->ring);
        pacct_exit_program_close(&c->program);
        pacct_usage_join_free(c->join);
        free(c);
    }
}

/* ---- ends ---- */

static void add(void* context, const void* data, size_t size) {
    struct pacct_usage_capture* const c = context;
    struct pacct_usage_end end;
    if (size != sizeof(end.told)) {
        return;
    }
    memcpy(&end.told, data, sizeof(end.told));
    end.running = pacct_usage_running(&c->clock, &end.told);
    if (end.told.lost != c->lost) {
        pacct_usage_join_lost(c->join, c->told < end.told.time ? c->told : end.told.time, end.told.time);
        c->lost = end.told.lost > c->lost ? end.told.lost : c->lost;
    }
    c->told = end.told.time > c->told ? end.told.time : c->told;
    pacct_usage_join_add(c->join, &end);
}

/* Another one's end can only be taken for one that was left out if it was told later: so this is asked after each that
 * was told. */
static void drain(struct pacct_usage_capture* c) {
    uint64_t missed;
    const uint64_t lost = __atomic_load_n(&c->shared->lost, __ATOMIC_ACQUIRE);
    if (pacct_bpf_ring_drain(&c->ring, add, c) == 0 && lost == c->lost) {
        return;
    }
    const uint64_t now = pacct_ktime_monotonic();
    if (lost > c->lost) { /* and nothing was told since */
        pacct_usage_join_lost(c->join, c->told, now);
        c->lost = lost;
    }
    if (left_out(c, &missed) && missed != c->missed) {
        pacct_usage_join_lost(c->join, c->looked, now);
        c->missed = missed;
    }
    c->looked = now;
}

/* ---- asking ---- */

void pacct_usage_capture_take(struct pacct_usage_capture* c,
                              const struct pacct_record* rec,
                              bool may_live,
                              struct pacct_usage* usage) {
    struct pacct_usage_end end;
    int64_t offset;
    drain(c);
    if (pacct_ktime_day(&offset)) {
        if (llabs(offset - c->offset) > CLOCK_SET_NS) {
            pacct_usage_join_records_again(c->join, pacct_ktime_monotonic());
        }
        c->offset = offset;
    }
    memset(usage, 0, sizeof(*usage));
    if (pacct_usage_join_take(c->join, rec, may_live, c->offset, &end)) {
        pacct_usage_of(&end.told, end.running, c->offset, usage);
    }
    *(usage->known ? &c->matched : &c->missing) += 1;
}

void pacct_usage_capture_records_again(struct pacct_usage_capture* c) {
    drain(c);
    pacct_usage_join_records_again(c->join, pacct_ktime_monotonic());
}

struct pacct_usage_counts pacct_usage_capture_counts(const struct pacct_usage_capture* c) {
    return (struct pacct_usage_counts){c->matched, c->missing, c->lost + c->missed};
}
