/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage.c
 * @brief What processes used, from the BPF program at exit (capture/usage.bpf.c) to the record of the end.
 *
 * Algorithm: whoever reads records drains the ring for each, since the end of a
 * process is told before its record is written. Nobody drains it while no
 * records come: what is told meanwhile has no use.
 *
 * What the last thread ran since the last tick is not counted yet when its end
 * is told. The scheduler's clock says it, but as it was when it was last looked
 * at: the monotonic clock is ahead of it by a constant, which is the least that
 * it was ahead lately.
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
#include "capture/ktime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "capture/usage_object.h" /* PACCT_USAGE_OBJECT: the path of what the compiler for BPF made of usage.bpf.c */

__asm__(
    ".pushsection .rodata\n"
    ".balign 8\n"
    "pacct_usage_object:\n"
    ".incbin \"" PACCT_USAGE_OBJECT
    "\"\n"
    "pacct_usage_object_end:\n"
    ".popsection\n");
extern const char pacct_usage_object[] __attribute__((visibility("hidden")));
extern const char pacct_usage_object_end[] __attribute__((visibility("hidden")));

/* as many as the ring holds, since all of it is drained at once after a stall */
#define ENDS_MAX 32768u
/* The program for kernels whose tracepoint of exits comes before the record, and for others. */
#define AT_TRACEPOINT "on_exit"
#define AT_FUNCTION "before_exit"
/* the kernel's type of who is called at the tracepoint; from Linux 6.16 on, where its place is another, it has this
 * many parameters: its context, task, and whether it is the last of its process */
#define TRACEPOINT "btf_trace_sched_process_exit"
#define TRACEPOINT_PARAMETERS 3
/* so often the least that one clock was ahead of the other is begun again, as clocks are slewed */
#define AHEAD_NS PACCT_SECOND_NS
/* no thread runs for longer without being counted: a tick of the slowest kernels */
#define RUNNING_MAX 10000000
#define BLOCK 512u
/* the day's clock was set, if it differs by more */
#define CLOCK_SET_NS 100000000

struct pacct_usage_capture {
    struct bpf_object* object;
    struct bpf_program* program;
    struct bpf_link* link;
    struct pacct_bpf_ring ring;
    struct pacct_usage_shared* shared;
    struct pacct_usage_join* join;
    uint64_t lost; /* that the ring did not hold, as told so far */
    uint64_t missed; /* for which the program was left out */
    uint64_t told; /* time of the last end */
    uint64_t looked; /* when it was asked how often the program was left out */
    int64_t ahead, ahead_before; /* least since "since", and in the while before */
    uint64_t since;
    int64_t offset; /* of the day's clock to the monotonic one */
    uint64_t page_kib;
    uint64_t matched, missing; /* records */
};

/* ---- loading ---- */

/* Whether the tracepoint is passed before the record is written. */
static bool is_tracepoint_early(void) {
    struct btf* const btf = btf__load_vmlinux_btf();
    const int id = btf == NULL ? -1 : btf__find_by_name_kind(btf, TRACEPOINT, BTF_KIND_TYPEDEF);
    bool early = false;
    if (id > 0) {
        const struct btf_type* t = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type); /* a pointer */
        t = t == NULL ? NULL : btf__type_by_id(btf, t->type);
        early = t != NULL && btf_is_func_proto(t) && btf_vlen(t) == TRACEPOINT_PARAMETERS;
    }
    btf__free(btf);
    return early;
}

static bool load(struct pacct_usage_capture* c) {
    const bool early = is_tracepoint_early();
    c->object = bpf_object__open_mem(pacct_usage_object, (size_t)(pacct_usage_object_end - pacct_usage_object), NULL);
    if (c->object == NULL) {
        return false;
    }
    struct bpf_program* const at_tracepoint = bpf_object__find_program_by_name(c->object, AT_TRACEPOINT);
    struct bpf_program* const at_function = bpf_object__find_program_by_name(c->object, AT_FUNCTION);
    bpf_program__set_autoload(at_tracepoint, early);
    bpf_program__set_autoload(at_function, !early);
    c->program = early ? at_tracepoint : at_function;
    return bpf_object__load(c->object) == 0;
}

static int fd_of(const struct pacct_usage_capture* c, const char* map) {
    return bpf_object__find_map_fd_by_name(c->object, map);
}

/* How often the kernel left out the program. false: it does not tell */
static bool left_out(const struct pacct_usage_capture* c, uint64_t* count) {
    struct bpf_prog_info info = {0};
    uint32_t len = sizeof(info);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(c->program), &info, &len) != 0) {
        return false;
    }
    *count = info.recursion_misses;
    return true;
}

