/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/space.h
 * @brief Free space, reckoned as the kernel does that suspends accounting for the want of it.
 *
 * kernel/acct.c, check_free_space: at most each 30 s, when a process ends,
 * accounting is suspended where the blocks that users may have (f_bavail) are
 * no more than "suspend" percent of all, and resumed at "resume" percent. These
 * and the 30 s stand in /proc/sys/kernel/acct. acct(2) begins suspended and
 * resumes at the next check, so between the two limits it records nothing and
 * says nothing.
 *
 * So who fills the file system at the moment of a check suspends accounting for
 * 30 s, although there is space again long before anybody looks: then nothing
 * but the records that do not come tells of it.
 */
#ifndef PACCT_SPACE_H
#define PACCT_SPACE_H

#include <stdbool.h>
#include <stdint.h>

struct pacct_space {
    unsigned resume, suspend; /**< percent */
    unsigned interval; /**< seconds between two looks of the kernel, at least */
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
int pacct_space_read(int fd, struct pacct_space* d);

/** What pacct_space_next() finds. */
enum pacct_space_verdict {
    PACCT_SPACE_NONE,
    PACCT_SPACE_LOW, /**< the kernel will suspend accounting if this goes on */
    PACCT_SPACE_CANARY, /**< it may have: find out whether records still come */
    PACCT_SPACE_SUSPENDED,
    PACCT_SPACE_RESUMED
};

/** What has been said. */
struct pacct_space_watch {
    bool low, suspended;
    bool canary_due; /**< "low" was said just now */
    bool canary_requested; /**< since the figures were read; to be cleared by who reads them */
    uint64_t records; /**< that had come when it was suspended */
};

/** Only whether there is news of "low", which pacct_space_next() says as well: it takes no records to know. */
bool pacct_space_low(struct pacct_space_watch* w, const struct pacct_space* d);

/**
 * What follows of the figures; to be called until it says NONE.
 *
 * "Low" is said at twice the distance between the two limits above the upper one (8 % with the kernel's defaults), and
 * again only after there was one percent more than that.
 *
 * @param d NULL: not known now
 * A canary is asked for as soon as "low" is said, and for each new figure that is at the lower limit.
 *
 * @param down records do not come although processes end, as far as was found out
 * @param reached accounting went to this file, and has not left it: if records do not come, it is suspended, whatever
 * the figures are by now
 * @param records of ended processes that have come so far
 */
enum pacct_space_verdict pacct_space_next(
    struct pacct_space_watch* w, const struct pacct_space* d, bool down, bool reached, uint64_t records);

#endif
