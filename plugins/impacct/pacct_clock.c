/**
 * @file pacct_clock.c
 * @brief Seconds since the epoch as RFC 3339 text.
 *
 * Algorithm: gmtime_r() once per day seen, arithmetic for the time of day.
 * Concurrency and locking: the cache belongs to the caller.
 * Failure model: none; times beyond PACCT_CLOCK_MAX are the caller's error.
 */
#include "config.h"

#include "pacct_clock.h"
#include "pacct_digits.h"

#include <string.h>
#include <time.h>

#define DAY 86400u

static void two_digits(char* out, unsigned n) {
    memcpy(out, pacct_two_digits[n], 2);
}

static void set_day(struct pacct_clock* clock, uint64_t day) {
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

void pacct_clock_write(struct pacct_clock* clock, uint64_t seconds, char* out) {
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
