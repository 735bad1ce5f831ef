/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage_values.c
 * @brief From what the kernel told at an end to what the process used.
 *
 * Algorithm: what the last thread ran since the last tick is not counted yet
 * when its end is told. The scheduler's clock says it, but as it was when it was
 * last looked at: the monotonic clock is ahead of it by a constant, which is the
 * least that it was ahead lately.
 *
 * Concurrency and locking: none.
 *
 * Failure model: what is not certain is left out.
 */
#include "config.h"

#include "capture/usage_values.h"
#include "base/sys.h"

#include <string.h>
#include <unistd.h>

/* so often the least that one clock was ahead of the other is begun again, as clocks are slewed */
#define AHEAD_NS PACCT_SECOND_NS
/* no thread runs for longer without being counted: a tick of the slowest kernels */
#define RUNNING_MAX 10000000
#define BLOCK 512u

uint64_t pacct_usage_running(struct pacct_usage_clock* c, const struct pacct_usage_wire* w) {
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

void pacct_usage_of(const struct pacct_usage_wire* w, uint64_t running, int64_t offset, struct pacct_usage* u) {
    memset(u, 0, sizeof(*u));
    u->known = (w->flags & PACCT_USAGE_MOVED) == 0;
    u->cpu_ns = w->run + running;
    divide(w, u);
    u->has_memory = (w->flags & PACCT_USAGE_NO_MEMORY) == 0;
    u->max_rss_kib = w->max_rss * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
    u->read_bytes = w->read_blocks * BLOCK;
    u->write_bytes = w->write_blocks * BLOCK;
    set_own(w, u);
    u->voluntary_switches = w->voluntary;
    u->involuntary_switches = w->involuntary;
    u->has_threads = (w->flags & PACCT_USAGE_RELEASED) == 0;
    u->threads = w->threads;
    u->start_ns = w->start + (uint64_t)offset;
    u->end_ns = w->time + (uint64_t)offset;
    u->oom_killed = (w->flags & PACCT_USAGE_OOM) != 0;
}
