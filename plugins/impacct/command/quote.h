/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/quote.h
 * @brief The arguments of a process as text.
 */
#ifndef PACCT_QUOTE_H
#define PACCT_QUOTE_H

#include "base/text.h"

/**
 * Append arguments as one line that bash would split into just these, were they the arguments of a command.
 *
 * An argument of letters, digits and _@%+=:,./- stands as it is. Others are in single quotes; in $'...' with \xNN where
 * there are single quotes, control characters or bytes that are no UTF-8. So no two lists of arguments make the same
 * line, and the line is valid UTF-8 without control characters.
 *
 * @param args each ended by a NUL, but perhaps the last
 * @return false when out of memory
 */
bool pacct_quote_line(struct pacct_bytes args, struct pacct_buf* out);

/** Append arguments as strings of valid UTF-8, each ended by a NUL. @return false when out of memory */
bool pacct_quote_list(struct pacct_bytes args, struct pacct_buf* out);

/** The first argument, and args set to what follows it. */
struct pacct_bytes pacct_quote_next(struct pacct_bytes* args);

#endif
