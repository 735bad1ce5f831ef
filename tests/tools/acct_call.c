/* SPDX-License-Identifier: Apache-2.0 */
/* Calls acct(2) in the ways that leave a record about a process that still lives; for e2e/synthetic.sh.
 *
 *     acct_call FILE HOW     switch accounting to FILE, and exit with 4
 *
 * HOW: plain; threads, after a thread has ended that used CPU, memory and a privilege; forked, in a child that never
 * calls exec; leader, in a thread after the first one has ended; leader-status, the same with a status of 5; exec, as
 * accton executed by a process that has threads.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char* file;
static pthread_t leader;

static void switch_accounting(void) {
    if (acct(file) != 0) {
        perror("acct");
        _exit(1);
    }
}

static void* work(void* arg) {
    const size_t size = 4u << 20;
    char* const memory = malloc(size);
    if (memory == NULL || setuid(0) != 0) { /* a privilege */
        _exit(1);
    }
    while (clock() < CLOCKS_PER_SEC / 10) {
        memset(memory, 1, size);
    }
    free(memory);
    return arg;
}

static void* switch_after_leader(void* arg) {
    pthread_join(leader, NULL);
    switch_accounting();
    _exit(4);
    return arg;
}

/* Without pthread_exit() nobody tells pthread_join(): wait until the kernel calls the first thread a zombie. */
static void* switch_after_status(void* arg) {
    char state = ' ';
    while (state != 'Z') {
        FILE* const f = fopen("/proc/self/stat", "re");
        if (f == NULL || fscanf(f, "%*d %*s %c", &state) != 1) {
            _exit(1);
        }
        fclose(f);
    }
    switch_accounting();
    _exit(4);
    return arg;
}

static void* sleep_for_ever(void* arg) {
    for (;;) {
        pause();
    }
    return arg;
}

static void start(void* (*routine)(void*), pthread_t* thread) {
    if (pthread_create(thread, NULL, routine, NULL) != 0) {
        _exit(1);
    }
}

int main(int argc, char** argv) {
    pthread_t thread;
    int status = 0;
    if (argc != 3) {
        return 2;
    }
    const char* const how = argv[2];
    file = argv[1];
    leader = pthread_self();
    if (strcmp(how, "plain") == 0) {
        switch_accounting();
    } else if (strcmp(how, "threads") == 0) {
        start(work, &thread);
        pthread_join(thread, NULL);
        switch_accounting();
    } else if (strcmp(how, "forked") == 0) {
        if (fork() == 0) {
            switch_accounting();
            _exit(4);
        }
        wait(&status);
    } else if (strcmp(how, "leader") == 0) {
        start(switch_after_leader, &thread);
        pthread_exit(NULL);
    } else if (strcmp(how, "leader-status") == 0) {
        start(switch_after_status, &thread);
        syscall(SYS_exit, 5);
    } else if (strcmp(how, "exec") == 0) {
        start(sleep_for_ever, &thread);
        execlp("accton", "accton", file, (char*)NULL);
        return 1;
    } else {
        return 2;
    }
    return 4;
}
