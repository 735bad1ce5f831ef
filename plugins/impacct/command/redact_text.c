/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_text.c
 *
 * Algorithm: one pass over the text, which stops at the characters that a secret may be known by, and looks back for
 * its name from there. What was found is not looked at again, and what is searched forwards in vain is short, so that
 * the time is linear whatever somebody fills a text with.
 */
#include "config.h"

#include "command/redact_name.h"
#include "command/redact_text.h"
#include "command/redact_token.h"
#include "command/redact_url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* how far is looked back for a name, and forwards for what may not be there */
#define BACK_MAX 128
#define WINDOW 128
#define WORDS_MAX 64

struct scan {
    struct pacct_redact_work* work;
    const char *begin, *end;
    const char* from; /* behind the last secret: nothing before it is looked at again */
    const char* at;
    const char *open, *inner; /* the quotation that is open ends here, and what is in it; NULL: none is open */
    bool braces; /* there were some */
    bool named; /* "name": "password" was there, so that what is called "value" is a secret */
};

static size_t left(const struct scan* s, const char* p) {
    return (size_t)(s->end - p);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What was found, and is not looked at again. */
static void found(struct scan* s, const char* end) {
    s->from = end;
    s->at = end;
}

/* ---- values of names ---- */

/* The quote that ends at p, with its backslashes. */
static size_t quote_before(const struct scan* s, const char* p) {
    size_t len = p > s->from && (p[-1] == '"' || p[-1] == '\'') ? 1 : 0;
    while (len > 0 && p - len > s->from && *(p - len - 1) == '\\') {
        len++;
    }
    return len;
}

static const char* begin_of_name(const struct scan* s, const char* end) {
    const char* p = end;
    while (p > s->from && end - p < BACK_MAX && pacct_redact_is_name(p[-1])) {
        p--;
    }
    return p;
}

/* The name before p, which ends in blanks, a quote or ] perhaps. *before: what stands before it; 0: nothing. */
static struct pacct_bytes name_before(const struct scan* s, const char* p, char* before) {
    const char* const least = p - s->from > 4 ? p - 4 : s->from;
    while (p > least && (p[-1] == ' ' || p[-1] == '\t')) {
        p--;
    }
    size_t quote = quote_before(s, p);
    const bool bracket = quote == 0 && p > s->from && p[-1] == ']';
    p -= quote + bracket;
    if (bracket) {
        quote = quote_before(s, p);
        p -= quote;
    }
    const char* const name = begin_of_name(s, p);
    const char* around = name;
    if (quote > 0) {
        around -= quote_before(s, around);
    }
    *before = around > s->begin ? around[-1] : 0;
    return (struct pacct_bytes){name, (size_t)(p - name)};
}

/* What a value that is not quoted ends with, by what stands before its name. */
static const char* stops_of(const struct scan* s, char before, bool colon) {
    switch (before) {
        case '\n':
        case '\r':
            return "\n\r";
        case ' ':
        case '\t':
            return colon ? "\n\r" : " \t\n\r";
        case ',':
            return s->braces ? ",}]\n" : ",\n";
        case ';':
            return ";\n";
        case '&':
        case '?':
            return "&# \t\n\"'";
        case '{':
        case '[':
            return ",}]\n";
        case '(':
            return ",)\n";
        case ']': /* env[0].name=a,env[0].value=b */
            return ", \t\n\r";
        case 0:
        case '=':
        case '"':
        case '\'':
            return "";
        default:
            return " \t\n&\"'";
    }
}

/* Whether what follows a comma and the like is the next name with a value. */
static bool is_next_name(const struct scan* s, const char* p) {
    const char* const begin = p;
    while (p < s->end && p - begin < BACK_MAX && pacct_redact_is_name(*p)) {
        p++;
    }
    return p > begin && p < s->end && *p == '=';
}

/* "Bearer x" is one value, though there is a blank in it. */
static const char* skip_scheme(const char* p, const char* end) {
    static const char* const schemes[] = {"Bearer ",    "Basic ",  "Token ", "Digest ",
                                          "Negotiate ", "ApiKey ", "OAuth ", "Key "};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        const size_t len = strlen(schemes[i]);
        if ((size_t)(end - p) > len && strncasecmp(p, schemes[i], len) == 0) {
            return p + len;
        }
    }
    return p;
}

