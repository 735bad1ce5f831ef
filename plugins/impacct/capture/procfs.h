/**
 * @file pacct_proc.h
 * @brief A running process, as /proc shows it.
 */
#ifndef PACCT_PROC_H
#define PACCT_PROC_H

#include "pacct_exec.h"

/** Room for what is read of one process. */
struct pacct_proc {
    struct pacct_exec_room room;
    char args[PACCT_WIRE_ARGS_MAX];
};

/**
 * Read a process. What this process may not see is left out.
 *
 * @param args_max at most so many bytes of arguments are read
 * @param ev of kind SCAN; its start is rounded down to ticks of 10 ms, its time is before all that was read
 * @return false where there is no such process, or it is ending, or became another one meanwhile
 */
bool pacct_proc_read(uint32_t pid, size_t args_max, struct pacct_proc* proc, struct pacct_exec* ev);

/** The clock since boot at a time of the monotonic clock, if the machine was not suspended since then. */
uint64_t pacct_proc_boot(uint64_t monotonic);

#endif
