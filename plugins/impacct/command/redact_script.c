/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/redact_script.c
 *
 * Algorithm: words go to the command that they belong to. What one writes into the input of the next is kept in mind,
 * since it may be a secret.
 */
#include "config.h"

#include "command/redact_command.h"
#include "command/redact_name.h"
#include "command/redact_script.h"
#include "command/redact_shell.h"
#include "command/redact_text.h"

#include <string.h>

/* here-documents that are looked for, since each is searched for to the end of the text */
#define DOCUMENTS_MAX 8

static struct pacct_bytes from_to(const char* from, const char* to) {
    return (struct pacct_bytes){from, (size_t)(to - from)};
}

/* Another command begins. */
static void begin(struct pacct_redact_command* c,
                  struct pacct_redact_work* work,
                  unsigned depth,
                  bool loose,
                  struct pacct_bytes fed) {
    pacct_redact_command_init(c, work);
    c->depth = depth;
    c->loose = loose;
    c->searching = true;
    c->at_program = !loose;
    c->fed = fed;
}

/* What goes into the next command behind | or, where several write into the same one, behind ; and a parenthesis. */
static struct pacct_bytes hand_on(const struct pacct_redact_command* c) {
    if (!c->feeds || c->said.p == NULL) {
        return c->fed;
    }
    return c->fed.p == NULL || c->fed.p > c->said.p ? c->said : from_to(c->fed.p, c->said.p + c->said.len);
}

/* The input that a word announces by which it ends: up to the line that is this word. */
static struct pacct_bytes document(const struct pacct_redact_shell* shell, struct pacct_bytes word) {
    const char* const line = memchr(shell->at, '\n', (size_t)(shell->end - shell->at));
    if (line == NULL || word.len == 0) {
        return (struct pacct_bytes){NULL, 0};
    }
    for (const char* p = line; p != NULL; p = memchr(p + 1, '\n', (size_t)(shell->end - p - 1))) {
        if ((size_t)(shell->end - p) > word.len && memcmp(p + 1, word.p, word.len) == 0 &&
            (p + 1 + word.len == shell->end || p[1 + word.len] == '\n')) {
            return p > line + 1 ? from_to(line + 1, p) : from_to(p, p);
        }
    }
    return from_to(line + 1, shell->end);
}

/* Whether a file has a name of secrets: ~/.pgpass, /etc/postfix/sasl_passwd, /run/secrets/db_password. */
static bool is_of_secrets(const struct pacct_redact_work* work, struct pacct_bytes file) {
    const char* const slash = file.len == 0 ? NULL : memrchr(file.p, '/', file.len);
    const struct pacct_bytes name = slash == NULL ? file : from_to(slash + 1, file.p + file.len);
    return pacct_redact_level_of(work->rules, name) >= PACCT_REDACT_KEY;
}

void pacct_redact_note_script(struct pacct_redact_work* work, struct pacct_bytes text, unsigned depth, bool loose) {
    struct pacct_redact_shell shell = {text.p, text.p + text.len, loose};
    struct pacct_redact_command c;
    struct pacct_bytes word = {NULL, 0};
    enum pacct_redact_token_kind kind, before = PACCT_REDACT_COMMAND;
    bool quoted = false;
    int documents = 0;
    begin(&c, work, depth, loose, word);
    while ((kind = pacct_redact_shell_next(&shell, &word, &quoted)) != PACCT_REDACT_END) {
        if (kind == PACCT_REDACT_PIPE) {
            begin(&c, work, depth, loose, hand_on(&c));
        } else if (kind == PACCT_REDACT_COMMAND) {
            begin(&c, work, depth, loose, c.feeds ? hand_on(&c) : (struct pacct_bytes){NULL, 0});
        } else if (kind == PACCT_REDACT_WORD && before == PACCT_REDACT_HERE_STRING) {
            pacct_redact_note_text(work, word, false);
            pacct_redact_command_feed(&c, word);
        } else if (kind == PACCT_REDACT_WORD && before == PACCT_REDACT_HERE_DOCUMENT) {
            if (documents++ < DOCUMENTS_MAX) {
                pacct_redact_command_feed(&c, document(&shell, word));
            }
        } else if (kind == PACCT_REDACT_WORD && before != PACCT_REDACT_REDIRECTION) {
            pacct_redact_command_word(&c, word, quoted);
        } else if (kind == PACCT_REDACT_WORD && c.feeds && c.said.p != NULL && is_of_secrets(work, word)) {
            pacct_redact_note_shape(work, PACCT_REDACT_WHOLE, c.said);
            c.said.p = NULL; /* noted once, however often it is said where it goes */
        }
        before = kind;
    }
}
