/**
 * @file pacct_probe.c
 * @brief A child that ends at once, to see whether its end gives a record; and how many others end.
 *
 * Algorithm: clone(2) with the memory shared, as vfork(2) does, but without a
 * signal at its end: rsyslogd waits for its own children on SIGCHLD.
 *
 * Concurrency and locking: one thread at a time, because of the child's stack.
 * A child that shares the memory calls nothing but prctl(2) and _exit(2).
 *
 * Failure model: no child, no verdict; the caller is told.
 */
#include "config.h"

#include "pacct_probe.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE 16384

static int child(void* name) {
    prctl(PR_SET_NAME, name);
    _exit(0);
}

static int run(int (*what)(void*), void* arg, int flags, int* status, pid_t* pid) {
    static _Alignas(64) char stack[STACK_SIZE];
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* rsyslogd's handlers must not run in the child, on its memory */
    *pid = clone(what, stack + sizeof(stack), flags | CLONE_VFORK, arg);
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (*pid < 0) {
        return error;
    }
    while (waitpid(*pid, status, __WALL) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static int child_that_tries(void* what) {
    prctl(PR_SET_DUMPABLE, 0);
    return (*(int (**)(void*))what)(NULL);
}

int pacct_probe_try(int (*what)(void*), int* status) {
    pid_t pid;
    return run(child_that_tries, &what, 0, status, &pid);
}

int pacct_probe(char name[PACCT_PROBE_NAME + 1], pid_t* pid) {
    static unsigned count;
    int status;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    /* another rsyslogd on the same file has other nanoseconds */
    const unsigned digits = ((unsigned)now.tv_nsec ^ (unsigned)getpid() << 13 ^ count++) & 0xfffffffu;
    snprintf(name, PACCT_PROBE_NAME + 1, PACCT_PROBE_PREFIX "%07x", digits);
    return run(child, name, CLONE_VM, &status, pid);
}

/* The first number behind a prefix in a file of /proc. The line that begins with it is looked for. */
static bool read_number(const char* path, const char* format, uint64_t* number) {
    char line[512];
    bool found = false;
    FILE* const f = fopen(path, "re");
    while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
        found = sscanf(line, format, number) == 1;
    }
    if (f != NULL) {
        fclose(f);
    }
    return found;
}

bool pacct_probe_ended(uint64_t* ended) {
    uint64_t forks, alive;
    if (!read_number("/proc/stat", "processes %" SCNu64, &forks) ||
        !read_number("/proc/loadavg", "%*s %*s %*s %*[0-9]/%" SCNu64, &alive)) {
        return false;
    }
    *ended = forks > alive ? forks - alive : 0; /* they are not read at the same moment */
    return true;
}
