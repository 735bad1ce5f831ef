/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the children that the module makes inside rsyslogd end before anybody can notice, and leave nothing behind.
 * Invariant: no child is left to be waited for, no SIGCHLD comes, signals stay as they were, no two canaries share a
 * name; what a child that may be ended does stays in its own memory, and its end is known.
 * Oracle: the kernel, asked for the child afterwards; the counters of /proc, which a child of the test moves. */
#include "config.h"

#include "accounting/canary.h"
#include "accounting/tasks.h"
#include "base/child.h"
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 300

static volatile sig_atomic_t children_told;
static volatile int touched;

static void on_child(int signo) {
    (void)signo;
    children_told++;
}

static void check_nothing_is_left(pid_t pid) {
    CHECK(kill(pid, 0) != 0 && errno == ESRCH);
    CHECK(waitpid(-1, NULL, WNOHANG | __WALL) < 0 && errno == ECHILD);
    CHECK_EQ(children_told, 0);
}

static void canaries(void) {
    static char names[MANY][PACCT_CANARY_NAME + 1];
    sigset_t before, after;
    pid_t pid;
    signal(SIGCHLD, on_child);
    sigprocmask(SIG_SETMASK, NULL, &before);
    for (unsigned i = 0; i < MANY; i++) {
        CHECK_EQ(pacct_canary(names[i], &pid), 0);
        check_nothing_is_left(pid);
        CHECK_EQ(strlen(names[i]), PACCT_CANARY_NAME);
        CHECK_EQ(strncmp(names[i], PACCT_CHILD_PREFIX, strlen(PACCT_CHILD_PREFIX)), 0);
        CHECK_EQ(strspn(names[i] + strlen(PACCT_CHILD_PREFIX), "0123456789abcdef"), 7);
        for (unsigned k = 0; k < i; k++) {
            CHECK(strcmp(names[i], names[k]) != 0);
        }
    }
    sigprocmask(SIG_SETMASK, NULL, &after);
    CHECK_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
    CHECK_EQ(sigismember(&after, SIGCHLD), sigismember(&before, SIGCHLD));
}

static int touch(void* what) {
    (void)what;
    touched++;
    return 7;
}

static int be_ended(void* what) {
    (void)what;
    volatile int* const nowhere = mmap(NULL, 1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *nowhere = 0; /* by a signal that is not to be blocked and asks for a core dump, as a filter does it */
    return 0;
}

static void what_they_share(void) {
    int status;
    pid_t pid;
    signal(SIGCHLD, on_child);
    CHECK_EQ(pacct_child_share(touch, NULL, &pid), 0);
    CHECK_EQ(touched, 1);
    check_nothing_is_left(pid);
    CHECK_EQ(pacct_child_try(touch, &status), 0);
    CHECK_EQ(touched, 1);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

static void ended_by_a_signal(void) {
    const struct rlimit cores = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    int status;
    signal(SIGCHLD, on_child);
    setrlimit(RLIMIT_CORE, &cores); /* as far as that is permitted */
    CHECK_EQ(pacct_child_try(be_ended, &status), 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV && !WCOREDUMP(status));
    CHECK_EQ(children_told, 0);
}

static void no_child(void) {
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
    char name[PACCT_CANARY_NAME + 1];
    pid_t pid;
    int status;
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0) { /* root has no such limit */
        return;
    }
    CHECK_EQ(setrlimit(RLIMIT_NPROC, &none), 0);
    CHECK_EQ(pacct_canary(name, &pid), EAGAIN);
    CHECK_EQ(pacct_child_try(touch, &status), EAGAIN);
}

static void tasks(void) {
    char name[PACCT_CANARY_NAME + 1];
    uint64_t before, after;
    pid_t pid;
    if (access("/proc/stat", R_OK) != 0) {
        return;
    }
    CHECK(pacct_tasks_ended(&before));
    do { /* others are born meanwhile, but none of ours stays */
        CHECK_EQ(pacct_canary(name, &pid), 0);
        CHECK(pacct_tasks_ended(&after));
    } while (after <= before);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("canaries have names of their own and leave nothing behind") {
        canaries();
    }
    CASE("what a child shares and what it does not") {
        what_they_share();
    }
    CASE("a child that is ended by a signal") {
        ended_by_a_signal();
    }
    CASE("a canary moves the counters of /proc") {
        tasks();
    }
    CASE("no child can be made") {
        no_child();
    }
    return check_end();
}
