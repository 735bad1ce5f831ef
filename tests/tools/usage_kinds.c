/* SPDX-License-Identifier: Apache-2.0 */
/* usage_kinds ROUNDS DIRECTORY: makes processes of many kinds, each ROUNDS times, which use processors, memory,
 * threads, and files in DIRECTORY. Prints of each what its parent was told by wait4(2), and what /proc said before, as
 * a JSON line.
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
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1 << 20)

static const char *self, *directory;
static char* const no_environment[] = {NULL};

static void busy(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    const long long until = t.tv_sec * 1000000000ll + t.tv_nsec + ms * 1000000ll;
    do {
        for (volatile int i = 0; i < 1000; i++) {
        }
        clock_gettime(CLOCK_MONOTONIC, &t);
    } while (t.tv_sec * 1000000000ll + t.tv_nsec < until);
}

static void rest(long us) {
    const struct timespec t = {.tv_nsec = us * 1000};
    nanosleep(&t, NULL);
}

static void touch(size_t size) {
    char* const p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED) {
        memset(p, 1, size);
    }
}

static int file(const char* name, int flags) {
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return open(path, flags | O_CLOEXEC, 0600);
}

static void fill(int fd, int kib) {
    static char block[1024];
    for (int i = 0; i < kib; i++) {
        if (write(fd, block, sizeof(block)) < 0) {
            _exit(3);
        }
    }
}

static void remove_file(const char* name) {
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    unlink(path);
}

/* ---- threads ---- */

static void* short_thread(void* arg) {
    busy(1);
    return arg;
}

static void* waiting_thread(void* arg) {
    for (;;) {
        pause();
    }
    return arg;
}

static void* last_thread(void* arg) {
    prctl(PR_SET_NAME, "last");
    rest(2000);
    busy(1);
    _exit(4);
    return arg;
}

static void* executing_thread(void* arg) {
    execle(self, self, "child", "exit", directory, NULL, no_environment);
    return arg;
}

static void threads(int count, void* (*what)(void*), int join) {
    pthread_t thread[300];
    for (int i = 0; i < count; i++) {
        pthread_create(&thread[i], NULL, what, NULL);
    }
    for (int i = 0; join && i < count; i++) {
        pthread_join(thread[i], NULL);
    }
}

/* ---- kinds ---- */

static void do_exit(void) {}
static void do_busy(void) {
    busy(3);
}
static void do_calls(void) {
    struct stat st;
    for (int i = 0; i < 3000; i++) {
        stat("/", &st);
    }
}
static void do_memory(void) {
    touch(20 * MIB);
}
static void do_memory_and_exec(void) {
    touch(20 * MIB);
    execle(self, self, "child", "exit", directory, NULL, no_environment);
}
static void do_memory_given_back(void) {
    char* const p = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 8 * MIB);
    munmap(p, 8 * MIB);
}
static void do_kill(void) {
    raise(SIGKILL);
}
static void do_crash(void) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    raise(SIGSEGV);
}
static void do_vfork(void) {
    const pid_t pid = vfork();
    if (pid == 0) {
        execle(self, self, "child", "pipe", directory, NULL, no_environment);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
}
static void do_vfork_exit(void) {
    const pid_t pid = vfork();
    if (pid == 0) {
        _exit(1);
    }
    waitpid(pid, NULL, 0);
}
static void do_threads(void) {
    threads(8, short_thread, 1);
}
static void do_threads_many(void) {
    threads(64, short_thread, 1);
}
static void do_threads_most(void) {
    threads(300, short_thread, 1);
}
static void do_threads_most_left(void) {
    threads(300, waiting_thread, 0);
}
static void do_threads_left(void) {
    threads(16, waiting_thread, 0);
}
static _Noreturn void do_leader_first(void) {
    threads(1, last_thread, 0);
    pthread_exit(NULL);
}
static void do_thread_exec(void) {
    threads(1, executing_thread, 0);
    waiting_thread(NULL);
}
static void do_disk_write(void) {
    const int fd = file("written", O_CREAT | O_WRONLY | O_TRUNC);
    fill(fd, 256);
    fsync(fd);
}
static void do_disk_read(void) {
    static char buf[65536] __attribute__((aligned(4096)));
    const int fd = file("read", O_RDONLY);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    while (read(fd, buf, sizeof(buf)) > 0) {
    }
}
static void do_cancel(void) {
    const int fd = file("cancelled", O_CREAT | O_WRONLY | O_TRUNC);
    fill(fd, 256);
    if (ftruncate(fd, 0) != 0) {
        _exit(3);
    }
}
static void do_unlinked(void) {
    char name[32];
    snprintf(name, sizeof(name), "unlinked.%d", getpid());
    const int fd = file(name, O_CREAT | O_WRONLY);
    remove_file(name);
    fill(fd, 256);
}
static void do_pipe(void) {
    int fd[2];
    char buf[3000] = {0};
    if (pipe(fd) != 0 || write(fd[1], buf, sizeof(buf)) < 0 || read(fd[0], buf, sizeof(buf)) < 0) {
        _exit(3);
    }
}
static void do_rest(void) {
    for (int i = 0; i < 5; i++) {
        rest(300);
    }
}
static void do_yield(void) {
    for (int i = 0; i < 200; i++) {
        sched_yield();
    }
}
static void do_children(void) {
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            do_pipe();
            _exit(0);
        }
        wait(NULL);
    }
    do_pipe();
}
static void do_children_and_threads(void) {
    do_threads();
    do_children();
}

