/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/sys.h
 * @brief What the system's calls leave to their callers: whole reads, clocks in one number, directories, threads, small
 *        files.
 */
#ifndef PACCT_SYS_H
#define PACCT_SYS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/** Nanoseconds in a second. */
#define PACCT_SECOND_NS UINT64_C(1000000000)

/** Read len bytes from an offset on, in spite of signals. @return bytes read, fewer only at the end; -1: errno */
ssize_t pacct_sys_read(int fd, void* buf, size_t len, uint64_t offset);

/** Nanoseconds of one of the system's clocks, none of which is ever before its own zero. */
uint64_t pacct_clock_ns(clockid_t clock);

/** Milliseconds of a clock that nobody sets: the one that time limits are reckoned by. */
int64_t pacct_monotonic_ms(void);

/** That clock in so many nanoseconds, as pthread_cond_timedwait() wants it of a condition with CLOCK_MONOTONIC. */
struct timespec pacct_monotonic_after(uint64_t ns);

/**
 * Cut the last part off a path: "/a/b" becomes "/a", "/a" becomes "/", "a" becomes ".".
 *
 * @param path at least two bytes
 * @return false where there was nothing left to cut off
 */
bool pacct_sys_parent(char* path);

/** The directory that a file is or would be in. @return the caller's to free; NULL when out of memory */
char* pacct_sys_dirname(const char* path);

/** Start a thread that gets no signal: those are the host's business. @return 0 or an errno */
int pacct_sys_thread(pthread_t* thread, void* (*run)(void*), void* arg);

/** Read the first line of a file, without its newline, as much of it as size - 1 bytes hold.
 *  @param line "" where there is none */
void pacct_sys_first_line(const char* path, char* line, size_t size);

/** Characters of a boot's id: hexadecimal, with dashes (Linux, Documentation/admin-guide/sysctl/kernel.rst). */
#define PACCT_BOOT_ID_LEN 36u

/** The id of this boot of the machine. @param id "" where the kernel does not tell */
void pacct_sys_boot_id(char id[PACCT_BOOT_ID_LEN + 1]);

/**
 * Read numbers from the first line of a file that they are found in.
 *
 * @param format of sscanf(3), which each line is tried with
 * @return as sscanf(3) returned for that line, 0 where there is none, -1: the file cannot be opened (errno)
 */
__attribute__((format(scanf, 2, 3))) int pacct_sys_scan(const char* path, const char* format, ...);

#endif
