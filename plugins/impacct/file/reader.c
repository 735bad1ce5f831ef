/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/reader.c
 * @brief A file of records to read from: plain, or compressed.
 *
 * Algorithm: pread(2), or a stream that is decompressed from its start as far as is asked for. To compare a position
 * and then go on there, its two marks are looked at twice: the stream remembers both, so that it does not begin again.
 *
 * Concurrency and locking: one thread per source.
 *
 * Failure model: errors are returned; the end of a compressed file that is cut off counts as an error.
 */
#include "config.h"

#include "file/reader.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SKIP_PIECE 16384u

static uint64_t born(int fd) {
    struct statx stx;
    const bool known = statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &stx) == 0 && (stx.stx_mask & STATX_BTIME) != 0;
    return known ? (uint64_t)stx.stx_btime.tv_sec * PACCT_SECOND_NS + stx.stx_btime.tv_nsec : 0;
}

int pacct_reader_open(
    struct pacct_reader* src, const char* path, enum pacct_compression how, bool link, const char** call) {
    struct stat st;
    const int nofollow = link ? 0 : O_NOFOLLOW;
    struct pacct_reader s = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | nofollow), .how = how};
    if (s.fd < 0) {
        *call = "open";
        return errno;
    }
    int error = fstat(s.fd, &st) != 0 ? errno : !S_ISREG(st.st_mode) ? EINVAL : 0;
    *call = "fstat";
    if (error == 0 && how != PACCT_PLAIN) {
        s.stream = pacct_decompress_new(how);
        *call = "malloc";
        error = s.stream == NULL ? ENOMEM : 0;
    }
    if (error != 0) {
        close(s.fd);
        return error;
    }
    s.dev = st.st_dev;
    s.ino = st.st_ino;
    s.born = born(s.fd);
    s.mtime = st.st_mtim;
    s.size = (uint64_t)st.st_size;
    *src = s;
    return 0;
}

void pacct_reader_close(struct pacct_reader* src) {
    pacct_decompress_free(src->stream);
    if (src->fd >= 0) {
        close(src->fd);
    }
    src->stream = NULL;
    src->fd = -1;
}

/* Remember the marks of what the stream has just given. */
static void remember(struct pacct_reader* src, const uint8_t* bytes, size_t n) {
    const size_t head = PACCT_MARK_LEN - src->head_len < n ? PACCT_MARK_LEN - src->head_len : n;
    memcpy(src->head + src->head_len, bytes, head);
    src->head_len += (uint32_t)head;
    const size_t fresh = n < PACCT_MARK_LEN ? n : PACCT_MARK_LEN;
    const size_t kept = src->last_len < PACCT_MARK_LEN - fresh ? src->last_len : PACCT_MARK_LEN - fresh;
    memmove(src->last, src->last + src->last_len - kept, kept);
    memcpy(src->last + kept, bytes + n - fresh, fresh);
    src->last_len = (uint32_t)(kept + fresh);
    src->at += n;
}

static ssize_t read_on(struct pacct_reader* src, uint8_t* buf, size_t len) {
    const ssize_t n = pacct_decompress_read(src->stream, src->fd, buf, len);
    if (n > 0) {
        remember(src, buf, (size_t)n);
    }
    return n;
}

static bool begin_again(struct pacct_reader* src) {
    struct pacct_decompress* const fresh = pacct_decompress_new(src->how);
    if (fresh == NULL) {
        errno = ENOMEM;
        return false;
    }
    pacct_decompress_free(src->stream);
    src->stream = fresh;
    src->at = 0;
    src->head_len = src->last_len = 0;
    return true;
}

/* Bring the stream to an offset. @return 1: it is there, 0: the content ends before, -1: errno */
static int seek_to(struct pacct_reader* src, uint64_t offset) {
    uint8_t piece[SKIP_PIECE];
    if (offset < src->at && !begin_again(src)) {
        return -1;
    }
    while (src->at < offset) {
        const uint64_t more = offset - src->at;
        const ssize_t n = read_on(src, piece, more < sizeof(piece) ? (size_t)more : sizeof(piece));
        if (n <= 0) {
            return (int)n;
        }
    }
    return 1;
}

static ssize_t read_stream(struct pacct_reader* src, uint8_t* buf, size_t len, uint64_t offset) {
    if (offset + len <= src->head_len) {
        memcpy(buf, src->head + offset, len);
        return (ssize_t)len;
    }
    size_t known = 0;
    if (offset < src->at && src->at - offset <= src->last_len) {
        const size_t behind = (size_t)(src->at - offset);
        known = behind < len ? behind : len;
        memcpy(buf, src->last + src->last_len - behind, known);
        if (known == len) {
            return (ssize_t)len;
        }
    }
    const int there = seek_to(src, offset + known);
    if (there <= 0) {
        return there;
    }
    const ssize_t n = read_on(src, buf + known, len - known);
    return n < 0 && known == 0 ? -1 : (ssize_t)known + (n < 0 ? 0 : n);
}

ssize_t pacct_reader_read(struct pacct_reader* src, void* buf, size_t len, uint64_t offset) {
    return src->stream == NULL ? pacct_sys_read(src->fd, buf, len, offset) : read_stream(src, buf, len, offset);
}

bool pacct_reader_holds(struct pacct_reader* src, const struct pacct_position* pos) {
    uint8_t seen[PACCT_MARK_LEN];
    const uint32_t mark = pacct_position_mark_len(pos);
    if (pos->head_len == 0) {
        return src->dev == pos->dev && src->ino == pos->ino &&
               (pos->born == 0 || src->born == 0 || src->born == pos->born);
    }
    return pacct_reader_read(src, seen, pos->head_len, 0) == (ssize_t)pos->head_len &&
           memcmp(seen, pos->head, pos->head_len) == 0 &&
           pacct_reader_read(src, seen, mark, pos->offset - mark) == (ssize_t)mark &&
           memcmp(seen, pos->before, mark) == 0;
}
