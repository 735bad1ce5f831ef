/**
 * @file pacct_source.c
 * @brief A file of records to read from: plain, or compressed with gzip.
 *
 * Algorithm: pread(2), or zlib's gzread().
 * Concurrency and locking: one thread per source.
 * Failure model: errors are returned; the end of a compressed file that is cut off counts as an error.
 */
#include "config.h"

#include "pacct_source.h"
#include "pacct_io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

int pacct_source_open(struct pacct_source* src, const char* path, bool gzip, bool link, const char** call) {
    struct stat st;
    const int nofollow = link ? 0 : O_NOFOLLOW;
    struct pacct_source s = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | nofollow)};
    if (s.fd < 0) {
        *call = "open";
        return errno;
    }
    int error = fstat(s.fd, &st) != 0 ? errno : !S_ISREG(st.st_mode) ? EINVAL : 0;
    *call = "fstat";
    if (error == 0 && gzip) {
        s.gz = gzdopen(s.fd, "rb");
        *call = "gzdopen";
        error = s.gz == NULL ? ENOMEM : 0;
    }
    if (error != 0) {
        close(s.fd);
        return error;
    }
    s.dev = st.st_dev;
    s.ino = st.st_ino;
    s.mtime = st.st_mtim;
    s.size = (uint64_t)st.st_size;
    *src = s;
    return 0;
}

void pacct_source_close(struct pacct_source* src) {
    if (src->gz != NULL) {
        gzclose_r(src->gz); /* closes fd */
    } else if (src->fd >= 0) {
        close(src->fd);
    }
    src->gz = NULL;
    src->fd = -1;
}

static ssize_t read_gzip(const struct pacct_source* src, uint8_t* buf, size_t len, uint64_t offset) {
    int error = 0;
    if (gztell(src->gz) != (z_off_t)offset && gzseek(src->gz, (z_off_t)offset, SEEK_SET) < 0) {
        errno = EIO;
        return -1;
    }
    const int n = gzread(src->gz, buf, len > INT_MAX ? INT_MAX : (unsigned)len);
    gzerror(src->gz, &error);
    if (n < 0 || (error != Z_OK && error != Z_STREAM_END)) {
        errno = error == Z_ERRNO ? errno : EIO;
        return -1;
    }
    return n;
}

ssize_t pacct_source_read(struct pacct_source* src, void* buf, size_t len, uint64_t offset) {
    return src->gz == NULL ? pacct_io_read(src->fd, buf, len, offset) : read_gzip(src, buf, len, offset);
}

bool pacct_source_holds(struct pacct_source* src, const struct pacct_position* pos) {
    uint8_t seen[PACCT_MARK_LEN];
    const uint32_t mark = pacct_position_mark_len(pos);
    if (pos->head_len == 0) {
        return src->dev == pos->dev && src->ino == pos->ino;
    }
    return pacct_source_read(src, seen, pos->head_len, 0) == (ssize_t)pos->head_len &&
           memcmp(seen, pos->head, pos->head_len) == 0 &&
           pacct_source_read(src, seen, mark, pos->offset - mark) == (ssize_t)mark &&
           memcmp(seen, pos->before, mark) == 0;
}
