/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/state_writer.h
 * @brief Stores states without holding up whoever reads.
 *
 * Making a file durable takes milliseconds, more on a busy disk. A thread
 * does it; of several states put while it is at work the last one counts.
 */
#ifndef PACCT_STATE_WRITER_H
#define PACCT_STATE_WRITER_H

#include "file/state.h"

struct pacct_state_writer;

/**
 * @param path of the state file, copied
 * @param durable what the file holds; NULL: not known
 * @return NULL when out of memory or no thread can be had (errno)
 */
struct pacct_state_writer* pacct_state_writer_new(const char* path, const struct pacct_state* durable);

/** Store this state as soon as the disk permits. */
void pacct_state_writer_put(struct pacct_state_writer* w, const struct pacct_state* state);

/** Whether something put is not stored yet. */
bool pacct_state_writer_busy(struct pacct_state_writer* w);

/** Write to an eventfd, once, as soon as nothing that was put is left to be stored. */
void pacct_state_writer_wake(struct pacct_state_writer* w, int fd);

/**
 * What became of the last store.
 *
 * @param call set to the name of the call that failed
 * @return 0, or its errno
 */
int pacct_state_writer_error(struct pacct_state_writer* w, const char** call);

/** The last state that is durable; unchanged where there is none yet. */
void pacct_state_writer_stored(struct pacct_state_writer* w, struct pacct_state* state);

/** Store what was put last, end the thread and release everything. @return as pacct_state_writer_error() */
int pacct_state_writer_finish(struct pacct_state_writer* w, const char** call);

#endif
