/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/watch.c
 * @brief Waiting until a file may have changed.
 *
 * Algorithm: per slot up to four watches: the file being read, by its
 * descriptor, whatever stands at its path; the file at the path; the deepest
 * existing directory of the path; and the directory that a symbolic link at
 * the path leads to. inotify returns the same number for the same inode, so
 * one watch may serve several slots. Which of them changed is not looked at:
 * to look at a file that did not change costs two system calls. Only names in
 * the two directories are, to count the files that went from the path.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: without inotify a wait ends by its time limit. An overflow of
 * the queue loses no change, since every file is looked at after a wait; the
 * count says that it cannot be trusted.
 */
#include "config.h"

#include "file/watch.h"
#include "base/sys.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* room for a good number of events; the kernel merges equal ones that follow each other */
#define EVENTS_SIZE 4096u

#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_CLOSE_WRITE)
#define DIR_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

enum { WATCH_FILE, WATCH_PATH, WATCH_DIR, WATCH_TARGET, WATCHES };

struct slot {
    int wd[WATCHES]; /* -1: none */
    char* name[WATCHES]; /* of the file in a directory that is watched; NULL: not known */
    bool present[WATCHES]; /* whether there is one of that name */
    struct pacct_watch_count count;
};

struct pacct_watch {
    int fd; /* -1: no inotify */
    int wake; /* eventfd; -1: none */
    int also; /* not ours; -1: none */
    int edges; /* epoll of others that are not ours; -1: none */
    int error; /* why */
    bool pending; /* something has changed, and no wait has ended by it yet */
    struct slot* slots;
    unsigned count;
};

struct pacct_watch* pacct_watch_new(void) {
    struct pacct_watch* const w = calloc(1, sizeof(*w));
    if (w != NULL) {
        w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        w->error = w->fd < 0 ? errno : 0;
        w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        w->also = w->edges = -1;
    }
    return w;
}

void pacct_watch_free(struct pacct_watch* w) {
    if (w != NULL) {
        if (w->fd >= 0) {
            close(w->fd);
        }
        if (w->wake >= 0) {
            close(w->wake);
        }
        if (w->edges >= 0) {
            close(w->edges);
        }
        for (unsigned i = 0; i < w->count; i++) {
            free(w->slots[i].name[WATCH_DIR]);
            free(w->slots[i].name[WATCH_TARGET]);
        }
        free(w->slots);
        free(w);
    }
}

