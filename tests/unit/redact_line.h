/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file redact_line.h
 * @brief A command as it is typed, with its secrets marked, and whether just these are replaced.
 */
#ifndef REDACT_LINE_H
#define REDACT_LINE_H

#include "check.h"
#include "command/redact.h"

#define REDACT_LINE_MAX 4096

/** Arguments, each ended by a NUL: as they are given, and as they are expected. */
struct redact_line {
    char given[REDACT_LINE_MAX], expected[REDACT_LINE_MAX];
    size_t given_len, expected_len;
    bool secrets;
    bool inside; /* between @{ and }@ */
};

static inline void redact_line_put(struct redact_line* line, char c) {
    CHECK(line->given_len < REDACT_LINE_MAX && line->expected_len < REDACT_LINE_MAX);
    line->given[line->given_len++] = c;
    if (!line->inside) {
        line->expected[line->expected_len++] = c;
    }
}

/* The mark at p, if there is one. */
static inline bool redact_line_mark(struct redact_line* line, const char* p) {
    if (!line->inside && strncmp(p, "@{", 2) == 0) {
        for (const char* r = PACCT_REDACTED; *r != '\0'; r++) {
            line->expected[line->expected_len++] = *r;
        }
        line->inside = line->secrets = true;
        return true;
    }
    if (line->inside && strncmp(p, "}@", 2) == 0) {
        line->inside = false;
        return true;
    }
    return false;
}

/** Split what is typed as a shell does, with 'quotes', "quotes" and backslashes. @{ and }@ are around each secret. */
static inline void redact_line_split(const char* typed, struct redact_line* line) {
    char quote = 0;
    bool word = false;
    memset(line, 0, sizeof(*line));
    for (const char* p = typed; *p != '\0'; p++) {
        if (redact_line_mark(line, p)) {
            p++;
            word = true;
        } else if (quote == 0 && (*p == ' ' || *p == '\n')) {
            if (word) {
                redact_line_put(line, '\0');
            }
            word = false;
        } else if (quote == 0 && (*p == '\'' || *p == '"')) {
            quote = *p;
            word = true;
        } else if (quote != 0 && *p == quote) {
            quote = 0;
        } else {
            if (*p == '\\' && quote != '\'' && (quote == 0 || strchr("\"\\$`", p[1]) != NULL)) {
                p++;
            }
            redact_line_put(line, *p);
            word = true;
        }
    }
    CHECK(quote == 0 && !line->inside);
    if (word) {
        redact_line_put(line, '\0');
    }
}

static inline void redact_line_print(const char* what, const char* p, size_t len) {
    fprintf(stderr, "  %s", what);
    for (size_t i = 0; i < len; i++) {
        if (i == 0 || p[i - 1] == '\0') {
            fputc(' ', stderr);
            fputc('{', stderr);
        }
        fputc(p[i] == '\0' ? '}' : p[i], stderr);
    }
    fputc('\n', stderr);
}

/** Whether what is marked is replaced and nothing else; if not, it is said under this name. */
static inline bool redact_line_holds(const struct pacct_redact* r, const char* name, const char* typed) {
    struct redact_line line;
    struct pacct_buf out = {0};
    bool any;
    redact_line_split(typed, &line);
    CHECK(pacct_redact_copy(r, (struct pacct_bytes){line.given, line.given_len}, &out, &any));
    const bool holds =
        any == line.secrets && out.len == line.expected_len && memcmp(out.p, line.expected, out.len) == 0;
    if (!holds) {
        fprintf(stderr, "%s: %s\n", name, typed);
        redact_line_print("got     ", out.p, out.len);
        redact_line_print("expected", line.expected, line.expected_len);
    }
    pacct_buf_free(&out);
    return holds;
}

/** All that is known. */
static inline struct pacct_redact* redact_line_rules(void) {
    struct pacct_redact* const r = pacct_redact_new();
    CHECK(r != NULL && pacct_redact_known(r));
    return r;
}

#endif
