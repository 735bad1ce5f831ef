/* SPDX-License-Identifier: Apache-2.0 */
/* live RATE SECONDS [OUTPUT]: RATE short processes a second, by the clock. Prints how long they take from fork() to the
 * return of wait(), and with OUTPUT, a file that a line per record is appended to, how long from there to the line.
 *
 * The line is waited for by inotify; that the waiting process has to be woken, too, is a part of the time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000L
#define LINE_WAIT_MS 1000

static long now_ns(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * SECOND + ts.tv_nsec;
}

static int compare(const void* a, const void* b) {
    const long x = *(const long*)a, y = *(const long*)b;
    return (x > y) - (x < y);
}

static void print(const char* name, long* ns, long count) {
    if (count > 0) {
        qsort(ns, (size_t)count, sizeof(ns[0]), compare);
        double sum = 0;
        for (long i = 0; i < count; i++) {
            sum += (double)ns[i];
        }
        printf("%s\tcount %ld\tmean %.1f\tmedian %.1f\tp99 %.1f\tmax %.1f\n", name, count, sum / (double)count / 1000,
               (double)ns[count / 2] / 1000, (double)ns[count - 1 - count / 100] / 1000, (double)ns[count - 1] / 1000);
    }
}

/* Wait until the name stands in what was appended; true if it did. */
static int await_line(int out, int watch, const char* name) {
    static char text[1 << 16];
    char events[4096];
    static size_t have;
    struct pollfd pfd = {.fd = watch, .events = POLLIN};
    const long until = now_ns() + LINE_WAIT_MS * 1000000L;
    for (;;) {
        if (have > sizeof(text) / 2) {
            memmove(text, text + have / 2, have - have / 2);
            have -= have / 2;
        }
        const ssize_t n = read(out, text + have, sizeof(text) - have);
        have += n > 0 ? (size_t)n : 0;
        if (memmem(text, have, name, strlen(name)) != NULL) {
            have = 0;
            return 1;
        }
        if (now_ns() > until) {
            return 0;
        }
        if (n <= 0 && poll(&pfd, 1, LINE_WAIT_MS) > 0 && read(watch, events, sizeof(events)) < 0) {
            return 0;
        }
    }
}

int main(int argc, char** argv) {
    const long rate = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
    const long count = argc > 2 ? rate * strtol(argv[2], NULL, 10) : 0;
    if (argc < 3 || argc > 4 || count <= 0) {
        fprintf(stderr, "usage: live RATE SECONDS [OUTPUT]\n");
        return 2;
    }
    static long *lived, *late; /* nanoseconds, until the end of the process */
    long seen = 0;
    lived = calloc((size_t)count, sizeof(*lived));
    late = calloc((size_t)count, sizeof(*late));
    int out = -1;
    const int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (argc == 4 && ((out = open(argv[3], O_RDONLY | O_CLOEXEC)) < 0 || lseek(out, 0, SEEK_END) < 0 ||
                      inotify_add_watch(watch, argv[3], IN_MODIFY) < 0)) {
        perror(argv[3]);
        return 1;
    }
    if (lived == NULL || late == NULL) {
        return 1;
    }
    prctl(PR_SET_TIMERSLACK, 1);
    const long start = now_ns();
    for (long i = 0; i < count; i++) {
        const long due = start + i * SECOND / rate;
        const struct timespec at = {due / SECOND, due % SECOND};
        char name[16];
        snprintf(name, sizeof(name), "live%ld", 100000000 + i); /* no name begins another */
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
        const long before = now_ns();
        const pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_NAME, name);
            _exit(0);
        }
        if (child < 0 || waitpid(child, NULL, 0) != child) {
            perror("fork");
            return 1;
        }
        const long ended = now_ns();
        lived[i] = ended - before;
        if (out >= 0 && await_line(out, watch, name)) {
            late[seen++] = now_ns() - ended;
        }
    }
    printf("rate\tper second %.1f\n", (double)count * 1e9 / (double)(now_ns() - start));
    print("process", lived, count);
    print("line", late, seen);
    return 0;
}
