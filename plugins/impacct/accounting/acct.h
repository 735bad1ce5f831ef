/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/acct.h
 * @brief Switching process accounting, and keeping its files. Nothing else calls acct(2).
 *
 * Functions that fail return an errno and set *call to what failed; what was
 * there before is still there then.
 */
#ifndef PACCT_ACCT_H
#define PACCT_ACCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether this process may call acct(2). */
enum pacct_right {
    PACCT_RIGHT_GRANTED,
    PACCT_RIGHT_DENIED, /**< the capability CAP_SYS_PACCT is missing, or a filter of system calls refuses the call */
    PACCT_RIGHT_FATAL, /**< a filter of system calls would end the process */
    PACCT_RIGHT_NO_KERNEL, /**< the kernel was built without accounting */
    PACCT_RIGHT_UNKNOWN /**< there could be no child now */
};

/** Find out, by a call that can change nothing, in a child that may be ended for it. */
enum pacct_right pacct_acct_right(void);

/**
 * Make a directory and a file that nobody else can tamper with, or see that they are so.
 *
 * A directory that is missing is made (one level, 0700), a file that is missing, too (0600). Directory and file have to
 * belong to the caller or root and not be writable by others, the file has to be a regular one with one link.
 *
 * @return 0, or an errno; EPERM: they exist, but are not so
 */
int pacct_acct_prepare(const char* path, const char** call);

/**
 * Keep other owners of the accounting of this pid namespace away, for as long as the descriptor is open.
 *
 * @param fd set to that of a lock file in /run, which nobody else can open
 * @return 0, or an errno: EWOULDBLOCK: there is one
 */
int pacct_acct_lock(int* fd, const char** call);

/**
 * Keep in mind, beyond the end of this process but not of the machine's, that accounting was left on.
 *
 * @param lock the descriptor of pacct_acct_lock()
 * @param path of the file that it goes to; NULL: it was switched off
 */
void pacct_acct_remember(int lock, const char* path);

/** Whether the one who had the lock before has left accounting on, into that file. */
bool pacct_acct_was_left_on(int lock, const char* path);

/** Let accounting go back to another program's file, if nobody else can have put that there. */
int pacct_acct_give(const char* path, const char** call);

/**
 * Let accounting go to a file from now on. The kernel writes a synthetic record to the one before.
 *
 * @param lasts set to whether it outlives this process: false where it ends with the mount namespace
 * (accounting/mount.h)
 */
int pacct_acct_on(const char* path, bool* lasts, const char** call);

/** Switch accounting off. */
int pacct_acct_off(const char** call);

enum pacct_reach {
    PACCT_REACH_YES,
    PACCT_REACH_NO, /**< also where the kernel has suspended accounting for want of space */
    PACCT_REACH_UNKNOWN /**< there could be no child, or the file cannot be read */
};

/** Whether accounting goes to a file now: whether a child of our own leaves its record there. */
enum pacct_reach pacct_acct_reaches(const char* path);

/**
 * Where accounting goes, if it goes to one of the files that programs known to us use.
 *
 * @param but not to be looked at: our own
 * @param file set to a static string if it does
 * @return YES: it does; NO: it goes elsewhere, or is off or suspended
 */
enum pacct_reach pacct_acct_find(const char* but, const char** file);

/**
 * Rename the file to path.1, older ones path.1 to path.2 and so on, make a new one, and let accounting go there.
 *
 * No record is lost: until accounting goes to the new file, the kernel writes to the old one, whatever its name. The
 * new one has the old one's owner, group and mode.
 *
 * @param lasts as for pacct_acct_on()
 */
int pacct_acct_rotate(const char* path, bool* lasts, const char** call);

/** Which of the files path (0), path.1 (1) and so on this is; UINT_MAX: none of them. */
unsigned pacct_acct_number(const char* path, uint64_t dev, uint64_t ino);

/**
 * Remove the oldest of the files path.1 and so on, up to the first gap, if its number is above keep.
 *
 * @param removed its path, in a buffer of PATH_MAX; set also where it could not be removed
 * @param error set to 0, or to the errno for which it is still there; EPERM also for what nobody here has made
 * @return whether there was one
 */
bool pacct_acct_remove_oldest(const char* path, unsigned keep, char* removed, int* error);

#endif
