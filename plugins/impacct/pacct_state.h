/**
 * @file pacct_state.h
 * @brief A position as a file.
 *
 * The file is two lines of text: a JSON object, and the CRC-32 of that line in
 * hexadecimal. It is replaced as a whole, so a crash leaves the old one or the
 * new one.
 */
#ifndef PACCT_STATE_H
#define PACCT_STATE_H

#include "pacct_position.h"

#include <stdbool.h>
#include <stddef.h>

/** What is put behind the path of a state file while the new one is being written. */
#define PACCT_STATE_TEMPORARY ".tmp"

/** No encoded state is longer; a longer file is no state. */
#define PACCT_STATE_MAX 1024u

/** What may be wrong with a state file. */
enum pacct_state_result {
    PACCT_STATE_OK,
    PACCT_STATE_NONE, /**< there is none */
    PACCT_STATE_UNREADABLE, /**< a system call failed: errno; a symbolic link is ELOOP */
    PACCT_STATE_FOREIGN, /**< not a regular file, or it belongs to somebody else or others may write to it */
    PACCT_STATE_DAMAGED, /**< not what was written */
    PACCT_STATE_NEWER /**< written by a later version of this module */
};

/**
 * @param text PACCT_STATE_MAX bytes; not terminated
 * @return bytes written
 */
size_t pacct_state_encode(const struct pacct_position* pos, char* text);

/**
 * @param pos set on PACCT_STATE_OK, untouched otherwise
 * @return PACCT_STATE_OK, PACCT_STATE_DAMAGED or PACCT_STATE_NEWER
 */
enum pacct_state_result pacct_state_decode(const char* text, size_t len, struct pacct_position* pos);

/** @return any of them; pos is set on PACCT_STATE_OK, untouched otherwise */
enum pacct_state_result pacct_state_load(const char* path, struct pacct_position* pos);

/**
 * Replace the file by one that holds this position, durably.
 *
 * @return 0, or an errno, and *call is set to the name of the call that failed; the old file still stands then
 */
int pacct_state_store(const char* path, const struct pacct_position* pos, const char** call);

/** Whether storing in one of two paths would destroy what the other one holds, however their directory is written. */
bool pacct_state_clash(const char* a, const char* b);

#endif