/* The value that begins at p. */
static struct pacct_bytes value_at(
    const struct scan* s, const char* p, char before, bool colon, enum pacct_redact_level level) {
    const bool sure = level >= PACCT_REDACT_KEY;
    const char* const end_of_text = s->open != NULL && s->inner >= p ? s->inner : s->end;
    const char* const limit = sure || end_of_text - p < WINDOW ? end_of_text : p + WINDOW;
    const size_t quote = pacct_redact_quote(p, limit);
    if (quote > 0) {
        const char* const close = pacct_redact_close_quote(p + quote, limit, p[quote - 1], quote - 1);
        const char* const end = close == NULL ? limit : close - quote;
        return (struct pacct_bytes){p + quote, end > p + quote ? (size_t)(end - p) - quote : 0};
    }
    const char* const stops = stops_of(s, before, colon && sure);
    const bool whole = *stops == '\0', pairs = whole && !colon;
    const char* at = skip_scheme(p, limit);
    while (at < limit && strchr(stops, *at) == NULL && (sure || !whole || !is_blank(*at)) &&
           !(pairs && strchr(",;& ", *at) != NULL && is_next_name(s, at + 1))) {
        at++;
    }
    return (struct pacct_bytes){p, (size_t)(at - p)};
}

/* Note what is quoted within brackets, from the n-th on; what is before has to look like a secret. Returns whether
 * there was something. */
static bool mark_quoted(struct scan* s, const char* p, enum pacct_redact_level level, int n) {
    const char* const end = s->end - p < WINDOW ? s->end : p + WINDOW;
    bool any = false;
    while (p < end && *p != ')' && *p != ']') {
        const size_t quote = pacct_redact_quote(p, end);
        const char* const close = quote == 0 ? NULL : pacct_redact_close_quote(p + quote, end, p[quote - 1], quote - 1);
        if (close == NULL) {
            p++;
            continue;
        }
        any = pacct_redact_note_value(s->work, --n > 0 ? level : PACCT_REDACT_KEY,
                                      (struct pacct_bytes){p + quote, (size_t)(close - p) - 2 * quote}) ||
              any;
        p = close;
    }
    if (any) {
        found(s, p);
    }
    return any;
}

static bool is_one_of(struct pacct_bytes name, struct pacct_redact_list list) {
    char small[16];
    if (name.len > 1 && name.p[0] == '.') { /* env[0].name */
        name = (struct pacct_bytes){name.p + 1, name.len - 1};
    }
    if (name.len == 0 || name.len > sizeof(small)) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        small[i] = (char)tolower((unsigned char)name.p[i]);
    }
    return pacct_redact_has(list, (struct pacct_bytes){small, name.len});
}

