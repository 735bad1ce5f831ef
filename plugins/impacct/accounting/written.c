/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/written.c
 * @brief Whether anybody has a file open for writing, as the kernel has the one that accounting goes to.
 *
 * Algorithm: a read lease (fcntl(2), F_SETLEASE) is refused with EAGAIN while
 * anybody has the file open for writing; one that was given is given back at
 * once. acct(2) opens its file for writing, and keeps it open while accounting
 * is suspended.
 *
 * Concurrency and locking: whoever opens the file for writing in between waits
 * for these microseconds, and the holder of the lease gets a signal: one that is
 * ignored unless it is asked for.
 *
 * Failure model: what cannot be asked is not known.
 */
#include "config.h"

#include "accounting/written.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

enum pacct_written pacct_written(int fd) {
    if (fd < 0 || fcntl(fd, F_SETSIG, SIGURG) != 0) {
        return PACCT_WRITTEN_UNKNOWN;
    }
    if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(fd, F_SETLEASE, F_UNLCK);
        return PACCT_WRITTEN_NO;
    }
    return errno == EAGAIN ? PACCT_WRITTEN_YES : PACCT_WRITTEN_UNKNOWN;
}
