/* SPDX-License-Identifier: Apache-2.0 */
/* Ends as an ordinary process does, but with no memory left, so that its accounting record has ac_mem 0, as the
 * kernel's synthetic ones have: one thread unmaps all there is, and another one ends the process while that takes its
 * time. For e2e/synthetic_forged.sh.
 *
 *     PATH STATUS [ARGUMENT...]     try until it has ended with that status, not 0; exits with the same
 *
 * What it tries in is executed once more, with the same arguments, since a process that never called exec has AFORK.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRYING "NO_MEMORY_TRYING"
#define TRIES 200
/* what is unmapped first: pages enough for the other thread to end the process meanwhile */
#define FIRST ((void*)0x10000000)
#define SIZE ((size_t)64 << 20)
/* all addresses of a process are below: 47 bits, less a page, which is the least of the architectures that have 64 */
#define EVERYTHING ((1ul << 47) - 65536)

static volatile int unmapping;

static void* end(void* status) {
    const long code = (long)status;
    while (!unmapping) {
    }
    for (volatile int i = 0; i < 2000; i++) { /* until the list of mappings is empty */
    }
    syscall(SYS_exit_group, code);
    return NULL;
}

static int try_to_end(long status) {
    pthread_t thread;
    char* const memory = mmap(FIRST, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != FIRST || madvise(memory, SIZE, MADV_NOHUGEPAGE) != 0) {
        return 1;
    }
    memset(memory, 1, SIZE);
    if (pthread_create(&thread, NULL, end, (void*)status) != 0) {
        return 1;
    }
    usleep(2000); /* until it runs */
    unmapping = 1;
    munmap(NULL, EVERYTHING);
    return 1;
}

int main(int argc, char** argv) {
    int status;
    const int wanted = argc > 1 ? atoi(argv[1]) : 0;
    if (wanted <= 0) {
        return 2;
    }
    if (getenv(TRYING) != NULL) {
        return try_to_end(wanted);
    }
    setenv(TRYING, "1", 1);
    for (int i = 0; i < TRIES; i++) {
        const pid_t pid = fork();
        if (pid == 0) {
            execv(argv[0], argv);
            _exit(127);
        }
        if (pid < 0 || waitpid(pid, &status, 0) < 0) {
            return 1;
        }
        if (WIFEXITED(status) && WEXITSTATUS(status) == wanted) {
            return wanted;
        }
    }
    fputs("no process ended without memory\n", stderr);
    return 1;
}