static const char* start(void* context) {
    struct pacct_usage_capture* const c = context;
    struct stat st;
    const uint32_t zero = 0;
    if (!load(c)) {
        return "loading the program";
    }
    if (stat("/proc/self/ns/pid", &st) != 0) {
        return "looking at /proc/self/ns/pid";
    }
    const struct pacct_usage_config config = {.pid_ns = (uint32_t)st.st_ino};
    if (bpf_map_update_elem(fd_of(c, "config"), &zero, &config, BPF_ANY) != 0) {
        return "configuring the program";
    }
    const struct bpf_map* const ring = bpf_object__find_map_by_name(c->object, "ring");
    if (!pacct_bpf_ring_map(&c->ring, bpf_map__fd(ring), bpf_map__max_entries(ring))) {
        return "mapping the ring";
    }
    void* const p = mmap(NULL, c->ring.page, PROT_READ, MAP_SHARED, fd_of(c, "shared"), 0);
    if (p == MAP_FAILED) {
        return "mapping the counters";
    }
    c->shared = p;
    if (!left_out(c, &c->missed)) {
        return "asking how often the program was left out";
    }
    c->link = bpf_program__attach(c->program);
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
    c->page_kib = c->ring.page / 1024;
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
        bpf_object__close(c->object);
        pacct_usage_join_free(c->join);
        free(c);
    }
}

/* ---- ends ---- */

/* How long the last thread ran that is not counted. */
static uint64_t running(struct pacct_usage_capture* c, const struct pacct_usage_wire* w) {
    if ((w->flags & PACCT_USAGE_NO_CLOCK) != 0) {
        return 0;
    }
    const int64_t ahead = (int64_t)(w->time - w->clock);
    if (w->time > c->since + AHEAD_NS) {
        c->ahead_before = w->time < c->since + 2 * AHEAD_NS ? c->ahead : ahead;
        c->ahead = ahead;
        c->since = w->time;
    }
    c->ahead = ahead < c->ahead ? ahead : c->ahead;
    const int64_t least = c->ahead < c->ahead_before ? c->ahead : c->ahead_before;
    const int64_t ns = (int64_t)(w->clock_task - w->exec_start) + (ahead - least);
    return ns < 0 ? 0 : ns > RUNNING_MAX ? RUNNING_MAX : (uint64_t)ns;
}

static void add(void* context, const void* data, size_t size) {
    struct pacct_usage_capture* const c = context;
    struct pacct_usage_end end;
    if (size != sizeof(end.told)) {
        return;
    }
    memcpy(&end.told, data, sizeof(end.told));
    end.running = running(c, &end.told);
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

/* As getrusage(2) divides what ran: what was sampled says in which parts (kernel/sched/cputime.c, cputime_adjust). */
static void divide(const struct pacct_usage_wire* w, struct pacct_usage* usage) {
    if (w->system == 0) {
        usage->cpu_user_ns = usage->cpu_ns;
    } else if (w->user == 0) {
        usage->cpu_system_ns = usage->cpu_ns;
    } else {
        const double part = (double)w->system / ((double)w->system + (double)w->user);
        usage->cpu_system_ns = (uint64_t)((double)usage->cpu_ns * part);
        usage->cpu_user_ns = usage->cpu_ns - usage->cpu_system_ns;
    }
}

/* The kernel adds these to the parent's when a child was waited for: a process's own are known where it has waited for
 * none, or no thread but the last one ever ended. */
static void set_own(const struct pacct_usage_wire* w, struct pacct_usage* usage) {
    const bool alone = (w->flags & PACCT_USAGE_RELEASED) == 0 && w->threads == 1;
    const bool childless = (w->flags & PACCT_USAGE_REAPED) == 0;
    usage->has_cancelled = usage->has_chars = alone || childless;
    usage->cancelled_write_bytes = alone ? w->last_cancelled : w->cancelled;
    usage->read_chars = alone ? w->last_read_chars : w->read_chars;
    usage->write_chars = alone ? w->last_write_chars : w->write_chars;
}

static void set_usage(const struct pacct_usage_capture* c, const struct pacct_usage_end* end, struct pacct_usage* u) {
    const struct pacct_usage_wire* const w = &end->told;
    u->known = true;
    u->cpu_ns = w->run + end->running;
    divide(w, u);
    u->has_memory = (w->flags & PACCT_USAGE_NO_MEMORY) == 0;
    u->max_rss_kib = w->max_rss * c->page_kib;
    u->read_bytes = w->read_blocks * BLOCK;
    u->write_bytes = w->write_blocks * BLOCK;
    set_own(w, u);
    u->voluntary_switches = w->voluntary;
    u->involuntary_switches = w->involuntary;
    u->has_threads = (w->flags & PACCT_USAGE_RELEASED) == 0;
    u->threads = w->threads;
    u->start_ns = w->start + (uint64_t)c->offset;
    u->end_ns = w->time + (uint64_t)c->offset;
    u->oom_killed = (w->flags & PACCT_USAGE_OOM) != 0;
}

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
    if (pacct_usage_join_take(c->join, rec, may_live, c->offset, &end) && (end.told.flags & PACCT_USAGE_MOVED) == 0) {
        set_usage(c, &end, usage);
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
