/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/usage.c
 * @brief What a process used, beyond what its record says, as fields of an event.
 *
 * Algorithm: none.
 * Concurrency and locking: none.
 * Failure model: what is not known is left out.
 */
#include "config.h"

#include "command/usage.h"
#include "event/event.h"

void pacct_usage_set(const struct pacct_usage* usage, struct pacct_event* ev) {
    if (!usage->known) {
        PACCT_SET_TOKEN(ev, PACCT_F_USAGE_SOURCE, "missing");
        return;
    }
    PACCT_SET_TOKEN(ev, PACCT_F_USAGE_SOURCE, "exit");
    pacct_event_set_int(ev, PACCT_F_CPU_NS, usage->cpu_ns);
    pacct_event_set_int(ev, PACCT_F_CPU_USER_NS, usage->cpu_user_ns);
    pacct_event_set_int(ev, PACCT_F_CPU_SYSTEM_NS, usage->cpu_system_ns);
    if (usage->has_memory) {
        pacct_event_set_int(ev, PACCT_F_MAX_RSS_KIB, usage->max_rss_kib);
    }
    pacct_event_set_int(ev, PACCT_F_READ_BYTES, usage->read_bytes);
    pacct_event_set_int(ev, PACCT_F_WRITE_BYTES, usage->write_bytes);
    if (usage->has_cancelled) {
        pacct_event_set_int(ev, PACCT_F_CANCELLED_WRITE_BYTES, usage->cancelled_write_bytes);
    }
    if (usage->has_chars) {
        pacct_event_set_int(ev, PACCT_F_READ_CHARS, usage->read_chars);
        pacct_event_set_int(ev, PACCT_F_WRITE_CHARS, usage->write_chars);
    }
    pacct_event_set_int(ev, PACCT_F_VOLUNTARY_SWITCHES, usage->voluntary_switches);
    pacct_event_set_int(ev, PACCT_F_INVOLUNTARY_SWITCHES, usage->involuntary_switches);
    if (usage->has_threads) {
        pacct_event_set_int(ev, PACCT_F_THREADS, usage->threads);
    }
    pacct_event_set_int(ev, PACCT_F_START_NS, usage->start_ns);
    pacct_event_set_int(ev, PACCT_F_END_NS, usage->end_ns);
    pacct_event_set_int(ev, PACCT_F_OOM_KILLED, usage->oom_killed);
}
