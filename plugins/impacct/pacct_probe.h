/**
 * @file pacct_probe.h
 * @brief A child that ends at once, to see whether its end gives a record; and how many others end.
 */
#ifndef PACCT_PROBE_H
#define PACCT_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** Longest name of a probe, without a terminator: what fits into a record. */
#define PACCT_PROBE_NAME 15u

/** Begin of every probe's name; seven hexadecimal digits follow. */
#define PACCT_PROBE_PREFIX "impacct:"

/**
 * Have a child of our own end.
 *
 * It shares our memory and stops us until it is gone, which takes some ten microseconds. When this returns, the kernel
 * has written the child's record, if it writes any (kernel/exit.c, do_exit). Its name tells it from every other
 * process, whatever pid namespace the accounting belongs to. It sends no SIGCHLD.
 *
 * @param name set to the child's name, terminated
 * @param pid set to what its number was here
 * @return 0, or the errno for which there was no child
 */
int pacct_probe(char name[PACCT_PROBE_NAME + 1], pid_t* pid);

/**
 * Have a child try something that may end it, a system call that a filter may refuse.
 *
 * It has memory of its own, since a core dump ends all processes that share it (before Linux 5.16, fs/coredump.c), and
 * leaves no core file. Otherwise as above.
 *
 * @param what called in the child, ends with _exit(2); system calls only
 * @param status set to its wait status
 * @return 0, or the errno for which there was no child
 */
int pacct_probe_try(int (*what)(void*), int* status);

/**
 * How many tasks have ended since the machine started: forks (/proc/stat, "processes") less those that live
 * (/proc/loadavg). Threads are tasks, too.
 *
 * @return false where /proc does not say
 */
bool pacct_probe_ended(uint64_t* ended);

#endif
