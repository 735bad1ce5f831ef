/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause */
/**
 * @file capture/usage.bpf.c
 * @brief In the kernel: tells what each process used, at its end.
 *
 * Algorithm: a program runs as the last thread of a process ends: after the
 * values of the accounting record were put together, before the memory is
 * given back and before the record is written. So its event is there when the
 * record is. Of a process's values, those of released threads are in its
 * signal_struct, those of the others in their task_struct.
 *
 * The place is the tracepoint of exits from Linux 6.16 on. Before, that came
 * after the record, and a function that is called at the right place is
 * followed instead. There is a program for each of the two, of which one is
 * loaded.
 *
 * Concurrency and locking: other threads of the process may be released
 * meanwhile; where what they leave changed, the event says so.
 *
 * Failure model: an event that does not fit is counted.
 *
 * License: this file may also be used under the GPL or the BSD license,
 * because the kernel lends its helpers to programs only that say so.
 */
#include "capture/kernel.bpf.h"
#include "capture/usage_format.h"

#define RING_SIZE (8 << 20)
/* More threads are not left when the last one ends; if they are, the event says that it does not have all. */
#define THREADS 32
#define BLOCK_SHIFT 9
#define SIGNAL_GROUP_EXIT 0x00000004u
#define SIGNAL_MASK 0x7f
#define SIGKILL 9

struct pacct_struct {
    int ac_flag;
    long ac_exitcode;
    unsigned long ac_mem;
    uint64_t ac_utime, ac_stime;
    unsigned long ac_minflt, ac_majflt;
} KERNEL;

struct tty_driver {
    int major, minor_start;
} KERNEL;

struct tty_struct {
    struct tty_driver* driver;
    int index;
} KERNEL;

struct signal_struct {
    struct list_head thread_head;
    int nr_threads;
    unsigned int flags;
    int group_exit_code;
    uint64_t utime, stime, cutime, cstime;
    unsigned long nvcsw, nivcsw, cnvcsw, cnivcsw, cmin_flt, inblock, oublock;
    struct task_io_accounting ioac;
    uint64_t sum_sched_runtime;
    struct pacct_struct pacct;
    struct mm_struct* oom_mm;
    struct tty_struct* tty;
} KERNEL;

/* From Linux 6.2 on, and before. */
struct percpu_counter {
    __s64 count;
} KERNEL;

typedef struct {
    __s64 counter;
} atomic64_t;

typedef atomic64_t atomic_long_t;

struct mm_rss_stat {
    atomic_long_t count[4];
} KERNEL;

struct mm_struct {
    unsigned long hiwater_rss;
    struct percpu_counter rss_stat[4];
} KERNEL;

struct mm_struct___before_6_2 {
    struct mm_rss_stat rss_stat;
} KERNEL;

enum { FILE_PAGES = 0, ANON_PAGES = 1, SHMEM_PAGES = 3 };

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, RING_SIZE);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, uint32_t);
    __type(value, struct pacct_usage_config);
} config SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, uint32_t);
    __type(value, struct pacct_usage_shared);
} shared SEC(".maps");

static __always_inline uint64_t pages(__s64 count) {
    return count > 0 ? (uint64_t)count : 0;
}

/* The largest resident set until now. The kernel notes it only when it is about to shrink. Asked is for a member, not
 * for a type: one that the kernel does not have, libbpf looks for in modules, which takes CAP_SYS_ADMIN. */
static __always_inline uint64_t max_rss(struct mm_struct* mm) {
    struct mm_struct___before_6_2* const old = (void*)mm;
    uint64_t now;
    if (bpf_core_field_exists(old->rss_stat.count)) {
        now = pages(BPF_CORE_READ(old, rss_stat.count[FILE_PAGES].counter)) +
              pages(BPF_CORE_READ(old, rss_stat.count[ANON_PAGES].counter)) +
              pages(BPF_CORE_READ(old, rss_stat.count[SHMEM_PAGES].counter));
    } else {
        now = pages(mm->rss_stat[FILE_PAGES].count) + pages(mm->rss_stat[ANON_PAGES].count) +
              pages(mm->rss_stat[SHMEM_PAGES].count);
    }
    const uint64_t before = mm->hiwater_rss;
    return before > now ? before : now;
}

