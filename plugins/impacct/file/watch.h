/**
 * @file pacct_wake.h
 * @brief Waiting until a file may have changed.
 *
 * One waiter serves any number of files. inotify tells of changes; behind it
 * stands the caller's time limit, since old kernels and some filesystems tell
 * of nothing.
 */
#ifndef PACCT_WAKE_H
#define PACCT_WAKE_H

#include <signal.h>
#include <stdbool.h>

struct pacct_wake;

/** @return NULL when out of memory */
struct pacct_wake* pacct_wake_new(void);

void pacct_wake_free(struct pacct_wake* w);

/**
 * Watch the place where a file is or will be, and the file if it exists: its directory, or as much of the path to it as
 * exists.
 *
 * @param slot a small number of the caller's choice, one per file
 * @return 0, or an errno: changes of this file are not told, only the time limit remains
 */
int pacct_wake_watch_path(struct pacct_wake* w, unsigned slot, const char* path);

/**
 * Watch an open file, wherever it is, instead of the one watched before in this slot.
 *
 * @param fd -1: none
 * @return as above
 */
int pacct_wake_watch_file(struct pacct_wake* w, unsigned slot, int fd);

/** Let a wait end also when a descriptor becomes readable, until it is read; -1: none. There is one at most. */
void pacct_wake_also(struct pacct_wake* w, int fd);

/**
 * Wait for a change, a signal or the end of time.
 *
 * @param timeout_ms negative: no limit
 * @param during the signal mask while waiting, so that a signal cannot slip in before
 * @return whether something changed
 */
bool pacct_wake_wait(struct pacct_wake* w, int timeout_ms, const sigset_t* during);

/** Let changes add up for a time; a signal in "during" ends it early. */
void pacct_wake_pause(int ms, const sigset_t* during);

#endif
