/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/usage.h
 * @brief What processes used, from the BPF program at exit (capture/usage.bpf.c) to the record of the end.
 */
#ifndef PACCT_CAPTURE_USAGE_H
#define PACCT_CAPTURE_USAGE_H

#include "capture/bpf.h"
#include "capture/usage_join.h"
#include "command/usage.h"

struct pacct_usage_capture;

/** Sums since the start. */
struct pacct_usage_counts {
    uint64_t matched, missing; /**< records */
    uint64_t lost; /**< ends that were not told */
};

/**
 * Begin to capture. Privileges are needed here only.
 *
 * @param reason set on failure: what was missing, and what would help
 * @return NULL on failure
 */
struct pacct_usage_capture* pacct_usage_capture_new(char reason[PACCT_BPF_REASON_MAX]);

void pacct_usage_capture_free(struct pacct_usage_capture* c);

/** What the process of a record used; see pacct_usage_join_take(). */
void pacct_usage_capture_take(struct pacct_usage_capture* c,
                              const struct pacct_record* rec,
                              bool may_live,
                              struct pacct_usage* usage);

/** Records that were taken may come again. */
void pacct_usage_capture_records_again(struct pacct_usage_capture* c);

struct pacct_usage_counts pacct_usage_capture_counts(const struct pacct_usage_capture* c);

#endif
