/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_command.h
 * @brief Secrets in a command, by what its program does with its arguments.
 */
#ifndef PACCT_REDACT_COMMAND_H
#define PACCT_REDACT_COMMAND_H

#include "command/redact_program.h"
#include "command/redact_value.h"

/** Rows that hold for every program. */
#define PACCT_REDACT_ANY 12

/** A command that is read word by word. */
struct pacct_redact_command {
    struct pacct_redact_work* work;
    unsigned depth; /**< in how many texts for a shell it is */
    bool loose; /**< in a text that perhaps is none for a shell, and no program was found yet */
    bool at_program; /**< the next word is the program, or an assignment before it */

    struct pacct_redact_program program;
    bool uncertain; /**< it was only found somewhere */
    bool searching; /**< another may follow */
    bool plain, feeds, reads; /**< there is a row that says so */
    uint64_t active; /**< the rows that hold, a bit for each */
    unsigned char elements[PACCT_REDACT_ROWS]; /**< how far their patterns are */
    unsigned char any_elements[PACCT_REDACT_ANY];
    bool within_any; /**< one of them may have begun */
    const struct pacct_redact_rule* wrapper; /**< NULL: it runs no other, or not yet */
    int operands; /**< still before that */

    /* what the word before says of this one */
    const struct pacct_redact_rule* option; /**< its value */
    enum pacct_redact_level named; /**< the value of an option with such a name */
    bool skipped; /**< the value of an option that has no secret */
    char users, guessed; /**< of -u, -p or so of a program that is not known: the letter */
    bool bare, sure; /**< it was the name of a secret, alone, or behind "set" or so */
    bool set;
    bool prints; /**< the value of an option that is a command, which writes a secret */

    bool sets; /**< there was "set" or so */
    bool names; /**< there was the name of a secret, alone: a value that follows is it */
    bool changes; /**< its program is named after passwords: what follows a first operand is one */
    bool login; /**< there was "login" or so */
    char user; /**< there was a user's name: the letter of its option */
    struct pacct_bytes said; /**< the operands, from the first to the last */
    struct pacct_bytes fed; /**< what is written into the input */
};

/** Begin with a command. */
void pacct_redact_command_init(struct pacct_redact_command* c, struct pacct_redact_work* work);

/** The name that the process was given for its program. It has no secret. */
void pacct_redact_command_program(struct pacct_redact_command* c, struct pacct_bytes name);

/** The next word. quoted: there were quotes around it. */
void pacct_redact_command_word(struct pacct_redact_command* c, struct pacct_bytes word, bool quoted);

/** What the command reads from its input. */
void pacct_redact_command_feed(struct pacct_redact_command* c, struct pacct_bytes input);

#endif
