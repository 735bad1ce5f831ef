/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/ktime.c
 * @brief The kernel's own clocks, by which it tells of events, whatever time namespace this process is in.
 *
 * Algorithm: time_namespaces(7): in a time namespace the monotonic clock and the
 * one since boot are ahead of the kernel's by what /proc/self/timens_offsets
 * tells. That does not change any more once a process is in there.
 *
 * Concurrency and locking: read once.
 *
 * Failure model: a kernel without time namespaces has no such file, and the
 * clocks are its own.
 */
#include "config.h"

#include "capture/ktime.h"
#include "base/sys.h"

#include <pthread.h>
#include <stdbool.h>

#define OFFSETS_FILE "/proc/self/timens_offsets"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int64_t monotonic_ahead, boot_ahead; /* ns */

static void read_offsets(void) {
    long long seconds, ns;
    if (pacct_sys_scan(OFFSETS_FILE, "monotonic %lld %lld", &seconds, &ns) == 2) {
        monotonic_ahead = (int64_t)(seconds * (long long)PACCT_SECOND_NS + ns);
    }
    if (pacct_sys_scan(OFFSETS_FILE, "boottime %lld %lld", &seconds, &ns) == 2) {
        boot_ahead = (int64_t)(seconds * (long long)PACCT_SECOND_NS + ns);
    }
}

static uint64_t kernels(uint64_t ns, const int64_t* ahead_ns) {
    pthread_once(&once, read_offsets);
    return (uint64_t)((int64_t)ns - *ahead_ns);
}

uint64_t pacct_ktime_monotonic(void) {
    return kernels(pacct_clock_ns(CLOCK_MONOTONIC), &monotonic_ahead);
}

uint64_t pacct_ktime_of_boot(uint64_t ns) {
    return kernels(ns, &boot_ahead);
}

uint64_t pacct_ktime_boot(void) {
    return pacct_ktime_of_boot(pacct_clock_ns(CLOCK_BOOTTIME));
}

/* The coarse clocks stand still until the next tick, both at once, and take a third of the time. */
bool pacct_ktime_day(int64_t* offset) {
    const uint64_t before = pacct_clock_ns(CLOCK_MONOTONIC_COARSE);
    const uint64_t day = pacct_clock_ns(CLOCK_REALTIME_COARSE);
    if (pacct_clock_ns(CLOCK_MONOTONIC_COARSE) != before) {
        return false;
    }
    *offset = (int64_t)day - (int64_t)kernels(before, &monotonic_ahead);
    return true;
}
