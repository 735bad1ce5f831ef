/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_name.c
 *
 * Algorithm: a name is brought into one form, "_parts_in_small_letters_". At the end of each part, the words of the
 * table are compared backwards; the longest counts.
 */
#include "config.h"

#include "command/redact_name.h"

#include <ctype.h>
#include <string.h>

/* of a longer name, the end counts */
#define NAME_MAX 64u
/* a part that ends in a word that is no longer than that counts only at the end of the name */
#define SHORT 4u

struct parts {
    char text[2 * NAME_MAX + 2]; /* begins and ends with _ */
    size_t len;
};

bool pacct_redact_is_name(char c) {
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

static void end_part(struct parts* parts) {
    while (parts->len > 1 && isdigit((unsigned char)parts->text[parts->len - 1])) {
        parts->len--;
    }
    if (parts->text[parts->len - 1] != '_') {
        parts->text[parts->len++] = '_';
    }
}

static void split(struct pacct_bytes name, struct parts* parts) {
    parts->text[0] = '_';
    parts->len = 1;
    for (size_t i = name.len > NAME_MAX ? name.len - NAME_MAX : 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.p[i];
        if (!isalnum(c)) {
            end_part(parts);
            continue;
        }
        if (i > 0 && isupper(c)) {
            const unsigned char before = (unsigned char)name.p[i - 1];
            if (islower(before) || isdigit(before) ||
                (isupper(before) && i + 1 < name.len && islower((unsigned char)name.p[i + 1]))) {
                end_part(parts);
            }
        }
        parts->text[parts->len++] = (char)tolower(c);
    }
    end_part(parts);
}

/* How much of the name before "end", which is that of a part, is a word; 0: it does not end in it. */
static size_t match(const struct parts* parts, size_t end, bool last, const struct pacct_redact_name* name) {
    size_t at = end, left = name->word.len;
    while (left > 0) {
        const char c = name->word.p[left - 1];
        if (c == '_') {
            at -= at > 1 && parts->text[at - 1] == '_' ? 1 : 0;
        } else if (parts->text[at - 1] != c) {
            return 0;
        } else {
            at--;
        }
        left--;
    }
    const bool whole = parts->text[at - 1] == '_';
    return whole || (name->ends && (last || name->word.len > SHORT)) ? end - at : 0;
}

/* The level of the part that ends at "end". */
static enum pacct_redact_level level_at(const struct pacct_redact_rules* rules,
                                        const struct parts* parts,
                                        size_t end,
                                        bool last) {
    const unsigned char c = (unsigned char)parts->text[end - 1] & 127;
    enum pacct_redact_level level = PACCT_REDACT_NO;
    size_t longest = 0;
    for (size_t i = rules->names_begin[c]; i < rules->names_begin[c + 1]; i++) {
        const size_t len = match(parts, end, last, &rules->names[i]);
        if (len > longest) {
            longest = len;
            level = rules->names[i].level;
        }
    }
    return level;
}

static size_t begin_of_part(const struct parts* parts, size_t end) {
    while (parts->text[end - 1] != '_') {
        end--;
    }
    return end;
}

static bool part_listed(const struct parts* parts, size_t end, struct pacct_redact_list list) {
    const size_t begin = begin_of_part(parts, end);
    return pacct_redact_has(list, (struct pacct_bytes){parts->text + begin, end - begin});
}

static enum pacct_redact_level level_of(const struct pacct_redact_rules* rules, const struct parts* parts) {
    if (parts->len < 3) {
        return PACCT_REDACT_NO;
    }
    const size_t whole = parts->len - 1;
    size_t last = whole;
    enum pacct_redact_level level = level_at(rules, parts, whole, true);
    if (level != PACCT_REDACT_NO) {
        return level;
    }
    for (size_t end = last; end > 1 && part_listed(parts, end, rules->tail); end = begin_of_part(parts, end) - 1) {
        last = begin_of_part(parts, end) - 1;
    }
    for (size_t end = begin_of_part(parts, whole) - 1; end > 0; end = begin_of_part(parts, end) - 1) {
        const enum pacct_redact_level one = level_at(rules, parts, end, end == last);
        if (one > level && (one >= PACCT_REDACT_KEY || end == last)) {
            level = one;
        }
    }
    return level != PACCT_REDACT_NO && part_listed(parts, whole, rules->last) ? PACCT_REDACT_NO : level;
}

enum pacct_redact_level pacct_redact_level_of(const struct pacct_redact_rules* rules, struct pacct_bytes name) {
    struct parts parts;
    split(name, &parts);
    return level_of(rules, &parts);
}

enum pacct_redact_level pacct_redact_level_of_option(const struct pacct_redact_rules* rules, struct pacct_bytes name) {
    struct parts parts;
    split(name, &parts);
    size_t first = 1;
    while (first < parts.len && parts.text[first] != '_') {
        first++;
    }
    return first < parts.len - 1 && part_listed(&parts, first, rules->flag) ? PACCT_REDACT_NO : level_of(rules, &parts);
}
