/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/enrich.h
 * @brief What a process executed and where it belongs, as fields of an event.
 */
#ifndef PACCT_ENRICH_H
#define PACCT_ENRICH_H

#include "command/command.h"
#include "event/event.h"
#include "command/redact.h"

struct pacct_enrich;

/**
 * @param origin as for records; has to outlive it
 * @param redact NULL: nothing is redacted; has to outlive it
 * @param belongs whether to set the fields of where a process belongs, too
 * @return NULL when out of memory
 */
struct pacct_enrich* pacct_enrich_new(const struct pacct_origin* origin,
                                      const struct pacct_redact* redact,
                                      bool belongs);

void pacct_enrich_free(struct pacct_enrich* w);

/**
 * Add to the event of an exit what is known of the process.
 *
 * @param pid of the record
 * @param now seconds of a monotonic clock, for the caches
 * @return false when out of memory. The strings live until the next call of this or pacct_enrich_exec()
 */
bool pacct_enrich_exit(
    struct pacct_enrich* w, const struct pacct_process* process, uint32_t pid, time_t now, struct pacct_event* ev);

/** Make the event of a program that starts. Returns as above. */
bool pacct_enrich_exec(struct pacct_enrich* w,
                       const struct pacct_exec_message* message,
                       time_t now,
                       struct pacct_event* ev);

#endif
