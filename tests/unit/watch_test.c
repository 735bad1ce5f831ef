/* Intent: a waiter learns of every change that matters, and of none that did not happen.
 * Invariant: growth, truncation, rename, removal and appearance of the file, of its directories and of what a symbolic
 * link leads to end a wait; without a change the time limit does; a signal does, too.
 * Oracle: the changes are made before the wait, so that nothing depends on time; a limit that ends a wait although a
 * change was made shows as a failure. */
#include "config.h"

#include "check.h"
#include "pacct_wake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static char dir[64];
static struct pacct_wake* wake;
static sigset_t during;

static char* at(const char* name) {
    static char paths[4][192];
    static unsigned turn;
    char* const path = paths[turn++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static void append(const char* name) {
    const int fd = open(at(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1 && close(fd) == 0);
}

static int watched_file(unsigned slot, const char* name) {
    const int fd = open(at(name), O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_EQ(pacct_wake_watch_file(wake, slot, fd), 0);
    return fd;
}

static void changed(void) {
    CHECK(pacct_wake_wait(wake, PATIENCE_MS, &during));
}

static void quiet(void) {
    CHECK(!pacct_wake_wait(wake, 20, &during));
}

/* Forget what is queued. A watch that was given up tells so once, which ends a wait for nothing. */
static void settle(void) {
    while (pacct_wake_wait(wake, 0, &during)) {
    }
}

static void on_signal(int signo) {
    (void)signo;
}

static void existing_file(void) {
    append("pacct");
    CHECK_EQ(pacct_wake_watch_path(wake, 0, at("pacct")), 0);
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
    CHECK_EQ(pacct_wake_watch_path(wake, 0, at("pacct")), 0);
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
    CHECK_EQ(pacct_wake_watch_file(wake, 0, -1), 0);
    close(new_fd);
    changed(); /* the last descriptor of an unlinked file */
    quiet();
    CHECK(unlink(at("pacct.1")) == 0);
    changed();
    quiet();
}

static void missing_directories(void) {
    CHECK_EQ(pacct_wake_watch_path(wake, 1, at("var/log/pacct")), 0);
    quiet();
    CHECK(mkdir(at("var"), 0700) == 0);
    changed();
    CHECK_EQ(pacct_wake_watch_path(wake, 1, at("var/log/pacct")), 0);
    settle();
    CHECK(mkdir(at("var/log"), 0700) == 0);
    changed();
    CHECK_EQ(pacct_wake_watch_path(wake, 1, at("var/log/pacct")), 0);
    settle();
    append("var/log/pacct");
    changed();
    quiet();
    CHECK(unlink(at("var/log/pacct")) == 0 && rmdir(at("var/log")) == 0);
    changed();
    CHECK_EQ(pacct_wake_watch_path(wake, 1, at("var/log/pacct")), 0);
    CHECK(rmdir(at("var")) == 0);
    changed();
    CHECK_EQ(pacct_wake_watch_path(wake, 1, at("var/log/pacct")), 0);
    settle();
}

static void symbolic_link(void) {
    CHECK(mkdir(at("data"), 0700) == 0);
    append("data/real");
    CHECK(symlink("data/real", at("link")) == 0);
    CHECK_EQ(pacct_wake_watch_path(wake, 2, at("link")), 0);
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
    CHECK_EQ(pacct_wake_watch_path(wake, 3, at("a")), 0);
    CHECK_EQ(pacct_wake_watch_path(wake, 4, at("b")), 0);
    const int first = watched_file(3, "a.1"), second = watched_file(4, "a.1");
    settle();
    CHECK_EQ(pacct_wake_watch_file(wake, 3, -1), 0);
    close(first);
    quiet();
    append("a.1");
    changed();
    CHECK_EQ(pacct_wake_watch_file(wake, 4, -1), 0);
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
    CHECK_EQ(pacct_wake_watch_path(wake, 0, at("pacct")), 0);
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
    CHECK(witness >= 0 && inotify_add_watch(witness, dir, IN_CREATE | IN_DELETE) >= 0);
    append("pacct");
    CHECK_EQ(pacct_wake_watch_path(wake, 0, at("pacct")), 0);
    const int fd = watched_file(0, "pacct");
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
    CHECK_EQ(pacct_wake_watch_path(wake, 0, at("pacct")), 0); /* as its reader does after every wait */
    append("pacct");
    changed();
    CHECK(unlink(at("pacct")) == 0 && unlink(at("pacct.1")) == 0);
    changed();
    close(fd);
    CHECK_EQ(pacct_wake_watch_file(wake, 0, -1), 0);
    settle();
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
    CHECK(!pacct_wake_wait(wake, -1, &during)); /* would wait for ever */
}

int main(void) {
    sigemptyset(&during);
    snprintf(dir, sizeof(dir), "/tmp/impacct-wake_test.XXXXXX");
    CHECK(mkdtemp(dir) != NULL);
    wake = pacct_wake_new();
    CHECK(wake != NULL);
    existing_file();
    missing_directories();
    symbolic_link();
    shared_watches();
    many_events();
    overflow();
    signals();
    pacct_wake_free(wake);
    CHECK(rmdir(dir) == 0);
    return 0;
}