/* Words with dashes and colons between them, as in "secret:list". */
static bool is_words(struct pacct_bytes value) {
    if (value.len > WORDS_MAX) {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!islower((unsigned char)value.p[i]) && strchr("-_:", value.p[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* name=SECRET and name: SECRET, at the = or : */
static void pair(struct scan* s) {
    static const struct pacct_bytes names[] = {PACCT_REDACT_WORD("name"),   PACCT_REDACT_WORD("key"),
                                               PACCT_REDACT_WORD("field"),  PACCT_REDACT_WORD("id"),
                                               PACCT_REDACT_WORD("option"), PACCT_REDACT_WORD("variable"),
                                               PACCT_REDACT_WORD("header"), PACCT_REDACT_WORD("parameter")};
    static const struct pacct_bytes values[] = {PACCT_REDACT_WORD("value"), PACCT_REDACT_WORD("val"),
                                                PACCT_REDACT_WORD("content"), PACCT_REDACT_WORD("data"),
                                                PACCT_REDACT_WORD("default")};
    const bool colon = *s->at == ':';
    char before;
    const struct pacct_bytes name = name_before(s, s->at, &before);
    const char* p = s->at + 1;
    if (name.len == 0 || (colon && p < s->end && *p == ':')) {
        return;
    }
    while (p < s->end && (*p == '=' || *p == '>') && p - s->at < 3) {
        p++;
    }
    const bool blank = p < s->end && is_blank(*p);
    while (p < s->end && (*p == ' ' || *p == '\t')) {
        p++;
    }
    if (p == s->end) {
        return;
    }
    enum pacct_redact_level level = pacct_redact_level_of(s->work->rules, name);
    if (s->named && is_one_of(name, PACCT_REDACT_LIST(values))) {
        level = PACCT_REDACT_SECRET;
        s->named = false;
    }
    if ((*p == '(' || *p == '[') && level >= PACCT_REDACT_LIKELY &&
        mark_quoted(s, p + 1, level, level <= PACCT_REDACT_AUTH ? 2 : 1)) {
        return;
    }
    if (*p == '{' || (level == PACCT_REDACT_NO && !is_one_of(name, PACCT_REDACT_LIST(names)))) {
        return;
    }
    struct pacct_bytes value = value_at(s, p, before, colon && blank, level);
    if (level >= PACCT_REDACT_AUTH && colon && !blank &&
        (before == 0 || before == ':' || (before == '/' && name.p > s->begin + 1)) && name.p[0] != '-' &&
        is_words(value)) {
        return;
    }
    if (pacct_redact_note_value(s->work, level, value)) {
        if (value.len >= WINDOW && level < PACCT_REDACT_KEY) { /* what was looked at may not be all */
            value = value_at(s, p, before, colon && blank, PACCT_REDACT_SECRET);
            pacct_redact_note(s->work, value);
        }
        const char* const end = value.p + value.len;
        const size_t quote = (size_t)(value.p - p); /* what closes it must not be taken for what opens the next */
        found(s, left(s, end) > quote ? end + quote : s->end);
    } else if (level <= PACCT_REDACT_AUTH && value.len < BACK_MAX &&
               pacct_redact_level_of(s->work->rules, value) >= PACCT_REDACT_KEY) {
        s->named = true;
    }
}

/* <name>SECRET</name>, at the > */
static void element(struct scan* s) {
    const char* const name = begin_of_name(s, s->at);
    const bool begins = name > s->begin && (name[-1] == '<' || name[-1] == ':');
    if (begins &&
        pacct_redact_level_of(s->work->rules, (struct pacct_bytes){name, (size_t)(s->at - name)}) >= PACCT_REDACT_KEY) {
        const char* const p = s->at + 1;
        const char* const close = memchr(p, '<', left(s, p));
        const char* const end = close == NULL ? s->end : close;
        pacct_redact_note_value(s->work, PACCT_REDACT_SECRET, (struct pacct_bytes){p, (size_t)(end - p)});
        found(s, end);
    }
}

/* From which of a function's arguments on they are secret, 1 being the first; 0: none is. */
static int secrets_of(const struct pacct_redact_rules* rules, struct pacct_bytes function) {
    for (size_t i = 0; i < rules->calls_count; i++) {
        if (pacct_redact_has(rules->calls[i].functions, function)) {
            return rules->calls[i].from;
        }
    }
    return 0;
}

/* name("SECRET") and function("user", "SECRET"), at the ( */
static void call(struct scan* s) {
    const char* const begin = begin_of_name(s, s->at);
    const struct pacct_bytes name = {begin, (size_t)(s->at - begin)};
    const struct pacct_redact_rules* const rules = s->work->rules;
    const char* const dot = name.len == 0 ? NULL : memrchr(name.p, '.', name.len);
    const struct pacct_bytes function = {dot == NULL ? begin : dot + 1,
                                         (size_t)(s->at - (dot == NULL ? begin : dot + 1))};
    const int from = function.len == 0 ? 0 : secrets_of(rules, function);
    const enum pacct_redact_level level = name.len == 0 ? PACCT_REDACT_NO : pacct_redact_level_of_option(rules, name);
    if (from > 0) {
        mark_quoted(s, s->at + 1, PACCT_REDACT_LIKELY, from);
    } else if (level >= PACCT_REDACT_LIKELY) {
        mark_quoted(s, s->at + 1, level, level <= PACCT_REDACT_AUTH ? 2 : 1);
    }
}

/* A character that something may be known by. */
static void look(struct scan* s, bool prose) {
    const char* next = NULL;
    switch (*s->at) {
        case '=':
            if (!prose) {
                pair(s);
            }
            return;
        case ':':
            if (left(s, s->at) > 2 && s->at[1] == '/' && s->at[2] == '/') {
                next = pacct_redact_note_url(s->work, s->at, s->end);
                s->at += next == NULL ? 2 : 0;
            } else if (!prose) {
                pair(s);
            }
            break;
        case '@':
            next = prose ? NULL : pacct_redact_note_userinfo(s->work, s->begin, s->from, s->at, s->end);
            break;
        case '(':
            if (!prose) {
                call(s);
            }
            return;
        case '>':
            if (!prose) {
                element(s);
            }
            return;
        case '-':
            next = pacct_redact_note_private_key(s->work, s->at, s->end);
            break;
        case '{':
        case '[':
            s->braces = true;
            return;
        case '}':
            s->named = false;
            return;
        default:
            return;
    }
    if (next != NULL) {
        found(s, next);
    }
}

/* Keep in mind where the quotation ends that begins at s->at, if one does. Returns the length of its quote. */
static size_t quotation(struct scan* s) {
    const bool inside = s->open != NULL || (s->at > s->begin && s->at[-1] == '\\');
    const size_t quote = inside ? 0 : pacct_redact_quote(s->at, s->end);
    if (quote == 0 || (quote == 1 && *s->at == '\'' && s->at > s->begin && isalnum((unsigned char)s->at[-1]))) {
        return 0;
    }
    s->open = pacct_redact_close_quote(s->at + quote, s->end, s->at[quote - 1], quote - 1);
    s->inner = s->open == NULL ? NULL : s->open - quote;
    return quote;
}

/* What sed puts in the place of a placeholder or behind a name: s/__DB_PASS__/X/, s/^password .*$/password X/. */
static void note_substitution(struct pacct_redact_work* work, struct pacct_bytes text) {
    const char* const end = text.p + text.len;
    const char* const middle = memchr(text.p + 2, text.p[1], text.len - 2);
    const char* const last = middle == NULL ? NULL : memchr(middle + 1, text.p[1], (size_t)(end - middle - 1));
    if (last == NULL || last == middle + 1 || last - middle > WINDOW) {
        return;
    }
    struct pacct_bytes name = {text.p + 2, (size_t)(middle - text.p) - 2};
    struct pacct_bytes value = {middle + 1, (size_t)(last - middle) - 1};
    const char* const blank = memchr(value.p, ' ', value.len);
    if (blank != NULL) {
        name = (struct pacct_bytes){value.p, (size_t)(blank - value.p)};
        value = (struct pacct_bytes){blank + 1, (size_t)(last - blank) - 1};
    } else if (name.len == 0 || isalpha((unsigned char)name.p[0])) {
        return; /* a word for another, as in source code */
    }
    if (value.len > 0 && memchr(value.p, '=', value.len) == NULL &&
        pacct_redact_level_of(work->rules, name) >= PACCT_REDACT_KEY) {
        pacct_redact_note_value(work, PACCT_REDACT_KEY, value);
    }
}

void pacct_redact_note_text(struct pacct_redact_work* work, struct pacct_bytes text, bool prose) {
    const unsigned char* const looks = work->rules->looks;
    struct scan s = {.work = work, .begin = text.p, .end = text.p + text.len, .from = text.p, .at = text.p};
    bool word = false; /* the character before belongs to a word */
    if (!prose && text.len > 8 && text.p[0] == 's' && strchr("/|#,@:!", text.p[1]) != NULL) {
        note_substitution(work, text);
    }
    while (s.at < s.end) {
        const char* const at = s.at;
        const unsigned char c = (unsigned char)*at, look_for = looks[c];
        const bool before = word;
        word = (look_for & PACCT_REDACT_LOOK_WORD) != 0;
        if ((look_for & (PACCT_REDACT_LOOK_SIGN | PACCT_REDACT_LOOK_TOKEN)) == 0) {
            s.at++;
            continue;
        }
        if (s.open != NULL && at >= s.open) {
            s.open = NULL;
        }
        if ((look_for & PACCT_REDACT_LOOK_TOKEN) != 0 && !(word && before)) {
            const char* const end = pacct_redact_note_token(work, at, s.end);
            if (end != NULL) {
                found(&s, end);
                word = false;
                continue;
            }
        }
        if ((look_for & PACCT_REDACT_LOOK_SIGN) != 0) {
            const size_t quote = c == '"' || c == '\'' || c == '\\' ? quotation(&s) : 0;
            s.at += quote;
            if (quote == 0) {
                look(&s, prose);
            }
        }
        s.at += at == s.at ? 1 : 0;
        word = word && s.at == at + 1;
    }
}
