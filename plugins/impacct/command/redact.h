/**
 * @file pacct_redact.h
 * @brief Secrets in arguments, made unreadable.
 *
 * What is known of how people hand secrets to programs, case not regarded:
 * - an option or an assignment whose name ends in a word for a secret, the value behind "=" or ":" or in the next
 *   argument: --password=x, --api-key x, DB_PASSWORD=x, secret:x
 * - a header with credentials: Authorization: x, Cookie: x, X-Api-Key: x
 * - a URL with a password: scheme://user:x@host, also where it is cut before the @
 * - the first two anywhere in an argument, up to what ends the value: -o user=me,password=x, {"password": "x"},
 * ?token=x
 * - options of one letter of some programs: mysql -px, curl -u user:x, redis-cli -a x and the like
 * What is not seen: a secret without such a name, such as the only argument of a program of one's own; one encoded or
 * compressed.
 */
#ifndef PACCT_REDACT_H
#define PACCT_REDACT_H

#include "pacct_exec.h"
#include "pacct_json.h"

/** What stands for a secret. */
#define PACCT_REDACTED "[redacted]"

/** Room for the sentence that says what is wrong with a pattern. */
#define PACCT_REDACT_WHY 96

struct pacct_redact;

/** @return NULL when out of memory */
struct pacct_redact* pacct_redact_new(void);

void pacct_redact_free(struct pacct_redact* r);

/** Look for what is known. */
void pacct_redact_known(struct pacct_redact* r);

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
