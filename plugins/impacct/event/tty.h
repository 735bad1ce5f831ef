/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/tty.h
 * @brief Names of terminals.
 *
 * A record holds (major << 8) | minor in 16 bits, the minor not masked
 * (kernel/acct.c, old_encode_dev). So pts/2048 looks like pts/0, and so on: a
 * name is given only where no other terminal can have left the same number.
 */
#ifndef PACCT_TTY_H
#define PACCT_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/** Longest name, without a terminator. */
#define PACCT_TTY_MAX 31u

struct pacct_ttys;

/**
 * @param proc where proc is mounted; the drivers are read from tty/drivers there, the number of
 *             pseudo-terminals in use from sys/kernel/pty
 * @return NULL when out of memory
 */
struct pacct_ttys* pacct_ttys_new(const char* proc);

void pacct_ttys_free(struct pacct_ttys* ttys);

/**
 * Name of a terminal, without "/dev/".
 *
 * @param tty as in the record, not 0
 * @param now any clock in seconds; the files below proc are read again now and then by it
 * @param name PACCT_TTY_MAX bytes, not terminated
 * @return its length; 0 where the name is not certain
 */
size_t pacct_tty_name(struct pacct_ttys* ttys, uint16_t tty, time_t now, char* name);

#endif
