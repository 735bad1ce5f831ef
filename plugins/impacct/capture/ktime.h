/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/ktime.h
 * @brief The kernel's own clocks, by which it tells of events, whatever time namespace this process is in.
 */
#ifndef PACCT_KTIME_H
#define PACCT_KTIME_H

#include <stdbool.h>
#include <stdint.h>

/** The monotonic clock, ns. */
uint64_t pacct_ktime_monotonic(void);

/** The clock since boot, ns. */
uint64_t pacct_ktime_boot(void);

/** How far the clock of the day is ahead of the monotonic one, ns; both are read at the same moment, as far as that can
 *  be: @return whether they were. *offset is not set otherwise */
bool pacct_ktime_day(int64_t* offset);

/** The clock since boot that a time by our own one means: /proc tells those. */
uint64_t pacct_ktime_of_boot(uint64_t ns);

#endif
