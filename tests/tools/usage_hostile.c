/* SPDX-License-Identifier: Apache-2.0 */
/* usage_hostile COUNT: makes COUNT processes of each kind of those that try to have counted as theirs what is not, or
 * not to have counted what is. Prints of each "PID KIND WRITTEN THREADS": the bytes that it wrote itself and how many
 * threads it had; and, at last, "traceless COUNT": how many children left the kernel neither a switch nor a page fault
 * to count.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_BYTES 1000000
#define STACK 65536

static int null;
static char bytes[CHILD_BYTES], stack[STACK];
static int* traceless;

static void put(size_t count) {
    if (write(null, bytes, count) != (ssize_t)count) {
        _exit(3);
    }
}

static void* short_thread(void* arg) {
    put((size_t)arg);
    return NULL;
}

static void run_thread(size_t count) {
    struct stat st;
    pthread_t thread;
    if (pthread_create(&thread, NULL, short_thread, (void*)count) != 0) {
        _exit(3);
    }
    pthread_join(thread, NULL);
    do { /* until it is released: the links of the directory are those of its threads, and two */
        stat("/proc/self/task", &st);
    } while (st.st_nlink > 3);
}

/* A thread that ends before the kernel has looked at how long it ran. */
static void do_thread(size_t count) {
    run_thread(count / 2);
    put(count - count / 2);
}

static int child(void* arg) {
    put((size_t)arg);
    return 0;
}

/* A child without a page fault of its own, waited for before its last switch. */
static void do_child(size_t count) {
    struct rusage use;
    pid_t pid;
    run_thread(count / 2);
    memset(stack, 1, sizeof(stack));
    pid = clone(child, stack + sizeof(stack), CLONE_VM | SIGCHLD, (void*)CHILD_BYTES);
    while (wait4(pid, NULL, WNOHANG, &use) == 0) {
    }
    put(count - count / 2);
    *traceless += use.ru_nvcsw == 0 && use.ru_nivcsw == 0 && use.ru_minflt == 0;
}

static const struct {
    const char* name;
    void (*what)(size_t);
} kinds[] = {{"thread", do_thread}, {"child", do_child}};

int main(int argc, char* argv[]) {
    const int count = argc == 2 ? atoi(argv[1]) : 0;
    null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    traceless = mmap(NULL, sizeof(*traceless), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (count == 0 || null < 0 || traceless == MAP_FAILED) {
        return 2;
    }
    for (int i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
            const size_t written = 100 + (size_t)i;
            int status;
            const pid_t pid = fork();
            if (pid == 0) {
                kinds[k].what(written);
                _exit(0);
            }
            if (waitpid(pid, &status, 0) != pid || status != 0) {
                return 1;
            }
            printf("%d %s %zu 2\n", pid, kinds[k].name, written);
        }
    }
    printf("traceless %d\n", *traceless);
    return 0;
}
