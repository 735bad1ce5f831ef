/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/histogram.c
 * @brief How often each of many numbers came, and percentiles of them, in little memory.
 *
 * Algorithm: binary search in a sorted array, which for a few dozen keys beats
 * anything with pointers.
 *
 * Concurrency and locking: none.
 *
 * Failure model: memory is asked for before anything is counted.
 */
#include "config.h"

#include "event/histogram.h"

#include <stdlib.h>
#include <string.h>

/* buckets of a doubling, as a power of two */
#define WIDTH_BITS 6u
#define EXACT (UINT64_C(2) << WIDTH_BITS)
#define KEY_SHIFT 48u

void pacct_histogram_free(struct pacct_histogram* h) {
    free(h->counted);
    memset(h, 0, sizeof(*h));
}

bool pacct_histogram_reserve(struct pacct_histogram* h) {
    if (h->used < h->capacity) {
        return true;
    }
    const uint32_t capacity = h->capacity == 0 ? 4 : h->capacity * 2;
    uint64_t* const counted = realloc(h->counted, capacity * sizeof(*counted));
    if (counted == NULL) {
        return false;
    }
    h->counted = counted;
    h->capacity = capacity;
    return true;
}

void pacct_histogram_add(struct pacct_histogram* h, uint64_t key) {
    uint32_t low = 0, high = h->used;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (h->counted[middle] >> KEY_SHIFT < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == h->used || h->counted[low] >> KEY_SHIFT != key) {
        memmove(h->counted + low + 1, h->counted + low, (h->used - low) * sizeof(h->counted[0]));
        h->counted[low] = key << KEY_SHIFT;
        h->used++;
    }
    h->counted[low]++;
}

uint64_t pacct_histogram_bucket(uint64_t value) {
    if (value < EXACT) {
        return value;
    }
    const unsigned doubling = 63u - (unsigned)__builtin_clzll(value); /* the highest bit */
    const unsigned shift = doubling - WIDTH_BITS;
    return EXACT + ((uint64_t)(shift - 1) << WIDTH_BITS) + (value >> shift) - (EXACT >> 1);
}

static uint64_t middle_of(uint64_t bucket) {
    if (bucket < EXACT) {
        return bucket;
    }
    const unsigned shift = (unsigned)((bucket - EXACT) >> WIDTH_BITS) + 1;
    const uint64_t low = ((EXACT >> 1) + ((bucket - EXACT) & ((EXACT >> 1) - 1))) << shift;
    return low + (UINT64_C(1) << (shift - 1));
}

uint64_t pacct_histogram_percentile(const struct pacct_histogram* h, unsigned percent, uint64_t max) {
    uint64_t total = 0, below = 0;
    for (uint32_t i = 0; i < h->used; i++) {
        total += pacct_histogram_at(h, i).count;
    }
    const uint64_t rank = (total * percent + 99) / 100;
    for (uint32_t i = 0; i < h->used; i++) {
        const struct pacct_counted counted = pacct_histogram_at(h, i);
        below += counted.count;
        if (below >= rank) {
            const uint64_t middle = middle_of(counted.key);
            return middle < max ? middle : max;
        }
    }
    return max;
}
