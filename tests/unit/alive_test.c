/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a process is taken for the one that a record is about only where that is certain.
 * Invariant: not one that began later, is ending, or has ended; whatever name it gave itself.
 * Oracle: children of the test, whose lives it knows. */
#include "config.h"

#include "accounting/alive.h"
#include "base/proc.h"
#include "check.h"

#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

/* Until the test ends. By PR_SET_PDEATHSIG it would not: a test that became another user may not send it a signal. */
static pid_t child_that_waits(void) {
    int ends[2];
    CHECK_EQ(pipe(ends), 0);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        char none;
        close(ends[1]);
        _exit(read(ends[0], &none, 1) != 0);
    }
    close(ends[0]);
    return pid;
}

static uint64_t now(void) {
    return (uint64_t)time(NULL);
}

static void wait_for_zombie(pid_t pid) {
    siginfo_t info;
    CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void of_certain_age(void) {
    const pid_t pid = child_that_waits();
    const uint64_t begin = now();
    CHECK(!pacct_alive_since((uint32_t)pid, now())); /* too young to tell */
    while (!pacct_alive_since((uint32_t)pid, now())) {
        CHECK(now() < begin + 10);
    }
    CHECK(now() >= begin + 2);
    CHECK(!pacct_alive_since((uint32_t)pid, begin)); /* another one may have had the number then */
    CHECK(!pacct_alive_since((uint32_t)pid, now() + 60)); /* somebody has set the clock */
    kill(pid, SIGKILL);
    wait_for_zombie(pid);
    CHECK(!pacct_alive_since((uint32_t)pid, now()));
    CHECK(!pacct_alive_gone((uint32_t)pid)); /* its number is not free yet */
    waitpid(pid, NULL, 0);
    CHECK(!pacct_alive_since((uint32_t)pid, now()));
    CHECK(pacct_alive_gone((uint32_t)pid));
}

static void of_others(void) {
    const pid_t pid = child_that_waits();
    CHECK(!pacct_alive_gone((uint32_t)pid));
    if (geteuid() == 0) {
        CHECK_EQ(setresuid(65534, 65534, 65534), 0);
    }
    CHECK(!pacct_alive_gone((uint32_t)pid)); /* it may not be sent a signal, and is there */
    CHECK(!pacct_alive_gone(1));
}

static void of_any_name(void) {
    static const char* const names[] = {"a) Z 1 2 3", "a\n) X", "(((", ")", ""};
    struct pacct_proc before, after;
    CHECK(pacct_proc_read((uint32_t)getpid(), &before));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        prctl(PR_SET_NAME, names[i]);
        CHECK(pacct_proc_read((uint32_t)getpid(), &after));
        CHECK(!after.ending);
        CHECK_EQ(after.ppid, getppid());
        CHECK_EQ(after.start, before.start);
    }
}

static void of_a_zombie(void) {
    struct pacct_proc proc;
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        _exit(0);
    }
    wait_for_zombie(pid);
    CHECK(pacct_proc_read((uint32_t)pid, &proc));
    CHECK(proc.ending);
    waitpid(pid, NULL, 0);
    CHECK(!pacct_proc_read((uint32_t)pid, &proc));
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("a process is the one of before once it is older than that") {
        of_certain_age();
    }
    CASE("a process of another user is there") {
        of_others();
    }
    CASE("any name can be read over") {
        of_any_name();
    }
    CASE("a zombie is ending") {
        of_a_zombie();
    }
    return check_end();
}
