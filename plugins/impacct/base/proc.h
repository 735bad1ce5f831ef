/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/proc.h
 * @brief /proc/PID/stat: whether a process lives, since when, and of whom.
 */
#ifndef PACCT_PROC_H
#define PACCT_PROC_H

#include <stdbool.h>
#include <stdint.h>

/** The first thread of a process. */
struct pacct_proc {
    bool ending; /**< it has begun to exit, or is a zombie: it executes nothing more */
    uint32_t ppid;
    uint64_t start; /**< nanoseconds of the clock since boot, rounded down to 10 ms */
};

/** @return false where there is no such process, or it may not be seen */
bool pacct_proc_read(uint32_t pid, struct pacct_proc* proc);

#endif
