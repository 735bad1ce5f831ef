/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage_format.h
 * @brief What the BPF program at exit writes into its ring: one process.
 *
 * All values of a process are sums over its threads, but where it is said
 * otherwise. Included by the BPF program, too, where there are no headers of
 * libc: the includer provides the fixed-width types.
 */
#ifndef PACCT_USAGE_FORMAT_H
#define PACCT_USAGE_FORMAT_H

#define PACCT_USAGE_COMM 16
/** Of all below: to be raised with every change of it, and of what the program writes, as both outlive the module that
 *  has put them there. */
#define PACCT_USAGE_LAYOUT 1

enum pacct_usage_flag {
    PACCT_USAGE_MOVED = 1, /**< threads went while their values were added up: these are not to be trusted */
    PACCT_USAGE_NO_MEMORY = 2, /**< no memory of its own: a kernel thread */
    PACCT_USAGE_RELEASED = 4, /**< threads ended before the last ones */
    PACCT_USAGE_REAPED = 8, /**< children were waited for */
    PACCT_USAGE_OOM = 16, /**< the kernel chose it when memory was short */
    PACCT_USAGE_NO_CLOCK = 32 /**< clock, clock_task and exec_start are not known */
};

struct pacct_usage_wire {
    uint32_t pid; /**< in the pid namespace that the program is configured for */
    uint32_t flags;
    uint64_t time; /**< monotonic clock, ns */
    uint64_t start; /**< of the process, by the same */
    uint64_t lost; /**< events that had been lost before */
    /* what the accounting record says, too, as the kernel keeps it for that */
    uint32_t uid, gid;
    uint32_t ppid; /**< in that pid namespace; 0: the parent is not in there */
    uint32_t tty; /**< (major << 8) | minor; 0: none */
    uint32_t record_flags, exit_code;
    uint64_t record_mem; /**< KiB */
    uint64_t record_user, record_system; /**< ns */
    uint64_t record_minor_faults, record_major_faults;
    char comm[PACCT_USAGE_COMM]; /**< of the first thread; terminated */
    /* what it does not say */
    uint64_t run; /**< ns by the scheduler's clock, up to the last tick or switch */
    uint64_t clock, clock_task, exec_start; /**< of the scheduler: what it takes to know how long the last thread ran
                                             * since, ns */
    uint64_t user, system; /**< ns, sampled */
    uint64_t max_rss; /**< pages; of the last program */
    uint64_t read_blocks, write_blocks; /**< of 512 bytes */
    uint64_t cancelled, read_chars, write_chars; /**< bytes; with those of children that were waited for */
    uint64_t last_cancelled, last_read_chars, last_write_chars; /**< of the last thread alone */
    uint64_t voluntary, involuntary; /**< switches */
    uint64_t threads; /**< that are left */
    uint64_t start_boot; /**< as start, by the clock since boot */
    uint32_t first_pid; /**< in the first pid namespace */
    uint32_t status; /**< as wait(2) tells it */
};

_Static_assert(sizeof(struct pacct_usage_wire) == 272, "a change of the layout: see PACCT_USAGE_LAYOUT");

/** The configuration of the program, before it is attached. */
struct pacct_usage_config {
    uint32_t pid_ns; /**< inode number of the pid namespace */
    uint32_t unused;
    uint64_t ring_id; /**< when the ring was made; monotonic clock, ns */
};

/** What is shared beside the ring. Its first two members stay what they are in every layout. */
struct pacct_usage_shared {
    uint64_t lost; /**< events that did not fit into the ring; written by the program */
    uint64_t lost_before; /**< lost ends that the reader has dealt with; written by it */
    uint32_t
        wake; /**< set by the reader who wants to be woken by the next event; unset by the program, which does so */
    uint32_t unused;
};

#endif
