/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/canary.h
 * @brief A child that ends at once, to see whether its end gives a record.
 */
#ifndef PACCT_CANARY_H
#define PACCT_CANARY_H

#include <sys/types.h>

/** Length of a canary's name, without a terminator: what fits into a record. */
#define PACCT_CANARY_NAME 15u

/**
 * Have a child of our own end, which takes some ten microseconds. When this returns, the kernel has written the child's
 * record, if it writes any.
 *
 * Its name tells it from every other process, whatever pid namespace the accounting belongs to.
 *
 * @param name set to the child's name, terminated
 * @param pid set to what its number was here
 * @return 0, or the errno for which there was no child
 */
int pacct_canary(char name[PACCT_CANARY_NAME + 1], pid_t* pid);

#endif
