/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/histogram.h
 * @brief How often each of many numbers came, and percentiles of them, in little memory.
 *
 * A sparse list of counted keys. The keys of exit codes are the codes; those of measured values are the buckets of a
 * log-linear histogram, as HdrHistogram has them: values below 128 have one of their own, each doubling above has 64
 * of equal width. A value that is the middle of its bucket is at most 1/128, which is 0.79 %, off. Integers only: the
 * same values give the same answer on every machine, in whatever order they come.
 */
#ifndef PACCT_HISTOGRAM_H
#define PACCT_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero-initialize it, release it with pacct_histogram_free(). Takes 8 bytes for each key that came. */
struct pacct_histogram {
    uint64_t* counted; /**< in the order of their keys: the key in the upper 16 bits, its count below */
    uint32_t used, capacity;
};

void pacct_histogram_free(struct pacct_histogram* h);

/** Make room for one more key. @return false when out of memory */
bool pacct_histogram_reserve(struct pacct_histogram* h);

/** Count a key, below 2^16. There has to be room, see pacct_histogram_reserve(). */
void pacct_histogram_add(struct pacct_histogram* h, uint64_t key);

/** A key and its count. */
struct pacct_counted {
    uint64_t key, count;
};

static inline struct pacct_counted pacct_histogram_at(const struct pacct_histogram* h, uint32_t i) {
    return (struct pacct_counted){.key = h->counted[i] >> 48, .count = h->counted[i] & ((UINT64_C(1) << 48) - 1)};
}

/** The bucket of a value. */
uint64_t pacct_histogram_bucket(uint64_t value);

/**
 * A percentile by the nearest rank: of the values in order, the one that the ceiling of their number * percent / 100
 * says.
 *
 * @param h of buckets, at least one
 * @param max the largest value that was counted
 * @return the middle of its bucket, or max where that is less
 */
uint64_t pacct_histogram_percentile(const struct pacct_histogram* h, unsigned percent, uint64_t max);

#endif