/* As the record has it (kernel/acct.c; linux/kdev_t.h, old_encode_dev). */
static __always_inline uint32_t terminal_of(struct signal_struct* signal) {
    struct tty_struct* const tty = signal->tty;
    if (tty == NULL) {
        return 0;
    }
    const uint32_t minor = (uint32_t)(BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
    return ((uint32_t)BPF_CORE_READ(tty, driver, major) << 8 & 0xff00) | (minor & 0xff);
}

/* As wait(2) tells it. */
static __always_inline uint32_t status_of(struct task_struct* leader, struct signal_struct* signal) {
    return (signal->flags & SIGNAL_GROUP_EXIT) != 0 ? (uint32_t)signal->group_exit_code : (uint32_t)leader->exit_code;
}

/* What the record has, too. */
static __always_inline void fill_record(struct pacct_usage_wire* w, struct task_struct* task, uint32_t pid_ns) {
    struct signal_struct* const signal = task->signal;
    struct task_struct* const leader = task->group_leader;
    w->start = leader->start_time;
    w->start_boot = leader->start_boottime;
    w->first_pid = (uint32_t)leader->pid;
    w->ppid = number_of(task->real_parent->group_leader, pid_ns);
    w->tty = terminal_of(signal);
    w->status = status_of(leader, signal);
    const struct cred* const cred = task->real_cred;
    w->uid = cred->uid.val;
    w->gid = cred->gid.val;
    w->record_flags = (uint32_t)signal->pacct.ac_flag;
    w->exit_code = (uint32_t)signal->pacct.ac_exitcode;
    w->record_mem = signal->pacct.ac_mem;
    w->record_user = signal->pacct.ac_utime;
    w->record_system = signal->pacct.ac_stime;
    w->record_minor_faults = signal->pacct.ac_minflt;
    w->record_major_faults = signal->pacct.ac_majflt;
    copy_comm(w->comm, leader);
}

/* What released threads left, and the last one has. */
static __always_inline void fill_last(struct pacct_usage_wire* w, struct task_struct* task) {
    struct signal_struct* const signal = task->signal;
    w->run = signal->sum_sched_runtime + task->se.sum_exec_runtime;
    w->user = signal->utime + task->utime;
    w->system = signal->stime + task->stime;
    w->voluntary = signal->nvcsw + task->nvcsw;
    w->involuntary = signal->nivcsw + task->nivcsw;
    w->read_blocks = signal->inblock + (task->ioac.read_bytes >> BLOCK_SHIFT);
    w->write_blocks = signal->oublock + (task->ioac.write_bytes >> BLOCK_SHIFT);
    w->last_cancelled = task->ioac.cancelled_write_bytes;
    w->last_read_chars = task->ioac.rchar;
    w->last_write_chars = task->ioac.wchar;
    w->cancelled = signal->ioac.cancelled_write_bytes + w->last_cancelled;
    w->read_chars = signal->ioac.rchar + w->last_read_chars;
    w->write_chars = signal->ioac.wchar + w->last_write_chars;
}

/* What the other threads have that are not yet released. */
static __always_inline void add_others(struct pacct_usage_wire* w, struct task_struct* task, uint32_t count) {
    struct signal_struct* const signal = task->signal;
    uint64_t at = 0;
    BPF_CORE_READ_INTO(&at, signal, thread_head.next);
    for (uint32_t i = 0; i < THREADS && i < count; i++) {
        struct task_struct* const t = (void*)(at - bpf_core_field_offset(struct task_struct, thread_node));
        BPF_CORE_READ_INTO(&at, t, thread_node.next);
        if (BPF_CORE_READ(t, pid) == task->pid) {
            continue;
        }
        w->run += BPF_CORE_READ(t, se.sum_exec_runtime);
        w->user += BPF_CORE_READ(t, utime);
        w->system += BPF_CORE_READ(t, stime);
        w->voluntary += BPF_CORE_READ(t, nvcsw);
        w->involuntary += BPF_CORE_READ(t, nivcsw);
        w->read_blocks += BPF_CORE_READ(t, ioac.read_bytes) >> BLOCK_SHIFT;
        w->write_blocks += BPF_CORE_READ(t, ioac.write_bytes) >> BLOCK_SHIFT;
        w->cancelled += BPF_CORE_READ(t, ioac.cancelled_write_bytes);
        w->read_chars += BPF_CORE_READ(t, ioac.rchar);
        w->write_chars += BPF_CORE_READ(t, ioac.wchar);
    }
}

static __always_inline void fill_clock(struct pacct_usage_wire* w, struct task_struct* task) {
    if (!bpf_core_field_exists(task->se.cfs_rq)) {
        w->flags |= PACCT_USAGE_NO_CLOCK;
        w->clock = w->clock_task = w->exec_start = 0;
        return;
    }
    struct rq* const rq = task->se.cfs_rq->rq;
    w->clock = rq->clock;
    w->clock_task = rq->clock_task;
    w->exec_start = task->se.exec_start;
}

static __always_inline void fill_usage(struct pacct_usage_wire* w, struct task_struct* task) {
    struct signal_struct* const signal = task->signal;
    struct mm_struct* const mm = task->mm;
    const uint64_t released = signal->sum_sched_runtime;
    const uint32_t count = (uint32_t)signal->nr_threads;
    w->threads = count;
    w->flags = 0;
    fill_clock(w, task);
    fill_last(w, task);
    if (count > 1) {
        add_others(w, task, count);
        barrier();
        if (count > THREADS || BPF_CORE_READ(signal, nr_threads) != (int)count) {
            w->flags |= PACCT_USAGE_MOVED;
        }
    }
    if (*(volatile uint64_t*)&signal->sum_sched_runtime != released) {
        w->flags |= PACCT_USAGE_MOVED;
    }
    if (released != 0) {
        w->flags |= PACCT_USAGE_RELEASED;
    }
    /* A child can be waited for before it has switched or faulted, but not before it has run. */
    if (signal->cutime != 0 || signal->cstime != 0 || signal->cnvcsw != 0 || signal->cnivcsw != 0 ||
        signal->cmin_flt != 0) {
        w->flags |= PACCT_USAGE_REAPED;
    }
    if (signal->oom_mm != NULL && (signal->flags & SIGNAL_GROUP_EXIT) != 0 &&
        (signal->group_exit_code & SIGNAL_MASK) == SIGKILL) {
        w->flags |= PACCT_USAGE_OOM;
    }
    if (mm == NULL) {
        w->flags |= PACCT_USAGE_NO_MEMORY;
        w->max_rss = 0;
    } else {
        w->max_rss = max_rss(mm);
    }
}

static __always_inline void write_exit(struct task_struct* task) {
    const uint32_t zero = 0;
    const struct pacct_usage_config* const c = bpf_map_lookup_elem(&config, &zero);
    struct pacct_usage_shared* const s = bpf_map_lookup_elem(&shared, &zero);
    if (c == NULL || s == NULL) {
        return;
    }
    struct task_struct* const leader = task->group_leader;
    const uint32_t pid = number_of(leader, c->pid_ns);
    if (pid == 0) {
        return;
    }
    struct pacct_usage_wire* const w = bpf_ringbuf_reserve(&ring, sizeof(*w), 0);
    if (w == NULL) {
        __sync_fetch_and_add(&s->lost, 1);
        return;
    }
    w->lost = s->lost;
    w->pid = pid;
    w->time = bpf_ktime_get_ns();
    fill_record(w, task, c->pid_ns);
    fill_usage(w, task);
    /* after its place was reserved: whoever has asked and looks once more then misses nothing */
    const bool wake = *(volatile uint32_t*)&s->wake != 0;
    if (wake) {
        s->wake = 0;
    }
    bpf_ringbuf_submit(w, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct* task, bool group_dead) {
    if (group_dead) {
        write_exit(task);
    }
    return 0;
}

SEC("fentry/taskstats_exit")
int BPF_PROG(before_exit, struct task_struct* task, int group_dead) {
    if (group_dead != 0) {
        write_exit(task);
    }
    return 0;
}
