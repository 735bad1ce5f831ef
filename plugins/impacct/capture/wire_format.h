/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/wire_format.h
 * @brief What the BPF program writes into the ring: one event.
 *
 * Layout: struct pacct_wire, then args_kept bytes of arguments as they lie in
 * memory (each ended by a NUL), exe_len bytes of the executable's path, cwd_len
 * of the working directory's, cgroup_len of the control group's. A path is its
 * parts from the last to the first, each ended by a NUL: that is how the
 * kernel's structures are walked. The arguments, and each part, are filled up
 * to a multiple of 8 bytes, of any value, so that the program can write words
 * on every machine. A fork and a count have none of these.
 *
 * Included by the BPF program, too, where there are no headers of libc: the
 * includer provides the fixed-width types.
 */
#ifndef PACCT_WIRE_FORMAT_H
#define PACCT_WIRE_FORMAT_H

#define PACCT_WIRE_COMM 16
/** More bytes of arguments are never kept; all bits set, so that the kernel's verifier sees a limit. */
#define PACCT_WIRE_ARGS_MAX 16383u
/** What the arguments and each part are filled up to a multiple of. */
#define PACCT_WIRE_WORD 8u
#define PACCT_WIRE_FILLED(len) (((len) + PACCT_WIRE_WORD - 1) & ~(uint64_t)(PACCT_WIRE_WORD - 1))
/** Bytes of one path part with its NUL. */
#define PACCT_WIRE_PART_MAX 256u
/** Bytes of one path: 4096, and what 96 parts can be filled up with. */
#define PACCT_WIRE_PATH_MAX 4768u
/** Bytes behind the struct; a path that is too long is noticed only when it has been written. */
#define PACCT_WIRE_TAIL_MAX (PACCT_WIRE_ARGS_MAX + 1 + 3 * PACCT_WIRE_PATH_MAX + PACCT_WIRE_PART_MAX)

/** A count is no event: the kernel was asked for what runs now. */
enum pacct_wire_kind { PACCT_WIRE_FORK = 1, PACCT_WIRE_EXEC = 2, PACCT_WIRE_COUNT = 3 };

enum pacct_wire_flag {
    PACCT_WIRE_NO_ARGS = 1, /**< the arguments could not be read */
    PACCT_WIRE_NO_EXE = 2, /**< the path has no end within the limits, or no name */
    PACCT_WIRE_NO_CWD = 4,
    PACCT_WIRE_NO_CGROUP = 8,
    PACCT_WIRE_NO_LOGIN = 16, /**< the kernel does not know of logins */
    PACCT_WIRE_HELPER = 32 /**< started by the kernel itself */
};

/** Ids are those in the pid namespace that the program is configured for. A fork and a count end before uid;
 * a count knows no creator. */
struct pacct_wire {
    uint16_t kind, flags;
    uint16_t exe_len, cwd_len, cgroup_len;
    uint16_t args_kept;
    uint32_t args_len; /**< all of them, kept or not */
    uint32_t pid, ppid; /**< ppid: the creator's at a fork, the parent's at an exec; 0: not in the namespace */
    uint64_t time; /**< monotonic clock, ns */
    uint64_t start; /**< of the process, by the monotonic clock, ns */
    uint64_t start_boot; /**< the same by the clock since boot */
    uint64_t parent_boot; /**< start_boot of ppid */
    uint64_t executions; /**< how often the process, and those that it comes from, have executed something */
    char parent_comm[PACCT_WIRE_COMM]; /**< terminated */
    uint32_t uid, euid; /**< real, effective */
    uint32_t login_uid, session;
    char comm[PACCT_WIRE_COMM]; /**< terminated */
};

#define PACCT_WIRE_SHORT_SIZE offsetof(struct pacct_wire, uid)

/** The configuration of the program, before it is attached. */
struct pacct_wire_config {
    uint32_t pid_ns; /**< inode number of the pid namespace */
    uint32_t args_max; /**< arguments are cut at so many bytes, at most PACCT_WIRE_ARGS_MAX */
    uint32_t groups; /**< whether control groups are wanted */
    uint32_t twice; /**< whether the second programs are attached */
    uint64_t group_root; /**< inode number of the group of version 2 that paths begin at; 0: the uppermost */
};

/** What is shared beside the ring. */
struct pacct_wire_shared {
    uint64_t lost; /**< events that did not fit into the ring; written by the program */
    uint64_t second; /**< events that only the second program wrote */
    uint64_t cut; /**< execs that were reported without what was executed, since the ring was nearly full */
    uint32_t wake; /**< set by the reader who wants to be woken by the next exec; unset by the program, which does so */
    uint32_t unused;
};

#endif
