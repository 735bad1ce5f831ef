/**
 * @file pacct_keeper.h
 * @brief Stores positions without holding up whoever reads.
 *
 * Making a file durable takes milliseconds, more on a busy disk. A thread
 * does it; of several positions put while it is at work the last one counts.
 */
#ifndef PACCT_KEEPER_H
#define PACCT_KEEPER_H

#include "pacct_position.h"

struct pacct_keeper;

/**
 * @param path of the state file, copied
 * @param kept what it holds; NULL: nothing that is known
 * @return NULL when out of memory or no thread can be had (errno)
 */
struct pacct_keeper* pacct_keeper_new(const char* path, const struct pacct_position* kept);

/** Store this position as soon as the disk permits. */
void pacct_keeper_put(struct pacct_keeper* k, const struct pacct_position* pos);

/**
 * What became of the last store.
 *
 * @param call set to the name of the call that failed
 * @return 0, or its errno
 */
int pacct_keeper_error(struct pacct_keeper* k, const char** call);

/** The last position that is durable; unchanged where there is none yet. */
void pacct_keeper_kept(struct pacct_keeper* k, struct pacct_position* pos);

/** Store what was put last, end the thread and release everything. @return as pacct_keeper_error() */
int pacct_keeper_finish(struct pacct_keeper* k, const char** call);

#endif
