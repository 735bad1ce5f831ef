/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/fmt.c
 * @brief Numbers, durations, times and bytes as text.
 *
 * Algorithm: tables of pairs of digits; gmtime_r() once per day seen, arithmetic for the time of day.
 * Concurrency and locking: pure functions; the cache of the day belongs to the caller.
 * Failure model: none; times beyond PACCT_RFC3339_MAX are the caller's error.
 */
#include "config.h"

#include "base/fmt.h"

#include <string.h>
#include <time.h>

#define DAY 86400u
#define CS_TO_NS 10000000u

/* all numbers of two digits, one after the other */
#define TEN(d) d "0" d "1" d "2" d "3" d "4" d "5" d "6" d "7" d "8" d "9"
#define SIXTEEN(d) TEN(d) d "a" d "b" d "c" d "d" d "e" d "f"
static const char digit_pairs[] =
    TEN("0") TEN("1") TEN("2") TEN("3") TEN("4") TEN("5") TEN("6") TEN("7") TEN("8") TEN("9");
static const char hex_pairs[] =
    SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4") SIXTEEN("5") SIXTEEN("6") SIXTEEN("7") SIXTEEN("8")
        SIXTEEN("9") SIXTEEN("a") SIXTEEN("b") SIXTEEN("c") SIXTEEN("d") SIXTEEN("e") SIXTEEN("f");

static char* two_digits(char* out, uint64_t u) {
    memcpy(out, digit_pairs + 2 * u, 2);
    return out + 2;
}

/* Below 100. */
static char* write_small(char* out, uint64_t u) {
    if (u >= 10) {
        return two_digits(out, u);
    }
    *out = (char)('0' + u);
    return out + 1;
}

char* pacct_write_uint(char* out, uint64_t u) {
    if (u < 100) {
        return write_small(out, u);
    }
    if (u < 10000) {
        return two_digits(write_small(out, u / 100), u % 100);
    }
    out = pacct_write_uint(out, u / 10000);
    return two_digits(two_digits(out, u % 10000 / 100), u % 100);
}

char* pacct_write_seconds(char* out, uint64_t centiseconds) {
    out = pacct_write_uint(out, centiseconds / 100);
    *out++ = '.';
    return two_digits(out, centiseconds % 100);
}

bool pacct_nanoseconds(uint64_t centiseconds, uint64_t* ns) {
    if (centiseconds > (uint64_t)INT64_MAX / CS_TO_NS) {
        return false;
    }
    *ns = centiseconds * CS_TO_NS;
    return true;
}

char* pacct_write_hex(char* out, const uint8_t* bytes, size_t len) {
    for (size_t i = 0; i < len; i++, out += 2) {
        memcpy(out, hex_pairs + (size_t)2 * bytes[i], 2);
    }
    return out;
}

static void set_day(struct pacct_rfc3339* clock, uint64_t day) {
    const time_t midnight = (time_t)(day * DAY);
    struct tm tm;
    gmtime_r(&midnight, &tm);
    const unsigned year = (unsigned)(tm.tm_year + 1900);
    two_digits(clock->date, year / 100);
    two_digits(clock->date + 2, year % 100);
    clock->date[4] = '-';
    two_digits(clock->date + 5, (unsigned)tm.tm_mon + 1u);
    clock->date[7] = '-';
    two_digits(clock->date + 8, (unsigned)tm.tm_mday);
    clock->date[10] = 'T';
    clock->day = day + 1;
}

void pacct_rfc3339_write(struct pacct_rfc3339* clock, uint64_t seconds, char* out) {
    const uint64_t day = seconds / DAY;
    const unsigned rest = (unsigned)(seconds % DAY);
    if (clock->day != day + 1) {
        set_day(clock, day);
    }
    memcpy(out, clock->date, sizeof(clock->date));
    two_digits(out + 11, rest / 3600);
    out[13] = ':';
    two_digits(out + 14, rest / 60 % 60);
    out[16] = ':';
    two_digits(out + 17, rest % 60);
    out[19] = 'Z';
}
