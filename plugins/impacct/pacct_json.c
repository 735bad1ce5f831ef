/**
 * @file pacct_json.c
 * @brief An event as one line of JSON text.
 *
 * Algorithm: an upper bound of the text is reserved first, then the steps of
 * the plan are written without further checks. Every member is written with
 * the comma before it, which the first member of an object leaves out. An
 * object that turns out empty is taken back.
 *
 * Concurrency and locking: none; buffers and caches belong to the caller.
 *
 * Failure model: out of memory is told before anything is written.
 */
#include "config.h"

#include "pacct_json.h"

#include <stdlib.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* an escaped byte takes at most six: \u00XX */
#define ESCAPED_MAX 6u
#define CS_TO_NS 10000000u

static const char hex_digits[] = "0123456789abcdef";

bool pacct_buf_reserve(struct pacct_buf* buf, size_t more) {
    if (buf->cap - buf->len >= more) {
        return true;
    }
    const size_t cap = (buf->len + more) * 2;
    char* const p = realloc(buf->p, cap);
    if (p == NULL) {
        return false;
    }
    buf->p = p;
    buf->cap = cap;
    return true;
}

void pacct_buf_free(struct pacct_buf* buf) {
    free(buf->p);
    memset(buf, 0, sizeof(*buf));
}

char* pacct_write_uint(char* out, uint64_t u) {
    char digits[20];
    size_t at = sizeof(digits);
    for (; u >= 100; u /= 100) {
        at -= 2;
        memcpy(digits + at, pacct_two_digits[u % 100], 2);
    }
    if (u >= 10) {
        memcpy(out, pacct_two_digits[u], 2);
        out += 2;
    } else {
        *out++ = (char)('0' + u);
    }
    for (; at < sizeof(digits); at += 2, out += 2) {
        memcpy(out, digits + at, 2);
    }
    return out;
}

char* pacct_write_seconds(char* out, uint64_t centiseconds) {
    out = pacct_write_uint(out, centiseconds / 100);
    *out++ = '.';
    memcpy(out, pacct_two_digits[centiseconds % 100], 2);
    return out + 2;
}

bool pacct_nanoseconds(uint64_t centiseconds, uint64_t* ns) {
    if (centiseconds > (uint64_t)INT64_MAX / CS_TO_NS) {
        return false;
    }
    *ns = centiseconds * CS_TO_NS;
    return true;
}

static char* write_escape(char* out, unsigned code) {
    memcpy(out, "\\u", 2);
    for (unsigned i = 0; i < 4; i++) {
        out[2 + i] = hex_digits[code >> (12 - 4 * i) & 0xf];
    }
    return out + 6;
}

/* Bytes of the sequence at p that have to be escaped although they are valid UTF-8: C1 controls are C2 80 to C2 9F,
 * U+2028 and U+2029 are E2 80 A8 and E2 80 A9. */
static size_t hidden_control(const unsigned char* p, size_t len, unsigned* code) {
    if (len >= 2 && p[0] == 0xc2 && p[1] < 0xa0) {
        *code = p[1];
        return 2;
    }
    if (len >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
        *code = 0x2000u | (p[2] & 0x3fu);
        return 3;
    }
    return 0;
}

/* Bytes that are not simply copied, or may begin a sequence that is not. */
static bool is_special(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0xc2 || c == 0xe2;
}

static char* write_special(char* out, const unsigned char* p, size_t len, size_t* used) {
    unsigned code = p[0];
    *used = 1;
    if (code == '"' || code == '\\') {
        *out++ = '\\';
        *out++ = (char)code;
        return out;
    }
    if (code >= 0x80 && (*used = hidden_control(p, len, &code)) == 0) {
        *out++ = (char)p[0];
        *used = 1;
        return out;
    }
    return write_escape(out, code);
}

static char* write_string(char* out, const char* s, size_t len) {
    const unsigned char* const p = (const unsigned char*)s;
    *out++ = '"';
    for (size_t i = 0; i < len;) {
        size_t used = 1;
        if (is_special(p[i])) {
            out = write_special(out, p + i, len - i, &used);
        } else {
            *out++ = (char)p[i];
        }
        i += used;
    }
    *out++ = '"';
    return out;
}

