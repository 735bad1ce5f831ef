/**
 * @file pacct_who.h
 * @brief What a process executed and where it belongs, as fields of an event.
 */
#ifndef PACCT_WHO_H
#define PACCT_WHO_H

#include "pacct_capture.h"
#include "pacct_event.h"
#include "pacct_redact.h"

struct pacct_who;

/**
 * @param origin as for records; has to outlive it
 * @param redact NULL: nothing is redacted; has to outlive it
 * @param belongs whether to set the fields of where a process belongs, too
 * @return NULL when out of memory
 */
struct pacct_who* pacct_who_new(const struct pacct_origin* origin, const struct pacct_redact* redact, bool belongs);

void pacct_who_free(struct pacct_who* w);

/**
 * Add to the event of an exit what is known of the process.
 *
 * @param pid of the record
 * @param now seconds of a monotonic clock, for the caches
 * @return false when out of memory. The strings live until the next call of this or pacct_who_event()
 */
bool pacct_who_add(
    struct pacct_who* w, const struct pacct_life* life, uint32_t pid, time_t now, struct pacct_event* ev);

/** Make the event of a program that starts. Returns as above. */
bool pacct_who_event(struct pacct_who* w, const struct pacct_started* started, time_t now, struct pacct_event* ev);

#endif
