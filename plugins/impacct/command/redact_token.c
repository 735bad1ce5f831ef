/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_token.c
 *
 * Algorithm: prefixes by their first character. A token also has to be as long as its kind is, and no word.
 */
#include "config.h"

#include "command/redact_token.h"

#include <ctype.h>
#include <string.h>

/* Letters and digits without anything in between are no word from this length on. */
#define RANDOM_LEN 20u
#define LONG_LEN 256u

static bool is_of_token(char c, bool crypt) {
    return isalnum((unsigned char)c) || strchr("_-.", c) != NULL || (crypt && strchr("$/,=+", c) != NULL);
}

static struct pacct_bytes rest_of(const struct pacct_redact_token* token, const char* from, const char* end) {
    const char* p = from;
    if (token->stop == NULL) {
        while (p < end && is_of_token(*p, token->prefix.p[0] == '$')) {
            p++;
        }
    } else {
        while (p < end && strchr(" \t\r\n\"'\\", *p) == NULL && strchr(token->stop, *p) == NULL) {
            p++;
        }
    }
    return (struct pacct_bytes){from, (size_t)(p - from)};
}

static bool is_random(struct pacct_bytes rest) {
    size_t plain = 0;
    if (rest.len > LONG_LEN) {
        return true; /* so that nothing long is looked at again */
    }
    while (plain < rest.len && isalnum((unsigned char)rest.p[plain])) {
        plain++;
    }
    return pacct_redact_likely(rest) || (plain == rest.len && plain >= RANDOM_LEN);
}

const char* pacct_redact_note_token(struct pacct_redact_work* work, const char* p, const char* end) {
    const struct pacct_redact_rules* const rules = work->rules;
    const unsigned char c = (unsigned char)*p & 127;
    for (size_t i = rules->tokens_begin[c]; i < rules->tokens_begin[c + 1]; i++) {
        const struct pacct_redact_token* const token = &rules->tokens[i];
        const size_t last = token->prefix.len - 1; /* compared first: most have their first character in common */
        if ((size_t)(end - p) <= last || p[last] != token->prefix.p[last] || memcmp(p, token->prefix.p, last) != 0) {
            continue;
        }
        const struct pacct_bytes rest = rest_of(token, p + token->prefix.len, end);
        if (rest.len < token->min) {
            continue;
        }
        const char* const stop = rest.p + rest.len;
        if (token->stop == NULL && is_random(rest)) {
            pacct_redact_note(work, (struct pacct_bytes){p, (size_t)(stop - p)});
            return stop;
        }
        if (token->stop != NULL && pacct_redact_note_shape(work, token->shape, rest)) {
            return stop;
        }
    }
    return NULL;
}

const char* pacct_redact_note_private_key(struct pacct_redact_work* work, const char* p, const char* end) {
    static const char begin[] = "-----BEGIN ", kind[] = "PRIVATE KEY", close[] = "-----END";
    if ((size_t)(end - p) < sizeof(begin) - 1 || memcmp(p, begin, sizeof(begin) - 1) != 0) {
        return NULL;
    }
    const char* const name = p + sizeof(begin) - 1;
    const size_t left = (size_t)(end - name) < 32 ? (size_t)(end - name) : 32;
    const char* key = memmem(name, left, kind, sizeof(kind) - 1);
    if (key == NULL) {
        return NULL;
    }
    for (key += sizeof(kind) - 1; key < end && *key == '-'; key++) {
    }
    const char* const found = memmem(key, (size_t)(end - key), close, sizeof(close) - 1);
    const char* const stop = found == NULL ? end : found;
    pacct_redact_note(work, (struct pacct_bytes){key, (size_t)(stop - key)});
    return stop;
}
