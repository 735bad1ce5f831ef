/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_value.h
 * @brief What of a value is secret; and where that is noted.
 */
#ifndef PACCT_REDACT_VALUE_H
#define PACCT_REDACT_VALUE_H

#include "command/redact_rules.h"

/** What is worked on. */
struct pacct_redact_work {
    const struct pacct_redact_rules* rules;
    const char* text; /**< all arguments */
    unsigned char* secret; /**< for each byte of them, whether it is to be replaced */
    bool any; /**< whether there is something */
    const char* cut; /**< where the last argument was cut off; NULL: it was not */
};

/** Note that these bytes of the text are to be replaced. */
void pacct_redact_note(struct pacct_redact_work* work, struct pacct_bytes secret);

/** Note what of a value is secret by the shape that it has. SCRIPT, NOTHING and PROSE have nothing.
 *
 * @return whether there was something */
bool pacct_redact_note_shape(struct pacct_redact_work* work, enum pacct_redact_shape shape, struct pacct_bytes value);

/** Note what of a value is secret by the name that it has. Returns whether there was something. */
bool pacct_redact_note_value(struct pacct_redact_work* work, enum pacct_redact_level level, struct pacct_bytes value);

/** The end of a quotation: the next quote with as many backslashes before it as the one that began it has; NULL: none.
 *
 * @param from behind the quote that began it
 * @return where the quote ends, with what belongs to it */
const char* pacct_redact_close_quote(const char* from, const char* end, char quote, size_t backslashes);

/** Length of a quote at p, with the backslashes that belong to it; 0: there is none. */
size_t pacct_redact_quote(const char* p, const char* end);

/** A value without the quotes around it. */
struct pacct_bytes pacct_redact_unquote(struct pacct_bytes value);

/** Whether a value looks like a path. */
bool pacct_redact_is_path(struct pacct_bytes value);

/** Whether a value is a number, or several: 80, 8080:80, 1.2.3, 0x1f. */
bool pacct_redact_is_number(struct pacct_bytes value);

/** Whether a value looks like a secret and not like a word, a name, a number or a path. */
bool pacct_redact_likely(struct pacct_bytes value);

/** Whether it looks like nothing but a password: Passw0rd!, S3cr3t!x, pa$sW0rd. */
bool pacct_redact_obvious(struct pacct_bytes value);

/** Whether it looks so much like a password that this is enough for one in a place where passwords are. */
bool pacct_redact_strong(struct pacct_bytes value);

#endif
