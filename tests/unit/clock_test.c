/* Intent: every second that a record can name is written right.
 * Invariant: the text is that of RFC 3339 in UTC, whatever was written before.
 * Oracle: gmtime_r and strftime, over edges, steps and random seconds, with one cache for all. */
#include "config.h"

#include "check.h"
#include "pacct_clock.h"
#include "sample.h"

#include <time.h>

static void compare(struct pacct_clock* clock, uint64_t second) {
    const time_t t = (time_t)second;
    struct tm tm;
    char got[PACCT_CLOCK_LEN + 1], expected[64];
    memset(got, '#', sizeof(got));
    pacct_clock_write(clock, second, got);
    CHECK(got[PACCT_CLOCK_LEN] == '#');
    CHECK(gmtime_r(&t, &tm) != NULL);
    CHECK(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm) == PACCT_CLOCK_LEN);
    CHECK_TEXT(got, PACCT_CLOCK_LEN, expected);
}

int main(void) {
    static const uint64_t edges[] = {0,          86399,      86400,      951782399,    951782400,    951868800,
                                     1709164800, 1709251199, 2147483647, 2147483648,   4102444800,   4107542400,
                                     4294967295, 4294967296, 4294967396, 253402300799, 253402214400, 32503680000};
    struct pacct_clock clock = {0};
    uint64_t random = 3;
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        compare(&clock, edges[i]);
        compare(&clock, edges[i] == 0 ? 0 : edges[i] - 1);
        compare(&clock, edges[i] < PACCT_CLOCK_MAX ? edges[i] + 1 : edges[i]);
    }
    for (uint64_t second = 1700000000; second < 1700000000 + 2 * 86400; second++) {
        compare(&clock, second);
    }
    for (int i = 0; i < 300000; i++) {
        compare(&clock, random_below(&random, random_below(&random, 2) ? 1ull << 32 : PACCT_CLOCK_MAX + 1));
    }
    return 0;
}
