/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause */
/**
 * @file capture/kernel.bpf.h
 * @brief What the programs in the kernel have in common: its structures, and who a process is.
 *
 * The structures of the kernel are declared here with the members that are
 * used; where they lie is found out when a program is loaded (CO-RE), so that
 * the same file serves all kernels from 5.8 on. A member that a program does
 * not use need not be in the kernel that it is loaded into. What one program
 * alone looks at is declared there.
 *
 * License: the programs, of which this is a part, may also be used under the
 * GPL or the BSD license, because the kernel lends its helpers to programs only
 * that say so.
 */
#ifndef PACCT_KERNEL_BPF_H
#define PACCT_KERNEL_BPF_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
/* as libbpf's headers name them */
typedef uint8_t __u8;
typedef uint16_t __u16, __be16;
typedef uint32_t __u32, __be32, __wsum;
typedef uint64_t __u64;
typedef int __s32;
typedef long long __s64;

/* of include/uapi/linux/bpf.h */
enum { BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_RINGBUF = 27 };
enum { BPF_F_MMAPABLE = 1 << 10 };
enum { BPF_RB_NO_WAKEUP = 1, BPF_RB_FORCE_WAKEUP = 2 };
enum { BPF_RB_AVAIL_DATA = 0 };

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define PID_NS_LEVELS 8
#define COMM_SIZE 16

#define KERNEL __attribute__((preserve_access_index))

struct pid_namespace {
    struct {
        unsigned int inum;
    } ns;
} KERNEL;

struct upid {
    int nr;
    struct pid_namespace* ns;
} KERNEL;

struct pid {
    unsigned int level;
    struct upid numbers[1];
} KERNEL;

typedef struct {
    unsigned int val;
} kuid_t;

typedef struct {
    unsigned int val;
} kgid_t;

struct cred {
    kuid_t uid, euid;
    kgid_t gid;
} KERNEL;

struct list_head {
    struct list_head* next;
} KERNEL;

struct task_io_accounting {
    uint64_t rchar, wchar;
    uint64_t read_bytes, write_bytes, cancelled_write_bytes;
} KERNEL;

struct rq {
    uint64_t clock, clock_task;
} KERNEL;

struct cfs_rq {
    struct rq* rq;
} KERNEL;

struct sched_entity {
    uint64_t exec_start, sum_exec_runtime;
    struct cfs_rq* cfs_rq;
} KERNEL;

struct mm_struct;
struct fs_struct;
struct css_set;
struct signal_struct;

struct task_struct {
    int exit_code;
    int pid, tgid;
    unsigned int flags;
    uint64_t start_time, start_boottime;
    struct sched_entity se;
    struct task_struct *real_parent, *group_leader;
    struct pid* thread_pid;
    struct mm_struct* mm;
    struct fs_struct* fs;
    struct list_head thread_node;
    struct signal_struct* signal;
    const struct cred* real_cred;
    struct css_set* cgroups;
    uint64_t self_exec_id;
    kuid_t loginuid;
    unsigned int sessionid;
    uint64_t utime, stime;
    unsigned long nvcsw, nivcsw;
    struct task_io_accounting ioac;
    char comm[COMM_SIZE];
} KERNEL;

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Number of a process in the namespace that is looked at; 0: it is not in there. */
static __always_inline uint32_t number_of(struct task_struct* leader, uint32_t pid_ns) {
    struct pid* const pid = leader->thread_pid;
    const uint32_t level = pid->level;
    if (pid->numbers[0].ns->ns.inum == pid_ns) {
        return (uint32_t)pid->numbers[0].nr;
    }
    for (uint32_t i = 1; i < PID_NS_LEVELS && i <= level; i++) {
        struct upid* const up = (void*)pid + bpf_core_field_offset(pid->numbers) + i * bpf_core_type_size(struct upid);
        if (BPF_CORE_READ(up, ns, ns.inum) == pid_ns) {
            return (uint32_t)BPF_CORE_READ(up, nr);
        }
    }
    return 0;
}

static __always_inline void copy_comm(char to[COMM_SIZE], const struct task_struct* task) {
    const uint64_t* const from = (const uint64_t*)task->comm;
    ((uint64_t*)to)[0] = from[0];
    ((uint64_t*)to)[1] = from[1];
}

#endif
