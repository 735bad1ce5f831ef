/**
 * @file pacct_exec.h
 * @brief One event of a process's life, wherever it was captured; and what was executed, as it is kept.
 */
#ifndef PACCT_EXEC_H
#define PACCT_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pacct_wire.h"

/** Longest path, and the longest name of a control group, that is told. */
#define PACCT_EXEC_PATH_MAX PACCT_WIRE_PATH_MAX
/** A login that is none, and a session that is none (audit). */
#define PACCT_EXEC_NOBODY UINT32_MAX

/** /proc tells a start in these units, ns: the kernel's USER_HZ, on all architectures that rsyslog runs on. */
#define PACCT_EXEC_TICK_NS 10000000u

enum pacct_exec_kind {
    PACCT_EXEC_FORK, /**< a process was made; it goes on with its creator's program */
    PACCT_EXEC_EXEC, /**< a process began a program */
    PACCT_EXEC_SCAN /**< a process was found running */
};

/** Bytes that belong to somebody else; p NULL: not known. */
struct pacct_bytes {
    const char* p;
    size_t len;
};

/** One event. Ids are those of the pid namespace that is watched. A fork has neither arguments nor paths, nor uid or
 * comm, which it shares with its creator. */
struct pacct_exec {
    enum pacct_exec_kind kind;
    uint32_t pid;
    uint32_t ppid; /**< creator at a fork, parent otherwise; 0: not known */
    uint64_t time; /**< when, by the monotonic clock, ns */
    uint64_t start; /**< of the process, by the monotonic clock, ns */
    uint64_t start_boot, parent_boot; /**< of the process and of ppid, by the clock since boot, ns; 0: not known */
    uint32_t uid; /**< real; PACCT_EXEC_NOBODY: not known */
    uint32_t login_uid, session; /**< PACCT_EXEC_NOBODY: nobody logged in, or not known */
    bool helper; /**< the kernel itself started it */
    char comm[PACCT_WIRE_COMM], parent_comm[PACCT_WIRE_COMM]; /**< names, terminated; empty: not known */
    struct pacct_bytes args; /**< each argument ended by a NUL, but perhaps the last; not known: nor is the rest */
    size_t args_len; /**< of all arguments, kept or not */
    struct pacct_bytes executable, cwd, cgroup;
};

/** Room for the paths of an event. */
struct pacct_exec_room {
    char path[3][PACCT_EXEC_PATH_MAX];
};

/**
 * Read what the BPF program wrote (pacct_wire.h).
 *
 * @param data size bytes, not trusted, aligned for struct pacct_wire
 * @param room, ev set on success; ev points into data and room
 * @return false where it is no event
 */
bool pacct_exec_parse(const void* data, size_t size, struct pacct_exec_room* room, struct pacct_exec* ev);

/** What was executed: shared by the process and those that it made, and never changed. */
struct pacct_command;

/** A copy of what an EXEC or SCAN tells; one reference is the caller's. NULL: out of memory */
struct pacct_command* pacct_command_new(const struct pacct_exec* ev);

struct pacct_command* pacct_command_ref(struct pacct_command* c);

/** Give one reference back; any thread may. */
void pacct_command_unref(struct pacct_command* c);

/** The event it was made from; lives as long as the command. */
const struct pacct_exec* pacct_command_exec(const struct pacct_command* c);

/** Bytes of memory that it takes. */
size_t pacct_command_size(const struct pacct_command* c);

#endif
