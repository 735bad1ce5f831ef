/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/text.h
 * @brief Bytes that others own, and text that grows.
 */
#ifndef PACCT_TEXT_H
#define PACCT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** Bytes of somebody else's; not terminated. p == NULL: not known. */
struct pacct_bytes {
    const char* p;
    size_t len;
};

/** A growing buffer of text; zero-initialize it, release it with pacct_buf_free(). */
struct pacct_buf {
    char* p; /**< not terminated */
    size_t len, cap; /**< bytes used and allocated */
};

/** Make room for more bytes behind len. @return false when out of memory; nothing has changed then */
bool pacct_buf_reserve(struct pacct_buf* buf, size_t more);

void pacct_buf_free(struct pacct_buf* buf);

#endif
