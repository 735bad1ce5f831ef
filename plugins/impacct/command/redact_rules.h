/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_rules.h
 * @brief The table of redact_rules.inc, made fast to look up.
 */
#ifndef PACCT_REDACT_RULES_H
#define PACCT_REDACT_RULES_H

#include "base/text.h"

#include <stdint.h>

/** What the value of an option or a variable with some name is. */
enum pacct_redact_level {
    PACCT_REDACT_NO, /**< nothing secret */
    PACCT_REDACT_PAIR, /**< user:SECRET, if the latter looks like one */
    PACCT_REDACT_PIN, /**< a secret, if it has four characters or more, and a digit among them */
    PACCT_REDACT_LIKELY, /**< a secret, if it looks like one */
    PACCT_REDACT_AUTH, /**< user:SECRET or user:SECRET@host; without a colon as above */
    PACCT_REDACT_KEY, /**< a secret, unless it is a path or a number */
    PACCT_REDACT_SECRET /**< a secret */
};

/** Where the value of an option is. */
enum pacct_redact_how {
    PACCT_REDACT_VALUE, /**< in the next argument, behind "=", or attached to an option of one letter */
    PACCT_REDACT_NEXT, /**< in the next argument, or behind "=" or ":" */
    PACCT_REDACT_ATTACHED, /**< attached, or behind "=" or ":" */
    PACCT_REDACT_ALONE /**< there is none */
};

/** What of a value is secret. */
enum pacct_redact_shape {
    PACCT_REDACT_WHOLE, /**< all of it */
    PACCT_REDACT_UNLESS_PATH, /**< all of it, unless it is a path or a number */
    PACCT_REDACT_UNLESS_ASSIGNED, /**< all of it, unless there is "=" in it */
    PACCT_REDACT_IF_LIKELY, /**< all of it, if it looks like a secret */
    PACCT_REDACT_COLON, /**< user:SECRET */
    PACCT_REDACT_LAST_COLON, /**< algorithm:name:SECRET */
    PACCT_REDACT_COLON_OR_TOKEN, /**< user:SECRET; without a colon all of it, if it looks like a secret */
    PACCT_REDACT_PERCENT, /**< user%SECRET */
    PACCT_REDACT_COMMA, /**< user,SECRET */
    PACCT_REDACT_SLASH, /**< user/SECRET@database */
    PACCT_REDACT_BEFORE_AT, /**< SECRET@host */
    PACCT_REDACT_USERINFO, /**< user:SECRET@host, or user:SECRET */
    PACCT_REDACT_EQUALS, /**< name=SECRET, whatever the name */
    PACCT_REDACT_EQUALS_LIKELY, /**< name=SECRET, if it looks like one */
    PACCT_REDACT_FIELD, /**< h=host,p=SECRET or secret,id=a,data=SECRET */
    PACCT_REDACT_OPENSSL, /**< pass:SECRET, key:SECRET and the like; env:, file: and others have none */
    PACCT_REDACT_SCRIPT, /**< text for a shell: its commands are looked at */
    PACCT_REDACT_NOTHING, /**< no secret by itself; looked at like any argument */
    PACCT_REDACT_PROSE /**< text for people: only what is a secret by its looks is looked for */
};

enum pacct_redact_kind {
    PACCT_REDACT_OPTION,
    PACCT_REDACT_OPERAND,
    PACCT_REDACT_WRAPPER,
    PACCT_REDACT_PLAIN,
    PACCT_REDACT_COMMON,
    PACCT_REDACT_FEEDS,
    PACCT_REDACT_READS
};

/** The words of a list. */
struct pacct_redact_list {
    const struct pacct_bytes* words;
    size_t count;
};

/** A list of one's own: static const struct pacct_bytes words[] = {PACCT_REDACT_WORD("a"), ...} */
#define PACCT_REDACT_WORD(text) {text, sizeof(text) - 1}
#define PACCT_REDACT_LIST(words) ((struct pacct_redact_list){words, sizeof(words) / sizeof((words)[0])})

/** A row of a program; redact_rules.inc says what the columns are. */
struct pacct_redact_rule {
    enum pacct_redact_kind kind;
    enum pacct_redact_how how;
    enum pacct_redact_shape shape;
    int operands;
    struct pacct_redact_list behind;
    struct pacct_redact_list what; /**< OPTION: which; OPERAND: the pattern */
    struct pacct_redact_list valued;
};

/** WRAPPER: the command begins with the next program that is known. */
#define PACCT_REDACT_SEARCH (-1)

/** Rows of one program that are looked at. */
#define PACCT_REDACT_ROWS 64

/** One of the programs of a row. */
struct pacct_redact_entry {
    struct pacct_bytes name;
    const struct pacct_redact_rule* rule;
};

/** The rows of a program; count 0: it is not known. */
struct pacct_redact_program {
    const struct pacct_redact_entry* entries;
    size_t count;
};

/** A word that names secrets, or, with level NO, that does not. */
struct pacct_redact_name {
    struct pacct_bytes word;
    bool ends; /**< a part may end in it */
    enum pacct_redact_level level;
};

/** A secret by its looks. */
struct pacct_redact_token {
    struct pacct_bytes prefix;
    size_t min; /**< characters behind the prefix */
    const char* stop; /**< NULL: the prefix is a part of it */
    enum pacct_redact_shape shape;
};

/** Functions in code, and from which argument on theirs are secret. */
struct pacct_redact_call {
    struct pacct_redact_list functions;
    int from;
};

/** What a character may be in a text: of a word; the first of a token; a sign that something may be known by. */
#define PACCT_REDACT_LOOK_WORD 1u
#define PACCT_REDACT_LOOK_TOKEN 2u
#define PACCT_REDACT_LOOK_SIGN 4u

struct pacct_redact_rules {
    struct pacct_bytes* words; /**< of all lists */
    struct pacct_redact_list last, tail, flag; /**< parts of names */
    struct pacct_redact_rule* rules; /**< in the order of the table */
    struct pacct_redact_entry* entries; /**< by name, then in the order of the table */
    size_t entries_count;
    uint32_t lengths[128]; /**< by the first character of programs' names: which lengths there are */
    struct pacct_redact_program any; /**< what holds for every program: patterns of operands */
    uint32_t any_begins; /**< the letters that they begin with, a bit for each */
    struct pacct_redact_name* names; /**< by the last character */
    size_t names_begin[129]; /**< by that, where they begin */
    struct pacct_redact_token* tokens; /**< by the first character */
    size_t tokens_begin[129];
    struct pacct_redact_call* calls;
    size_t calls_count;
    unsigned char looks[256]; /**< for each character, PACCT_REDACT_LOOK_ */
};

/** @return NULL when out of memory */
struct pacct_redact_rules* pacct_redact_rules_new(void);

void pacct_redact_rules_free(struct pacct_redact_rules* rules);

/** Whether a pattern that holds for every program may begin with a word with this first character. */
bool pacct_redact_rules_any_begins(const struct pacct_redact_rules* rules, char c);

/** The rows of a program, by its name without a folder. A version or an extension at its end does not matter. */
struct pacct_redact_program pacct_redact_rules_find(const struct pacct_redact_rules* rules, struct pacct_bytes name);

/** Whether a word is in a list. */
bool pacct_redact_has(struct pacct_redact_list list, struct pacct_bytes word);

#endif
