/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/scanner.c
 * @brief The records in one open file, and the damage between them; where in the file that is.
 *
 * Algorithm: the file is read in large pieces into a buffer that always keeps
 * the PACCT_MARK_LEN bytes before the next record. They are read again with
 * every piece: if they have changed, the file was truncated and refilled.
 *
 * What the bytes are says file/frame.c. However much has to be skipped, one
 * call looks at no more than a buffer of it, and a hole of the file is not read
 * at all. Until damage is reported, the position stays before it.
 *
 * Failure model: the content of the file is untrusted. A read that failed
 * leaves the position as it was, and can be tried again.
 */
#include "config.h"

#include "file/scanner.h"
#include "base/attribute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (64u * 1024u)

bool pacct_scanner_init(struct pacct_scanner* s, const struct pacct_dialect* dialect) {
    memset(s, 0, sizeof(*s));
    s->src.fd = -1;
    s->frame.dialect = *dialect;
    s->buf = malloc(BUFFER_SIZE);
    return s->buf != NULL;
}

void pacct_scanner_release(struct pacct_scanner* s) {
    pacct_reader_close(&s->src);
    free(s->buf);
}

/* The buffer gets the bytes before the offset, and nothing else yet. */
bool pacct_scanner_seek(struct pacct_scanner* s, uint64_t offset) {
    const uint32_t mark = offset < PACCT_MARK_LEN ? (uint32_t)offset : PACCT_MARK_LEN;
    s->base = offset - mark;
    s->at = s->have = mark;
    s->frame.at_end = s->frame.skipping = s->frame.checked = false;
    s->taken = 0;
    s->archive_error = 0;
    const ssize_t head = pacct_reader_read(&s->src, s->head, PACCT_MARK_LEN, 0);
    s->head_len = head < 0 ? 0 : (uint32_t)head;
    return head >= (ssize_t)mark && pacct_reader_read(&s->src, s->buf, mark, s->base) == (ssize_t)mark;
}

bool pacct_scanner_open(struct pacct_scanner* s, const struct pacct_reader* src, uint64_t offset, uint64_t until) {
    s->src = *src;
    s->until = until;
    if (!pacct_scanner_seek(s, offset)) {
        const int error = errno;
        pacct_reader_close(&s->src);
        errno = error;
        return false;
    }
    return true;
}

void pacct_scanner_position(const struct pacct_scanner* s, struct pacct_position* pos) {
    if (s->frame.skipping) {
        *pos = s->before_skip;
        return;
    }
    memset(pos, 0, sizeof(*pos));
    pos->dev = s->src.dev;
    pos->ino = s->src.ino;
    pos->born = s->src.born;
    pos->offset = pacct_scanner_offset(s);
    const uint32_t mark = pacct_position_mark_len(pos);
    struct pacct_record rec;
    pos->until = s->until;
    if (s->taken > 0 && pacct_record_decode(s->buf + s->at - s->taken, &s->frame.dialect, &rec)) {
        pos->until = pacct_record_end(&rec);
    }
    pos->head_len = s->head_len;
    memcpy(pos->head, s->head, s->head_len);
    memcpy(pos->before, s->buf + s->at - mark, mark);
}

/* Read behind what is kept of the buffer. What is compressed gives all it can before it reports an error, and nothing
 * comes after that. */
static ssize_t read_behind(struct pacct_scanner* s, size_t keep) {
    const uint64_t offset = s->base + keep;
    ssize_t n = pacct_reader_read(&s->src, s->buf + keep, BUFFER_SIZE - keep, offset);
    if (s->src.stream == NULL || n == (ssize_t)(BUFFER_SIZE - keep)) {
        return n;
    }
    const size_t got = n < 0 ? 0 : (size_t)n;
    if (n < 0 || pacct_reader_read(&s->src, s->buf + keep + got, 1, offset + got) < 0) {
        s->archive_error = errno;
    }
    return (ssize_t)got;
}

/* In a plain file, see that the bytes before what is read are still the same; a compressed one does not change, and is
 * not read backwards. */
