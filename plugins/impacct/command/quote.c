/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/quote.c
 * @brief The arguments of a process as text.
 *
 * Algorithm: an argument is looked at once to see which of three forms it
 * needs, and then written. For most, a table of what each byte needs is enough.
 *
 * Concurrency and locking: pure functions.
 *
 * Failure model: out of memory is returned before an argument is written.
 */
#include "config.h"

#include "command/quote.h"
#include "base/fmt.h"
#include "base/utf8.h"

#include <string.h>

/* \xNN */
#define ESCAPED_MAX 4u
/* a blank, and $'' */
#define AROUND 4u

enum form { PLAIN, QUOTED, ESCAPED };

struct pacct_bytes pacct_quote_next(struct pacct_bytes* args) {
    const size_t len = strnlen(args->p, args->len);
    const struct pacct_bytes first = {args->p, len};
    const size_t used = len < args->len ? len + 1 : len;
    args->p += used;
    args->len -= used;
    return first;
}

/* What a byte in an argument needs; nothing: those of names, paths and numbers. */
enum need { Q = 1 /* quotes */, E = 2 /* to be escaped */, U = 4 /* to be looked at: it is not ASCII */ };

/* clang-format off */
static const unsigned char needs[128] = {
    E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, /* 0x00 */
    E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, E, /* 0x10 */
    Q, Q, Q, Q, Q, 0, Q, E, Q, Q, Q, 0, 0, 0, 0, 0, /* 0x20 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Q, Q, 0, Q, Q, /* 0x30 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x40 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Q, Q, Q, Q, 0, /* 0x50 */
    Q, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* 0x60 */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Q, Q, Q, Q, E, /* 0x70 */
};
/* clang-format on */

/* Length of a character that may stand in quotes as it is; 0: a control character, or no UTF-8. */
static size_t printable(const unsigned char* p, size_t len) {
    unsigned code;
    return pacct_utf8_control(p, len, &code) > 0 ? 0 : pacct_utf8_sequence(p, len);
}

static enum form form_of(struct pacct_bytes arg) {
    const unsigned char* const p = (const unsigned char*)arg.p;
    unsigned all = 0;
    for (size_t i = 0; i < arg.len; i++) {
        all |= p[i] < sizeof(needs) ? needs[p[i]] : U;
    }
    for (size_t i = 0, used; (all & U) != 0 && i < arg.len; i += used) {
        used = printable(p + i, arg.len - i);
        if (used == 0) {
            return ESCAPED;
        }
    }
    return (all & E) != 0 ? ESCAPED : all != 0 || arg.len == 0 ? QUOTED : PLAIN;
}

static char* put_escaped(char* out, const unsigned char* p, size_t len) {
    for (size_t i = 0; i < len;) {
        const size_t used = printable(p + i, len - i);
        if (used == 0 || p[i] == '\'' || p[i] == '\\') {
            const char shorter = p[i] == '\n'                   ? 'n'
                                 : p[i] == '\t'                 ? 't'
                                 : p[i] == '\'' || p[i] == '\\' ? (char)p[i]
                                                                : 0;
            *out++ = '\\';
            if (shorter != 0) {
                *out++ = shorter;
            } else {
                *out++ = 'x';
                out = pacct_write_hex(out, p + i, 1);
            }
            i++;
        } else {
            memcpy(out, p + i, used);
            out += used;
            i += used;
        }
    }
    return out;
}

static char* put(char* out, struct pacct_bytes arg) {
    const enum form form = form_of(arg);
    if (form == PLAIN) {
        memcpy(out, arg.p, arg.len);
        return out + arg.len;
    }
    if (form == ESCAPED) {
        *out++ = '$';
    }
    *out++ = '\'';
    if (form == ESCAPED) {
        out = put_escaped(out, (const unsigned char*)arg.p, arg.len);
    } else {
        memcpy(out, arg.p, arg.len);
        out += arg.len;
    }
    *out++ = '\'';
    return out;
}

bool pacct_quote_line(struct pacct_bytes args, struct pacct_buf* out) {
    for (bool first = true; args.len > 0; first = false) {
        const struct pacct_bytes arg = pacct_quote_next(&args);
        if (!pacct_buf_reserve(out, arg.len * ESCAPED_MAX + AROUND)) {
            return false;
        }
        char* end = out->p + out->len;
        if (!first) {
            *end++ = ' ';
        }
        out->len = (size_t)(put(end, arg) - out->p);
    }
    return true;
}

bool pacct_quote_list(struct pacct_bytes args, struct pacct_buf* out) {
    if (!pacct_buf_reserve(out, args.len * PACCT_UTF8_GROWTH + 1)) {
        return false;
    }
    while (args.len > 0) {
        const struct pacct_bytes arg = pacct_quote_next(&args);
        bool clean;
        out->len += pacct_utf8_copy(arg.p, arg.len, out->p + out->len, &clean);
        out->p[out->len++] = '\0';
    }
    return true;
}
