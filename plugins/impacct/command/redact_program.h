/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_program.h
 * @brief What the rows of a program say of one of its arguments.
 */
#ifndef PACCT_REDACT_PROGRAM_H
#define PACCT_REDACT_PROGRAM_H

#include "command/redact_rules.h"

/** What an argument is to a row. */
enum pacct_redact_match {
    PACCT_REDACT_NO_MATCH,
    PACCT_REDACT_MATCH, /**< a part of it, but no value */
    PACCT_REDACT_NEXT_WORD, /**< an option whose value is the next argument */
    PACCT_REDACT_WITH_VALUE /**< the value, or an option with it */
};

/** Whether a word is one or more options of one letter, as -sSu. */
bool pacct_redact_is_letters(struct pacct_bytes word);

/** Whether a word is one of a list, or options of one letter with one of them. */
bool pacct_redact_is_behind(struct pacct_redact_list list, struct pacct_bytes word);

/** Whether a word is an option of a list that takes the next argument, alone or behind other letters. */
bool pacct_redact_is_valued(struct pacct_redact_list list, struct pacct_bytes word);

/**
 * Whether a word is one of the options of a row.
 *
 * @param value set with WITH_VALUE: what is attached
 */
enum pacct_redact_match pacct_redact_match_option(const struct pacct_redact_rule* rule,
                                                  struct pacct_bytes word,
                                                  struct pacct_bytes* value);

/**
 * Go on with a row's pattern of operands.
 *
 * @param element how far it is, moved on
 * @return WITH_VALUE: the word is what the row is about; MATCH: it is an option in the pattern
 */
enum pacct_redact_match pacct_redact_match_operand(const struct pacct_redact_rule* rule,
                                                   unsigned char* element,
                                                   struct pacct_bytes word);

/** Whether a word is an option, by how it begins. */
bool pacct_redact_is_option(struct pacct_bytes word);

#endif
