/**
 * @file pacct_digits.c
 * @brief Numbers as text.
 *
 * Algorithm: tables of pairs of digits.
 * Concurrency and locking: pure functions.
 * Failure model: none.
 */
#include "config.h"

#include "pacct_digits.h"

#include <string.h>

#define TEN(d) d "0", d "1", d "2", d "3", d "4", d "5", d "6", d "7", d "8", d "9"
#define SIXTEEN(d) TEN(d), d "a", d "b", d "c", d "d", d "e", d "f"
const char pacct_two_digits[100][2] = {TEN("0"), TEN("1"), TEN("2"), TEN("3"), TEN("4"),
                                       TEN("5"), TEN("6"), TEN("7"), TEN("8"), TEN("9")};
static const char two_hex_digits[256][2] = {
    SIXTEEN("0"), SIXTEEN("1"), SIXTEEN("2"), SIXTEEN("3"), SIXTEEN("4"), SIXTEEN("5"), SIXTEEN("6"), SIXTEEN("7"),
    SIXTEEN("8"), SIXTEEN("9"), SIXTEEN("a"), SIXTEEN("b"), SIXTEEN("c"), SIXTEEN("d"), SIXTEEN("e"), SIXTEEN("f")};

static char* two_digits(char* out, uint64_t u) {
    memcpy(out, pacct_two_digits[u], 2);
    return out + 2;
}

/* Below 100. */
static char* write_small(char* out, uint64_t u) {
    if (u >= 10) {
        return two_digits(out, u);
    }
    *out = (char)('0' + u);
    return out + 1;
}

char* pacct_write_uint(char* out, uint64_t u) {
    if (u < 100) {
        return write_small(out, u);
    }
    if (u < 10000) {
        return two_digits(write_small(out, u / 100), u % 100);
    }
    out = pacct_write_uint(out, u / 10000);
    return two_digits(two_digits(out, u % 10000 / 100), u % 100);
}

char* pacct_write_seconds(char* out, uint64_t centiseconds) {
    out = pacct_write_uint(out, centiseconds / 100);
    *out++ = '.';
    return two_digits(out, centiseconds % 100);
}

char* pacct_write_hex(char* out, const uint8_t* bytes, size_t len) {
    for (size_t i = 0; i < len; i++, out += 2) {
        memcpy(out, two_hex_digits[bytes[i]], 2);
    }
    return out;
}
