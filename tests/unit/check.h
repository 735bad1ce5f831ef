/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file check.h
 * @brief Assertions, and the cases of a unit test.
 *
 * A test is a program of cases:
 *
 *     int main(int argc, char** argv) {
 *         check_begin(argc, argv);
 *         CASE("a name that says what holds") {
 *             CHECK_EQ(1 + 1, 2);
 *         }
 *         return check_end();
 *     }
 *
 * Each case runs in a process of its own, which begins with what main() has set up before and with an empty directory.
 * So neither a failure nor a crash hides the cases that follow, and no case depends on another.
 *
 *     PROGRAM          all cases; exit code 1 if one failed
 *     PROGRAM NAME     this one; in a debugger: set follow-fork-mode child
 *     PROGRAM --list   their names
 *
 * Assertions hold with NDEBUG, too. One that fails prints both operands and ends the case.
 */
#ifndef CHECK_H
#define CHECK_H

#include <ftw.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/** End the case unless a condition holds. */
#define CHECK(condition)                                                              \
    do {                                                                              \
        if (!(condition)) {                                                           \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1);                                                                  \
        }                                                                             \
    } while (0)

/** End the case unless two integers are equal. */
#define CHECK_EQ(got, expected)                                                                                 \
    do {                                                                                                        \
        const uint64_t got_ = (uint64_t)(got), expected_ = (uint64_t)(expected);                                \
        if (got_ != expected_) {                                                                                \
            fprintf(stderr, "%s:%d: %s is %" PRIu64 " (0x%" PRIx64 "), expected %" PRIu64 " (0x%" PRIx64 ")\n", \
                    __FILE__, __LINE__, #got, got_, got_, expected_, expected_);                                \
            exit(1);                                                                                            \
        }                                                                                                       \
    } while (0)

/** End the case unless len bytes at got are the terminated string expected. */
#define CHECK_TEXT(got, len, expected)                                                                        \
    do {                                                                                                      \
        if ((size_t)(len) != strlen(expected) || memcmp(got, expected, (size_t)(len)) != 0) {                 \
            fprintf(stderr, "%s:%d: %s is \"%.*s\", expected \"%s\"\n", __FILE__, __LINE__, #got, (int)(len), \
                    (const char*)(got), expected);                                                            \
            exit(1);                                                                                          \
        }                                                                                                     \
    } while (0)

/** A case: the block that follows. */
#define CASE(name) for (; check_enter(name); exit(0))

/** The directory of the case that runs: empty at its begin, removed with all in it after its end. */
static char check_dir[64];

static const char* check_argument; /* NULL: all cases */
static unsigned check_ran, check_failed;

static inline void check_begin(int argc, char** argv) {
    check_argument = argc > 1 ? argv[1] : NULL;
}

static inline int check_remove(const char* path, const struct stat* st, int type, struct FTW* at) {
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* Whether this is the process of the case, which ends behind the block. */
static inline bool check_enter(const char* name) {
    int status = 0;
    if (check_argument != NULL && strcmp(check_argument, "--list") == 0) {
        puts(name);
    }
    if (check_argument != NULL && strcmp(check_argument, name) != 0) {
        return false;
    }
    check_ran++;
    strcpy(check_dir, "/tmp/impacct-unit.XXXXXX");
    CHECK(mkdtemp(check_dir) != NULL);
    fflush(NULL);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        return true;
    }
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(nftw(check_dir, check_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
    check_failed += status != 0;
    if (WIFSIGNALED(status)) {
        printf("FAIL: %s (signal %d)\n", name, WTERMSIG(status));
    } else {
        printf("%s: %s\n", status == 0 ? "PASS" : "FAIL", name);
    }
    return false;
}

/** What main() returns. */
static inline int check_end(void) {
    const char* const name = check_argument == NULL ? "" : check_argument;
    if (check_ran == 0 && strcmp(name, "--list") != 0) {
        fprintf(stderr, "there is no case \"%s\"; --list names them\n", name);
        return 1;
    }
    return check_failed > 0;
}

#endif
