/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/child.c
 * @brief A child of our own that does one thing and ends, while we wait.
 *
 * Algorithm: clone(2) as vfork(2) does it, but without a signal at its end.
 *
 * Concurrency and locking: one thread at a time, because of the child's stack.
 * A child calls nothing that takes a lock: another thread may hold it.
 *
 * Failure model: no child, no result; that is returned.
 */
#include "config.h"

#include "base/child.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define STACK_SIZE 16384

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

int pacct_child_share(int (*what)(void*), void* arg, pid_t* pid) {
    int status;
    return run(what, arg, CLONE_VM, &status, pid);
}

static int child_that_tries(void* what) {
    prctl(PR_SET_DUMPABLE, 0);
    return (*(int (**)(void*))what)(NULL);
}

int pacct_child_try(int (*what)(void*), int* status) {
    pid_t pid;
    return run(child_that_tries, &what, 0, status, &pid);
}
