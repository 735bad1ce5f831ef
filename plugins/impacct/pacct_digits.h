/**
 * @file pacct_digits.h
 * @brief Numbers as text.
 */
#ifndef PACCT_DIGITS_H
#define PACCT_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/** "00" to "99", not terminated. */
extern const char pacct_two_digits[100][2];

/** Write a number in decimal. @param out 20 bytes @return the end of the text */
char* pacct_write_uint(char* out, uint64_t u);

/** Write hundredths as a number with two decimals. @param out 21 bytes @return the end of the text */
char* pacct_write_seconds(char* out, uint64_t centiseconds);

/** Write bytes in hexadecimal, two lower-case digits each. @return the end of the text */
char* pacct_write_hex(char* out, const uint8_t* bytes, size_t len);

#endif
