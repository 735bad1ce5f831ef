/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/tasks.h
 * @brief Whether anything ends on the machine, of which there could be records.
 */
#ifndef PACCT_TASKS_H
#define PACCT_TASKS_H

#include <stdbool.h>
#include <stdint.h>

/**
 * How many tasks have ended since the machine started: forks (/proc/stat, "processes") less those that live
 * (/proc/loadavg). Threads are tasks, too.
 *
 * @return false where /proc does not say
 */
bool pacct_tasks_ended(uint64_t* ended);

#endif
