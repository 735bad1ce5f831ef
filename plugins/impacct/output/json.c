/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/json.c
 * @brief An event as one line of JSON text.
 *
 * Algorithm: an upper bound of the text is reserved first, then the steps of
 * the plan are written without further checks. Every member is written with
 * a comma behind it, which the end of the object overwrites. An object that
 * turns out empty is taken back. Names and truth values are written in
 * whole words, which may reach beyond their end into the reserved space.
 *
 * Concurrency and locking: none; buffers and caches belong to the caller.
 *
 * Failure model: out of memory is reported before anything is written.
 */
#include "config.h"

#include "output/json.h"
#include "base/attribute.h"
#include "base/fmt.h"
#include "base/utf8.h"

/* an escaped byte takes at most six: \u00XX */
#define ESCAPED_MAX 6u
#define EACH_BYTE(byte) (0x0101010101010101u * (byte))

static char* write_escape(char* out, unsigned code) {
    const uint8_t bytes[] = {(uint8_t)(code >> 8), (uint8_t)code};
    memcpy(out, "\\u", 2);
    return pacct_write_hex(out + 2, bytes, sizeof(bytes));
}

/* Bytes that are not simply copied, or may begin a sequence that is not. */
static bool is_special(unsigned char c) {
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == 0xc2 || c == 0xe2;
}

static char* write_special(char* out, const unsigned char* p, size_t len, size_t* used) {
    unsigned code;
    *used = pacct_utf8_control(p, len, &code);
    if (*used > 0) {
        return write_escape(out, code);
    }
    if (p[0] == '"' || p[0] == '\\') {
        *out++ = '\\';
    }
    *out++ = (char)p[0];
    *used = 1;
    return out;
}

/* Whether none of eight bytes is special, nor beyond ASCII. A borrow or carry between bytes comes only from one that
 * is. */
UNSIGNED_WRAPS static bool is_plain_word(uint64_t w) {
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

static char* write_members(char* out, const struct pacct_members* members, struct pacct_rfc3339* clock);
static char* write_codes(char* out, const struct pacct_codes* codes);

ALWAYS_INLINE char* write_plain(char* out,
                                enum pacct_type type,
                                const struct pacct_value* v,
                                struct pacct_rfc3339* clock) {
    switch (type) {
        case PACCT_T_STRING:
            return write_string(out, v->s, v->len);
        case PACCT_T_STRINGS:
            return write_strings(out, v->s, v->len);
        case PACCT_T_MEMBERS:
            return write_members(out, v->members, clock);
        case PACCT_T_CODES:
            return write_codes(out, v->codes);
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
            pacct_rfc3339_write(clock, v->u, out);
            out += PACCT_RFC3339_LEN;
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

static char* write_members(char* out, const struct pacct_members* members, struct pacct_rfc3339* clock) {
    *out++ = '{';
    for (unsigned i = 0; i < members->count; i++) {
        if (i > 0) {
            *out++ = ',';
        }
        out = write_string(out, members->member[i].name, strlen(members->member[i].name));
        *out++ = ':';
        out = write_plain(out, members->member[i].type, &members->member[i].value, clock);
    }
    *out++ = '}';
    return out;
}

static char* write_codes(char* out, const struct pacct_codes* codes) {
    *out++ = '[';
    for (unsigned i = 0; i < codes->count; i++) {
        if (i > 0) {
            *out++ = ',';
        }
        memcpy(out, "{\"code\":", 8);
        out = pacct_write_uint(out + 8, codes->of[i].code);
        memcpy(out, ",\"count\":", 9);
        out = pacct_write_uint(out + 9, codes->of[i].times);
        *out++ = '}';
    }
    *out++ = ']';
    return out;
}

/* NULL: the value has no such form, the member is left out */
static char* write_form(char* out,
                        const struct pacct_step* step,
                        const struct pacct_value* v,
                        struct pacct_rfc3339* clock) {
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
        case PACCT_FORM_FIRST:
        case PACCT_FORM_BASE: {
            const struct pacct_bytes part = pacct_form_part(step->form, v);
            return part.len > 0 ? write_string(out, part.p, part.len) : NULL;
        }
        case PACCT_FORM_PLAIN:
        default:
            return write_plain(out, step->type, v, clock);
    }
}

/* In whole pieces, which is quicker than a call for a few bytes; both sides have space for them. */
ALWAYS_INLINE char* write_lead(char* out, const struct pacct_step* step) {
    memcpy(out, step->lead, PACCT_LEAD_PIECE);
    if (step->lead_len > PACCT_LEAD_PIECE) {
        memcpy(out + PACCT_LEAD_PIECE, step->lead + PACCT_LEAD_PIECE, PACCT_LEAD_MAX - PACCT_LEAD_PIECE);
    }
    return out + step->lead_len;
}

/* What is being written. */
struct writing {
    char* out;
    char* opened[PACCT_PLAN_DEPTH]; /* where to fall back to if the object stays empty */
    size_t depth;
};

ALWAYS_INLINE void write_step(struct writing* w,
                              const struct pacct_step* s,
                              const struct pacct_event* ev,
                              struct pacct_rfc3339* clock) {
    if (s->kind == PACCT_STEP_VALUE) {
        if (pacct_event_has(ev, s->field)) {
            const struct pacct_value* const v = &ev->v[s->field];
            char* out = write_lead(w->out, s);
            out = s->form == PACCT_FORM_PLAIN ? write_plain(out, s->type, v, clock) : write_form(out, s, v, clock);
            if (out != NULL) {
                *out++ = ',';
                w->out = out;
            }
        }
    } else if (s->kind == PACCT_STEP_OPEN) {
        w->opened[w->depth++] = w->out;
        w->out = write_lead(w->out, s);
        *w->out++ = '{';
    } else {
        ALWAYS(w->depth > 0); /* a plan closes what it opened */
        w->depth--;
        if (w->out[-1] == ',') {
            w->out[-1] = '}';
            *w->out++ = ',';
        } else {
            w->out = w->opened[w->depth];
        }
    }
}

bool pacct_json_write(const struct pacct_plan* plan,
                      const struct pacct_event* ev,
                      struct pacct_rfc3339* clock,
                      struct pacct_buf* buf) {
    if (!pacct_buf_reserve(buf, plan->fixed_size + plan->string_copies * ESCAPED_MAX * ev->strings_len)) {
        return false;
    }
    struct writing w = {.out = buf->p + buf->len};
    *w.out++ = '{';
    for (const struct pacct_block *b = plan->blocks, *const last = b + plan->block_count; b < last; b++) {
        if (!pacct_set_meets(&ev->present, &b->fields)) {
            continue;
        }
        for (const struct pacct_step *s = plan->steps + b->first, *const end = s + b->count; s < end; s++) {
            write_step(&w, s, ev, clock);
        }
    }
    w.out -= w.out[-1] == ',';
    *w.out++ = '}';
    buf->len = (size_t)(w.out - buf->p);
    return true;
}
