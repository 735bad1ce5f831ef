/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_token.h
 * @brief What is a secret by its looks.
 */
#ifndef PACCT_REDACT_TOKEN_H
#define PACCT_REDACT_TOKEN_H

#include "command/redact_value.h"

/** Note a token that begins at p, by the prefixes of the table. Returns where it ends; NULL: there is none. */
const char* pacct_redact_note_token(struct pacct_redact_work* work, const char* p, const char* end);

/** Note a private key in PEM that begins at p. Returns where it ends; NULL: there is none. */
const char* pacct_redact_note_private_key(struct pacct_redact_work* work, const char* p, const char* end);

#endif
