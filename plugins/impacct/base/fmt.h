/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/fmt.h
 * @brief Numbers, durations, times and bytes as text.
 */
#ifndef PACCT_FMT_H
#define PACCT_FMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Length of "2026-11-21T11:40:54Z". */
#define PACCT_RFC3339_LEN 20u
/** Last second of the year 9999, the last that RFC 3339 can write. */
#define PACCT_RFC3339_MAX 253402300799u

/** The day written last; times of one file mostly share it. Zero-initialize it. Not to be shared by threads. */
struct pacct_rfc3339 {
    uint64_t day; /**< days since the epoch, plus 1; 0: none yet */
    char date[11]; /**< "2026-11-21T" */
};

/**
 * Write a time.
 *
 * @param seconds since the epoch, at most PACCT_RFC3339_MAX
 * @param out PACCT_RFC3339_LEN bytes, not terminated
 */
void pacct_rfc3339_write(struct pacct_rfc3339* clock, uint64_t seconds, char* out);

/** Write a number in decimal. @param out 20 bytes @return the end of the text */
char* pacct_write_uint(char* out, uint64_t u);

/** Write hundredths as a number with two decimals. @param out 21 bytes @return the end of the text */
char* pacct_write_seconds(char* out, uint64_t centiseconds);

/** Nanoseconds of a duration. @return false where they do not fit into a signed 64 bit integer */
bool pacct_nanoseconds(uint64_t centiseconds, uint64_t* ns);

/** Write bytes in hexadecimal, two lower-case digits each. @return the end of the text */
char* pacct_write_hex(char* out, const uint8_t* bytes, size_t len);

#endif
