/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/space.c
 * @brief Free space, reckoned as the kernel does that suspends accounting for the want of it.
 *
 * Algorithm: the kernel's own comparison in whole blocks; what has been said
 * is remembered, so that nothing is said twice.
 *
 * Concurrency and locking: none.
 *
 * Failure model: figures that cannot be had change nothing.
 */
#include "config.h"

#include "accounting/space.h"
#include "base/sys.h"

#include <errno.h>
#include <sys/statvfs.h>

#define SETTINGS "/proc/sys/kernel/acct"
#define CENTI 100u
/* of free space above the limit of "low", before that is said again: hundredths of a percent */
#define REARM 100u

static uint32_t distance(const struct pacct_space* d) {
    return d->resume > d->suspend ? d->resume - d->suspend : 1;
}

int pacct_space_read(int fd, struct pacct_space* d) {
    struct statvfs st;
    int resume, suspend, interval;
    const int count = pacct_sys_scan(SETTINGS, "%d %d %d", &resume, &suspend, &interval);
    if (count < 0) {
        return errno;
    }
    if (count != 3 || resume < 0 || resume > 100 || suspend < 0 || suspend > resume || interval < 0) {
        return EINVAL;
    }
    d->resume = (unsigned)resume;
    d->suspend = (unsigned)suspend;
    d->interval = (unsigned)interval;
    if (fstatvfs(fd, &st) != 0) {
        return errno;
    }
    if (st.f_blocks == 0) {
        return ENODATA; /* some file systems do not count */
    }
    d->free_bytes = (uint64_t)st.f_bavail * st.f_frsize;
    d->free_centi = (uint32_t)((double)st.f_bavail / (double)st.f_blocks * 100 * CENTI);
    d->may_suspend = st.f_bavail <= (uint64_t)st.f_blocks * d->suspend / 100;
    d->may_resume = st.f_bavail >= (uint64_t)st.f_blocks * d->resume / 100;
    d->tight = d->free_centi < (d->resume * 2 + distance(d)) * CENTI / 2;
    return 0;
}

static uint32_t low_limit(const struct pacct_space* d) {
    return (d->resume + 2 * distance(d)) * CENTI;
}

bool pacct_space_low(struct pacct_space_watch* w, const struct pacct_space* d) {
    if (w->low || d->free_centi >= low_limit(d)) {
        return false;
    }
    w->low = w->canary_due = true;
    return true;
}

enum pacct_space_verdict pacct_space_next(
    struct pacct_space_watch* w, const struct pacct_space* d, bool down, bool reached, uint64_t records) {
    if (w->suspended && records != w->records && !down) {
        w->suspended = false;
        return PACCT_SPACE_RESUMED;
    }
    if (d != NULL && pacct_space_low(w, d)) {
        return PACCT_SPACE_LOW;
    }
    if (d != NULL && w->low && d->free_centi >= low_limit(d) + REARM) {
        w->low = false;
    }
    if (!w->suspended && down && (reached || (d != NULL && !d->may_resume))) {
        w->suspended = true;
        w->records = records;
        return PACCT_SPACE_SUSPENDED;
    }
    if (w->canary_due || (d != NULL && !w->suspended && d->may_suspend && !w->canary_requested)) {
        w->canary_due = false;
        w->canary_requested = true;
        return PACCT_SPACE_CANARY;
    }
    return PACCT_SPACE_NONE;
}
