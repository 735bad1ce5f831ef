/* SPDX-License-Identifier: Apache-2.0 */
/* exec_storm FIRST COUNT PARALLEL LONGEST: processes that carry their truth, COUNT of them, numbered from FIRST on, up
 * to PARALLEL at a time.
 *
 * Each names itself by what it is and its number:
 *   s123  executed with 123 as its second argument, behind "as", and a third one of up to LONGEST bytes
 *   f123  forked and never executed anything
 * Of those that execute, some do it twice, some from a thread, and some end in a thread after the first has gone. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST_MAX 100000

enum how { PLAIN, FORKED, TWICE, FROM_THREAD, ENDS_IN_THREAD, HOWS = 20 };

static char padding[LONGEST_MAX + 1];

struct start {
    char* argv[6];
};

static void name_self(char kind, unsigned long serial) {
    char name[24];
    snprintf(name, sizeof(name), "%c%lu", kind, serial);
    prctl(PR_SET_NAME, name);
}

static void* execute(void* arg) {
    struct start* const s = arg;
    execv("/proc/self/exe", s->argv);
    _exit(126);
}

static void* wait_for_first(void* arg) {
    pthread_join(*(pthread_t*)arg, NULL);
    _exit(0);
}

static void in_thread(void* (*what)(void*), void* arg) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, what, arg) != 0) {
        _exit(125);
    }
}

/* A process after its exec: "as SERIAL HOW PADDING" */
static int live(char** argv) {
    static pthread_t first;
    const unsigned long serial = strtoul(argv[2], NULL, 10);
    name_self('s', serial);
    switch (argv[3][0] - 'a') {
        case TWICE:
            argv[3] = (char[]){"a"};
            execv("/proc/self/exe", argv);
            return 126;
        case ENDS_IN_THREAD:
            first = pthread_self();
            in_thread(wait_for_first, &first);
            pthread_exit(NULL);
        default:
            _exit(0); /* not by main: at exit, LeakSanitizer makes another process of the same name */
    }
}

/* A process after its fork. */
static void begin(unsigned long serial, unsigned long longest) {
    char number[24], how[2] = {(char)('a' + serial % HOWS), 0};
    struct start s = {{(char[]){"storm"}, (char[]){"as"}, number, how, padding, NULL}};
    if (serial % HOWS == FORKED || serial % HOWS == FORKED + 10) {
        name_self('f', serial);
        _exit(0);
    }
    snprintf(number, sizeof(number), "%lu", serial);
    padding[serial * 7919 % (longest + 1)] = '\0';
    if (serial % HOWS == FROM_THREAD) {
        in_thread(execute, &s);
        pause();
    }
    execute(&s);
}

int main(int argc, char** argv) {
    if (argc == 5 && strcmp(argv[1], "as") == 0) {
        return live(argv);
    }
    if (argc != 5) {
        fprintf(stderr, "usage: exec_storm FIRST COUNT PARALLEL LONGEST\n");
        return 2;
    }
    const unsigned long first = strtoul(argv[1], NULL, 10), count = strtoul(argv[2], NULL, 10);
    const unsigned long parallel = strtoul(argv[3], NULL, 10), longest = strtoul(argv[4], NULL, 10);
    unsigned long running = 0;
    memset(padding, 'x', longest < LONGEST_MAX ? longest : LONGEST_MAX);
    for (unsigned long serial = first; serial < first + count; serial++) {
        const pid_t child = fork();
        if (child == 0) {
            begin(serial, longest);
        }
        running += child > 0;
        if (child < 0 && errno != EAGAIN) {
            perror("fork");
            return 1;
        }
        if (child < 0) {
            serial--; /* no process id is free */
        }
        if (running >= parallel || child < 0) {
            running -= wait(NULL) > 0;
        }
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}