static struct slot* slot_of(struct pacct_watch* w, unsigned slot) {
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

static bool is_shared(const struct pacct_watch* w, int wd) {
    unsigned users = 0;
    for (unsigned i = 0; i < w->count; i++) {
        for (int k = 0; k < WATCHES; k++) {
            users += w->slots[i].wd[k] == wd;
        }
    }
    return users > 1;
}

/* Watch path in this place of the slot; NULL: nothing. */
static int set_watch(struct pacct_watch* w, struct slot* s, int which, const char* path, uint32_t events) {
    const int wd = path == NULL ? -1 : inotify_add_watch(w->fd, path, events);
    const int error = path != NULL && wd < 0 ? errno : 0;
    if (s->wd[which] >= 0 && s->wd[which] != wd && !is_shared(w, s->wd[which])) {
        inotify_rm_watch(w->fd, s->wd[which]); /* fails where the inode is gone: so is the watch */
    }
    s->wd[which] = wd;
    return error;
}

/* The files of this name in this directory are the ones to count from now on. What it is not known of is not counted.
 */
static void set_name(struct slot* s, int which, int wd_before, const char* path) {
    struct stat st;
    const char* const slash = path == NULL ? NULL : strrchr(path, '/');
    const char* const name = slash == NULL ? path : slash + 1;
    char** const known = &s->name[which];
    if (s->wd[which] == wd_before && name != NULL && *known != NULL && strcmp(*known, name) == 0) {
        return;
    }
    free(*known);
    *known = name == NULL ? NULL : strdup(name);
    s->present[which] = path != NULL && lstat(path, &st) == 0;
    s->count.missed++;
}

int pacct_watch_path(struct pacct_watch* w, unsigned slot, const char* path) {
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
    int before = s->wd[WATCH_DIR], depth = 0, error = ENOENT;
    while (error == ENOENT && pacct_sys_parent(dir)) {
        error = set_watch(w, s, WATCH_DIR, dir, DIR_EVENTS);
        depth++;
    }
    set_name(s, WATCH_DIR, before, error == 0 && depth == 1 ? path : NULL);
    if (error == 0 && realpath(path, target) != NULL) {
        error = set_watch(w, s, WATCH_PATH, target, FILE_EVENTS);
        if (error == ENOENT) {
            error = 0; /* gone again: the directory's watch reports when it comes back */
        }
        memcpy(dir, target, strlen(target) + 1);
        if (error == 0 && pacct_sys_parent(dir)) {
            before = s->wd[WATCH_TARGET];
            error = set_watch(w, s, WATCH_TARGET, dir, DIR_EVENTS);
            set_name(s, WATCH_TARGET, before, error == 0 ? target : NULL);
        }
    }
    return error;
}

int pacct_watch_file(struct pacct_watch* w, unsigned slot, int fd) {
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

static void forget(struct pacct_watch* w, int wd) {
    for (unsigned i = 0; i < w->count; i++) {
        for (int k = 0; k < WATCHES; k++) {
            if (w->slots[i].wd[k] == wd) {
                w->slots[i].wd[k] = -1;
                w->slots[i].count.missed += k == WATCH_DIR || k == WATCH_TARGET;
            }
        }
    }
}

/* Whether a file went from the name by this event: renamed, deleted, or replaced by another. */
static bool is_gone(struct slot* s, int which, uint32_t mask) {
    const bool was = s->present[which];
    s->present[which] = (mask & (IN_CREATE | IN_MOVED_TO)) != 0;
    return (mask & (IN_MOVED_FROM | IN_DELETE)) != 0 || ((mask & IN_MOVED_TO) != 0 && was);
}

/* Something has happened to this name in a directory. Where there is no link, that of the path and that of the file are
 * the same. */
static void count(struct pacct_watch* w, const struct inotify_event* event, const char* name) {
    static const int directories[] = {WATCH_DIR, WATCH_TARGET};
    if ((event->mask & (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)) == 0 || (event->mask & IN_ISDIR) != 0) {
        return; /* a directory holds no records */
    }
    for (unsigned i = 0; i < w->count; i++) {
        struct slot* const s = &w->slots[i];
        bool gone = false;
        for (size_t k = 0; k < 2; k++) {
            const int which = directories[k];
            if (s->wd[which] == event->wd && s->name[which] != NULL && strcmp(s->name[which], name) == 0) {
                gone = is_gone(s, which, event->mask) || gone;
            }
        }
        s->count.gone += gone;
    }
}

static void count_is_wrong(struct pacct_watch* w) {
    for (unsigned i = 0; i < w->count; i++) {
        w->slots[i].count.missed++;
    }
}

/* Take events off the queue; true when it is empty. */
static bool drain(struct pacct_watch* w) {
    char events[EVENTS_SIZE] __attribute__((aligned(__alignof__(struct inotify_event))));
    const ssize_t n = read(w->fd, events, sizeof(events));
    for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
        struct inotify_event event;
        memcpy(&event, events + at, sizeof(event));
        w->pending = true;
        if ((event.mask & IN_IGNORED) != 0) {
            forget(w, event.wd); /* the kernel has dropped the watch; its number may be used again */
        } else if ((event.mask & IN_Q_OVERFLOW) != 0) {
            count_is_wrong(w);
        } else if (event.len > 0) {
            count(w, &event, events + at + sizeof(event));
        }
        at += (ssize_t)(sizeof(event) + event.len);
    }
    return n < (ssize_t)(sizeof(events) - sizeof(struct inotify_event) - NAME_MAX - 1);
}

static void drain_all(struct pacct_watch* w) {
    while (!drain(w)) {
    }
}

struct pacct_watch_count pacct_watch_count(struct pacct_watch* w, unsigned slot) {
    const struct slot* const s = slot_of(w, slot);
    if (s == NULL || w->fd < 0) {
        return (struct pacct_watch_count){0};
    }
    drain_all(w);
    return s->name[WATCH_DIR] == NULL && s->name[WATCH_TARGET] == NULL ? (struct pacct_watch_count){0} : s->count;
}

void pacct_watch_also(struct pacct_watch* w, int fd) {
    w->also = fd;
}

bool pacct_watch_edge(struct pacct_watch* w, int fd) {
    struct epoll_event on_data = {.events = EPOLLIN | EPOLLET};
    if (w->edges < 0) {
        w->edges = epoll_create1(EPOLL_CLOEXEC);
    }
    return w->edges >= 0 && epoll_ctl(w->edges, EPOLL_CTL_ADD, fd, &on_data) == 0;
}

int pacct_watch_wake_fd(const struct pacct_watch* w) {
    return w->wake;
}

bool pacct_watch_wait(struct pacct_watch* w, int timeout_ms, const sigset_t* during) {
    const int ms = w->pending ? 0 : timeout_ms;
    const struct timespec timeout = {ms / 1000, (long)(ms % 1000) * 1000000L};
    struct pollfd pfds[] = {{.fd = w->fd, .events = POLLIN},
                            {.fd = w->wake, .events = POLLIN},
                            {.fd = w->edges, .events = POLLIN},
                            {.fd = w->also, .events = POLLIN}};
    const int n = ppoll(pfds, sizeof(pfds) / sizeof(pfds[0]), ms < 0 ? NULL : &timeout, during);
    if (n > 0 && pfds[0].revents != 0) {
        drain_all(w);
    }
    if (n > 0 && pfds[1].revents != 0) {
        eventfd_t written;
        eventfd_read(w->wake, &written);
    }
    if (n > 0 && pfds[2].revents != 0) {
        struct epoll_event event;
        epoll_wait(w->edges, &event, 1, 0);
    }
    const bool changed = n > 0 || w->pending;
    w->pending = false;
    return changed;
}

void pacct_watch_pause(int ms, const sigset_t* during) {
    const struct timespec timeout = {ms / 1000, (long)(ms % 1000) * 1000000L};
    ppoll(NULL, 0, &timeout, during);
}
