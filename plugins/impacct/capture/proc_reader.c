/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/proc_reader.c
 * @brief Reads running processes in a thread that nobody has to wait for.
 *
 * Algorithm: one thread works off a queue. If one process takes it more than a
 * second, it is left behind, and another thread goes on with the next process;
 * when the first one comes back, what it read is dropped, and it ends. At most
 * some threads are left behind; then nothing is read until one comes back, and
 * what is asked for meanwhile is dropped when the queue is full.
 *
 * Concurrency and locking: one mutex for all but the processes' own reading;
 * it is not held while something is called. Whoever asks may hold a lock that
 * what is called takes.
 *
 * Failure model: a process that cannot be read is not told of. A thread that
 * was left behind keeps its own memory and this, and the code that it runs has
 * to stay where it is: rsyslog keeps the module in memory (MODULE_TYPE_KEEP).
 */
#include "config.h"

#include "capture/proc_reader.h"
#include "base/sys.h"
#include "capture/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* processes that are asked for and were not read yet */
#define QUEUE_MAX 4096u
/* threads that are kept, but for the one that works */
#define LEFT_MAX 3u
/* how long one process may take */
#define PATIENCE_MS 1000
#define MS_NS (PACCT_SECOND_NS / 1000)
/* of a thread that reads /proc before a process is gone */
#define FAST_NICE (-20)

struct worker {
    struct pacct_proc_reader* reader;
    pthread_t thread;
    int64_t since; /* ms, monotonic: when it began with a process; 0: it is waiting for one */
    bool calls; /* what is called takes as long as it takes */
    bool left_behind, ended;
    struct pacct_procfs proc;
};

struct pacct_proc_reader {
    pthread_mutex_t lock;
    pthread_cond_t progress;
    struct pacct_proc_reader_calls calls;
    size_t args_max;
    int fd, wake_fd;
    unsigned users; /* threads, and the owner */
    unsigned left;
    struct worker* worker; /* NULL: none could be had */
    uint32_t queue[QUEUE_MAX]; /* a ring */
    uint64_t asked, taken; /* so many were put into it, and taken out */
    uint64_t read; /* and read, or given up */
    uint32_t* all; /* to be read after the queue; NULL: none */
    size_t all_count, all_taken, all_read;
    bool behind, stop;
};

static void release(struct pacct_proc_reader* r) {
    const bool last = --r->users == 0;
    pthread_mutex_unlock(&r->lock);
    if (last) {
        close(r->wake_fd);
        pthread_cond_destroy(&r->progress);
        pthread_mutex_destroy(&r->lock);
        free(r->all);
        free(r);
    }
}

