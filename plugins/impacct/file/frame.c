/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/frame.c
 * @brief Framing: where records begin and end in bytes that may be anything.
 *
 * Algorithm: a record is taken if it is plausible and a plausible one, or the
 * end of the data, follows. Otherwise the next place is looked for, byte by
 * byte, where records are believed to begin (find_chain):
 *  - it lies beyond the record in question: that one is whole, and is taken if
 *    it is plausible, or if it is only a little damaged and the distance is a
 *    whole number of records;
 *  - it lies within: the record in question was torn, its bytes are skipped.
 */
#include "config.h"

#include "file/frame.h"
#include "base/attribute.h"

#include <string.h>

/* Verdict on len bytes at p; *whole is false where they end before the record does. */
static enum pacct_verdict judge(const struct pacct_frame* frame, const uint8_t* p, size_t len, bool* whole) {
    *whole = len >= PACCT_RECORD_MIN && len >= pacct_record_length(p);
    return *whole ? pacct_record_check(p, &frame->dialect) : PACCT_IMPOSSIBLE;
}

/* Distance to the record behind the one at p. Version 1 is 62 bytes long; converters pad it to 64. */
static size_t stride(const struct pacct_frame* frame, const uint8_t* p, size_t len) {
    const size_t length = pacct_record_length(p);
    bool whole;
    if (length < PACCT_RECORD_MAX && len >= PACCT_RECORD_MAX && p[length] == 0 && p[length + 1] == 0 &&
        /* the padding and a version 1 record may look like one of version 0 */
        (judge(frame, p + PACCT_RECORD_MAX, len - PACCT_RECORD_MAX, &whole) == PACCT_PLAUSIBLE ||
         judge(frame, p + length, len - length, &whole) != PACCT_PLAUSIBLE)) {
        return PACCT_RECORD_MAX;
    }
    return length;
}

/* How much speaks for records that begin at p; 0: too little to believe it. Most how many plausible ones are in a row,
 * up to PACCT_FRAME_CHAIN; then whether the first is of the version and byte order that the torn record before it has,
 * since one kernel writes one kind; then whether they end where the data ends, or at least a part of one does.
 *
 * Where fewer than two are followed by damage, one of version 3 is believed alone: too much in it has to fit for an
 * accident. But if p lies within another plausible record it must not be believed lightly, since the end of a record
 * followed by zeros can look like one: then it takes two, or one that ends exactly where the data ends. */
static unsigned chain_at(const struct pacct_frame* frame, const uint8_t* p, size_t len, bool within, bool same) {
    const bool newest = len > 1 && (p[1] & 0x7fu) == 3;
    bool whole = true;
    unsigned n = 0;
    for (; n < PACCT_FRAME_CHAIN && judge(frame, p, len, &whole) == PACCT_PLAUSIBLE; n++) {
        const size_t step = stride(frame, p, len);
        p += step;
        len -= step;
    }
    const bool exact = frame->at_end && len == 0, cut = !whole;
    if (n == 0 || (n == 1 && !exact && (within || !(cut || (whole && newest))))) {
        return 0;
    }
    return n * 8 + same * 4u + exact * 2u + cut;
}

size_t pacct_frame_blank_length(const uint8_t* p, size_t len) {
    uint64_t word = 0;
    size_t n = 0;
    for (; n + sizeof(word) <= len && word == 0; n += sizeof(word)) {
        memcpy(&word, p + n, sizeof(word));
    }
    n -= word != 0 ? sizeof(word) : 0;
    while (n < len && p[n] == 0) {
        n++;
    }
    return n;
}

/* Distance from p to the next believable place behind it; 0: there is none in len bytes. Where there are several in the
 * bytes of one record, it is the one that most speaks for: a torn record's last bytes and most of the next one may look
 * like a record, too. The record at p has own bytes if it is plausible, else 0: a record within it would have the same
 * version. */
static size_t find_chain(const struct pacct_frame* frame, const uint8_t* p, size_t len, size_t own) {
    size_t best = 0, end = len;
    unsigned most = 0;
    for (size_t q = 1; q + PACCT_RECORD_MIN <= len && q < end; q++) {
        const size_t blank = p[q] != 0 ? 0 : pacct_frame_blank_length(p + q, len - q);
        if (blank > PACCT_RECORD_MAX) {
            q += blank - PACCT_RECORD_MAX - 1; /* no record is blank, but one may begin with some zeros */
            continue;
        }
        const bool same = p[q + 1] == p[1], within = q < own;
        const unsigned chain = within && !same ? 0 : chain_at(frame, p + q, len - q, within, same && !frame->skipping);
        if (chain > most) {
            end = best == 0 ? q + pacct_record_length(p + q) : end;
            best = q;
            most = chain;
        }
    }
    return best;
}

/* What to do where there is doubt. *n: also bytes from p to the next record, if one begins at p. */
NOT_INLINE enum pacct_step search(
    struct pacct_frame* frame, const uint8_t* p, size_t len, enum pacct_verdict verdict, size_t* n) {
    const size_t length = pacct_record_length(p);
    const size_t found = find_chain(frame, p, len, verdict == PACCT_PLAUSIBLE ? length : 0);
    const bool alone = found == 0 && frame->at_end;
    if (verdict == PACCT_PLAUSIBLE && (found == 0 || found >= length)) { /* no other record begins within this one */
        *n = found != 0 && found < *n ? length : *n; /* zeros that another one begins in are no padding */
        return PACCT_STEP_TAKE;
    }
    if (verdict == PACCT_DOUBTFUL && !frame->skipping && ((found != 0 && found % *n == 0) || (alone && len == *n))) {
        return PACCT_STEP_TAKE;
    }
    if (found != 0) {
        *n = found;
        return PACCT_STEP_SKIP;
    }
    if (frame->at_end) {
        return PACCT_STEP_WAIT;
    }
    *n = len > PACCT_FRAME_AHEAD ? len - PACCT_FRAME_AHEAD : 1; /* the chain may lie across the end of the bytes */
    return PACCT_STEP_SKIP;
}

enum pacct_step pacct_frame_decide(struct pacct_frame* frame, const uint8_t* p, size_t len, size_t* n) {
    bool whole;
    const enum pacct_verdict verdict = frame->checked ? PACCT_PLAUSIBLE : judge(frame, p, len, &whole);
    if (!frame->checked && !whole) {
        return PACCT_STEP_WAIT;
    }
    *n = stride(frame, p, len);
    frame->checked = verdict == PACCT_PLAUSIBLE && judge(frame, p + *n, len - *n, &whole) == PACCT_PLAUSIBLE;
    if (frame->checked || (verdict == PACCT_PLAUSIBLE && len == *n)) {
        return PACCT_STEP_TAKE;
    }
    return search(frame, p, len, verdict, n);
}
