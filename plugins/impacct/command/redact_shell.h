/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_shell.h
 * @brief A text for a shell, in words and what is between them.
 */
#ifndef PACCT_REDACT_SHELL_H
#define PACCT_REDACT_SHELL_H

#include "command/redact_value.h"

enum pacct_redact_token_kind {
    PACCT_REDACT_END,
    PACCT_REDACT_WORD,
    PACCT_REDACT_PIPE, /**< | */
    PACCT_REDACT_COMMAND, /**< ; & && || ( ) or a new line: another command begins */
    PACCT_REDACT_REDIRECTION, /**< < > >> &> ...: a word follows that is no argument */
    PACCT_REDACT_HERE_STRING, /**< <<<: a word follows that is the input */
    PACCT_REDACT_HERE_DOCUMENT /**< <<: a word follows that ends the input */
};

struct pacct_redact_shell {
    const char *at, *end;
    bool loose; /**< perhaps it is no text for a shell: ; and the like only count where blanks are around them */
};

/**
 * The next token.
 *
 * @param word set with WORD, as it is written, but without quotes around all of it. A quote with backslashes before it,
 * as in text for a shell within text for a shell, is one, too
 * @param quoted set with WORD: there were quotes around it
 */
enum pacct_redact_token_kind pacct_redact_shell_next(struct pacct_redact_shell* shell,
                                                     struct pacct_bytes* word,
                                                     bool* quoted);

#endif
