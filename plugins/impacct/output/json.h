/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/json.h
 * @brief An event as one line of JSON text.
 */
#ifndef PACCT_JSON_H
#define PACCT_JSON_H

#include "base/fmt.h"
#include "base/text.h"
#include "output/plan.h"

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
                      struct pacct_rfc3339* clock,
                      struct pacct_buf* buf);

#endif
