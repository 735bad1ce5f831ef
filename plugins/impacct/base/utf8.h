/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/utf8.h
 * @brief Any bytes as valid UTF-8.
 */
#ifndef PACCT_UTF8_H
#define PACCT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes that a byte can become: U+FFFD is EF BF BD. */
#define PACCT_UTF8_GROWTH 3u

/**
 * Copy bytes, with each one that is not part of a well-formed UTF-8 sequence replaced by U+FFFD.
 *
 * Well-formed is as in Unicode, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * @param in len bytes
 * @param out len * PACCT_UTF8_GROWTH bytes
 * @param clean set to whether nothing had to be replaced
 * @return bytes written
 */
size_t pacct_utf8_copy(const char* in, size_t len, char* out, bool* clean);

/**
 * Length of the well-formed sequence at p, looking at no more than len bytes.
 * @return 1 to 4; 0 where there is none
 */
size_t pacct_utf8_sequence(const unsigned char* p, size_t len);

/**
 * Length of the control character at p, looking at no more than len bytes: what splits a line or steers a terminal and
 * may nowhere be written as it is, although it is valid UTF-8. These are C0, DEL, C1 (C2 80 to C2 9F) and the line
 * separators U+2028 and U+2029 (E2 80 A8 and E2 80 A9).
 *
 * @param code set to its code point
 * @return 1 to 3; 0 where there is none
 */
size_t pacct_utf8_control(const unsigned char* p, size_t len, unsigned* code);

#endif
