/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact.h
 * @brief Secrets in arguments, made unreadable.
 *
 * What is known of how people hand secrets to programs is the table redact_rules.inc: names of options, variables,
 * headers and fields; options and places of programs, also behind those that run other programs and in text for a
 * shell; URLs; tokens that are known by their looks. What is not seen: a secret without any of that, such as the only
 * argument of a program of one's own; one that is encoded or compressed.
 */
#ifndef PACCT_REDACT_H
#define PACCT_REDACT_H

#include "base/text.h"

/** What stands for a secret. */
#define PACCT_REDACTED "[redacted]"

/** Room for the sentence that says what is wrong with a pattern. */
#define PACCT_REDACT_WHY 96

struct pacct_redact;

/** @return NULL when out of memory */
struct pacct_redact* pacct_redact_new(void);

void pacct_redact_free(struct pacct_redact* r);

/** Look for what is known. Returns false when out of memory. */
bool pacct_redact_known(struct pacct_redact* r);

/**
 * Look also for a pattern, in each argument: a POSIX extended regular expression. What its first group matches is the
 * secret; all that it matches where there is no group.
 *
 * @param why set on failure
 * @return whether it is valid
 */
bool pacct_redact_pattern(struct pacct_redact* r, const char* pattern, char why[PACCT_REDACT_WHY]);

/**
 * Append arguments, without their secrets.
 *
 * @param args each ended by a NUL, but perhaps the last
 * @param any set to whether something was replaced
 * @return false when out of memory
 */
bool pacct_redact_copy(const struct pacct_redact* r, struct pacct_bytes args, struct pacct_buf* out, bool* any);

#endif
