/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage_join.h
 * @brief Joins what the kernel told of processes at their ends to the records of these ends.
 *
 * Words. The *end* of a process is what was told at its end. An end *may be of*
 * a record if it has the record's id (in the same pid namespace), a start that
 * the record can tell of, is not later than the record, and if all that both say
 * is the same.
 *
 * What the kernel does, beside K1 to K3 of capture/join.h:
 * - K6. What is told at an end is what the record is made of afterwards, by the
 *   same task: so the end is there when the record is.
 *
 * A record takes an end if, and only if,
 * 1. its own end cannot have been lost, forgotten, or been before all that is
 *    known;
 * 2. the end is the only one that is kept and may be of the record;
 * 3. the record is certainly about an end.
 *
 * Why that is enough: let r be the first record that takes an end that is not
 * its own. Its own was told (1, K6) and may be of it (K6). It is not kept any
 * more, or the other one would not be the only one (2); so it was taken by a
 * record before, or forgotten. The former contradicts that r is the first, the
 * latter 1. Records may be missing without a word. What is forgotten without a
 * mark is so old that no other end may be of its record: that would have
 * begun after the record (K1).
 */
#ifndef PACCT_USAGE_JOIN_H
#define PACCT_USAGE_JOIN_H

#include "file/record.h"

#include "capture/usage_format.h"

struct pacct_usage_join;

/** What is kept of an end. */
struct pacct_usage_end {
    struct pacct_usage_wire told;
    uint64_t running; /**< ns that the last thread ran and that are not in there, as far as is known */
};

/** @return NULL when out of memory */
struct pacct_usage_join* pacct_usage_join_new(size_t max_ends);

void pacct_usage_join_free(struct pacct_usage_join* j);

/** Add an end. Ends of one process id come in their order. */
void pacct_usage_join_add(struct pacct_usage_join* j, const struct pacct_usage_end* end);

/** Ends between two times (monotonic clock, ns) may be missing. */
void pacct_usage_join_lost(struct pacct_usage_join* j, uint64_t from, uint64_t until);

/** Records that were written before a time (monotonic clock, ns) may come again, or come that were never expected. */
void pacct_usage_join_records_again(struct pacct_usage_join* j, uint64_t until);

/**
 * Find the end that a record is of, and take it off. All ends that were told before the record was written have to be
 * there before.
 *
 * @param rec of version 3
 * @param may_live the record may be about a process that has not ended
 * @param offset of the clock of the day to the monotonic one, ns
 * @param end set on success
 * @return whether it is known
 */
bool pacct_usage_join_take(struct pacct_usage_join* j,
                           const struct pacct_record* rec,
                           bool may_live,
                           int64_t offset,
                           struct pacct_usage_end* end);

#endif
