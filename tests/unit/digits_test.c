/* Intent: numbers and bytes are written right.
 * Invariant: the text is what printf makes of the number, and no more than the room that was asked for is touched.
 * Oracle: snprintf, over every number of digits, its edges, and random numbers of every size. */
#include "config.h"

#include "check.h"
#include "pacct_digits.h"
#include "sample.h"

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

int main(void) {
    uint64_t random = 17;
    for (uint64_t u = 0; u < 200000; u++) {
        compare(u);
    }
    for (uint64_t edge = 10; edge <= UINT64_MAX / 10; edge *= 10) {
        compare(edge - 1);
        compare(edge);
        compare(edge + 1);
        compare(edge * 10 - 1);
    }
    compare(UINT64_MAX);
    for (int i = 0; i < 300000; i++) {
        compare(random_next(&random) >> random_below(&random, 64));
    }
    hexadecimal();
    return 0;
}
