/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/usage.h
 * @brief What a process used, beyond what its record says, as fields of an event.
 */
#ifndef PACCT_USAGE_H
#define PACCT_USAGE_H

#include "event/fields.h"

/** What a process used; sums over its threads. */
struct pacct_usage {
    bool known; /**< whether anything is */
    bool has_memory; /**< whether max_rss_kib is known */
    bool has_cancelled, has_chars; /**< whether these are the process's own and known */
    bool has_threads;
    bool oom_killed;
    uint64_t cpu_ns, cpu_user_ns, cpu_system_ns;
    uint64_t max_rss_kib;
    uint64_t read_bytes, write_bytes, cancelled_write_bytes;
    uint64_t read_chars, write_chars;
    uint64_t voluntary_switches, involuntary_switches;
    uint64_t threads;
    uint64_t start_ns, end_ns; /**< since the epoch */
};

/** Add to the event of an exit what the process used. */
void pacct_usage_set(const struct pacct_usage* usage, struct pacct_event* ev);

#endif
