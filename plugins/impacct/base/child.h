/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/child.h
 * @brief A child of our own that does one thing and ends, while we wait.
 *
 * No child sends SIGCHLD, by which rsyslogd waits for its own. One thread at a time may make one: they share a stack.
 */
#ifndef PACCT_CHILD_H
#define PACCT_CHILD_H

#include <sys/types.h>

/** Begin of the name that every such child gives itself. */
#define PACCT_CHILD_PREFIX "impacct:"

/**
 * Have a child do something on our memory, which stops us until it is gone. When this returns, the kernel is through
 * with the child's end (kernel/exit.c, do_exit).
 *
 * @param what called in the child; returns its exit status; system calls only, none of which may end the child by a
 * signal
 * @param pid set to what its number was here
 * @return 0, or the errno for which there was no child
 */
int pacct_child_share(int (*what)(void*), void* arg, pid_t* pid);

/**
 * Have a child try something that may end it, a system call that a filter may refuse.
 *
 * It has memory of its own, since a core dump ends all processes that share it (before Linux 5.16, fs/coredump.c), and
 * leaves no core file.
 *
 * @param what called in the child; returns its exit status; system calls only
 * @param status set to its wait status
 * @return 0, or the errno for which there was no child
 */
int pacct_child_try(int (*what)(void*), int* status);

#endif
