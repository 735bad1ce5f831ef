/**
 * @file pacct_json.c
 * @brief An event as one line of JSON text.
 *
 * Algorithm: an upper bound of the text is reserved first, then the steps of
 * the plan are written without further checks. Every member is written with
 * a comma behind it, which the end of the object overwrites. An object that
 * turns out empty is taken back. Names and truth values are written in
 * whole words, which may reach beyond their end into the reserved room.
 *
 * Concurrency and locking: none; buffers and caches belong to the caller.
 *
 * Failure model: out of memory is told before anything is written.
 */
#include "config.h"

#include "pacct_json.h"
#include "pacct_digits.h"

#include <stdlib.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* an escaped byte takes at most six: \u00XX */
#define ESCAPED_MAX 6u
#define CS_TO_NS 10000000u
#define EACH_BYTE(byte) (0x0101010101010101u * (byte))

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

/* Whether none of eight bytes is special, nor beyond ASCII. A borrow or carry between bytes comes only from one that
 * is. */
static bool is_plain_word(uint64_t w) {
    const uint64_t quote = w ^ EACH_BYTE('"'), backslash = w ^ EACH_BYTE('\\');
    const uint64_t below = (w - EACH_BYTE(0x20)) | (quote - EACH_BYTE(1)) | (backslash - EACH_BYTE(1));
    return ((w | (w + EACH_BYTE(1)) | below) & EACH_BYTE(0x80)) == 0;
}

/* Copy text in words, the last of which overlaps the one before; false where it is shorter than one, or not plain. */
ALWAYS_INLINE bool copy_plain(char* out, const char* s, size_t len) {
    uint64_t word;
    uint32_t first, last;
    if (len >= sizeof(word)) {
        for (size_t i = 0;; i = i + 2 * sizeof(word) <= len ? i + sizeof(word) : len - sizeof(word)) {
            memcpy(&word, s + i, sizeof(word));
            if (!is_plain_word(word)) {
                return false;
            }
            memcpy(out + i, &word, sizeof(word));
            if (i + sizeof(word) == len) {
                return true;
            }
        }
    }
    if (len < sizeof(first)) {
        return false;
    }
    memcpy(&first, s, sizeof(first));
    memcpy(&last, s + len - sizeof(last), sizeof(last));
    memcpy(out, &first, sizeof(first));
    memcpy(out + len - sizeof(last), &last, sizeof(last));
    return is_plain_word((uint64_t)first << 32 | last);
}

static char* write_string(char* out, const char* s, size_t len) {
    *out++ = '"';
    if (copy_plain(out, s, len)) {
        out += len;
    } else {
        for (size_t i = 0; i < len;) {
            size_t used = 1;
            if (is_special((unsigned char)s[i])) {
                out = write_special(out, (const unsigned char*)s + i, len - i, &used);
            } else {
                *out++ = s[i];
            }
            i += used;
        }
    }
    *out++ = '"';
    return out;
}

/* A NUL stands for more than what it becomes: quotes and a comma. */
static char* write_strings(char* out, const char* s, size_t len) {
    *out++ = '[';
    for (size_t at = 0; at < len;) {
        const size_t one = strlen(s + at);
        if (at > 0) {
            *out++ = ',';
        }
        out = write_string(out, s + at, one);
        at += one + 1;
    }
    *out++ = ']';
    return out;
}

ALWAYS_INLINE char* write_plain(char* out,
                                enum pacct_type type,
                                const struct pacct_value* v,
                                struct pacct_clock* clock) {
    switch (type) {
        case PACCT_T_STRING:
            return write_string(out, v->s, v->len);
        case PACCT_T_STRINGS:
            return write_strings(out, v->s, v->len);
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
            memcpy(out, v->u != 0 ? "true\0\0\0" : "false\0\0", 8);
            return out + (v->u != 0 ? 4 : 5);
        case PACCT_T_INT:
        default:
            if (v->u < 10) { /* most are */
                *out = (char)('0' + v->u);
                return out + 1;
            }
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
ALWAYS_INLINE char* write_lead(char* out, const struct pacct_step* step) {
    memcpy(out, step->lead, PACCT_LEAD_PIECE);
    if (step->lead_len > PACCT_LEAD_PIECE) {
        memcpy(out + PACCT_LEAD_PIECE, step->lead + PACCT_LEAD_PIECE, PACCT_LEAD_MAX - PACCT_LEAD_PIECE);
    }
    return out + step->lead_len;
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
    char* out = buf->p + buf->len;
    *out++ = '{';
    for (const struct pacct_step *s = plan->steps, *const end = s + plan->count; s < end; s++) {
        if (s->kind == PACCT_STEP_VALUE) {
            if (pacct_event_has(ev, s->field)) {
                char* const start = out;
                const struct pacct_value* const v = &ev->v[s->field];
                out = write_lead(out, s);
                out = s->form == PACCT_FORM_PLAIN ? write_plain(out, s->type, v, clock) : write_form(out, s, v, clock);
                if (out == NULL) {
                    out = start;
                } else {
                    *out++ = ',';
                }
            }
        } else if (s->kind == PACCT_STEP_OPEN) {
            opened[depth++] = out;
            out = write_lead(out, s);
            *out++ = '{';
        } else if (out[-1] == ',') {
            depth--;
            out[-1] = '}';
            *out++ = ',';
        } else {
            out = opened[--depth];
        }
    }
    out -= out[-1] == ',';
    *out++ = '}';
    buf->len = (size_t)(out - buf->p);
    return true;
}
