/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_url.h
 * @brief Secrets in addresses.
 */
#ifndef PACCT_REDACT_URL_H
#define PACCT_REDACT_URL_H

#include "command/redact_value.h"

/**
 * Note the secret in scheme://user:SECRET@host, or in scheme://SECRET@host if it looks like one.
 *
 * @param at the ://
 * @param end of the text
 * @return where the user and the secret end; NULL: there are none
 */
const char* pacct_redact_note_url(struct pacct_redact_work* work, const char* at, const char* end);

/**
 * Note the secret in user:SECRET@host without a scheme.
 *
 * @param begin, end of the text
 * @param from nothing before it is looked at
 * @param at the @
 * @return where the secret ends; NULL: there is none
 */
const char* pacct_redact_note_userinfo(
    struct pacct_redact_work* work, const char* begin, const char* from, const char* at, const char* end);

#endif
