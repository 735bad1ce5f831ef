/**
 * @file pacct_clock.h
 * @brief Seconds since the epoch as RFC 3339 text.
 */
#ifndef PACCT_CLOCK_H
#define PACCT_CLOCK_H

#include <stdint.h>

/** Length of "2026-11-21T11:40:54Z". */
#define PACCT_CLOCK_LEN 20u
/** Last second of the year 9999, the last that RFC 3339 can write. */
#define PACCT_CLOCK_MAX 253402300799u

/** The day written last; times of one file mostly share it. Zero-initialise it. Not to be shared by threads. */
struct pacct_clock {
    uint64_t day; /**< days since the epoch, plus 1; 0: none yet */
    char date[11]; /**< "2026-11-21T" */
};

/**
 * Write a time.
 *
 * @param seconds since the epoch, at most PACCT_CLOCK_MAX
 * @param out PACCT_CLOCK_LEN bytes, not terminated
 */
void pacct_clock_write(struct pacct_clock* clock, uint64_t seconds, char* out);

#endif
