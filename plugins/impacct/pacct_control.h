/**
 * @file pacct_control.h
 * @brief Switching process accounting, and keeping its files. Nothing else calls acct(2).
 *
 * Functions that fail return an errno and set *call to what failed; what was
 * there before is still there then.
 */
#ifndef PACCT_CONTROL_H
#define PACCT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether this process may call acct(2). */
enum pacct_right {
    PACCT_RIGHT_GRANTED,
    PACCT_RIGHT_DENIED, /**< the capability CAP_SYS_PACCT is missing, or a filter of system calls refuses the call */
    PACCT_RIGHT_FATAL, /**< a filter of system calls would end the process */
    PACCT_RIGHT_NO_KERNEL /**< the kernel was built without accounting */
};

/** Find out, by a call that can change nothing, in a child that may be ended for it. */
enum pacct_right pacct_control_right(void);

/**
 * Make a directory and a file that nobody else can tamper with, or see that they are so.
 *
 * A directory that is missing is made (one level, 0700), a file that is missing, too (0600). Directory and file have to
 * belong to the caller or root and not be writable by others, the file has to be a regular one with one name.
 *
 * @return 0, or an errno; EPERM: they exist, but are not so
 */
int pacct_control_prepare(const char* path, const char** call);

/**
 * Keep other owners of accounting in the same directory away, for as long as the descriptor is open.
 *
 * @return 0, or an errno: EWOULDBLOCK: there is one
 */
int pacct_control_lock(const char* path, int* fd, const char** call);

/** Let accounting go to a file from now on. The kernel writes a synthetic record to the one before. */
int pacct_control_on(const char* path, const char** call);

/** Switch accounting off. */
int pacct_control_off(const char** call);

/**
 * Whether accounting goes to a file now: whether a child of our own leaves its record there.
 *
 * Also false where the kernel has suspended accounting for want of space.
 */
bool pacct_control_reaches(const char* path);

/**
 * Where accounting goes, if it goes to one of the files that programs known to us use.
 *
 * @param but not to be looked at: our own
 * @return a static string, NULL: to none of them
 */
const char* pacct_control_find(const char* but);

/**
 * Rename the file to path.1, older ones path.1 to path.2 and so on, make a new one, and let accounting go there.
 *
 * No record is lost: until accounting goes to the new file, the kernel writes to the old one, whatever its name.
 */
int pacct_control_rotate(const char* path, const char** call);

/**
 * Remove the oldest of the files path.N with N above keep.
 *
 * @param removed room for its path, PATH_MAX
 * @return whether there was one and it is gone
 */
bool pacct_control_remove_oldest(const char* path, unsigned keep, char* removed);

#endif
