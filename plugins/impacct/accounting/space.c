/**
 * @file pacct_disk.c
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

#include "pacct_disk.h"

#include <errno.h>
#include <stdio.h>
#include <sys/statvfs.h>

#define SETTINGS "/proc/sys/kernel/acct"
#define CENTI 100u
/* of free space above the limit of "low", before that is said again: hundredths of a percent */
#define REARM 100u

static uint32_t distance(const struct pacct_disk* d) {
    return d->resume > d->suspend ? d->resume - d->suspend : 1;
}

int pacct_disk_read(int fd, struct pacct_disk* d) {
    struct statvfs st;
    FILE* const f = fopen(SETTINGS, "re");
    if (f == NULL) {
        return errno;
    }
    int resume, suspend;
    const int count = fscanf(f, "%d %d", &resume, &suspend);
    fclose(f);
    if (count != 2 || resume < 0 || resume > 100 || suspend < 0 || suspend > resume) {
        return EINVAL;
    }
    d->resume = (unsigned)resume;
    d->suspend = (unsigned)suspend;
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

static uint32_t low_limit(const struct pacct_disk* d) {
    return (d->resume + 2 * distance(d)) * CENTI;
}

enum pacct_disk_verdict pacct_disk_next(struct pacct_disk_watch* w,
                                        const struct pacct_disk* d,
                                        bool down,
                                        uint64_t records) {
    if (w->suspended && records != w->records && !down) {
        w->suspended = false;
        return PACCT_DISK_RESUMED;
    }
    if (d == NULL) {
        return PACCT_DISK_NONE;
    }
    if (!w->low && d->free_centi < low_limit(d)) {
        w->low = true;
        return PACCT_DISK_LOW;
    }
    if (w->low && d->free_centi >= low_limit(d) + REARM) {
        w->low = false;
    }
    if (w->suspended || d->may_resume) {
        return PACCT_DISK_NONE;
    }
    if (down) {
        w->suspended = true;
        w->records = records;
        return PACCT_DISK_SUSPENDED;
    }
    if (d->may_suspend && !w->asked) {
        w->asked = true;
        return PACCT_DISK_ASK;
    }
    return PACCT_DISK_NONE;
}
