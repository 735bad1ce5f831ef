/**
 * @file pacct_disk.h
 * @brief Free space, reckoned as the kernel does that suspends accounting for the want of it.
 *
 * kernel/acct.c, check_free_space: at most each 30 s, when a process ends,
 * accounting is suspended where the blocks that users may have (f_bavail) are
 * no more than "suspend" percent of all, and resumed at "resume" percent. Both
 * stand in /proc/sys/kernel/acct. acct(2) begins suspended and resumes at the
 * next check, so between the two limits it records nothing and says nothing.
 */
#ifndef PACCT_DISK_H
#define PACCT_DISK_H

#include <stdbool.h>
#include <stdint.h>

struct pacct_disk {
    unsigned resume, suspend; /**< percent */
    uint64_t free_bytes;
    uint32_t free_centi; /**< hundredths of a percent, cut */
    bool may_suspend; /**< at or below the lower limit */
    bool may_resume; /**< at or above the upper limit */
    bool tight; /**< little above it: what can be given up should be */
};

/**
 * @param fd a file on the file system
 * @return 0, or an errno: the figures are not known
 */
int pacct_disk_read(int fd, struct pacct_disk* d);

/** What pacct_disk_next() finds. */
enum pacct_disk_verdict {
    PACCT_DISK_NONE,
    PACCT_DISK_LOW, /**< the kernel will suspend accounting if this goes on */
    PACCT_DISK_ASK, /**< there is so little that it may have: find out whether records still come */
    PACCT_DISK_SUSPENDED,
    PACCT_DISK_RESUMED
};

/** What has been said. */
struct pacct_disk_watch {
    bool low, suspended;
    bool asked; /**< since the figures were read; to be cleared by who reads them */
    uint64_t records; /**< that had come when it was suspended */
};

/**
 * What follows of the figures; to be called until it says NONE.
 *
 * "Low" is said at twice the distance between the two limits above the upper one (8 % with the kernel's defaults), and
 * again only after there was one percent more than that.
 *
 * @param d NULL: not known now
 * @param down records do not come although processes end, as far as was found out
 * @param records of ended processes that have come so far
 */
enum pacct_disk_verdict pacct_disk_next(struct pacct_disk_watch* w,
                                        const struct pacct_disk* d,
                                        bool down,
                                        uint64_t records);

#endif
