/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/command.h
 * @brief Who executed what: an event of a process, wherever it was captured, and what is kept of it.
 */
#ifndef PACCT_COMMAND_H
#define PACCT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/** Longest path, and longest name of a control group, that is kept: the kernel's 4096 bytes, and what the BPF program
 * fills up (capture/wire_format.h). */
#define PACCT_PATH_MAX 4768u
/** More bytes of arguments are never kept. */
#define PACCT_ARGS_MAX 16383u
/** A process's name with its NUL (TASK_COMM_LEN of the kernel's include/linux/sched.h). */
#define PACCT_TASK_COMM 16
/** A login that is none, and a session that is none (audit). */
#define PACCT_ID_UNSET UINT32_MAX
/** /proc tells a start in these units, ns: the kernel's USER_HZ, on all architectures that rsyslog runs on. */
#define PACCT_TICK_NS 10000000u

enum pacct_process_event_kind {
    PACCT_PROCESS_FORK, /**< a process was made; it goes on with its creator's program */
    PACCT_PROCESS_EXEC, /**< a process began a program; not known: start and arguments, where a READ is to follow */
    PACCT_PROCESS_READ, /**< what it began, read from the running process afterwards */
    PACCT_PROCESS_SCAN, /**< a process was found running */
    PACCT_PROCESS_COUNT /**< the kernel tells of a running process how often it has executed something, not what */
};

/** One event. Ids are those of the pid namespace that is watched. A fork and a count have neither arguments nor
 * paths, nor uid or comm, which a fork shares with its creator. */
struct pacct_process_event {
    enum pacct_process_event_kind kind;
    uint32_t pid;
    uint32_t ppid; /**< creator at a fork, parent otherwise; 0: not known */
    uint64_t time; /**< when, by the monotonic clock, ns */
    uint64_t start; /**< of the process, by the monotonic clock, ns */
    uint64_t start_boot, parent_boot; /**< of the process and of ppid, by the clock since boot, ns; 0: not known */
    uint64_t executions; /**< how often it and those that it comes from have executed something; 0: not known */
    uint32_t uid, euid; /**< real, effective; PACCT_ID_UNSET: not known */
    uint32_t login_uid, session; /**< PACCT_ID_UNSET: nobody logged in, or not known */
    bool helper; /**< the kernel itself started it */
    char comm[PACCT_TASK_COMM], parent_comm[PACCT_TASK_COMM]; /**< names, terminated; empty: not known */
    struct pacct_bytes args; /**< each argument ended by a NUL, but perhaps the last; not known: nor is the rest */
    size_t args_len; /**< of all arguments, kept or not */
    struct pacct_bytes executable, cwd, cgroup;
};

/** What was executed: shared by the process and those that it made, and never changed. */
struct pacct_command;

/** A copy of what an EXEC or SCAN tells; one reference is the caller's. NULL: out of memory */
struct pacct_command* pacct_command_new(const struct pacct_process_event* ev);

struct pacct_command* pacct_command_ref(struct pacct_command* c);

/** Give one reference back; any thread may. */
void pacct_command_unref(struct pacct_command* c);

/** The event it was made from; lives as long as the command. */
const struct pacct_process_event* pacct_command_event(const struct pacct_command* c);

/** Bytes of memory that it takes. */
size_t pacct_command_size(const struct pacct_command* c);

/** How a record's command is known. */
enum pacct_known {
    PACCT_KNOWN_NOT,
    PACCT_KNOWN_EXEC, /**< captured as it was executed */
    PACCT_KNOWN_INHERITED, /**< the process never executed anything: its creator's */
    PACCT_KNOWN_SCAN /**< found in the running process */
};

/** What is known of the process that a record is about. Nothing else is set where known is PACCT_KNOWN_NOT. */
struct pacct_process {
    enum pacct_known known;
    struct pacct_command* command; /**< a reference that is the caller's */
    uint64_t start_boot; /**< as in its events */
    uint32_t ppid; /**< who made it; 0: not known */
    uint64_t parent_boot;
    char parent_comm[PACCT_TASK_COMM]; /**< terminated; empty: not known */
    enum pacct_known parent_known; /**< the same of who made it, as it was when it did */
    struct pacct_command* parent_command; /**< another reference; NULL where that is not known */
};

/** Take references to its commands, as a copy of it needs. */
void pacct_process_ref(const struct pacct_process* process);

/** Give them back. */
void pacct_process_unref(const struct pacct_process* process);

/** Bytes of memory that its commands take, as far as it is the only one that has them. */
size_t pacct_process_size(const struct pacct_process* process);

/** A program that started, to be told at once. */
struct pacct_exec_message {
    uint32_t pid;
    uint64_t time, start; /**< of the exec, of the process: since the epoch, ns */
    struct pacct_process process; /**< its commands are the receiver's to give back */
};

#endif
