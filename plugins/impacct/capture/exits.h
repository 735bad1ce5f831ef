/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/exits.h
 * @brief Ends of processes, told by the kernel into a ring that it keeps while nobody reads.
 *
 * The ring, the program that writes into it, and where it is attached are
 * pinned in a BPF file system: they stay when the process ends that made them.
 * What is read stays in the ring until it is freed.
 */
#ifndef PACCT_EXITS_H
#define PACCT_EXITS_H

#include "capture/bpf.h"

#include <stdint.h>

#include "capture/usage_format.h"

/** Longest reason, with its terminator: PATH_MAX and a sentence. */
#define PACCT_EXITS_REASON_MAX (4096 + PACCT_BPF_REASON_MAX)

struct pacct_exits;

/** How a ring was opened. */
struct pacct_exits_opened {
    bool made; /**< there was none */
    uint64_t size; /**< bytes; of one that there was, what it was made with */
    bool discarded; /**< one that cannot be read was there: of another version of the module or another pid namespace */
    uint64_t discarded_ends; /**< ends, at most, that were in there or had not fit, and had not been dealt with */
};

/**
 * Open the ring in a directory, or make one there. Nobody else can have it open then. Privileges are needed here only.
 *
 * @param directory absolute path; is made where it does not exist
 * @param ring_size bytes of a new ring, from a page to 2^31; rounded up to a power of 2
 * @param how set on success
 * @param reason set on failure: what was missing, and what would help
 * @return NULL on failure: the rings that there are go on then
 */
struct pacct_exits* pacct_exits_open(const char* directory,
                                     uint64_t ring_size,
                                     struct pacct_exits_opened* how,
                                     char reason[PACCT_EXITS_REASON_MAX]);

/** The kernel goes on writing. */
void pacct_exits_close(struct pacct_exits* e);

/** A number that no other ring of this boot has. */
uint64_t pacct_exits_id(const struct pacct_exits* e);

/** The oldest place in the ring, and the one that is written next. Places only grow. */
uint64_t pacct_exits_oldest(const struct pacct_exits* e);
uint64_t pacct_exits_end(const struct pacct_exits* e);

/**
 * The end that was told at a place.
 *
 * @param at moved behind it
 * @return NULL: there is none yet; else it is valid until its place is freed
 */
const struct pacct_usage_wire* pacct_exits_next(const struct pacct_exits* e, uint64_t* at);

/**
 * What lies before a place is not needed any more.
 *
 * @param lost so many lost ends were dealt with
 */
void pacct_exits_free(struct pacct_exits* e, uint64_t until, uint64_t lost);

/** Lost ends that were dealt with when the oldest place became that. */
uint64_t pacct_exits_lost_before(const struct pacct_exits* e);

/** Ends since the ring was made that are not in it: it was full, or the kernel left the program out. Only grows. */
uint64_t pacct_exits_lost(const struct pacct_exits* e);

/** Have the next end make pacct_exits_fd() readable. Whoever wants to wait looks into the ring once more after this. */
void pacct_exits_wake(struct pacct_exits* e);

/** It is readable while anything has not been freed: only that it becomes so says something new. */
int pacct_exits_fd(const struct pacct_exits* e);

#endif
