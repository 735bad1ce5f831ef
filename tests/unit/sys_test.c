/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: what base/sys.h and base/child.h say of paths, small files, threads and children holds.
 * Invariant: a path is cut as dirname(3) cuts it, the first line that has what is looked for is the one that counts, a
 * thread gets no signal, a child's end is known when it is waited for.
 * Oracle: dirname(3); files written here; the signal mask that a thread sees; wait statuses. */
#include "config.h"

#include "check.h"
#include "base/child.h"
#include "base/sys.h"

#include <libgen.h>
#include <signal.h>
#include <sys/prctl.h>

static void paths(void) {
    static const char* const some[] = {"a", "a/b", "/a", "/a/b", "/a/b/c.d", "./a", "../a", "/", "."};
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        char copy[32];
        strcpy(copy, some[i]);
        const char* const expected = dirname(copy);
        char* const dir = pacct_sys_dirname(some[i]);
        CHECK(dir != NULL);
        CHECK_TEXT(dir, strlen(dir), expected);
        free(dir);
    }
    char path[] = "/a/b";
    CHECK(pacct_sys_parent(path) && strcmp(path, "/a") == 0);
    CHECK(pacct_sys_parent(path) && strcmp(path, "/") == 0);
    CHECK(!pacct_sys_parent(path) && strcmp(path, "/") == 0);
    strcpy(path, "a");
    CHECK(pacct_sys_parent(path) && strcmp(path, ".") == 0);
    CHECK(!pacct_sys_parent(path));
}

static void write_file(const char* path, const char* text) {
    FILE* const f = fopen(path, "we");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void small_files(void) {
    char path[sizeof(check_dir) + 2], line[6];
    int a = 0, b = 0;
    snprintf(path, sizeof(path), "%s/f", check_dir);
    write_file(path, "");
    pacct_sys_first_line(path, line, sizeof(line));
    CHECK(strcmp(line, "") == 0);
    CHECK_EQ(pacct_sys_scan(path, "%d", &a), 0);
    write_file(path, "abc\ndef\n");
    pacct_sys_first_line(path, line, sizeof(line));
    CHECK(strcmp(line, "abc") == 0);
    write_file(path, "abcdefgh");
    pacct_sys_first_line(path, line, sizeof(line));
    CHECK(strcmp(line, "abcde") == 0);
    write_file(path, "x 1 2\ny 3 4\ny 5 6\n");
    CHECK_EQ(pacct_sys_scan(path, "y %d %d", &a, &b), 2);
    CHECK(a == 3 && b == 4);
    CHECK_EQ(pacct_sys_scan(path, "z %d", &a), 0);
    CHECK(unlink(path) == 0);
    pacct_sys_first_line(path, line, sizeof(line));
    CHECK(strcmp(line, "") == 0);
    CHECK(pacct_sys_scan(path, "%d", &a) == -1);
}

static void* all_blocked(void* arg) {
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    return sigismember(&now, SIGTERM) == 1 && sigismember(&now, SIGTTIN) == 1 && sigismember(&now, SIGUSR2) == 1 ? arg
                                                                                                                 : NULL;
}

static void threads(void) {
    pthread_t thread;
    sigset_t before, after;
    int mark;
    void* seen;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    CHECK_EQ(pacct_sys_thread(&thread, all_blocked, &mark), 0);
    CHECK(pthread_join(thread, &seen) == 0 && seen == &mark);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int i = 1; i < 32; i++) {
        CHECK_EQ(sigismember(&after, i), sigismember(&before, i));
    }
}

static int end_with_7(void* arg) {
    (void)arg;
    return 7;
}

static int end_by_signal(void* arg) {
    (void)arg;
    __builtin_trap(); /* as of a filter of system calls, no mask holds this signal back */
}

static int leave_no_core(void* arg) {
    (void)arg;
    return prctl(PR_GET_DUMPABLE) == 0 ? 7 : 1;
}

static void children(void) {
    int status;
    pid_t pid = 0;
    CHECK_EQ(pacct_child_try(leave_no_core, &status), 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    CHECK_EQ(pacct_child_try(end_by_signal, &status), 0);
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(pacct_child_share(end_with_7, NULL, &pid), 0);
    CHECK(pid > 0 && kill(pid, 0) != 0);
}

static void clocks(void) {
    const uint64_t before = pacct_clock_ns(CLOCK_MONOTONIC);
    const int64_t ms = pacct_monotonic_ms();
    const uint64_t after = pacct_clock_ns(CLOCK_MONOTONIC);
    CHECK((uint64_t)ms >= before / 1000000 && (uint64_t)ms <= after / 1000000);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("paths are cut") {
        paths();
    }
    CASE("first lines and numbers of files") {
        small_files();
    }
    CASE("a thread gets no signal") {
        threads();
    }
    CASE("a child's end") {
        children();
    }
    CASE("clocks agree") {
        clocks();
    }
    return check_end();
}
