/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: a waiter learns of every change that matters, and of none that did not happen.
 * Invariant: growth, truncation, rename, removal and appearance of the file, of its directories and of what a symbolic
 * link leads to end a wait; without a change the time limit does; a signal does, too.
 * Oracle: the changes are made before the wait, so that nothing depends on time; a limit that ends a wait although a
 * change was made shows as a failure. */
#include "config.h"

#include "check.h"
#include "file/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static struct pacct_watch* watch;
static sigset_t during;

static char* at(const char* name) {
    static char paths[4][192];
    static unsigned turn;
    char* const path = paths[turn++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", check_dir, name);
    return path;
}

static void append(const char* name) {
    const int fd = open(at(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static int watched_file(unsigned slot, const char* name) {
    const int fd = open(at(name), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQ(pacct_watch_file(watch, slot, fd), 0);
    return fd;
}

static void changed(void) {
    CHECK(pacct_watch_wait(watch, PATIENCE_MS, &during));
}

static void quiet(void) {
    CHECK(!pacct_watch_wait(watch, 20, &during));
}

/* Whoever writes to the eventfd ends one wait, be it before or while it waits. */
static void woken(void) {
    quiet();
    CHECK(eventfd_write(pacct_watch_wake_fd(watch), 1) == 0);
    CHECK(eventfd_write(pacct_watch_wake_fd(watch), 1) == 0);
    changed();
    quiet();
}

/* Forget what is queued. A watch that was given up tells so once, which ends a wait for nothing. */
static void settle(void) {
    while (pacct_watch_wait(watch, 0, &during)) {
    }
}

static void on_signal(int signo) {
    (void)signo;
}

static void existing_file(void) {
    append("pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    const int fd = watched_file(0, "pacct");
    quiet();
    append("pacct");
    changed();
    quiet();
    CHECK(truncate(at("pacct"), 0) == 0);
    changed();
    quiet();
    CHECK(rename(at("pacct"), at("pacct.1")) == 0);
    changed();
    quiet();
    append("pacct.1"); /* the kernel goes on writing to the old file */
    changed();
    quiet();
    append("pacct"); /* the new one appears */
    changed();
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    const int new_fd = watched_file(0, "pacct");
    close(fd);
    settle();
    append("pacct");
    changed();
    quiet();
    append("pacct.1"); /* nobody cares any more */
    quiet();
    CHECK(unlink(at("pacct")) == 0);
    changed();
    CHECK_EQ(pacct_watch_file(watch, 0, -1), 0);
    close(new_fd);
    changed(); /* the last descriptor of an unlinked file */
    quiet();
    CHECK(unlink(at("pacct.1")) == 0);
    changed();
    quiet();
}

static void missing_directories(void) {
    CHECK_EQ(pacct_watch_path(watch, 1, at("var/log/pacct")), 0);
    quiet();
    CHECK(mkdir(at("var"), 0700) == 0);
    changed();
    CHECK_EQ(pacct_watch_path(watch, 1, at("var/log/pacct")), 0);
    settle();
    CHECK(mkdir(at("var/log"), 0700) == 0);
    changed();
    CHECK_EQ(pacct_watch_path(watch, 1, at("var/log/pacct")), 0);
    settle();
    append("var/log/pacct");
    changed();
    quiet();
    CHECK(unlink(at("var/log/pacct")) == 0 && rmdir(at("var/log")) == 0);
    changed();
    CHECK_EQ(pacct_watch_path(watch, 1, at("var/log/pacct")), 0);
    CHECK(rmdir(at("var")) == 0);
    changed();
    CHECK_EQ(pacct_watch_path(watch, 1, at("var/log/pacct")), 0);
    settle();
}

static void symbolic_link(void) {
    CHECK(mkdir(at("data"), 0700) == 0);
    append("data/real");
    CHECK(symlink("data/real", at("link")) == 0);
    CHECK_EQ(pacct_watch_path(watch, 2, at("link")), 0);
    settle();
    CHECK(rename(at("data/real"), at("data/real.1")) == 0);
    changed();
    quiet();
    append("data/real");
    changed();
    CHECK(unlink(at("data/real")) == 0 && unlink(at("data/real.1")) == 0 && unlink(at("link")) == 0);
    CHECK(rmdir(at("data")) == 0);
}

/* Two slots that watch the same file and directory share the watches; one that leaves does not take them away. */
static void shared_watches(void) {
    append("a.1");
    CHECK_EQ(pacct_watch_path(watch, 3, at("a")), 0);
    CHECK_EQ(pacct_watch_path(watch, 4, at("b")), 0);
    const int first = watched_file(3, "a.1"), second = watched_file(4, "a.1");
    settle();
    CHECK_EQ(pacct_watch_file(watch, 3, -1), 0);
    close(first);
    quiet();
    append("a.1");
    changed();
    CHECK_EQ(pacct_watch_file(watch, 4, -1), 0);
    close(second);
    settle();
    append("a.1");
    quiet();
    CHECK(unlink(at("a.1")) == 0);
    changed();
}

/* More events than one read takes. */
static void many_events(void) {
    append("pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    for (int i = 0; i < 1000; i++) {
        append(i % 2 == 0 ? "one_name_that_is_rather_long" : "another_name_that_is_rather_long");
        CHECK(unlink(at(i % 2 == 0 ? "one_name_that_is_rather_long" : "another_name_that_is_rather_long")) == 0);
    }
    changed();
    quiet();
    CHECK(unlink(at("pacct")) == 0);
    changed();
}

/* The kernel's queue overflows: what happened later is not told, but that something happened is, and what comes after
 * the wait is told again. Another queue of the same length shows that it did overflow. */
static void overflow(void) {
    unsigned limit = 0;
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    FILE* const f = fopen("/proc/sys/fs/inotify/max_queued_events", "re");
    CHECK(f != NULL && fscanf(f, "%u", &limit) == 1 && fclose(f) == 0);
    const int witness = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    CHECK(witness >= 0 && inotify_add_watch(witness, check_dir, IN_CREATE | IN_DELETE) >= 0);
    append("pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    const int fd = watched_file(0, "pacct");
    const uint64_t counted = pacct_watch_count(watch, 0).missed;
    for (unsigned i = 0; i <= limit / 2; i++) { /* two events each */
        append("other");
        CHECK(unlink(at("other")) == 0);
    }
    append("pacct");
    CHECK(rename(at("pacct"), at("pacct.1")) == 0); /* not told any more */
    append("pacct");
    bool overflowed = false;
    for (ssize_t n; (n = read(witness, events, sizeof(events))) > 0;) {
        for (ssize_t i = 0; i < n;) {
            struct inotify_event event;
            memcpy(&event, events + i, sizeof(event));
            overflowed = overflowed || (event.mask & IN_Q_OVERFLOW) != 0;
            i += (ssize_t)(sizeof(event) + event.len);
        }
    }
    CHECK(overflowed);
    close(witness);
    changed();
    quiet();
    CHECK(pacct_watch_count(watch, 0).missed != counted);
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0); /* as its reader does after every wait */
    append("pacct");
    changed();
    CHECK(unlink(at("pacct")) == 0 && unlink(at("pacct.1")) == 0);
    changed();
    close(fd);
    CHECK_EQ(pacct_watch_file(watch, 0, -1), 0);
    settle();
}

static uint64_t gone(unsigned slot) {
    return pacct_watch_count(watch, slot).gone;
}

/* Whatever becomes of the file at the path, the next one is another. */
static void count_of_a_file(void) {
    append("pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    CHECK_EQ(pacct_watch_path(watch, 1, at("other")), 0);
    settle();
    const uint64_t missed = pacct_watch_count(watch, 0).missed;
    CHECK(missed > 0 && gone(0) == 0);
    append("pacct");
    append("pacct.1");
    CHECK_EQ(gone(0), 0);
    CHECK(rename(at("pacct"), at("pacct.1")) == 0);
    CHECK_EQ(gone(0), 1);
    append("pacct");
    CHECK(unlink(at("pacct")) == 0);
    append("pacct");
    CHECK_EQ(gone(0), 2);
    /* as savelog does: there is always one */
    append("pacct.new");
    CHECK(link(at("pacct"), at("pacct.0")) == 0 && rename(at("pacct.new"), at("pacct")) == 0);
    CHECK_EQ(gone(0), 3);
    CHECK(unlink(at("pacct")) == 0 && rename(at("pacct.0"), at("pacct")) == 0);
    CHECK_EQ(gone(0), 4);
    /* nobody waited: several at once; and the path is watched again in between, as its reader does */
    for (int i = 0; i < 100; i++) {
        CHECK(rename(at("pacct"), at("pacct.1")) == 0);
        CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
        append("pacct");
        CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    }
    CHECK_EQ(gone(0), 104);
    CHECK_EQ(gone(1), 0);
    CHECK_EQ(pacct_watch_count(watch, 0).missed, missed);
}

static void count_through_a_link(void) {
    CHECK(mkdir(at("data"), 0700) == 0);
    append("data/real");
    CHECK(symlink("data/real", at("link")) == 0);
    CHECK_EQ(pacct_watch_path(watch, 2, at("link")), 0);
    CHECK(rename(at("data/real"), at("data/real.1")) == 0);
    append("data/real");
    CHECK_EQ(gone(2), 1);
    CHECK(unlink(at("link")) == 0);
    CHECK_EQ(gone(2), 2);
}

/* Then nothing is known of what was in between. */
static void count_that_is_not_whole(void) {
    CHECK(mkdir(at("var"), 0700) == 0);
    CHECK_EQ(pacct_watch_count(watch, 0).missed, 0);
    CHECK_EQ(pacct_watch_path(watch, 0, at("var/log/pacct")), 0);
    CHECK_EQ(pacct_watch_count(watch, 0).missed, 0); /* the directory is not there */
    CHECK(mkdir(at("var/log"), 0700) == 0);
    CHECK_EQ(pacct_watch_path(watch, 0, at("var/log/pacct")), 0);
    const uint64_t first = pacct_watch_count(watch, 0).missed;
    CHECK(first > 0);
    CHECK(rmdir(at("var/log")) == 0 && mkdir(at("var/log"), 0700) == 0);
    CHECK(pacct_watch_count(watch, 0).missed != first);
    CHECK_EQ(pacct_watch_path(watch, 0, at("var/log/pacct")), 0);
    const uint64_t second = pacct_watch_count(watch, 0).missed;
    CHECK(second != first);
    append("var/log/pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("var/log/pacct")), 0);
    CHECK(unlink(at("var/log/pacct")) == 0);
    const struct pacct_watch_count third = pacct_watch_count(watch, 0);
    CHECK(third.gone == 1 && third.missed != 0);
}

/* What is seen while counting is not lost for who waits. */
static void count_before_the_wait(void) {
    append("pacct");
    CHECK_EQ(pacct_watch_path(watch, 0, at("pacct")), 0);
    settle();
    append("pacct");
    CHECK_EQ(gone(0), 0);
    changed();
    quiet();
}

/* A signal that is blocked but for the wait cannot get lost before it. */
static void signals(void) {
    const struct sigaction action = {.sa_handler = on_signal};
    sigset_t block;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &block, &during) == 0);
    CHECK(raise(SIGUSR1) == 0);
    CHECK(!pacct_watch_wait(watch, -1, &during)); /* would wait for ever */
}

static void with_watch(void (*test)(void)) {
    sigemptyset(&during);
    watch = pacct_watch_new();
    CHECK(watch != NULL);
    test();
    pacct_watch_free(watch);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("a file that is there") {
        with_watch(existing_file);
    }
    CASE("directories that are missing") {
        with_watch(missing_directories);
    }
    CASE("a symbolic link") {
        with_watch(symbolic_link);
    }
    CASE("two that watch the same") {
        with_watch(shared_watches);
    }
    CASE("more events than one read takes") {
        with_watch(many_events);
    }
    CASE("the kernel's queue overflows") {
        with_watch(overflow);
    }
    CASE("files that go from the path are counted") {
        with_watch(count_of_a_file);
    }
    CASE("those that a link leads to are counted") {
        with_watch(count_through_a_link);
    }
    CASE("a count that is not whole says so") {
        with_watch(count_that_is_not_whole);
    }
    CASE("counting keeps the next wait short") {
        with_watch(count_before_the_wait);
    }
    CASE("somebody else ends a wait") {
        with_watch(woken);
    }
    CASE("a signal before the wait") {
        with_watch(signals);
    }
    return check_end();
}