static const struct {
    const char* name;
    void (*what)(void);
    int exec; /* or only forked */
} kinds[] = {
    {"fork", do_exit, 0},
    {"exit", do_exit, 1},
    {"busy", do_busy, 1},
    {"calls", do_calls, 1},
    {"memory", do_memory, 1},
    {"memory-exec", do_memory_and_exec, 1},
    {"memory-given-back", do_memory_given_back, 1},
    {"kill", do_kill, 1},
    {"crash", do_crash, 0},
    {"vfork", do_vfork, 1},
    {"vfork-exit", do_vfork_exit, 1},
    {"threads", do_threads, 1},
    {"threads-64", do_threads_many, 1},
    {"threads-300", do_threads_most, 1},
    {"threads-left", do_threads_left, 1},
    {"threads-300-left", do_threads_most_left, 1},
    {"leader-first", do_leader_first, 1},
    {"thread-exec", do_thread_exec, 1},
    {"disk-write", do_disk_write, 1},
    {"disk-read", do_disk_read, 1},
    {"cancel", do_cancel, 1},
    {"unlinked", do_unlinked, 1},
    {"pipe", do_pipe, 1},
    {"rest", do_rest, 1},
    {"yield", do_yield, 0},
    {"children", do_children, 1},
    {"children-threads", do_children_and_threads, 1},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int child(const char* name) {
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            kinds[i].what();
        }
    }
    return 0;
}

/* A number from a file of the process, which has ended and was not waited for. */
static long long number(pid_t pid, const char* name, const char* what) {
    char path[64], text[2048] = "";
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    close(fd);
    const char* const at = n < 0 ? NULL : strstr(text, what);
    return at == NULL ? -1 : atoll(at + strlen(what));
}

static void one(size_t i) {
    struct rusage u;
    siginfo_t info;
    int status;
    const pid_t pid = fork();
    if (pid == 0) {
        if (kinds[i].exec) {
            execle(self, self, "child", kinds[i].name, directory, NULL, no_environment);
            _exit(127);
        }
        kinds[i].what();
        _exit(0);
    }
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    printf(
        "{\"pid\":%d,\"kind\":\"%s\",\"rchar\":%lld,\"wchar\":%lld,\"read_bytes\":%lld,\"write_bytes\":%lld,"
        "\"cancelled\":%lld,",
        pid, kinds[i].name, number(pid, "io", "rchar: "), number(pid, "io", "wchar: "),
        number(pid, "io", "\nread_bytes: "), number(pid, "io", "\nwrite_bytes: "),
        number(pid, "io", "cancelled_write_bytes: "));
    wait4(pid, &status, 0, &u);
    printf(
        "\"status\":%d,\"user_us\":%lld,\"system_us\":%lld,\"maxrss\":%ld,\"inblock\":%ld,\"oublock\":%ld,"
        "\"nvcsw\":%ld,\"nivcsw\":%ld}\n",
        status, u.ru_utime.tv_sec * 1000000ll + u.ru_utime.tv_usec, u.ru_stime.tv_sec * 1000000ll + u.ru_stime.tv_usec,
        u.ru_maxrss, u.ru_inblock, u.ru_oublock, u.ru_nvcsw, u.ru_nivcsw);
    fflush(stdout);
}

int main(int argc, char* argv[]) {
    self = "/proc/self/exe";
    if (argc == 4 && strcmp(argv[1], "child") == 0) {
        directory = argv[3];
        return child(argv[2]);
    }
    if (argc != 3) {
        return 2;
    }
    directory = argv[2];
    const int fd = file("read", O_CREAT | O_WRONLY);
    fill(fd, 512);
    fsync(fd);
    close(fd);
    for (int round = 0; round < atoi(argv[1]); round++) {
        for (size_t i = 0; i < KINDS; i++) {
            one(i);
        }
    }
    return 0;
}
