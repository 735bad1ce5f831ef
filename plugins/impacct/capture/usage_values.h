/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage_values.h
 * @brief From what the kernel told at an end to what the process used.
 */
#ifndef PACCT_USAGE_VALUES_H
#define PACCT_USAGE_VALUES_H

#include "command/usage.h"

#include <stdint.h>

#include "capture/usage_format.h"

/** How far the monotonic clock is ahead of the scheduler's. All zero at first */
struct pacct_usage_clock {
    int64_t ahead, ahead_before; /**< least since "since", and in the while before */
    uint64_t since;
};

/**
 * How long the last thread ran that is not counted in what was told, as far as is known, ns.
 *
 * @param c has seen the ends before it
 */
uint64_t pacct_usage_running(struct pacct_usage_clock* c, const struct pacct_usage_wire* w);

/**
 * What the process used. Where threads went meanwhile (PACCT_USAGE_MOVED), it is not known.
 *
 * @param running see pacct_usage_running()
 * @param offset of the clock of the day to the monotonic one, ns
 */
void pacct_usage_of(const struct pacct_usage_wire* w, uint64_t running, int64_t offset, struct pacct_usage* u);

#endif
