/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: numbers, bytes, and every second that a record can name are written right.
 * Invariant: the text is what printf makes of the number, or that of RFC 3339 in UTC, whatever was written before, and
 * no more than the room that was asked for is touched.
 * Oracle: snprintf, over every number of digits, its edges, and random numbers of every size; gmtime_r and strftime,
 * over edges, steps and random seconds, with one cache for all. */
#include "config.h"

#include "check.h"
#include "base/fmt.h"
#include "sample.h"

#include <time.h>

#define UINT_ROOM 20
#define SECONDS_ROOM 21

static void compare(uint64_t u) {
    char got[UINT_ROOM + 1], seconds[SECONDS_ROOM + 1], expected[32];
    memset(got, '#', sizeof(got));
    memset(seconds, '#', sizeof(seconds));
    const char* const end = pacct_write_uint(got, u);
    snprintf(expected, sizeof(expected), "%" PRIu64, u);
    CHECK_TEXT(got, end - got, expected);
    CHECK(got[UINT_ROOM] == '#');
    const char* const seconds_end = pacct_write_seconds(seconds, u);
    snprintf(expected, sizeof(expected), "%" PRIu64 ".%02u", u / 100, (unsigned)(u % 100));
    CHECK_TEXT(seconds, seconds_end - seconds, expected);
    CHECK(seconds[SECONDS_ROOM] == '#');
}

static void hexadecimal(void) {
    uint8_t bytes[256];
    char got[2 * sizeof(bytes) + 1], expected[3];
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)i;
    }
    got[2 * sizeof(bytes)] = '#';
    CHECK(pacct_write_hex(got, bytes, sizeof(bytes)) == got + 2 * sizeof(bytes));
    CHECK(got[2 * sizeof(bytes)] == '#');
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        snprintf(expected, sizeof(expected), "%02x", i);
        CHECK_TEXT(got + (size_t)2 * i, 2, expected);
    }
    CHECK(pacct_write_hex(got, bytes, 0) == got);
}

static void compare_time(struct pacct_rfc3339* clock, uint64_t second) {
    const time_t t = (time_t)second;
    struct tm tm;
    char got[PACCT_RFC3339_LEN + 1], expected[64];
    memset(got, '#', sizeof(got));
    pacct_rfc3339_write(clock, second, got);
    CHECK(got[PACCT_RFC3339_LEN] == '#');
    CHECK(gmtime_r(&t, &tm) != NULL);
    CHECK(strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm) == PACCT_RFC3339_LEN);
    CHECK_TEXT(got, PACCT_RFC3339_LEN, expected);
}

int main(int argc, char** argv) {
    struct pacct_rfc3339 clock = {0};
    check_begin(argc, argv);
    CASE("small numbers") {
        for (uint64_t u = 0; u < 200000; u++) {
            compare(u);
        }
    }
    CASE("where a digit is added") {
        for (uint64_t edge = 10; edge <= UINT64_MAX / 10; edge *= 10) {
            compare(edge - 1);
            compare(edge);
            compare(edge + 1);
            compare(edge * 10 - 1);
        }
        compare(UINT64_MAX);
    }
    CASE("random numbers") {
        uint64_t random = 17;
        for (int i = 0; i < 300000; i++) {
            compare(random_next(&random) >> random_below(&random, 64));
        }
    }
    CASE("hexadecimal") {
        hexadecimal();
    }
    CASE("times at edges") {
        static const uint64_t edges[] = {0,          86399,      86400,      951782399,    951782400,    951868800,
                                         1709164800, 1709251199, 2147483647, 2147483648,   4102444800,   4107542400,
                                         4294967295, 4294967296, 4294967396, 253402300799, 253402214400, 32503680000};
        for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
            compare_time(&clock, edges[i]);
            compare_time(&clock, edges[i] == 0 ? 0 : edges[i] - 1);
            compare_time(&clock, edges[i] < PACCT_RFC3339_MAX ? edges[i] + 1 : edges[i]);
        }
    }
    CASE("each second of two days") {
        for (uint64_t second = 1700000000; second < 1700000000 + 2 * 86400; second++) {
            compare_time(&clock, second);
        }
    }
    CASE("random seconds") {
        uint64_t random = 3;
        for (int i = 0; i < 300000; i++) {
            compare_time(&clock, random_below(&random, random_below(&random, 2) ? 1ull << 32 : PACCT_RFC3339_MAX + 1));
        }
    }
    return check_end();
}
