/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: any bytes become valid UTF-8, and valid UTF-8 stays as it is.
 * Invariant: each byte that is not part of a well-formed sequence becomes U+FFFD, no other byte changes.
 * Oracle: a slow model that computes code points and encodes them again, over every sequence of up to three bytes and
 * many of four; nothing is read behind the end. */
#include "config.h"

#include "check.h"
#include "base/utf8.h"
#include "sample.h"

static size_t slow_encode(uint32_t code, unsigned char* out) {
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    const size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (unsigned char)(0x80 + code % 64);
        code /= 64;
    }
    out[0] = (unsigned char)((0xf00 >> len & 0xff) + code);
    return len;
}

static size_t slow_sequence(const unsigned char* p, size_t len) {
    for (size_t n = 1; n <= 4 && n <= len; n++) {
        uint32_t code = n == 1 ? p[0] : p[0] % (1u << (7 - n));
        unsigned char again[4];
        for (size_t i = 1; i < n; i++) {
            code = code * 64 + p[i] % 64;
        }
        if (code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && slow_encode(code, again) == n &&
            memcmp(again, p, n) == 0) {
            return n;
        }
    }
    return 0;
}

static void every_short_sequence(void) {
    for (uint32_t bits = 0; bits < 1u << 24; bits++) {
        const unsigned char p[3] = {(unsigned char)(bits >> 16), (unsigned char)(bits >> 8), (unsigned char)bits};
        CHECK_EQ(pacct_utf8_sequence(p, 3), slow_sequence(p, 3));
        if ((bits & 0xff) == 0) {
            CHECK_EQ(pacct_utf8_sequence(p, 2), slow_sequence(p, 2));
        }
        if ((bits & 0xffff) == 0) {
            CHECK_EQ(pacct_utf8_sequence(p, 1), slow_sequence(p, 1));
        }
    }
}

static void long_sequences(void) {
    static const unsigned char edges[] = {0, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xff};
    for (unsigned first = 0xee; first <= 0xff; first++) {
        for (unsigned second = 0; second <= 0xff; second++) {
            for (size_t i = 0; i < sizeof(edges) * sizeof(edges); i++) {
                const unsigned char p[4] = {(unsigned char)first, (unsigned char)second, edges[i / sizeof(edges)],
                                            edges[i % sizeof(edges)]};
                for (size_t len = 1; len <= 4; len++) {
                    CHECK_EQ(pacct_utf8_sequence(p, len), slow_sequence(p, len));
                }
            }
        }
    }
}

/* The input is given its own allocation, so that a sanitizer or valgrind sees a read behind it. */
static void copies(void) {
    uint64_t random = 7;
    for (int i = 0; i < 200000; i++) {
        const size_t len = random_below(&random, 18);
        char* const in = malloc(len + (len == 0));
        char out[18 * PACCT_UTF8_GROWTH], expected[18 * PACCT_UTF8_GROWTH];
        size_t expected_len = 0;
        bool clean, expected_clean = true;
        CHECK(in != NULL);
        for (size_t at = 0; at < len; at++) {
            static const unsigned char likely[] = {0xc2, 0xe2, 0xed, 0xf0, 0xf4, 0x80,
                                                   0x8f, 0x90, 0x9f, 0xa0, 0xbf, 'a'};
            in[at] = (char)(random_below(&random, 3) == 0 ? random_below(&random, 256)
                                                          : likely[random_below(&random, sizeof(likely))]);
        }
        for (size_t at = 0; at < len;) {
            const size_t used = slow_sequence((const unsigned char*)in + at, len - at);
            memcpy(expected + expected_len, used == 0 ? "\xef\xbf\xbd" : in + at, used == 0 ? 3 : used);
            expected_len += used == 0 ? 3 : used;
            at += used == 0 ? 1 : used;
            expected_clean = expected_clean && used != 0;
        }
        CHECK_EQ(pacct_utf8_copy(in, len, out, &clean), expected_len);
        CHECK(memcmp(out, expected, expected_len) == 0);
        CHECK_EQ(clean, expected_clean);
        free(in);
    }
}

/* As Unicode has it: categories Cc (C0, DEL, C1), Zl and Zp. Over every code point, each cut short as well. */
static void controls(void) {
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        unsigned char p[4];
        unsigned got = 0;
        const size_t len = slow_encode(code, p);
        const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
        CHECK_EQ(pacct_utf8_control(p, len, &got), control ? len : 0);
        CHECK(!control || got == code);
        CHECK(len == 1 || pacct_utf8_control(p, len - 1, &got) == 0);
    }
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("every sequence of up to three bytes") {
        every_short_sequence();
    }
    CASE("sequences of four bytes") {
        long_sequences();
    }
    CASE("copies") {
        copies();
    }
    CASE("control characters") {
        controls();
    }
    return check_end();
}
