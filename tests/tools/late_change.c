/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into rsyslogd by e2e/late_change.sh: a file changes just before it, or its directory, is watched.
 *
 * When a watch on $LATE_WATCH, which exists, is about to be set, the content of the file $LATE_FROM is appended to
 * $LATE_TO, and $LATE_FROM is removed; where it does not exist, nothing is done.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static const char* parameter(const char* name) {
    const char* const value = getenv(name);
    return value == NULL ? "" : value;
}

static void change(void) {
    char bytes[4096];
    const int from = open(parameter("LATE_FROM"), O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        return;
    }
    const int to = open(parameter("LATE_TO"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const ssize_t n = read(from, bytes, sizeof(bytes));
    if (to < 0 || n < 0 || write(to, bytes, (size_t)n) != n || unlink(parameter("LATE_FROM")) != 0) {
        perror("late_change");
        abort();
    }
    close(from);
    close(to);
}

int inotify_add_watch(int fd, const char* path, uint32_t mask) {
    int (*real)(int, const char*, uint32_t);
    *(void**)&real = dlsym(RTLD_NEXT, "inotify_add_watch");
    if (strcmp(path, parameter("LATE_WATCH")) == 0 && access(path, F_OK) == 0) {
        change();
    }
    return real(fd, path, mask);
}
