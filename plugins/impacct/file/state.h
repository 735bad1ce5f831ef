/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/state.h
 * @brief A position as a file, with what before it has to be read again.
 *
 * The file is two lines of text: a JSON object, and the CRC-32 of that line in
 * hexadecimal. It is replaced as a whole, so a crash leaves the old one or the
 * new one. Format 1 is a position; format 2 has holes, too, format 3 sums;
 * each is written only where it has to be.
 */
#ifndef PACCT_STATE_H
#define PACCT_STATE_H

#include "file/position.h"

#include <stdbool.h>
#include <stddef.h>

/** What is put behind the path of a state file while the new one is being written. */
#define PACCT_STATE_TEMPORARY ".tmp"

/** Most holes. */
#define PACCT_STATE_HOLES 32u

/** No encoded state is longer; a longer file is no state. */
#define PACCT_STATE_MAX 20480u

/** Records before the position that some actions may not be done with. */
struct pacct_hole {
    struct pacct_position start;
    uint64_t records; /**< from there on, not 0 */
    uint64_t held; /**< of them, at most, not done with */
};

/** Numbers that who sums up keeps with them. */
#define PACCT_STATE_NUMBERS 29u

/** Where records begin whose sums were not sent: they have to be summed up again, which is not to send them again. */
struct pacct_sums {
    bool any; /**< false: nothing is summed up */
    uint64_t records; /**< from start to the position; 0: the position itself is the start */
    uint64_t skip; /**< records from there on whose sums were sent */
    struct pacct_position start; /**< where records is 0: all bytes are 0 */
    uint64_t number[PACCT_STATE_NUMBERS]; /**< below 2^63 */
};

/** Everything before the position is done with, but for what is in the holes, and but for sums. */
struct pacct_state {
    struct pacct_position pos;
    unsigned holes; /**< their number */
    struct pacct_hole hole[PACCT_STATE_HOLES];
    struct pacct_sums sums;
};

/** What may be wrong with a state file. */
enum pacct_state_result {
    PACCT_STATE_OK,
    PACCT_STATE_NONE, /**< there is none */
    PACCT_STATE_UNREADABLE, /**< a system call failed, which may pass: errno */
    PACCT_STATE_FOREIGN, /**< not a regular file, owned by another user, or writable by others */
    PACCT_STATE_DAMAGED, /**< not what was written */
    PACCT_STATE_NEWER /**< written by a later version of this module */
};

/**
 * @param text PACCT_STATE_MAX bytes; not terminated
 * @return bytes written
 */
size_t pacct_state_encode(const struct pacct_state* state, char* text);

/**
 * @param state set on PACCT_STATE_OK, untouched otherwise
 * @return PACCT_STATE_OK, PACCT_STATE_DAMAGED or PACCT_STATE_NEWER
 */
enum pacct_state_result pacct_state_decode(const char* text, size_t len, struct pacct_state* state);

/** @return any of them; state is set on PACCT_STATE_OK, untouched otherwise */
enum pacct_state_result pacct_state_load(const char* path, struct pacct_state* state);

/**
 * Replace the file by one that holds this state, durably.
 *
 * @return 0, or an errno, and *call is set to the name of the call that failed; the old file still stands then
 */
int pacct_state_store(const char* path, const struct pacct_state* state, const char** call);

/** Whether storing in one of two paths would destroy what the other one holds, however their directory is written. */
bool pacct_state_clash(const char* a, const char* b);

#endif