ALWAYS_INLINE char* write_plain(char* out,
                                enum pacct_type type,
                                const struct pacct_value* v,
                                struct pacct_clock* clock) {
    switch (type) {
        case PACCT_T_STRING:
            return write_string(out, v->s, v->len);
        case PACCT_T_TOKEN:
            *out++ = '"';
            memcpy(out, v->s, v->len);
            out += v->len;
            *out++ = '"';
            return out;
        case PACCT_T_CENTI:
            return pacct_write_seconds(out, v->u);
        case PACCT_T_TIME:
            *out++ = '"';
            pacct_clock_write(clock, v->u, out);
            out += PACCT_CLOCK_LEN;
            *out++ = '"';
            return out;
        case PACCT_T_BOOL:
            if (v->u != 0) {
                memcpy(out, "true", 4);
                return out + 4;
            }
            memcpy(out, "false", 5);
            return out + 5;
        case PACCT_T_INT:
        default:
            return pacct_write_uint(out, v->u);
    }
}

/* NULL: the value cannot be said in this form, the member is left out */
static char* write_form(char* out,
                        const struct pacct_step* step,
                        const struct pacct_value* v,
                        struct pacct_clock* clock) {
    uint64_t ns;
    switch (step->form) {
        case PACCT_FORM_STR:
            *out++ = '"';
            out = write_plain(out, step->type, v, clock);
            *out++ = '"';
            return out;
        case PACCT_FORM_NS:
            return pacct_nanoseconds(v->u, &ns) ? pacct_write_uint(out, ns) : NULL;
        case PACCT_FORM_SEC:
            return pacct_write_uint(out, v->u / 100);
        case PACCT_FORM_LIST:
            *out++ = '[';
            out = write_plain(out, step->type, v, clock);
            *out++ = ']';
            return out;
        case PACCT_FORM_PLAIN:
        default:
            return write_plain(out, step->type, v, clock);
    }
}

/* In whole pieces, which is quicker than a call for a few bytes; there is room for them on both sides. */
static char* write_lead(char* out, const struct pacct_step* step, size_t first) {
    const size_t len = step->lead_len - first;
    for (size_t at = 0; at < len; at += PACCT_LEAD_PIECE) {
        memcpy(out + at, step->lead + first + at, PACCT_LEAD_PIECE);
    }
    return out + len;
}

bool pacct_json_write(const struct pacct_plan* plan,
                      const struct pacct_event* ev,
                      struct pacct_clock* clock,
                      struct pacct_buf* buf) {
    if (!pacct_buf_reserve(buf, plan->fixed_size + plan->string_copies * ESCAPED_MAX * ev->strings_len)) {
        return false;
    }
    char* opened[PACCT_PLAN_DEPTH]; /* where to fall back to if the object stays empty */
    size_t depth = 0;
    size_t first = 1; /* 1: no member yet in this object, its comma is left out */
    char* out = buf->p + buf->len;
    *out++ = '{';
    for (const struct pacct_step *s = plan->steps, *const end = s + plan->count; s < end; s++) {
        if (s->kind == PACCT_STEP_CLOSE) {
            depth--;
            if (first != 0) {
                out = opened[depth];
                first = out[-1] == '{';
            } else {
                *out++ = '}';
            }
            continue;
        }
        if (s->kind == PACCT_STEP_VALUE && !pacct_event_has(ev, s->field)) {
            continue;
        }
        char* const start = out;
        out = write_lead(out, s, first);
        if (s->kind == PACCT_STEP_OPEN) {
            opened[depth++] = start;
            *out++ = '{';
            first = 1;
            continue;
        }
        const struct pacct_value* const v = &ev->v[s->field];
        char* const behind =
            s->form == PACCT_FORM_PLAIN ? write_plain(out, s->type, v, clock) : write_form(out, s, v, clock);
        out = behind == NULL ? start : behind;
        first = behind == NULL ? first : 0;
    }
    *out++ = '}';
    buf->len = (size_t)(out - buf->p);
    return true;
}
