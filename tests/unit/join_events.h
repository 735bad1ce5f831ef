/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file join_events.h
 * @brief Events of processes, and the records of their ends as the kernel makes them, for the tests of the join.
 */
#ifndef JOIN_EVENTS_H
#define JOIN_EVENTS_H

#include "capture/join.h"

#define SECOND 1000000000u
#define OFFSET ((int64_t)1700000000 * SECOND + 300000000)

static inline struct pacct_process_event fork_of(uint32_t pid, uint32_t ppid, uint64_t start, uint64_t parent) {
    return (struct pacct_process_event){.kind = PACCT_PROCESS_FORK,
                                        .pid = pid,
                                        .ppid = ppid,
                                        .time = start,
                                        .start = start,
                                        .start_boot = start,
                                        .parent_boot = parent,
                                        .parent_comm = "maker"};
}

static inline struct pacct_process_event exec_of(uint32_t pid, uint64_t start, uint64_t time, const char* args) {
    return (struct pacct_process_event){.kind = PACCT_PROCESS_EXEC,
                                        .pid = pid,
                                        .time = time,
                                        .start = start,
                                        .start_boot = start,
                                        .args = {args, strlen(args) + 1},
                                        .args_len = strlen(args) + 1};
}

/* As the kernel does it (kernel/acct.c, fill_ac). */
static inline struct pacct_record record_of(uint32_t pid, uint64_t start, uint64_t end, int64_t offset, bool forked) {
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
static inline const char* take(struct pacct_join* l,
                               const struct pacct_record* rec,
                               int64_t offset,
                               enum pacct_known known) {
    static char text[64];
    struct pacct_process process;
    pacct_join_take(l, rec, false, offset, &process);
    CHECK_EQ(process.known, known);
    text[0] = '\0';
    if (process.known != PACCT_KNOWN_NOT) {
        const struct pacct_bytes args = pacct_command_event(process.command)->args;
        CHECK(args.len < sizeof(text));
        memcpy(text, args.p, args.len);
    }
    pacct_process_unref(&process);
    return text;
}

/* What the creator of a process that ends had executed, "" for nothing; in a static buffer. */
static inline const char* parent_of(struct pacct_join* l, uint32_t pid, uint64_t start, uint64_t end, bool forked) {
    static char text[64];
    const struct pacct_record rec = record_of(pid, start, end, OFFSET, forked);
    struct pacct_process process;
    pacct_join_take(l, &rec, false, OFFSET, &process);
    CHECK(process.known != PACCT_KNOWN_NOT);
    text[0] = '\0';
    if (process.parent_command != NULL) {
        const struct pacct_bytes args = pacct_command_event(process.parent_command)->args;
        CHECK(args.len < sizeof(text));
        memcpy(text, args.p, args.len);
    }
    pacct_process_unref(&process);
    return text;
}

static inline void add_fork(struct pacct_join* l, uint32_t pid, uint32_t ppid, uint64_t start, uint64_t parent) {
    const struct pacct_process_event ev = fork_of(pid, ppid, start, parent);
    CHECK(pacct_join_add(l, &ev) != NULL);
}

static inline void add_exec(struct pacct_join* l, uint32_t pid, uint64_t start, uint64_t time, const char* args) {
    const struct pacct_process_event ev = exec_of(pid, start, time, args);
    CHECK(pacct_join_add(l, &ev) != NULL);
}

#endif
