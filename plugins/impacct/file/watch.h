/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/watch.h
 * @brief Waiting until a file may have changed.
 *
 * One waiter serves any number of files. inotify reports changes; behind it
 * stands the caller's time limit, since old kernels and some file systems
 * report none. It also counts the files that have gone from a path.
 */
#ifndef PACCT_WATCH_H
#define PACCT_WATCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct pacct_watch;

/** @return NULL when out of memory */
struct pacct_watch* pacct_watch_new(void);

void pacct_watch_free(struct pacct_watch* w);

/**
 * Watch the place where a file is or will be, and the file if it exists: its directory, or as much of the path to it as
 * exists.
 *
 * @param slot a small number of the caller's choice, one per file
 * @return 0, or an errno: changes of this file are not reported, only the time limit remains
 */
int pacct_watch_path(struct pacct_watch* w, unsigned slot, const char* path);

/**
 * Watch an open file, wherever it is, instead of the one watched before in this slot.
 *
 * @param fd -1: none
 * @return as above
 */
int pacct_watch_file(struct pacct_watch* w, unsigned slot, int fd);

/** What has gone from the path of a slot. */
struct pacct_watch_count {
    uint64_t gone; /**< files that were there, and were renamed, deleted or replaced */
    uint64_t missed; /**< another number than before: some may not have been seen meanwhile; 0: none are */
};

/** Count what has gone up to now. What is seen by this ends the next wait. */
struct pacct_watch_count pacct_watch_count(struct pacct_watch* w, unsigned slot);

/** Let a wait end also when a descriptor becomes readable, until it is read; -1: none. There is one at most. */
void pacct_watch_also(struct pacct_watch* w, int fd);

/** Let a wait end also once whenever a descriptor gets something to read, until it is closed. @return false, with
 * errno: it cannot be had, and a wait has to end by its time */
bool pacct_watch_edge(struct pacct_watch* w, int fd);

/** An eventfd that ends a wait when something is written to it, in any thread; -1: none could be had. */
int pacct_watch_wake_fd(const struct pacct_watch* w);

/**
 * Wait for a change, a signal or the end of time.
 *
 * @param timeout_ms negative: no limit
 * @param during the signal mask while waiting, so that a signal cannot slip in before
 * @return whether something changed
 */
bool pacct_watch_wait(struct pacct_watch* w, int timeout_ms, const sigset_t* during);

/** Let changes add up for a time; a signal in "during" ends it early. */
void pacct_watch_pause(int ms, const sigset_t* during);

#endif
