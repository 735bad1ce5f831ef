/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/name_cache.h
 * @brief Names of users and groups, without waiting for a slow directory.
 *
 * The name service (files, LDAP, SSSD ...) is asked by a thread of its own.
 * Whoever looks up a name waits a moment for it, as far as patience goes, and
 * goes on without it when the service is slow; the answer is there for a later
 * record.
 */
#ifndef PACCT_NAME_CACHE_H
#define PACCT_NAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum pacct_name_kind { PACCT_NAME_USER, PACCT_NAME_GROUP };

struct pacct_name_cache;

/**
 * Ask the name service for one name.
 *
 * @param name filled with a terminated name of less than size bytes
 * @return false where there is no such id
 */
typedef bool (*pacct_name_cache_ask_t)(enum pacct_name_kind kind, uint32_t id, char* name, size_t size);

/** Longest name, with its terminator; longer ones count as unknown. */
#define PACCT_NAME_MAX 256u

/** The system's name service (getpwuid_r, getgrgid_r). */
bool pacct_name_cache_ask_nss(enum pacct_name_kind kind, uint32_t id, char* name, size_t size);

/**
 * How long look-ups may wait, all together: so much at once, and from then on a tenth of the time that passes. So a
 * service that is quick is always waited for, and one that is slow cannot hold up who looks up. May be shared by the
 * caches of one thread.
 */
struct pacct_name_patience {
    uint64_t most_ns, left_ns; /**< at most, and now */
    uint64_t seen_ns; /**< when that was; monotonic */
};

/** Patience of so many milliseconds. */
#define PACCT_NAME_PATIENCE(ms) {.most_ns = (ms) * UINT64_C(1000000), .left_ns = (ms) * UINT64_C(1000000)}

/** Most questions that wait to be answered; names beyond these are asked when they are looked up again. */
#define PACCT_NAME_QUESTIONS 128u

/**
 * @param keep seconds for which an answer is used; "there is none" is kept for at most 60 of them
 * @param patience has to outlive the cache
 * @return NULL when out of memory or no thread can be had (errno)
 */
struct pacct_name_cache* pacct_name_cache_new(pacct_name_cache_ask_t ask,
                                              unsigned keep,
                                              struct pacct_name_patience* patience);

/**
 * Look up a name. Called by one thread only.
 *
 * @param now seconds of a monotonic clock
 * @param name set to valid UTF-8 that lives until the next call
 * @return its length; 0 where it is unknown or not known yet
 */
size_t pacct_name_cache_get(
    struct pacct_name_cache* names, enum pacct_name_kind kind, uint32_t id, time_t now, const char** name);

/** How many look-ups, since the beginning, went without a name because it was not there in time. */
uint64_t pacct_name_cache_late(const struct pacct_name_cache* names);

/** For how many milliseconds the service has owed answers without a break; 0: it owes none. @param now as above */
int64_t pacct_name_cache_behind(struct pacct_name_cache* names, time_t now);

/**
 * End the thread and release everything. A thread that hangs in the name
 * service is left behind with what it needs, rather than waited for.
 */
void pacct_name_cache_free(struct pacct_name_cache* names);

#endif
