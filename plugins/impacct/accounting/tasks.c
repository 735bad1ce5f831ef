/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/tasks.c
 * @brief Whether anything ends on the machine, of which there could be records.
 */
#include "config.h"

#include "accounting/tasks.h"
#include "base/sys.h"

#include <inttypes.h>

bool pacct_tasks_ended(uint64_t* ended) {
    uint64_t forks, alive;
    if (pacct_sys_scan("/proc/stat", "processes %" SCNu64, &forks) != 1 ||
        pacct_sys_scan("/proc/loadavg", "%*s %*s %*s %*[0-9]/%" SCNu64, &alive) != 1) {
        return false;
    }
    *ended = forks > alive ? forks - alive : 0; /* they are not read at the same moment */
    return true;
}
