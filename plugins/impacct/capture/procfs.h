/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/procfs.h
 * @brief A running process, as /proc shows it.
 */
#ifndef PACCT_PROCFS_H
#define PACCT_PROCFS_H

#include "command/command.h"

/** Storage for what is read of one process. */
struct pacct_procfs {
    char path[3][PACCT_PATH_MAX];
    char args[PACCT_ARGS_MAX];
};

/**
 * Read a process. What this process may not see is left out.
 *
 * @param args_max at most so many bytes of arguments are read
 * @param ev of kind SCAN; its start is rounded down to ticks of 10 ms, its time is before all that was read
 * @return false where there is no such process, or it is ending, or became another one meanwhile
 */
bool pacct_procfs_read(uint32_t pid, size_t args_max, struct pacct_procfs* proc, struct pacct_process_event* ev);

/** The clock since boot at a time of the monotonic clock, if the machine was not suspended since then. */
uint64_t pacct_procfs_boot(uint64_t monotonic);

#endif
