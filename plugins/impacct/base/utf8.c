/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/utf8.c
 * @brief Any bytes as valid UTF-8.
 *
 * Algorithm: Unicode's table of well-formed sequences; ASCII, which most is, in
 * words.
 * Concurrency and locking: pure functions.
 * Failure model: none.
 */
#include "config.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

/* the bit of each byte in a word that ASCII does not have */
#define NOT_ASCII UINT64_C(0x8080808080808080)

static bool is_tail(unsigned char c) {
    return (c & 0xc0u) == 0x80u;
}

size_t pacct_utf8_sequence(const unsigned char* p, size_t len) {
    const unsigned char c = p[0];
    if (c < 0x80) {
        return 1;
    }
    if (c < 0xc2 || c > 0xf4 || len < 2 || !is_tail(p[1])) {
        return 0;
    }
    if (c < 0xe0) {
        return 2;
    }
    /* the second byte decides about overlong forms, surrogates and the end of the code space */
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f) || len < 3 || !is_tail(p[2])) {
        return 0;
    }
    if (c < 0xf0) {
        return 3;
    }
    return len >= 4 && is_tail(p[3]) ? 4 : 0;
}

size_t pacct_utf8_control(const unsigned char* p, size_t len, unsigned* code) {
    if (p[0] < 0x20 || p[0] == 0x7f) {
        *code = p[0];
        return 1;
    }
    if (len >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
        *code = p[1];
        return 2;
    }
    if (len >= 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0xa8 || p[2] == 0xa9)) {
        *code = 0x2000u | (p[2] & 0x3fu);
        return 3;
    }
    return 0;
}

size_t pacct_utf8_copy(const char* in, size_t len, char* out, bool* clean) {
    char* const start = out;
    *clean = true;
    for (size_t i = 0; i < len;) {
        uint64_t word;
        if (len - i >= sizeof(word)) {
            memcpy(&word, in + i, sizeof(word));
            if ((word & NOT_ASCII) == 0) {
                memcpy(out, &word, sizeof(word));
                out += sizeof(word);
                i += sizeof(word);
                continue;
            }
        }
        if ((unsigned char)in[i] < 0x80) {
            *out++ = in[i++];
            continue;
        }
        const size_t used = pacct_utf8_sequence((const unsigned char*)in + i, len - i);
        if (used == 0) {
            memcpy(out, "\xef\xbf\xbd", PACCT_UTF8_GROWTH);
            out += PACCT_UTF8_GROWTH;
            *clean = false;
            i++;
        } else {
            memcpy(out, in + i, used);
            out += used;
            i += used;
        }
    }
    return (size_t)(out - start);
}
