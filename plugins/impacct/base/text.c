/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/text.c
 * @brief Text that grows.
 *
 * Algorithm: twice what is needed is allocated, so that a text of any length takes few allocations.
 * Concurrency and locking: a buffer belongs to its owner.
 * Failure model: out of memory is returned; the text is as it was.
 */
#include "config.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

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
