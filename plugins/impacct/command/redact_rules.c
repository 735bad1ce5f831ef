/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_rules.c
 *
 * Algorithm: the lists of the table are split into words once. Programs are then found by binary search, and most words
 * that are none by their first character and length alone; names by their last character, tokens by their first.
 *
 * Concurrency and locking: none; not changed after it was made.
 */
#include "config.h"

#include "command/redact_rules.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* longer names of programs share a bit */
#define LENGTHS 31u

static const struct {
    enum pacct_redact_kind kind;
    enum pacct_redact_how how;
    enum pacct_redact_shape shape;
    int operands;
    const char *programs, *behind, *what, *valued;
} table[] = {
#define ROW(kind, how, shape, operands, programs, behind, what, valued) \
    {PACCT_REDACT_##kind, PACCT_REDACT_##how, PACCT_REDACT_##shape, operands, programs, behind, what, valued},
#define SEARCH PACCT_REDACT_SEARCH
#define OPTION(programs, behind, options, how, shape, test) ROW(OPTION, how, shape, 0, programs, behind, options, "")
#define OPERAND(programs, behind, pattern, shape, valued, test) \
    ROW(OPERAND, VALUE, shape, 0, programs, behind, pattern, valued)
#define WRAPPER(programs, behind, valued, operands, test) \
    ROW(WRAPPER, VALUE, NOTHING, operands, programs, behind, "", valued)
#define PLAIN(programs, test) ROW(PLAIN, VALUE, NOTHING, 0, programs, "", "", "")
#define COMMON(programs, test) ROW(COMMON, VALUE, NOTHING, 0, programs, "", "", "")
#define FEEDS(programs, test) ROW(FEEDS, VALUE, NOTHING, 0, programs, "", "", "")
#define READS(programs, behind, test) ROW(READS, VALUE, NOTHING, 0, programs, behind, "", "")
#include "command/redact_rules.inc"
#undef SEARCH
#undef ROW
};

static const struct {
    const char* words;
    enum pacct_redact_level level;
} names_table[] = {
#define NAME(words, level, test) {words, PACCT_REDACT_##level},
#define NO_NAME(words, test) {words, PACCT_REDACT_NO},
#include "command/redact_rules.inc"
};

static const struct {
    const char* prefixes;
    size_t min;
    const char* stop;
    enum pacct_redact_shape shape;
} tokens_table[] = {
#define TOKEN(prefixes, min, test) {prefixes, min, NULL, PACCT_REDACT_WHOLE},
#define BEHIND(prefix, min, stop, shape, test) {prefix, min, stop, PACCT_REDACT_##shape},
#include "command/redact_rules.inc"
};

static const struct {
    const char* functions;
    int from;
} calls_table[] = {
#define CALL(functions, from, test) {functions, from},
#include "command/redact_rules.inc"
};

static const char last_parts[] =
#define LAST(words, test) words " "
#include "command/redact_rules.inc"
    ;
static const char tail_parts[] =
#define TAIL(words, test) words " "
#include "command/redact_rules.inc"
    ;
static const char flag_parts[] =
#define FLAG(words, test) words " "
#include "command/redact_rules.inc"
    ;

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Take the next word off a list; word->p NULL: there is none. */
static const char* next_word(const char* list, struct pacct_bytes* word) {
    list += strspn(list, " ");
    const size_t len = strcspn(list, " ");
    *word = (struct pacct_bytes){len == 0 ? NULL : list, len};
    return list + len;
}

bool pacct_redact_has(struct pacct_redact_list list, struct pacct_bytes word) {
    for (size_t i = 0; i < list.count; i++) {
        const struct pacct_bytes one = list.words[i];
        if (one.len == word.len && one.p[0] == word.p[0] && memcmp(one.p, word.p, word.len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t words_of(const char* list) {
    struct pacct_bytes word;
    size_t count = 0;
    while (list = next_word(list, &word), word.p != NULL) {
        count++;
    }
    return count;
}

static int compare_names(struct pacct_bytes a, struct pacct_bytes b) {
    const int order = memcmp(a.p, b.p, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int compare_entries(const void* a, const void* b) {
    const struct pacct_redact_entry *x = a, *y = b;
    const int order = compare_names(x->name, y->name);
    return order != 0 ? order : x->rule < y->rule ? -1 : x->rule > y->rule;
}

static unsigned char last_of(struct pacct_bytes word) {
    return (unsigned char)word.p[word.len - 1];
}

static int compare_last(const void* a, const void* b) {
    const struct pacct_redact_name *x = a, *y = b;
    return last_of(x->word) - last_of(y->word);
}

static int compare_first(const void* a, const void* b) {
    const struct pacct_redact_token *x = a, *y = b;
    return (unsigned char)x->prefix.p[0] - (unsigned char)y->prefix.p[0];
}

/* ---- making ---- */

/* The list, of words that are kept at *room, which is moved on. */
static struct pacct_redact_list make_list(const char* text, struct pacct_bytes** room) {
    struct pacct_bytes* const first = *room;
    struct pacct_bytes word;
    while (text = next_word(text, &word), word.p != NULL) {
        *(*room)++ = word;
    }
    return (struct pacct_redact_list){first, (size_t)(*room - first)};
}

static bool make_rules(struct pacct_redact_rules* r) {
    size_t words = words_of(last_parts) + words_of(tail_parts) + words_of(flag_parts);
    for (size_t i = 0; i < COUNT(table); i++) {
        words += words_of(table[i].behind) + words_of(table[i].what) + words_of(table[i].valued);
        r->entries_count += words_of(table[i].programs);
    }
    for (size_t i = 0; i < COUNT(calls_table); i++) {
        words += words_of(calls_table[i].functions);
    }
    r->calls_count = COUNT(calls_table);
    r->calls = calloc(r->calls_count, sizeof(*r->calls));
    struct pacct_bytes* room = r->words = calloc(words, sizeof(*r->words));
    r->rules = calloc(COUNT(table), sizeof(*r->rules));
    struct pacct_redact_entry* entry = r->entries = calloc(r->entries_count, sizeof(*r->entries));
    if (r->calls == NULL || r->words == NULL || r->rules == NULL || r->entries == NULL) {
        return false;
    }
    r->last = make_list(last_parts, &room);
    r->tail = make_list(tail_parts, &room);
    r->flag = make_list(flag_parts, &room);
    for (size_t i = 0; i < COUNT(calls_table); i++) {
        r->calls[i] = (struct pacct_redact_call){make_list(calls_table[i].functions, &room), calls_table[i].from};
    }
    for (size_t i = 0; i < COUNT(table); i++) {
        r->rules[i] = (struct pacct_redact_rule){
            .kind = table[i].kind,
            .how = table[i].how,
            .shape = table[i].shape,
            .operands = table[i].operands,
            .behind = make_list(table[i].behind, &room),
            .what = make_list(table[i].what, &room),
            .valued = make_list(table[i].valued, &room),
        };
        const char* list = table[i].programs;
        struct pacct_bytes name;
        while (list = next_word(list, &name), name.p != NULL) {
            *entry++ = (struct pacct_redact_entry){name, &r->rules[i]};
            r->lengths[name.p[0] & 127] |= UINT32_C(1) << (name.len < LENGTHS ? name.len : LENGTHS);
        }
    }
    qsort(r->entries, r->entries_count, sizeof(*r->entries), compare_entries);
    return true;
}

static bool make_names(struct pacct_redact_rules* r) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT(names_table); i++) {
        count += words_of(names_table[i].words);
    }
    r->names = calloc(count, sizeof(*r->names));
    if (r->names == NULL) {
        return false;
    }
    count = 0;
    for (size_t i = 0; i < COUNT(names_table); i++) {
        const char* list = names_table[i].words;
        struct pacct_bytes word;
        while (list = next_word(list, &word), word.p != NULL) {
            const bool ends = word.p[0] == '*';
            const struct pacct_bytes bare = {word.p + ends, word.len - ends};
            r->names[count++] = (struct pacct_redact_name){bare, ends, names_table[i].level};
            r->names_begin[last_of(bare) + 1]++;
        }
    }
    qsort(r->names, count, sizeof(*r->names), compare_last);
    return true;
}

static bool make_tokens(struct pacct_redact_rules* r) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT(tokens_table); i++) {
        count += tokens_table[i].stop == NULL ? words_of(tokens_table[i].prefixes) : 1;
    }
    r->tokens = calloc(count, sizeof(*r->tokens));
    if (r->tokens == NULL) {
        return false;
    }
    count = 0;
    for (size_t i = 0; i < COUNT(tokens_table); i++) {
        const char* list = tokens_table[i].prefixes;
        struct pacct_bytes word = {list, strlen(list)};
        if (tokens_table[i].stop == NULL) {
            list = next_word(list, &word);
        }
        while (word.p != NULL) {
            r->tokens[count++] =
                (struct pacct_redact_token){word, tokens_table[i].min, tokens_table[i].stop, tokens_table[i].shape};
            r->tokens_begin[(unsigned char)word.p[0] + 1]++;
            word.p = NULL;
            if (tokens_table[i].stop == NULL) {
                list = next_word(list, &word);
            }
        }
    }
    qsort(r->tokens, count, sizeof(*r->tokens), compare_first);
    return true;
}

static void make_looks(struct pacct_redact_rules* r) {
    for (int c = 0; c < 128; c++) {
        r->looks[c] = (unsigned char)((isalnum(c) || c == '_' ? PACCT_REDACT_LOOK_WORD : 0) |
                                      (r->tokens_begin[c] < r->tokens_begin[c + 1] ? PACCT_REDACT_LOOK_TOKEN : 0) |
                                      (c != 0 && strchr("=:@(>-{[}\"'\\", c) != NULL ? PACCT_REDACT_LOOK_SIGN : 0));
    }
}

struct pacct_redact_rules* pacct_redact_rules_new(void) {
    struct pacct_redact_rules* const r = calloc(1, sizeof(*r));
    if (r == NULL || !make_rules(r) || !make_names(r) || !make_tokens(r)) {
        pacct_redact_rules_free(r);
        return NULL;
    }
    for (size_t c = 0; c < 128; c++) {
        r->names_begin[c + 1] += r->names_begin[c];
        r->tokens_begin[c + 1] += r->tokens_begin[c];
    }
    make_looks(r);
    r->any = pacct_redact_rules_find(r, (struct pacct_bytes){"*", 1});
    for (size_t i = 0; i < r->any.count; i++) {
        r->any_begins |= UINT32_C(1) << (r->any.entries[i].rule->what.words[0].p[0] & 31);
    }
    return r;
}

void pacct_redact_rules_free(struct pacct_redact_rules* r) {
    if (r != NULL) {
        free(r->words);
        free(r->rules);
        free(r->entries);
        free(r->names);
        free(r->calls);
        free(r->tokens);
        free(r);
    }
}

/* ---- looking up ---- */

bool pacct_redact_rules_any_begins(const struct pacct_redact_rules* r, char c) {
    return (r->any_begins >> (c & 31) & 1) != 0;
}

static struct pacct_redact_program find(const struct pacct_redact_rules* r, struct pacct_bytes name) {
    size_t low = 0, high = r->entries_count;
    const bool may_be = name.len > 0 && (name.p[0] & ~127) == 0 &&
                        (r->lengths[name.p[0] & 127] >> (name.len < LENGTHS ? name.len : LENGTHS) & 1) != 0;
    while (may_be && low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_names(r->entries[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t count = 0;
    while (may_be && low + count < r->entries_count && count < PACCT_REDACT_ROWS &&
           compare_names(r->entries[low + count].name, name) == 0) {
        count++;
    }
    return (struct pacct_redact_program){r->entries + low, count};
}

struct pacct_redact_program pacct_redact_rules_find(const struct pacct_redact_rules* r, struct pacct_bytes name) {
    static const struct pacct_bytes extensions[] = {
        PACCT_REDACT_WORD("exe"), PACCT_REDACT_WORD("py"),  PACCT_REDACT_WORD("sh"),  PACCT_REDACT_WORD("pl"),
        PACCT_REDACT_WORD("rb"),  PACCT_REDACT_WORD("js"),  PACCT_REDACT_WORD("jar"), PACCT_REDACT_WORD("phar"),
        PACCT_REDACT_WORD("cmd"), PACCT_REDACT_WORD("bat"), PACCT_REDACT_WORD("ps1")};
    struct pacct_redact_program found = find(r, name);
    const char* const dot = found.count > 0 || name.len == 0 ? NULL : memrchr(name.p, '.', name.len);
    if (dot != NULL && pacct_redact_has(PACCT_REDACT_LIST(extensions),
                                        (struct pacct_bytes){dot + 1, (size_t)(name.p + name.len - dot - 1)})) {
        name.len = (size_t)(dot - name.p);
        found = find(r, name);
    }
    size_t len = name.len;
    while (len > 0 && (isdigit((unsigned char)name.p[len - 1]) || name.p[len - 1] == '.' || name.p[len - 1] == '-')) {
        len--;
    }
    return found.count > 0 || len == name.len ? found : find(r, (struct pacct_bytes){name.p, len});
}
