/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_program.c
 *
 * Algorithm: words are compared with those of the row's lists, as getopt(3) and its relatives read them.
 */
#include "config.h"

#include "command/redact_program.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Letters behind one dash. A longer word is more likely an option of its own. */
#define LETTERS_MAX 12u

static bool is(struct pacct_bytes word, const char* text) {
    return word.len == strlen(text) && memcmp(word.p, text, word.len) == 0;
}

bool pacct_redact_is_option(struct pacct_bytes word) {
    return word.len > 1 && (word.p[0] == '-' || word.p[0] == '+');
}

bool pacct_redact_is_letters(struct pacct_bytes word) {
    size_t len = 1;
    if (word.len < 2 || word.len > LETTERS_MAX || word.p[0] != '-') {
        return false;
    }
    while (len < word.len && isalnum((unsigned char)word.p[len])) {
        len++;
    }
    return len == word.len;
}

static bool has_letter(struct pacct_redact_list list, char letter) {
    const char option[] = {'-', letter};
    return pacct_redact_has(list, (struct pacct_bytes){option, sizeof(option)});
}

bool pacct_redact_is_behind(struct pacct_redact_list list, struct pacct_bytes word) {
    if (list.count == 0) {
        return false;
    }
    bool any = pacct_redact_has(list, word);
    for (size_t i = 1; !any && pacct_redact_is_letters(word) && i < word.len; i++) {
        any = has_letter(list, word.p[i]);
    }
    return any;
}

bool pacct_redact_is_valued(struct pacct_redact_list list, struct pacct_bytes word) {
    return list.count > 0 &&
           (pacct_redact_has(list, word) || (pacct_redact_is_letters(word) && has_letter(list, word.p[word.len - 1])));
}

/* Whether a word is an option such as -password, and not -p with a value. */
static bool is_long(struct pacct_bytes word) {
    static const struct pacct_bytes names[] = {
        PACCT_REDACT_WORD("password"), PACCT_REDACT_WORD("passwd"),   PACCT_REDACT_WORD("passphrase"),
        PACCT_REDACT_WORD("pass"),     PACCT_REDACT_WORD("pw"),       PACCT_REDACT_WORD("pwd"),
        PACCT_REDACT_WORD("token"),    PACCT_REDACT_WORD("secret"),   PACCT_REDACT_WORD("key"),
        PACCT_REDACT_WORD("user"),     PACCT_REDACT_WORD("username"), PACCT_REDACT_WORD("port"),
        PACCT_REDACT_WORD("proxy"),    PACCT_REDACT_WORD("path"),     PACCT_REDACT_WORD("pin"),
        PACCT_REDACT_WORD("print"),    PACCT_REDACT_WORD("prompt")};
    const char* const equals = memchr(word.p, '=', word.len);
    const char* const end = equals == NULL ? word.p + word.len : equals;
    return pacct_redact_has(PACCT_REDACT_LIST(names), (struct pacct_bytes){word.p + 1, (size_t)(end - word.p - 1)});
}

enum pacct_redact_match pacct_redact_match_option(const struct pacct_redact_rule* rule,
                                                  struct pacct_bytes word,
                                                  struct pacct_bytes* value) {
    for (size_t i = 0; i < rule->what.count; i++) {
        const struct pacct_bytes option = rule->what.words[i];
        const char first = option.p[0], last = option.p[option.len - 1];
        const bool letter = first == '-' && option.len == 2, prefix = strchr(":=>", last) != NULL;
        if (rule->how != PACCT_REDACT_ATTACHED && !prefix &&
            ((option.len == word.len && memcmp(option.p, word.p, word.len) == 0) ||
             (letter && rule->how == PACCT_REDACT_VALUE && pacct_redact_is_letters(word) && word.p[1] != option.p[1] &&
              word.p[word.len - 1] == option.p[1]))) {
            return rule->how == PACCT_REDACT_ALONE ? PACCT_REDACT_MATCH : PACCT_REDACT_NEXT_WORD;
        }
        if (word.len <= option.len || word.p[0] != first || memcmp(word.p, option.p, option.len) != 0 ||
            rule->how == PACCT_REDACT_ALONE) {
            continue;
        }
        const bool attached =
            prefix || (first == '-' && rule->how == PACCT_REDACT_ATTACHED) ||
            (first == '-' && option.p[1] != '-' && option.len <= 3 && rule->how == PACCT_REDACT_VALUE);
        const char sign = word.p[option.len];
        const bool skip = !prefix && (sign == '=' || (sign == ':' && first != '-'));
        if ((attached || skip) && !(letter && is_long(word))) {
            *value = (struct pacct_bytes){word.p + option.len + skip, word.len - option.len - skip};
            return PACCT_REDACT_WITH_VALUE;
        }
    }
    return PACCT_REDACT_NO_MATCH;
}

/* Whether an element of a pattern is a word as it is. */
static bool is_literal(struct pacct_bytes element) {
    return !is(element, "_") && !is(element, "X") && !is(element, "X+");
}

static bool is_equal(struct pacct_bytes literal, struct pacct_bytes word) {
    const bool prefix = literal.p[literal.len - 1] == '*';
    const size_t len = literal.len - prefix;
    return (prefix ? word.len >= len : word.len == len) && strncasecmp(word.p, literal.p, len) == 0;
}

enum pacct_redact_match pacct_redact_match_operand(const struct pacct_redact_rule* rule,
                                                   unsigned char* element,
                                                   struct pacct_bytes word) {
    if (*element >= rule->what.count) {
        return PACCT_REDACT_NO_MATCH;
    }
    const struct pacct_bytes now = rule->what.words[*element], first = rule->what.words[0];
    const bool option = pacct_redact_is_option(word);
    if (*element == 0 && word.len > 0 && islower((unsigned char)now.p[0]) && (word.p[0] | 0x20) != now.p[0]) {
        return PACCT_REDACT_NO_MATCH;
    }
    if (is_literal(now)) {
        if (is_equal(now, word)) {
            ++*element;
            return option ? PACCT_REDACT_MATCH : PACCT_REDACT_NO_MATCH;
        }
        if (!option && *element > 0) {
            *element = is_literal(first) && is_equal(first, word) ? 1 : 0;
        }
        return PACCT_REDACT_NO_MATCH;
    }
    if (option) {
        *element = word.p[0] == '+' ? 0 : *element;
        return PACCT_REDACT_NO_MATCH;
    }
    *element = (unsigned char)(*element + !is(now, "X+"));
    return is(now, "_") ? PACCT_REDACT_NO_MATCH : PACCT_REDACT_WITH_VALUE;
}
