/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a percentile from a histogram can be believed.
 * Invariant: it is within 1 % of the exact one by the nearest rank, exact below 128, and never above the largest value;
 * buckets have the order of their values; counts are those of the keys.
 * Oracle: the same values, sorted. */
#include "config.h"

#include "check.h"
#include "event/histogram.h"
#include "sample.h"

#define VALUES 20000u

static uint64_t value[VALUES];

static int compare(const void* a, const void* b) {
    const uint64_t x = *(const uint64_t*)a, y = *(const uint64_t*)b;
    return x < y ? -1 : x > y;
}

static void add(struct pacct_histogram* h, uint64_t key) {
    CHECK(pacct_histogram_reserve(h));
    pacct_histogram_add(h, key);
}

/* Numbers of all sizes up to a number of bits. */
static void percentiles(unsigned bits, unsigned count) {
    struct pacct_histogram h = {0};
    uint64_t random = 7 + bits;
    for (unsigned i = 0; i < count; i++) {
        value[i] = random_next(&random) >> (64 - bits + random_below(&random, bits));
        add(&h, pacct_histogram_bucket(value[i]));
    }
    qsort(value, count, sizeof(value[0]), compare);
    for (unsigned percent = 1; percent <= 100; percent++) {
        const uint64_t exact = value[(count * percent + 99) / 100 - 1];
        const uint64_t got = pacct_histogram_percentile(&h, percent, value[count - 1]);
        const uint64_t off = got > exact ? got - exact : exact - got;
        CHECK(off <= exact / 100);
        CHECK(exact >= 128 || off == 0);
        CHECK(got <= value[count - 1]);
    }
    pacct_histogram_free(&h);
}

/* Of each size the smallest and the largest value of buckets, and their neighbors. */
static void edges(void) {
    uint64_t before = 0;
    for (unsigned shift = 0; shift < 57; shift++) {
        for (uint64_t step = 64; step < 128; step++) {
            const uint64_t first = step << shift;
            for (uint64_t v = first - 1; v <= first + 1; v++) {
                struct pacct_histogram h = {0};
                add(&h, pacct_histogram_bucket(v));
                const uint64_t middle = pacct_histogram_percentile(&h, 50, UINT64_MAX);
                CHECK((middle > v ? middle - v : v - middle) <= v / 100);
                CHECK(pacct_histogram_bucket(v) < 4096);
                CHECK(v <= first || pacct_histogram_bucket(v) >= before);
                before = v <= first ? before : pacct_histogram_bucket(v);
                pacct_histogram_free(&h);
            }
        }
    }
    CHECK(pacct_histogram_bucket(UINT64_MAX) < 4096);
}

static void counts(void) {
    struct pacct_histogram h = {0};
    unsigned count[256] = {0};
    uint64_t random = 3;
    for (unsigned i = 0; i < VALUES; i++) {
        const uint64_t key = random_below(&random, 256) & random_below(&random, 256);
        count[key]++;
        add(&h, key);
    }
    unsigned at = 0;
    for (unsigned key = 0; key < 256; key++) {
        if (count[key] > 0) {
            const struct pacct_counted c = pacct_histogram_at(&h, at++);
            CHECK_EQ(c.key, key);
            CHECK_EQ(c.count, count[key]);
        }
    }
    CHECK_EQ(at, h.used);
    pacct_histogram_free(&h);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("percentiles of values of all sizes") {
        for (unsigned bits = 1; bits <= 64; bits++) {
            percentiles(bits, 2000);
        }
        percentiles(40, VALUES);
    }
    CASE("percentiles of few values") {
        for (unsigned count = 1; count <= 200; count++) {
            percentiles(30, count);
        }
    }
    CASE("edges of buckets") {
        edges();
    }
    CASE("counts of keys") {
        counts();
    }
    return check_end();
}
