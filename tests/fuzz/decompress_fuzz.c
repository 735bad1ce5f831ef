/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: no compressed file, whatever is in it, makes its reader crash, hang, or give another content another time.
 * Invariant: content, end and error do not depend on the size of the pieces that are asked for; what has ended, or
 * failed, stays so; no more comes than was asked for. Oracle: the same file, read a second time in other pieces. The
 * first byte says how the rest is compressed, the second one how large those pieces are. */
#include "config.h"

#include "check.h"
#include "file/decompress.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/* of the content, as much is looked at: a few bytes may stand for very many */
#define LOOK_MAX (1u << 20)
#define LARGE 10000u

struct result {
    size_t len;
    uLong sum;
    int error;
};

static struct result read_in_pieces(enum pacct_compression how, int fd, size_t piece) {
    static uint8_t buf[LARGE + 1];
    struct pacct_decompress* const d = pacct_decompress_new(how);
    struct result result = {.sum = crc32(0, NULL, 0)};
    CHECK(d != NULL);
    while (result.len < LOOK_MAX) {
        const size_t left = LOOK_MAX - result.len, wanted = piece < left ? piece : left;
        buf[wanted] = 0x5a;
        const ssize_t n = pacct_decompress_read(d, fd, buf, wanted);
        CHECK(n <= (ssize_t)wanted && buf[wanted] == 0x5a);
        if (n <= 0) {
            result.error = n < 0 ? errno : 0;
            CHECK_EQ(pacct_decompress_read(d, fd, buf, wanted), n);
            CHECK(n == 0 || errno == result.error);
            CHECK(n == 0 || result.error == EIO || result.error == ENOMEM);
            break;
        }
        result.len += (size_t)n;
        result.sum = crc32(result.sum, buf, (uInt)n);
    }
    pacct_decompress_free(d);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        CHECK(fd >= 0);
    }
    if (size < 2) {
        return 0;
    }
    const enum pacct_compression how = (enum pacct_compression)(PACCT_GZIP + data[0] % 3);
    if (!pacct_decompress_can(how)) {
        return 0;
    }
    CHECK(ftruncate(fd, 0) == 0 && pwrite(fd, data + 2, size - 2, 0) == (ssize_t)(size - 2));
    const struct result large = read_in_pieces(how, fd, LARGE);
    const struct result small = read_in_pieces(how, fd, 1u + data[1]);
    CHECK_EQ(small.error, large.error);
    CHECK_EQ(small.len, large.len);
    CHECK_EQ(small.sum, large.sum);
    return 0;
}
