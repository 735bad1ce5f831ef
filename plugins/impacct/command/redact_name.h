/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_name.h
 * @brief What a name says of its value.
 */
#ifndef PACCT_REDACT_NAME_H
#define PACCT_REDACT_NAME_H

#include "command/redact_rules.h"

/** Whether a character may be in a name. */
bool pacct_redact_is_name(char c);

/** What the value of an option, variable, header or field with this name is. */
enum pacct_redact_level pacct_redact_level_of(const struct pacct_redact_rules* rules, struct pacct_bytes name);

/** The same for an option whose value may be in the next argument: one such as --no-password has none there. */
enum pacct_redact_level pacct_redact_level_of_option(const struct pacct_redact_rules* rules, struct pacct_bytes name);

#endif