enum pacct_scanner_read pacct_scanner_read(struct pacct_scanner* s) {
    uint8_t marked[PACCT_MARK_LEN];
    const size_t mark = s->at < PACCT_MARK_LEN ? s->at : PACCT_MARK_LEN;
    const size_t drop = s->at - mark;
    const size_t keep = s->src.stream != NULL ? s->have - drop : 0;
    memcpy(marked, s->buf + drop, mark);
    memmove(s->buf, s->buf + drop, keep);
    s->base += drop;
    s->at = mark;
    s->frame.checked = false; /* the file may end earlier now */
    const ssize_t n = read_behind(s, keep);
    const size_t have = keep + (n < 0 ? 0 : (size_t)n);
    if (n < 0 || have < mark || memcmp(marked, s->buf, mark) != 0) {
        const int error = errno;
        memcpy(s->buf, marked, mark); /* so that the position is still known */
        s->have = mark;
        errno = error;
        return n < 0 ? PACCT_READ_ERROR : PACCT_READ_CHANGED;
    }
    s->have = have;
    s->frame.at_end = have < BUFFER_SIZE;
    if (s->head_len < PACCT_MARK_LEN && s->base == 0) {
        s->head_len = s->have < PACCT_MARK_LEN ? (uint32_t)s->have : PACCT_MARK_LEN;
        memcpy(s->head, s->buf, s->head_len);
    }
    return PACCT_READ_OK;
}

static void skip(struct pacct_scanner* s, size_t n) {
    if (!s->frame.skipping) {
        pacct_scanner_position(s, &s->before_skip);
        s->frame.skipping = true;
    }
    s->at += n;
    s->frame.checked = false;
    s->until = 0; /* what was in there is not known */
    s->taken = 0;
}

void pacct_scanner_skip_rest(struct pacct_scanner* s) {
    if (s->have > s->at) {
        skip(s, s->have - s->at);
    }
}

bool pacct_scanner_damage(struct pacct_scanner* s, uint64_t* from, uint64_t* to) {
    if (!s->frame.skipping) {
        return false;
    }
    s->frame.skipping = false;
    *from = s->before_skip.offset;
    *to = pacct_scanner_offset(s);
    return true;
}

/* Nothing in the buffer is believable. If a hole follows in the file, begin again just before what is behind it. */
static void skip_hole(struct pacct_scanner* s) {
    const uint64_t end = pacct_scanner_end(s);
    if (s->src.stream != NULL || pacct_frame_blank_length(s->buf + s->at, s->have - s->at) < s->have - s->at) {
        return;
    }
    off_t data = lseek(s->src.fd, (off_t)end, SEEK_DATA);
    if (data < 0 && errno == ENXIO) {
        data = lseek(s->src.fd, 0, SEEK_END); /* it is all there is */
    }
    if (data < 0 || (uint64_t)data < end + BUFFER_SIZE) {
        return;
    }
    const uint64_t to = (uint64_t)data - PACCT_RECORD_MAX; /* a record may begin with zeros */
    if (pacct_reader_read(&s->src, s->buf, PACCT_MARK_LEN, to - PACCT_MARK_LEN) == (ssize_t)PACCT_MARK_LEN) {
        s->base = to - PACCT_MARK_LEN;
        s->at = s->have = PACCT_MARK_LEN;
    }
}

/* @return whether all that could be skipped for now was, and more has to be read */
NOT_INLINE bool skip_on(struct pacct_scanner* s, size_t n) {
    skip(s, n);
    if (s->frame.at_end || s->have - s->at > PACCT_FRAME_AHEAD) {
        return false;
    }
    skip_hole(s);
    return true;
}

enum pacct_scanned pacct_scanner_next(struct pacct_scanner* s, const uint8_t** raw, size_t* len) {
    while (s->have - s->at >= PACCT_FRAME_AHEAD || s->frame.at_end) {
        size_t n = 0;
        switch (pacct_frame_decide(&s->frame, s->buf + s->at, s->have - s->at, &n)) {
            case PACCT_STEP_TAKE:
                if (s->frame.skipping) {
                    s->frame.checked = false;
                    return PACCT_SCANNED_DAMAGE;
                }
                *raw = s->buf + s->at;
                *len = pacct_record_length(*raw);
                s->at += n;
                s->taken = n;
                return PACCT_SCANNED_RECORD;
            case PACCT_STEP_SKIP:
                if (skip_on(s, n)) {
                    return PACCT_SCANNED_SKIPPING;
                }
                break;
            case PACCT_STEP_WAIT:
            default:
                return PACCT_SCANNED_ALL;
        }
    }
    return PACCT_SCANNED_ALL;
}
