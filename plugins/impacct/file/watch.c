/**
 * @file pacct_wake.c
 * @brief Waiting until a file may have changed.
 *
 * Algorithm: per slot up to four watches: the file being read, by its
 * descriptor, whatever stands at its path; the file at the path; the deepest
 * existing directory of the path; and the directory that a symbolic link at
 * the path leads to. inotify returns the same number for the same inode, so
 * one watch may serve several slots. Which of them changed is not told apart:
 * to look at a file that did not change costs two system calls.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: without inotify a wait ends by its time limit. An overflow of
 * the queue loses nothing, since every file is looked at after a wait.
 */
#include "config.h"

#include "pacct_wake.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* room for a good number of events; the kernel merges equal ones that follow each other */
#define EVENTS_SIZE 4096u

#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_CLOSE_WRITE)
#define DIR_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

enum { WATCH_FILE, WATCH_PATH, WATCH_DIR, WATCH_TARGET, WATCHES };

struct slot {
    int wd[WATCHES]; /* -1: none */
};

struct pacct_wake {
    int fd; /* -1: no inotify */
    int also; /* not ours; -1: none */
    int error; /* why */
    struct slot* slots;
    unsigned count;
};

struct pacct_wake* pacct_wake_new(void) {
    struct pacct_wake* const w = calloc(1, sizeof(*w));
    if (w != NULL) {
        w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        w->error = w->fd < 0 ? errno : 0;
        w->also = -1;
    }
    return w;
}

void pacct_wake_free(struct pacct_wake* w) {
    if (w != NULL) {
        if (w->fd >= 0) {
            close(w->fd);
        }
        free(w->slots);
        free(w);
    }
}

static struct slot* slot_of(struct pacct_wake* w, unsigned slot) {
    if (slot >= w->count) {
        struct slot* const slots = realloc(w->slots, (slot + 1) * sizeof(*slots));
        if (slots == NULL) {
            return NULL;
        }
        for (; w->count <= slot; w->count++) {
            slots[w->count] = (struct slot){.wd = {-1, -1, -1, -1}};
        }
        w->slots = slots;
    }
    return &w->slots[slot];
}

static bool is_shared(const struct pacct_wake* w, int wd) {
    unsigned users = 0;
    for (unsigned i = 0; i < w->count; i++) {
        for (int k = 0; k < WATCHES; k++) {
            users += w->slots[i].wd[k] == wd;
        }
    }
    return users > 1;
}

/* Watch path in this place of the slot; NULL: nothing. */
static int set_watch(struct pacct_wake* w, struct slot* s, int which, const char* path, uint32_t events) {
    const int wd = path == NULL ? -1 : inotify_add_watch(w->fd, path, events);
    const int error = path != NULL && wd < 0 ? errno : 0;
    if (s->wd[which] >= 0 && s->wd[which] != wd && !is_shared(w, s->wd[which])) {
        inotify_rm_watch(w->fd, s->wd[which]); /* fails where the inode is gone: so is the watch */
    }
    s->wd[which] = wd;
    return error;
}

/* Cut the last part off a path; false where there is none left. */
static bool to_parent(char* path) {
    char* const slash = strrchr(path, '/');
    if (slash == NULL) {
        const bool more = strcmp(path, ".") != 0;
        memcpy(path, ".", 2);
        return more;
    }
    const bool more = slash != path || slash[1] != '\0';
    slash[slash == path ? 1 : 0] = '\0';
    return more;
}

int pacct_wake_watch_path(struct pacct_wake* w, unsigned slot, const char* path) {
    char dir[PATH_MAX], target[PATH_MAX];
    struct slot* const s = slot_of(w, slot);
    if (s == NULL) {
        return ENOMEM;
    }
    if (w->fd < 0) {
        return w->error;
    }
    if (strlen(path) >= sizeof(dir)) {
        return ENAMETOOLONG;
    }
    memcpy(dir, path, strlen(path) + 1);
    int error = ENOENT;
    while (error == ENOENT && to_parent(dir)) {
        error = set_watch(w, s, WATCH_DIR, dir, DIR_EVENTS);
    }
    if (error == 0 && realpath(path, target) != NULL) {
        error = set_watch(w, s, WATCH_PATH, target, FILE_EVENTS);
        if (error == ENOENT) {
            error = 0; /* gone again: the directory tells when it comes back */
        }
        if (error == 0 && to_parent(target)) {
            error = set_watch(w, s, WATCH_TARGET, target, DIR_EVENTS);
        }
    }
    return error;
}

int pacct_wake_watch_file(struct pacct_wake* w, unsigned slot, int fd) {
    char path[32];
    struct slot* const s = slot_of(w, slot);
    if (s == NULL) {
        return ENOMEM;
    }
    if (w->fd < 0) {
        return w->error;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return set_watch(w, s, WATCH_FILE, fd < 0 ? NULL : path, FILE_EVENTS);
}

static void forget(struct pacct_wake* w, int wd) {
    for (unsigned i = 0; i < w->count; i++) {
        for (int k = 0; k < WATCHES; k++) {
            if (w->slots[i].wd[k] == wd) {
                w->slots[i].wd[k] = -1;
            }
        }
    }
}

/* Take events off the queue; true when it is empty. */
static bool drain(struct pacct_wake* w) {
    char events[EVENTS_SIZE] __attribute__((aligned(__alignof__(struct inotify_event))));
    const ssize_t n = read(w->fd, events, sizeof(events));
    for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
        struct inotify_event event;
        memcpy(&event, events + at, sizeof(event));
        if ((event.mask & IN_IGNORED) != 0) {
            forget(w, event.wd); /* the kernel has dropped the watch; its number may be used again */
        }
        at += (ssize_t)(sizeof(event) + event.len);
    }
    return n < (ssize_t)(sizeof(events) - sizeof(struct inotify_event) - NAME_MAX - 1);
}

void pacct_wake_also(struct pacct_wake* w, int fd) {
    w->also = fd;
}

bool pacct_wake_wait(struct pacct_wake* w, int timeout_ms, const sigset_t* during) {
    const struct timespec timeout = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000L};
    struct pollfd pfds[] = {{.fd = w->fd, .events = POLLIN}, {.fd = w->also, .events = POLLIN}};
    const int n = ppoll(pfds, 2, timeout_ms < 0 ? NULL : &timeout, during);
    if (n > 0 && pfds[0].revents != 0) {
        while (!drain(w)) {
        }
    }
    return n > 0;
}

void pacct_wake_pause(int ms, const sigset_t* during) {
    const struct timespec timeout = {ms / 1000, (long)(ms % 1000) * 1000000L};
    ppoll(NULL, 0, &timeout, during);
}
