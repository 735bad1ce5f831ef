/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_shell.c
 *
 * Algorithm: the rules of POSIX's shells for words, as far as they say where a word ends. Nothing is expanded, and what
 * is written is kept: a word is a part of the text. A quotation without an end goes to the end of the text, which may
 * have been cut; where it may be an apostrophe, it is none.
 */
#include "config.h"

#include "command/redact_shell.h"

#include <ctype.h>
#include <string.h>

/* $( within $( and so on */
#define PARENTHESES_MAX 64

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_word(const struct pacct_redact_shell* s, const char* p) {
    return p == s->end || is_blank(*p) || *p == '\n';
}

/* Behind a quotation that begins at p with a quote of this length. */
static const char* skip_quotation(const struct pacct_redact_shell* s, const char* p, size_t quote) {
    const char* const from = p + quote;
    const char c = from[-1];
    const bool dollar = p > s->at && p[-1] == '$';
    const char* close;
    if (quote == 1 && c == '\'' && !dollar && !s->loose) {
        close = memchr(from, c, (size_t)(s->end - from));
        close = close == NULL ? NULL : close + 1;
    } else {
        close = pacct_redact_close_quote(from, s->end, c, quote - 1);
    }
    if (close == NULL) {
        return quote > 1 || s->loose ? from : s->end;
    }
    return close;
}

/* Behind backslashes, and what the last of them belongs to. None of them is looked at alone. */
static const char* skip_backslashes(const struct pacct_redact_shell* s, const char* p) {
    const char* const begin = p;
    while (p < s->end && *p == '\\') {
        p++;
    }
    return (p - begin) % 2 != 0 && p < s->end ? p + 1 : p;
}

/* Behind a $(...) whose text begins at p. */
static const char* skip_substitution(const struct pacct_redact_shell* s, const char* p) {
    int depth = 1;
    while (p < s->end && depth > 0 && depth < PARENTHESES_MAX) {
        const size_t quote = pacct_redact_quote(p, s->end);
        if (quote > 0) {
            p = skip_quotation(s, p, quote);
            continue;
        }
        if (*p == '\\') {
            p = skip_backslashes(s, p);
            continue;
        }
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        p++;
    }
    return p;
}

static bool is_of_operator(char c) {
    return c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '<' || c == '>';
}

/* Where ; | & ( ) < > end a word. */
static bool is_operator(const struct pacct_redact_shell* s, const char* p) {
    return is_of_operator(*p) && (!s->loose || (*p == ';' && ends_word(s, p + 1)));
}

static const char* skip_word(const struct pacct_redact_shell* s) {
    const char* p = s->at;
    while (!ends_word(s, p) && !is_operator(s, p)) {
        if (isalnum((unsigned char)*p)) {
            p++;
            continue;
        }
        const bool apostrophe = s->loose && *p == '\'' && p > s->at && isalnum((unsigned char)p[-1]);
        const size_t quote = apostrophe ? 0 : pacct_redact_quote(p, s->end);
        if (quote > 0) {
            p = skip_quotation(s, p, quote);
        } else if (*p == '\\') {
            p = skip_backslashes(s, p);
        } else if (*p == '$' && p + 1 < s->end && p[1] == '(') {
            p = skip_substitution(s, p + 2);
        } else if (*p == '`') {
            const char* const close = memchr(p + 1, '`', (size_t)(s->end - p - 1));
            p = close == NULL ? p + 1 : close + 1;
        } else {
            p++;
        }
    }
    return p;
}

static enum pacct_redact_token_kind operator_at(struct pacct_redact_shell* s) {
    const char* p = s->at;
    const char c = *p;
    while (p < s->end && *p == c && p - s->at < 3) {
        p++;
    }
    const ptrdiff_t count = p - s->at;
    if (c == '\n') {
        s->at++;
        return PACCT_REDACT_COMMAND;
    }
    if (c == '&' && count == 1 && p < s->end && *p == '>') {
        s->at = p;
        return operator_at(s);
    }
    s->at = p;
    if (c == '|') {
        s->at += p < s->end && *p == '&' ? 1 : 0;
        return count == 1 ? PACCT_REDACT_PIPE : PACCT_REDACT_COMMAND;
    }
    if (c != '<' && c != '>') {
        return PACCT_REDACT_COMMAND;
    }
    if (c == '<' && count == 3) {
        return PACCT_REDACT_HERE_STRING;
    }
    if (c == '<' && count == 2) {
        s->at += p < s->end && *p == '-' ? 1 : 0;
        return PACCT_REDACT_HERE_DOCUMENT;
    }
    while (s->at < s->end && strchr("<>&|", *s->at) != NULL) {
        s->at++;
    }
    return PACCT_REDACT_REDIRECTION;
}

/* Whether an operator begins at s->at. */
static bool begins_operator(const struct pacct_redact_shell* s) {
    const char* p = s->at;
    if (*p == '\n') {
        return true;
    }
    if (!is_of_operator(*p)) {
        return false;
    }
    if (!s->loose) {
        return true;
    }
    while (p < s->end && *p == *s->at) {
        p++;
    }
    return ((strchr(";|&", *s->at) != NULL) && ends_word(s, p)) || (*s->at == '<' && p - s->at == 3);
}

enum pacct_redact_token_kind pacct_redact_shell_next(struct pacct_redact_shell* s,
                                                     struct pacct_bytes* word,
                                                     bool* quoted) {
    while (s->at < s->end && (is_blank(*s->at) || (*s->at == '\\' && s->at + 1 < s->end && s->at[1] == '\n'))) {
        s->at += *s->at == '\\' ? 2 : 1;
    }
    if (s->at == s->end) {
        return PACCT_REDACT_END;
    }
    if (begins_operator(s)) {
        return operator_at(s);
    }
    const char* const p = skip_word(s);
    struct pacct_bytes whole = {s->at, (size_t)(p - s->at)};
    if (s->loose && (whole.p[0] == '\'' || whole.p[0] == '"')) { /* as in SQL: (a 'b', c 'd') */
        while (whole.len > 2 && strchr("),", whole.p[whole.len - 1]) != NULL) {
            whole.len--;
        }
    }
    *word = pacct_redact_unquote(whole);
    *quoted = word->p != whole.p;
    s->at = p;
    return PACCT_REDACT_WORD;
}
