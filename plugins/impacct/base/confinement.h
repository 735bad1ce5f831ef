/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/confinement.h
 * @brief What stands in the way where this process may not do what it needs, as far as a process can know that.
 */
#ifndef PACCT_CONFINEMENT_H
#define PACCT_CONFINEMENT_H

/** What was refused. */
enum pacct_confined {
    PACCT_CONFINED_CALL, /**< a system call that takes a privilege */
    PACCT_CONFINED_FILE /**< to open or read a file */
};

struct pacct_confinement {
    char text[320];
};

/**
 * What to say behind an error: which confinements this process is in, and what of contrib opens each. An error that
 * says itself who refused does not exist: all that may have are named.
 *
 * @param error an errno
 * @param storage for the text
 * @return "; rsyslogd is confined by ...", or "" where nothing confines it, or the error is of another kind
 */
const char* pacct_confinement(enum pacct_confined what, int error, struct pacct_confinement* storage);

#endif
