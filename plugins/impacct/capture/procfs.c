/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/procfs.c
 * @brief A running process, as /proc shows it.
 *
 * Algorithm: the start is read first and last; if it is the same, all between
 * is of one process.
 *
 * Concurrency and locking: none.
 *
 * Failure model: a process may end at any moment, which is no error.
 */
#include "config.h"

#include "capture/procfs.h"
#include "base/proc.h"
#include "capture/ktime.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* longest line that is looked at */
#define LINE_MAX_LEN 4096u

static int open_file(uint32_t pid, const char* name) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Read until size bytes are there, or the end; a failure is an end, too. */
static size_t read_up_to(int fd, char* to, size_t size) {
    size_t len = 0;
    ssize_t n = 1;
    while (len < size && n > 0) {
        n = read(fd, to + len, size - len);
        len += n > 0 ? (size_t)n : 0;
    }
    return len;
}

static bool read_text(uint32_t pid, const char* name, char* to, size_t size) {
    const int fd = open_file(pid, name);
    to[0] = '\0';
    if (fd < 0) {
        return false;
    }
    const size_t len = read_up_to(fd, to, size - 1);
    to[len] = '\0';
    close(fd);
    return len > 0;
}

/* What is cut off is counted. A process without arguments looks like one that is ending: left out. */
static void read_args(uint32_t pid, size_t size, char* to, struct pacct_process_event* ev) {
    char rest[LINE_MAX_LEN];
    const int fd = open_file(pid, "cmdline");
    if (fd < 0) {
        return;
    }
    const size_t len = read_up_to(fd, to, size);
    size_t more = len == size ? 1 : 0;
    ev->args_len = len;
    while (more > 0) {
        more = read_up_to(fd, rest, sizeof(rest));
        ev->args_len += more;
    }
    close(fd);
    if (len > 0) {
        ev->args = (struct pacct_bytes){to, len};
    }
}

static struct pacct_bytes read_link(uint32_t pid, const char* name, char storage[PACCT_PATH_MAX]) {
    char path[64];
    snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
    const ssize_t n = readlink(path, storage, PACCT_PATH_MAX);
    const bool whole = n > 0 && n < (ssize_t)PACCT_PATH_MAX;
    return (struct pacct_bytes){whole ? storage : NULL, whole ? (size_t)n : 0};
}

static uint32_t read_number(uint32_t pid, const char* name) {
    char line[32];
    return read_text(pid, name, line, sizeof(line)) ? (uint32_t)strtoul(line, NULL, 10) : PACCT_ID_UNSET;
}

static void read_name(uint32_t pid, char name[PACCT_TASK_COMM]) {
    read_text(pid, "comm", name, PACCT_TASK_COMM);
    name[strcspn(name, "\n")] = '\0';
}

static void read_uids(uint32_t pid, struct pacct_process_event* ev) {
    char text[LINE_MAX_LEN];
    const char* const line = read_text(pid, "status", text, sizeof(text)) ? strstr(text, "\nUid:") : NULL;
    char* end;
    ev->uid = ev->euid = PACCT_ID_UNSET;
    if (line != NULL) {
        ev->uid = (uint32_t)strtoul(line + sizeof("\nUid:") - 1, &end, 10);
        ev->euid = (uint32_t)strtoul(end, NULL, 10);
    }
}

/* cgroups(7): "0::/path" is that of version 2. Where it is not used, it is "/", and one of version 1 tells more. */
static struct pacct_bytes read_cgroup(uint32_t pid, char storage[PACCT_PATH_MAX]) {
    static const char* const controllers[] = {"0::", ":memory:", ":freezer:", ":pids:"};
    char text[2 * PACCT_PATH_MAX];
    struct pacct_bytes path = {NULL, 0};
    if (!read_text(pid, "cgroup", text, sizeof(text))) {
        return path;
    }
    for (size_t i = 0; i < sizeof(controllers) / sizeof(controllers[0]) && path.len <= 1; i++) {
        const char* at = strstr(text, controllers[i]);
        if (at != NULL && (i > 0 || at == text || at[-1] == '\n')) {
            at += strlen(controllers[i]);
            const size_t len = strcspn(at, "\n");
            if (len > 0 && len < PACCT_PATH_MAX && at[len] == '\n') {
                memcpy(storage, at, len);
                path = (struct pacct_bytes){storage, len};
            }
        }
    }
    return path;
}

/* How far the clock since boot is ahead of the monotonic one, which stands still while the machine is suspended. */
static int64_t suspended_ns(void) {
    return (int64_t)pacct_ktime_boot() - (int64_t)pacct_ktime_monotonic();
}

uint64_t pacct_procfs_boot(uint64_t monotonic) {
    return (uint64_t)((int64_t)monotonic + suspended_ns());
}

bool pacct_procfs_read(uint32_t pid, size_t args_max, struct pacct_procfs* proc, struct pacct_process_event* ev) {
    struct pacct_proc before, after;
    *ev = (struct pacct_process_event){.kind = PACCT_PROCESS_SCAN, .pid = pid, .time = pacct_ktime_monotonic()};
    if (!pacct_proc_read(pid, &before) || before.ending) {
        return false;
    }
    ev->ppid = before.ppid;
    ev->start_boot = pacct_ktime_of_boot(before.start);
    /* right if the machine was not suspended since the process started; if it was, its record says another start */
    const int64_t start = (int64_t)ev->start_boot - suspended_ns();
    ev->start = start > 0 ? (uint64_t)start : 0;
    read_args(pid, args_max < sizeof(proc->args) ? args_max : sizeof(proc->args), proc->args, ev);
    ev->executable = read_link(pid, "exe", proc->path[0]);
    ev->cwd = read_link(pid, "cwd", proc->path[1]);
    ev->cgroup = read_cgroup(pid, proc->path[2]);
    read_uids(pid, ev);
    ev->login_uid = read_number(pid, "loginuid");
    ev->session = read_number(pid, "sessionid");
    read_name(pid, ev->comm);
    if (ev->ppid != 0) {
        read_name(ev->ppid, ev->parent_comm);
    }
    return pacct_proc_read(pid, &after) && !after.ending && after.start == before.start;
}
