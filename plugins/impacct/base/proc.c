/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/proc.c
 * @brief /proc/PID/stat: whether a process lives, since when, and of whom.
 */
#include "config.h"

#include "base/proc.h"
#include "base/sys.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* more than 52 numbers and a name take */
#define LINE_MAX_LEN 2048u
/* field 22 is in these (USER_HZ) on all architectures but the former alpha and ia64 */
#define TICK_NS (PACCT_SECOND_NS / 100)
/* bit of field 9; include/linux/sched.h */
#define PF_EXITING 0x4u

bool pacct_proc_read(uint32_t pid, struct pacct_proc* proc) {
    char path[32], line[LINE_MAX_LEN], state;
    unsigned flags;
    snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    const ssize_t len = pacct_sys_read(fd, line, sizeof(line) - 1, 0);
    close(fd);
    line[len < 0 ? 0 : len] = '\0';
    /* proc(5): the name, field 2, may hold anything, newlines too, so the last parenthesis ends it */
    const char* const behind = strrchr(line, ')');
    if (behind == NULL || sscanf(behind + 1,
                                 " %c %" SCNu32 " %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d "
                                 "%" SCNu64,
                                 &state, &proc->ppid, &flags, &proc->start) != 4) {
        return false;
    }
    proc->start *= TICK_NS;
    proc->ending = state == 'Z' || state == 'X' || (flags & PF_EXITING) != 0;
    return true;
}
