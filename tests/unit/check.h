/**
 * @file check.h
 * @brief Assertions of the unit tests: they survive NDEBUG, and print both operands.
 */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** End the test program unless a condition holds. */
#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

/** End the test program unless two integers are equal. */
#define CHECK_EQ(got, expected)                                                                                 \
    do {                                                                                                        \
        const uint64_t got_ = (uint64_t)(got), expected_ = (uint64_t)(expected);                                \
        if (got_ != expected_) {                                                                                \
            fprintf(stderr, "%s:%d: %s is %" PRIu64 " (0x%" PRIx64 "), expected %" PRIu64 " (0x%" PRIx64 ")\n", \
                    __FILE__, __LINE__, #got, got_, got_, expected_, expected_);                                \
            exit(1);                                                                                            \
        }                                                                                                       \
    } while (0)

/** End the test program unless len bytes at got are the terminated string expected. */
#define CHECK_TEXT(got, len, expected)                                                                        \
    do {                                                                                                      \
        if ((size_t)(len) != strlen(expected) || memcmp(got, expected, (size_t)(len)) != 0) {                 \
            fprintf(stderr, "%s:%d: %s is \"%.*s\", expected \"%s\"\n", __FILE__, __LINE__, #got, (int)(len), \
                    (const char*)(got), expected);                                                            \
            exit(1);                                                                                          \
        }                                                                                                     \
    } while (0)

#endif
