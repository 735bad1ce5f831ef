/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/alive.h
 * @brief Whether the process that a record is about still lives. The record has to be of this process' pid namespace.
 */
#ifndef PACCT_ALIVE_H
#define PACCT_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

/** Whether there is certainly no process of that number now. */
bool pacct_alive_gone(uint32_t pid);

/**
 * Whether the process that had a number at some time still has it, and goes on to run.
 *
 * It is certain where it is so: who has the number now is older than what has passed since then. What began in the last
 * seconds before that time is not certain, nor what no first thread is left of.
 *
 * @param second since the epoch
 */
bool pacct_alive_since(uint32_t pid, uint64_t second);

#endif
