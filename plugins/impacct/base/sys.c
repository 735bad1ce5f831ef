/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/sys.c
 * @brief What the system's calls leave to their callers: whole reads, clocks in one number, directories, threads, small
 *        files.
 *
 * Concurrency and locking: pure but for the system.
 * Failure model: a part that was read before an error is not returned; a line that is longer than LINE_MAX_LEN is
 * looked at in pieces.
 */
#include "config.h"

#include "base/sys.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* of the small files of /proc, the longest line that one of ours looks at has some 40 bytes */
#define LINE_MAX_LEN 512

ssize_t pacct_sys_read(int fd, void* buf, size_t len, uint64_t offset) {
    uint8_t* const bytes = buf;
    size_t done = 0;
    while (done < len) {
        const ssize_t n = pread(fd, bytes + done, len - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        done += (size_t)n;
    }
    return (ssize_t)done;
}

uint64_t pacct_clock_ns(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (uint64_t)ts.tv_sec * PACCT_SECOND_NS + (uint64_t)ts.tv_nsec;
}

int64_t pacct_monotonic_ms(void) {
    return (int64_t)(pacct_clock_ns(CLOCK_MONOTONIC) / 1000000u);
}

struct timespec pacct_monotonic_after(uint64_t ns) {
    const uint64_t until = pacct_clock_ns(CLOCK_MONOTONIC) + ns;
    return (struct timespec){.tv_sec = (time_t)(until / PACCT_SECOND_NS), .tv_nsec = (long)(until % PACCT_SECOND_NS)};
}

bool pacct_sys_parent(char* path) {
    char* const slash = strrchr(path, '/');
    if (slash == NULL) {
        const bool more = strcmp(path, ".") != 0;
        memcpy(path, ".", 2);
        return more;
    }
    const bool more = slash != path || slash[1] != '\0';
    slash[slash == path ? 1 : 0] = '\0';
    return more;
}

char* pacct_sys_dirname(const char* path) {
    char* const dir = malloc(strlen(path) + sizeof("."));
    if (dir != NULL) {
        strcpy(dir, path);
        pacct_sys_parent(dir);
    }
    return dir;
}

int pacct_sys_thread(pthread_t* thread, void* (*run)(void*), void* arg) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

void pacct_sys_first_line(const char* path, char* line, size_t size) {
    FILE* const f = fopen(path, "re");
    if (f == NULL || fgets(line, (int)size, f) == NULL) {
        line[0] = '\0';
    }
    if (f != NULL) {
        fclose(f);
    }
    line[strcspn(line, "\n")] = '\0';
}

void pacct_sys_boot_id(char id[PACCT_BOOT_ID_LEN + 1]) {
    pacct_sys_first_line("/proc/sys/kernel/random/boot_id", id, PACCT_BOOT_ID_LEN + 1);
}

int pacct_sys_scan(const char* path, const char* format, ...) {
    char line[LINE_MAX_LEN];
    int found = 0;
    FILE* const f = fopen(path, "re");
    if (f == NULL) {
        return -1;
    }
    while (found <= 0 && fgets(line, sizeof(line), f) != NULL) {
        va_list args;
        va_start(args, format);
        found = vsscanf(line, format, args);
        va_end(args);
    }
    fclose(f);
    return found > 0 ? found : 0;
}
