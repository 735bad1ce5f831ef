/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_text.h
 * @brief Secrets anywhere in a text.
 */
#ifndef PACCT_REDACT_TEXT_H
#define PACCT_REDACT_TEXT_H

#include "command/redact_value.h"

/**
 * Note the secrets in a text: values of names (name=SECRET, name: SECRET, "name": "SECRET", <name>SECRET</name>,
 * name("SECRET")), those of URLs, and what is a secret by its looks.
 *
 * @param prose only the last two
 */
void pacct_redact_note_text(struct pacct_redact_work* work, struct pacct_bytes text, bool prose);

#endif