static void wake(struct pacct_proc_reader* r) {
    const uint64_t one = 1;
    while (write(r->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

/* ---- the thread ---- */

/* The next process, with the lock held. */
static bool take(struct pacct_proc_reader* r, uint32_t* pid, bool* asked) {
    *asked = r->taken < r->asked;
    if (*asked) {
        *pid = r->queue[r->taken++ % QUEUE_MAX];
        return true;
    }
    if (r->all_taken < r->all_count) {
        *pid = r->all[r->all_taken++];
        return true;
    }
    return false;
}

/* All that was taken is through, with the lock held. */
static void advance(struct pacct_proc_reader* r) {
    r->read = r->taken;
    r->all_read = r->all_taken;
    r->behind = r->behind && (r->read < r->asked || r->all_read < r->all_count);
    pthread_cond_broadcast(&r->progress);
}

static void wait_for_work(struct pacct_proc_reader* r) {
    struct pollfd fds[] = {{.fd = r->wake_fd, .events = POLLIN}, {.fd = r->fd, .events = POLLIN}};
    uint64_t count;
    if (poll(fds, 2, -1) < 0) {
        return;
    }
    if (fds[0].revents != 0 && read(r->wake_fd, &count, sizeof(count)) < 0) {
        return; /* another one was faster */
    }
    if (fds[1].revents != 0) {
        r->calls.readable(r->calls.context);
    }
}

/* What may take as long as somebody wants, or calls somebody: without the lock. */
static void read_process(struct worker* w, uint32_t pid, bool asked) {
    struct pacct_proc_reader* const r = w->reader;
    struct pacct_process_event ev;
    w->since = pacct_monotonic_ms();
    pthread_mutex_unlock(&r->lock);
    const bool any = pacct_procfs_read(pid, r->args_max, &w->proc, &ev);
    pthread_mutex_lock(&r->lock);
    if (any && !w->left_behind) {
        w->calls = true;
        pthread_mutex_unlock(&r->lock);
        ev.kind = asked ? PACCT_PROCESS_READ : PACCT_PROCESS_SCAN;
        r->calls.found(r->calls.context, &ev);
        pthread_mutex_lock(&r->lock);
        w->calls = false;
    }
}

static void* work(void* arg) {
    struct worker* const w = arg;
    struct pacct_proc_reader* const r = w->reader;
    prctl(PR_SET_NAME, "impacct:procs");
    if (r->fd >= 0) {
        setpriority(PRIO_PROCESS, (id_t)gettid(), FAST_NICE); /* not granted: fewer are caught, no more */
    }
    pthread_mutex_lock(&r->lock);
    while (!r->stop && !w->left_behind) {
        uint32_t pid;
        bool asked;
        if (take(r, &pid, &asked)) {
            read_process(w, pid, asked);
            if (!w->left_behind) {
                advance(r);
            }
            continue;
        }
        w->since = 0;
        w->calls = true;
        pthread_mutex_unlock(&r->lock);
        wait_for_work(r);
        pthread_mutex_lock(&r->lock);
        w->calls = false;
    }
    if (w->left_behind) {
        r->left--;
        free(w);
    } else {
        w->ended = true;
        pthread_cond_broadcast(&r->progress);
    }
    release(r);
    return NULL;
}

/* With the lock held. */
static int start_worker(struct pacct_proc_reader* r) {
    struct worker* const w = calloc(1, sizeof(*w));
    int error = w == NULL ? ENOMEM : 0;
    if (error == 0) {
        w->reader = r;
        error = pacct_sys_thread(&w->thread, work, w);
    }
    if (error != 0) {
        free(w);
        return error;
    }
    r->users++;
    r->worker = w;
    return 0;
}

/* With the lock held; it does not call anything now. */
static void leave_behind(struct pacct_proc_reader* r) {
    struct worker* const w = r->worker;
    w->left_behind = true;
    r->left++;
    r->worker = NULL;
    pthread_detach(w->thread);
    advance(r);
}

/* ---- for its owner ---- */

struct pacct_proc_reader* pacct_proc_reader_new(size_t args_max, int fd, const struct pacct_proc_reader_calls* calls) {
    pthread_condattr_t attr;
    struct pacct_proc_reader* const r = calloc(1, sizeof(*r));
    if (r == NULL) {
        return NULL;
    }
    pthread_mutex_init(&r->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&r->progress, &attr);
    pthread_condattr_destroy(&attr);
    r->calls = *calls;
    r->args_max = args_max;
    r->fd = fd;
    r->users = 1;
    r->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_lock(&r->lock);
    const int error = r->wake_fd < 0 ? errno : start_worker(r);
    if (error != 0) {
        release(r);
        errno = error;
        return NULL;
    }
    pthread_mutex_unlock(&r->lock);
    return r;
}

void pacct_proc_reader_free(struct pacct_proc_reader* r) {
    if (r == NULL) {
        return;
    }
    const struct timespec until = pacct_monotonic_after(PATIENCE_MS * MS_NS);
    int late = 0;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    wake(r);
    while (r->worker != NULL && !r->worker->ended && (late == 0 || r->worker->calls)) {
        late = r->worker->calls ? pthread_cond_wait(&r->progress, &r->lock)
                                : pthread_cond_timedwait(&r->progress, &r->lock, &until);
    }
    if (r->worker != NULL && r->worker->ended) {
        pthread_join(r->worker->thread, NULL);
        free(r->worker);
    } else if (r->worker != NULL) {
        leave_behind(r);
    }
    release(r);
}

void pacct_proc_reader_ask(struct pacct_proc_reader* r, uint32_t pid) {
    pthread_mutex_lock(&r->lock);
    if (r->asked - r->taken < QUEUE_MAX) {
        r->queue[r->asked++ % QUEUE_MAX] = pid;
        if (r->worker != NULL && r->worker->since == 0) {
            wake(r);
        }
    }
    pthread_mutex_unlock(&r->lock);
}

/* The numbers of all processes; *count is 0 where that is not known. */
static uint32_t* list_all(size_t* count) {
    DIR* const dir = opendir("/proc");
    uint32_t* list = NULL;
    size_t room = 0;
    *count = 0;
    for (const struct dirent* entry = NULL; dir != NULL && (entry = readdir(dir)) != NULL;) {
        char* end;
        const unsigned long pid = strtoul(entry->d_name, &end, 10);
        if (*end != '\0') {
            continue;
        }
        if (*count == room) {
            room = room == 0 ? 1024 : 2 * room;
            uint32_t* const more = realloc(list, room * sizeof(*list));
            if (more == NULL) {
                break;
            }
            list = more;
        }
        list[(*count)++] = (uint32_t)pid;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return list;
}

void pacct_proc_reader_ask_all(struct pacct_proc_reader* r) {
    size_t count;
    uint32_t* const list = list_all(&count);
    pthread_mutex_lock(&r->lock);
    free(r->all);
    r->all = list;
    r->all_count = count;
    r->all_taken = r->all_read = 0;
    wake(r);
    pthread_mutex_unlock(&r->lock);
}

void pacct_proc_reader_wait(struct pacct_proc_reader* r, int ms, bool all) {
    const struct timespec until = pacct_monotonic_after((uint64_t)ms * MS_NS);
    int late = 0;
    pthread_mutex_lock(&r->lock);
    const uint64_t asked = r->asked;
    while (!r->behind && late == 0 && (r->read < asked || (all && r->all_read < r->all_count))) {
        late = pthread_cond_timedwait(&r->progress, &r->lock, &until);
    }
    r->behind = r->behind || late != 0;
    pthread_mutex_unlock(&r->lock);
}

int pacct_proc_reader_check(struct pacct_proc_reader* r) {
    pthread_mutex_lock(&r->lock);
    struct worker* const w = r->worker;
    if (w != NULL && w->since != 0 && !w->calls && pacct_monotonic_ms() - w->since >= PATIENCE_MS &&
        r->left < LEFT_MAX) {
        leave_behind(r);
    }
    if (r->worker == NULL) {
        start_worker(r);
    }
    const bool idle = r->worker != NULL && r->worker->since == 0 && r->read == r->asked && r->all_read == r->all_count;
    pthread_mutex_unlock(&r->lock);
    return idle && r->fd < 0 ? -1 : PATIENCE_MS;
}
