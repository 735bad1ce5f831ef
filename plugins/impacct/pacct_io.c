/**
 * @file pacct_io.c
 * @brief Reading as much as was asked for.
 *
 * Algorithm: pread(2), over again.
 * Concurrency and locking: pure but for the file.
 * Failure model: a part that was read before an error is not told of.
 */
#include "config.h"

#include "pacct_io.h"

#include <errno.h>
#include <unistd.h>

ssize_t pacct_io_read(int fd, void* buf, size_t len, uint64_t offset) {
    uint8_t* const bytes = buf;
    size_t done = 0;
    while (done < len) {
        const ssize_t n = pread(fd, bytes + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    return (ssize_t)done;
}
