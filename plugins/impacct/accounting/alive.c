/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/alive.c
 * @brief Whether the process that a record is about still lives. The record has to be of this process' pid namespace.
 *
 * Failure model: what may not be seen is not certain.
 */
#include "config.h"

#include "accounting/alive.h"
#include "base/proc.h"
#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* by how much ages in whole seconds may differ */
#define ROUNDING 2u

/* Not by getpgid(2), which SELinux denies for processes of other domains: this takes no more than that they are there.
 */
bool pacct_alive_gone(uint32_t pid) {
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

bool pacct_alive_since(uint32_t pid, uint64_t second) {
    struct pacct_proc proc;
    const uint64_t now = (uint64_t)time(NULL);
    if (second > now || !pacct_proc_read(pid, &proc) || proc.ending) {
        return false;
    }
    const uint64_t age = (pacct_clock_ns(CLOCK_BOOTTIME) - proc.start) / PACCT_SECOND_NS;
    return age > now - second + ROUNDING;
}
