/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/proc_reader.h
 * @brief Reads running processes in a thread that nobody has to wait for.
 *
 * Who reads /proc/PID/cmdline waits while the process's memory is being mapped, or read in: with a file system in user
 * space (FUSE), any user can keep the reader for as long as he likes, and so can a dead server of NFS.
 */
#ifndef PACCT_PROC_READER_H
#define PACCT_PROC_READER_H

#include "command/command.h"

struct pacct_proc_reader;

/** What the thread calls, at any time until the reader is freed. */
struct pacct_proc_reader_calls {
    void* context;
    /** A process was read. It is of kind SCAN, or READ where pacct_proc_reader_ask() asked for it. */
    void (*found)(void* context, const struct pacct_process_event* ev);
    /** The descriptor became readable. */
    void (*readable)(void* context);
};

/**
 * @param args_max as pacct_procfs_read() has it
 * @param fd waited for together with what is asked; -1: none. The thread is then as fast as it is let be
 * @return NULL: errno
 */
struct pacct_proc_reader* pacct_proc_reader_new(size_t args_max, int fd, const struct pacct_proc_reader_calls* calls);

/** Takes a second at most, and leaves a thread behind that does not come back. Nothing is called any more. */
void pacct_proc_reader_free(struct pacct_proc_reader* r);

/** Ask for a process that has just executed something. What is too much is not read. Never waits. */
void pacct_proc_reader_ask(struct pacct_proc_reader* r, uint32_t pid);

/** Ask for all that runs now, instead of what is left of such a request. */
void pacct_proc_reader_ask_all(struct pacct_proc_reader* r);

/**
 * Wait for what was asked for by now, at most so long. After it was in vain, nobody waits again until all was read.
 *
 * @param all for all that runs, too
 */
void pacct_proc_reader_wait(struct pacct_proc_reader* r, int ms, bool all);

/** See to it that a process which keeps the thread keeps nothing else. @return ms after which to call it again; -1: not
 *  before something is asked for */
int pacct_proc_reader_check(struct pacct_proc_reader* r);

#endif
