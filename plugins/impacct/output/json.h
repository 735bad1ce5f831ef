/**
 * @file pacct_json.h
 * @brief An event as one line of JSON text.
 */
#ifndef PACCT_JSON_H
#define PACCT_JSON_H

#include "pacct_clock.h"
#include "pacct_schema.h"

/** A growing buffer of text; zero-initialise it, release it with pacct_buf_free(). */
struct pacct_buf {
    char* p; /**< not terminated */
    size_t len, cap; /**< bytes used and allocated */
};

/** Make room for more bytes behind len. @return false when out of memory; nothing has changed then */
bool pacct_buf_reserve(struct pacct_buf* buf, size_t more);

void pacct_buf_free(struct pacct_buf* buf);

/** Longest text of a value but for strings: a 64 bit number with sign, point and quotes, or a time. */
#define PACCT_JSON_SCALAR_MAX 32u

/**
 * Append an event as a JSON object, without a newline.
 *
 * The text is ASCII where the event is; it is valid JSON for any event whose
 * strings are valid UTF-8. Control characters, also DEL, the C1 block and the
 * line separators U+2028 and U+2029, are escaped, so the line cannot be split
 * or steer a terminal.
 *
 * @return false when out of memory; buf->len has not changed then
 */
bool pacct_json_write(const struct pacct_plan* plan,
                      const struct pacct_event* ev,
                      struct pacct_clock* clock,
                      struct pacct_buf* buf);

/** Nanoseconds of a duration. @return false where they do not fit into a signed 64 bit integer */
bool pacct_nanoseconds(uint64_t centiseconds, uint64_t* ns);

#endif
