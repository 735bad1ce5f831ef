/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact.c
 * @brief Secrets in arguments, made unreadable.
 *
 * Algorithm: what is to be replaced is noted for each byte, by the rules of
 * redact_rules.inc and by the user's expressions, all of them on what was
 * given; then it is written. So rules may overlap. Rules in code, since regular
 * expressions for all of them would cost many times as much.
 *
 * Concurrency and locking: none; not changed after it was made.
 *
 * Failure model: out of memory is returned; nothing is appended unredacted.
 */
#include "config.h"

#include "command/quote.h"
#include "command/redact.h"
#include "command/redact_command.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct pacct_redact {
    struct pacct_redact_rules* rules; /* NULL: what is known is not looked for */
    regex_t* patterns;
    size_t count;
};

struct pacct_redact* pacct_redact_new(void) {
    return calloc(1, sizeof(struct pacct_redact));
}

void pacct_redact_free(struct pacct_redact* r) {
    if (r != NULL) {
        for (size_t i = 0; i < r->count; i++) {
            regfree(&r->patterns[i]);
        }
        free(r->patterns);
        pacct_redact_rules_free(r->rules);
        free(r);
    }
}

bool pacct_redact_known(struct pacct_redact* r) {
    if (r->rules == NULL) {
        r->rules = pacct_redact_rules_new();
    }
    return r->rules != NULL;
}

bool pacct_redact_pattern(struct pacct_redact* r, const char* pattern, char why[PACCT_REDACT_WHY]) {
    regex_t* const patterns = realloc(r->patterns, (r->count + 1) * sizeof(*patterns));
    if (patterns == NULL) {
        strcpy(why, "out of memory");
        return false;
    }
    r->patterns = patterns;
    const int error = regcomp(&patterns[r->count], pattern, REG_EXTENDED);
    if (error != 0) {
        regerror(error, &patterns[r->count], why, PACCT_REDACT_WHY);
        return false;
    }
    r->count++;
    return true;
}

/* Note what a pattern matches in an argument, every time. */
static bool match(const regex_t* pattern, struct pacct_bytes arg, struct pacct_redact_work* work) {
    regmatch_t m[2];
    char* const text = strndup(arg.p, arg.len);
    if (text == NULL) {
        return false;
    }
    for (const char* at = text;
         *at != '\0' && regexec(pattern, at, 2, m, at == text ? 0 : REG_NOTBOL) == 0 && m[0].rm_eo > 0;
         at += m[0].rm_eo) {
        const regmatch_t secret = pattern->re_nsub > 0 ? m[1] : m[0];
        if (secret.rm_so >= 0) {
            pacct_redact_note(
                work, (struct pacct_bytes){arg.p + (at - text) + secret.rm_so, (size_t)(secret.rm_eo - secret.rm_so)});
        }
    }
    free(text);
    return true;
}

/* Note all secrets. */
static bool look(const struct pacct_redact* r, struct pacct_bytes args, struct pacct_redact_work* work) {
    struct pacct_redact_command command;
    const char* const first = args.p;
    pacct_redact_command_init(&command, work);
    while (args.len > 0) {
        const struct pacct_bytes arg = pacct_quote_next(&args);
        work->cut = args.p == arg.p + arg.len ? args.p : NULL;
        if (r->rules != NULL && arg.p == first) {
            pacct_redact_command_program(&command, arg);
        } else if (r->rules != NULL) {
            pacct_redact_command_word(&command, arg, false);
        }
        for (size_t i = 0; i < r->count; i++) {
            if (!match(&r->patterns[i], arg, work)) {
                return false;
            }
        }
    }
    return true;
}

/* Write the arguments with what was noted replaced. Returns where they end. */
static char* write(const struct pacct_redact_work* work, size_t len, char* out) {
    if (!work->any && len > 0) {
        memcpy(out, work->text, len);
        out += len;
    }
    for (size_t i = 0; work->any && i < len; i++) {
        if (work->secret[i] == 0) {
            *out++ = work->text[i];
        } else if (i == 0 || work->secret[i - 1] == 0) {
            memcpy(out, PACCT_REDACTED, sizeof(PACCT_REDACTED) - 1);
            out += sizeof(PACCT_REDACTED) - 1;
        }
    }
    if (len > 0 && work->text[len - 1] != '\0') {
        *out++ = '\0';
    }
    return out;
}

bool pacct_redact_copy(const struct pacct_redact* r, struct pacct_bytes args, struct pacct_buf* out, bool* any) {
    *any = false;
    if (!pacct_buf_reserve(out, args.len + 1)) {
        return false;
    }
    struct pacct_redact_work work = {r->rules, args.p, (unsigned char*)out->p + out->len, false, NULL};
    memset(work.secret, 0, args.len);
    if (!look(r, args, &work)) {
        return false;
    }
    size_t size = args.len + 1;
    *any = work.any;
    for (size_t i = 0; work.any && i < args.len; i++) {
        const bool begins = work.secret[i] != 0 && (i == 0 || work.secret[i - 1] == 0);
        size += begins ? sizeof(PACCT_REDACTED) : 0;
    }
    /* what was noted is kept behind what is written */
    if (!pacct_buf_reserve(out, size + args.len)) {
        return false;
    }
    const unsigned char* const noted = (unsigned char*)out->p + out->len;
    work.secret = (unsigned char*)out->p + out->len + size;
    memmove(work.secret, noted, args.len);
    out->len = (size_t)(write(&work, args.len, out->p + out->len) - out->p);
    return true;
}
