/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_script.h
 * @brief Secrets in a text for a shell.
 */
#ifndef PACCT_REDACT_SCRIPT_H
#define PACCT_REDACT_SCRIPT_H

#include "command/redact_value.h"

/** In more texts within texts than that nothing is looked for but by names and looks. */
#define PACCT_REDACT_DEPTH 6u

/**
 * Note the secrets in the commands of a text.
 *
 * @param depth in how many texts for a shell it is
 * @param loose perhaps it is no text for a shell
 */
void pacct_redact_note_script(struct pacct_redact_work* work, struct pacct_bytes text, unsigned depth, bool loose);

#endif
