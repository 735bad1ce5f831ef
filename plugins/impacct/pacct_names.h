/**
 * @file pacct_names.h
 * @brief Names of users and groups, without waiting for a slow directory.
 *
 * The name service (files, LDAP, SSSD ...) is asked by a thread of its own.
 * Whoever looks up a name waits a moment for it, and goes on without it when
 * the service is slow; the answer is there for the next record.
 */
#ifndef PACCT_NAMES_H
#define PACCT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum pacct_name_kind { PACCT_NAME_USER, PACCT_NAME_GROUP };

struct pacct_names;

/**
 * Ask the name service for one name.
 *
 * @param name filled with a terminated name of less than size bytes
 * @return false where there is no such id
 */
typedef bool (*pacct_names_ask_t)(enum pacct_name_kind kind, uint32_t id, char* name, size_t size);

/** Longest name, with its terminator; longer ones count as unknown. */
#define PACCT_NAME_MAX 256u

/** The system's name service (getpwuid_r, getgrgid_r). */
bool pacct_names_ask_nss(enum pacct_name_kind kind, uint32_t id, char* name, size_t size);

/**
 * @param keep seconds for which an answer is used; "there is none" is kept for at most 60 of them
 * @param wait_ms how long a look-up may wait for an answer
 * @return NULL when out of memory or no thread can be had (errno)
 */
struct pacct_names* pacct_names_new(pacct_names_ask_t ask, unsigned keep, unsigned wait_ms);

/**
 * Look up a name. Called by one thread only.
 *
 * @param now seconds of a monotonic clock
 * @param name set to valid UTF-8 that lives until the next call
 * @return its length; 0 where it is unknown or not known yet
 */
size_t pacct_names_get(
    struct pacct_names* names, enum pacct_name_kind kind, uint32_t id, time_t now, const char** name);

/**
 * End the thread and release everything. A thread that hangs in the name
 * service is left behind with what it needs, rather than waited for.
 */
void pacct_names_free(struct pacct_names* names);

#endif
