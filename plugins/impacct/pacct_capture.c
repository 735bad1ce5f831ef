/**
 * @file pacct_capture.c
 * @brief Who executed what, from a tap to the record of the end.
 *
 * Algorithm: whoever needs to know drains the tap into the lives: the reader of
 * records for each record, since the events of a process are there when its
 * record is; and a thread when the tap is about to overflow, or, when starts
 * are to be told at once, at an exec. Then it lets others add up for a moment;
 * once there are none, it waits for the next one. After a loss, when it has
 * been quiet for a while, what runs is looked at again.
 *
 * Concurrency and locking: one mutex for tap, lives and starts. /proc is read
 * without it.
 *
 * Failure model: every loss is told to the lives, and counted.
 */
#include "config.h"

#include "pacct_capture.h"
#include "pacct_proc.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* as much as the ring holds, since all of it is drained at once after a stall; both together are 16 MiB */
#define LIVES_MAX 32768u
#define LIVES_BYTES (8u << 20)
/* so many lives are more than run at once on most systems */
#define LIVES_MANY 4096u
/* starts that wait to be told */
#define STARTS_MAX 4096u
/* how late a start may be told */
#define STARTS_MS 100
/* So long after the beginning, and after the last loss, what runs is looked at again: all that began in doubt is then
 * old enough to be certain (pacct_lives.c). */
#define QUIET_NS UINT64_C(7000000000)
/* the day's clock was set, if it differs by more */
#define CLOCK_SET_NS 100000000
/* of the thread that reads /proc before a process is gone */
#define CONNECTOR_NICE (-20)

struct pacct_capture {
    pthread_mutex_t lock;
    struct pacct_tap* tap;
    struct pacct_lives* lives;
    struct pacct_capture_options options;
    uint64_t lost, losses; /* events; how often the lives lost what they know */
    size_t most; /* lives, since memory was given back */
    uint64_t rescan; /* when, monotonic; 0: not needed */
    int64_t offset; /* of the day's clock to the monotonic one */
    struct pacct_started starts[STARTS_MAX]; /* a ring */
    size_t starts_at, starts_count;
    uint64_t unsaid;
    int epoll, kick, told; /* kick wakes the thread; told is readable while there are starts */
    bool executed; /* something was, since the thread looked */
    bool waiting; /* the thread, for something to be executed */
    bool stop, running;
    pthread_t thread;
    struct pacct_proc proc;
};

static uint64_t clock_ns(clockid_t clock) {
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void signal_fd(int fd) {
    const uint64_t one = 1;
    while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
}

static void clear_fd(int fd) {
    uint64_t count;
    while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR) {
    }
}

/* ---- with the lock held ---- */

/* After a loss, what runs is looked at again when it has been quiet for a while. The lives may have had one themselves,
 * of memory. */
static void after_loss(struct pacct_capture* c) {
    const uint64_t losses = pacct_lives_counts(c->lives)->losses;
    if (losses == c->losses) {
        return;
    }
    c->losses = losses;
    if (c->rescan == 0) {
        signal_fd(c->kick);
    }
    c->rescan = clock_ns(CLOCK_MONOTONIC) + QUIET_NS;
}

/* From now on, what was before is in doubt. */
static void doubt(struct pacct_capture* c) {
    pacct_lives_lost(c->lives, clock_ns(CLOCK_MONOTONIC));
    after_loss(c);
}

/* Read both clocks at the same moment, as far as this thread is let; when it is not, nothing has changed. The coarse
 * ones stand still until the next tick, for both at once, and take a third of the time. */
static int64_t clock_offset(struct pacct_capture* c) {
    const uint64_t before = clock_ns(CLOCK_MONOTONIC_COARSE);
    const int64_t offset = (int64_t)(clock_ns(CLOCK_REALTIME_COARSE) - before);
    if (clock_ns(CLOCK_MONOTONIC_COARSE) == before) {
        if (llabs(offset - c->offset) > CLOCK_SET_NS) {
            doubt(c); /* a start on the day's clock would be another one */
        }
        c->offset = offset;
    }
    return c->offset;
}

static bool is_wanted(const struct pacct_capture* c, const struct pacct_exec* ev) {
    return c->options.starts && ev->kind == PACCT_EXEC_EXEC && !(c->options.not_root && ev->uid == 0) &&
           !(c->options.not_helpers && ev->helper);
}

static void keep_start(struct pacct_capture* c, const struct pacct_exec* ev, const struct pacct_life* life) {
    if (c->starts_count == STARTS_MAX) {
        c->unsaid++;
        return;
    }
    struct pacct_started* const s = &c->starts[(c->starts_at + c->starts_count++) % STARTS_MAX];
    const uint64_t offset = (uint64_t)clock_offset(c);
    *s = (struct pacct_started){.pid = ev->pid, .time = ev->time + offset, .start = ev->start + offset, .life = *life};
    pacct_command_ref(s->life.command);
    if (c->starts_count == 1) {
        signal_fd(c->told);
    }
}

static void tell(void* context, const struct pacct_exec* ev) {
    struct pacct_capture* const c = context;
    const struct pacct_life* const life = pacct_lives_tell(c->lives, ev);
    c->executed = c->executed || ev->kind == PACCT_EXEC_EXEC;
    if (life != NULL && life->known == PACCT_KNOWN_EXEC && is_wanted(c, ev)) {
        keep_start(c, ev, life);
    }
}

/* Whether nothing was lost. */
static bool drain(struct pacct_capture* c) {
    const uint64_t lost = c->tap->ops->drain(c->tap, tell, c);
    const bool whole = lost == c->lost;
    c->lost = lost;
    if (!whole) {
        doubt(c);
    }
    after_loss(c);
    if (c->waiting && c->executed) {
        /* The tap was asked to wake the thread once, and has; but if the tap is empty before the thread runs, it sleeps
         * on, and nobody has asked for the next time. */
        c->waiting = false;
        signal_fd(c->kick);
    }
    return whole;
}

/* After a stop of the reader there are very many lives for a moment. libc would keep their memory for ever, since what
 * lives longer lies between. */
static bool has_to_give_back(struct pacct_capture* c) {
    const size_t kept = pacct_lives_kept(c->lives);
    c->most = kept > c->most ? kept : c->most;
    const bool gone = c->most >= LIVES_MANY && kept < c->most / 8;
    if (gone) {
        c->most = kept;
    }
    return gone;
}

/* ---- taking the lock ---- */

/* Look at all that runs. Everything that happened before a process is looked at has to be told before. */
static void scan(struct pacct_capture* c) {
    DIR* const dir = opendir("/proc");
    bool quiet = true;
    for (const struct dirent* entry = NULL; quiet && dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct pacct_exec ev;
        char* end;
        const unsigned long pid = strtoul(entry->d_name, &end, 10);
        if (*end != '\0' || !pacct_proc_read((uint32_t)pid, c->options.tap.args_max, &c->proc, &ev)) {
            continue;
        }
        pthread_mutex_lock(&c->lock);
        quiet = drain(c) && !c->stop;
        if (quiet) {
            pacct_lives_tell(c->lives, &ev);
        }
        pthread_mutex_unlock(&c->lock);
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

/* Until when the thread has nothing to do; -1: until it is woken. */
static int timeout_of(struct pacct_capture* c, uint64_t now) {
    if (c->options.starts && !c->executed) {
        c->tap->ops->await(c->tap);
        drain(c); /* what was executed just before */
        c->waiting = !c->executed;
    }
    int ms = c->options.starts && c->executed ? STARTS_MS : -1;
    c->executed = false;
    if (c->rescan != 0) {
        const int until = c->rescan > now ? (int)((c->rescan - now) / 1000000) + 1 : 0;
        ms = ms < 0 || until < ms ? until : ms;
    }
    return ms;
}

static void* run(void* arg) {
    struct pacct_capture* const c = arg;
    struct epoll_event events[2];
    prctl(PR_SET_NAME, "impacct:capture");
    if (c->options.means == PACCT_CAPTURE_CONNECTOR) {
        setpriority(PRIO_PROCESS, (id_t)gettid(), CONNECTOR_NICE); /* not granted: fewer are caught, no more */
    }
    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        c->waiting = false;
        drain(c);
        const uint64_t now = clock_ns(CLOCK_MONOTONIC);
        const bool due = c->rescan != 0 && c->rescan <= now;
        if (due) {
            c->rescan = 0;
        }
        const int ms = timeout_of(c, now);
        pthread_mutex_unlock(&c->lock);
        if (due) {
            scan(c);
        } else if (epoll_wait(c->epoll, events, 2, ms) > 0) {
            clear_fd(c->kick);
        }
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ---- making and releasing ---- */

static struct pacct_tap* open_tap(struct pacct_capture* c, char why[PACCT_CAPTURE_WHY]) {
    char bpf[PACCT_TAP_WHY] = "", connector[PACCT_TAP_WHY] = "";
    struct pacct_tap* tap = NULL;
    why[0] = '\0';
    if (c->options.means != PACCT_CAPTURE_CONNECTOR) {
        tap = pacct_tap_bpf(&c->options.tap, bpf);
    }
    if (tap == NULL && c->options.means != PACCT_CAPTURE_BPF) {
        tap = pacct_tap_connector(&c->options.tap, connector);
        c->options.means = PACCT_CAPTURE_CONNECTOR;
    }
    snprintf(why, PACCT_CAPTURE_WHY, "%s%s%s%s%s", bpf[0] != '\0' ? "BPF: " : "", bpf,
             bpf[0] != '\0' && connector[0] != '\0' ? "; " : "", connector[0] != '\0' ? "connector: " : "", connector);
    return tap;
}

static bool start_thread(struct pacct_capture* c) {
    struct epoll_event on_tap = {.events = EPOLLIN | EPOLLET}, on_kick = {.events = EPOLLIN};
    sigset_t all, before;
    c->epoll = epoll_create1(EPOLL_CLOEXEC);
    c->kick = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    c->told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->epoll < 0 || c->kick < 0 || c->told < 0 || epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->tap->fd, &on_tap) != 0 ||
        epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->kick, &on_kick) != 0) {
        return false;
    }
    clock_offset(c);
    doubt(c); /* nothing is known of what was before */
    scan(c);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = pthread_create(&c->thread, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    c->running = error == 0;
    errno = error;
    return c->running;
}

struct pacct_capture* pacct_capture_new(const struct pacct_capture_options* options, char why[PACCT_CAPTURE_WHY]) {
    struct pacct_capture* const c = calloc(1, sizeof(*c));
    if (c == NULL) {
        snprintf(why, PACCT_CAPTURE_WHY, "out of memory");
        return NULL;
    }
    c->options = *options;
    c->epoll = c->kick = c->told = -1;
    pthread_mutex_init(&c->lock, NULL);
    c->tap = open_tap(c, why);
    if (c->tap == NULL) {
        pacct_capture_free(c);
        return NULL;
    }
    c->lives = pacct_lives_new(LIVES_MAX, LIVES_BYTES);
    if (c->lives == NULL || !start_thread(c)) {
        snprintf(why, PACCT_CAPTURE_WHY, "it cannot be started: %s", strerror(errno));
        pacct_capture_free(c);
        return NULL;
    }
    return c;
}

static void close_fd(int fd) {
    if (fd >= 0) {
        close(fd);
    }
}

void pacct_capture_free(struct pacct_capture* c) {
    struct pacct_started started;
    if (c == NULL) {
        return;
    }
    if (c->running) {
        pthread_mutex_lock(&c->lock);
        c->stop = true;
        pthread_mutex_unlock(&c->lock);
        signal_fd(c->kick);
        pthread_join(c->thread, NULL);
    }
    while (pacct_capture_started(c, &started)) {
        pacct_command_unref(started.life.command);
    }
    close_fd(c->epoll);
    close_fd(c->kick);
    close_fd(c->told);
    pacct_lives_free(c->lives);
    if (c->tap != NULL) {
        c->tap->ops->close(c->tap);
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- asking ---- */

const char* pacct_capture_name(const struct pacct_capture* c) {
    return c->tap->ops->name;
}

void pacct_capture_take(struct pacct_capture* c, const struct pacct_record* rec, struct pacct_life* life) {
    pthread_mutex_lock(&c->lock);
    drain(c);
    const bool trim = has_to_give_back(c);
    pacct_lives_take(c->lives, rec, clock_offset(c), life);
    pthread_mutex_unlock(&c->lock);
    if (trim) {
        malloc_trim(0);
    }
}

void pacct_capture_records_lost(struct pacct_capture* c) {
    pthread_mutex_lock(&c->lock);
    drain(c);
    doubt(c);
    pthread_mutex_unlock(&c->lock);
}

bool pacct_capture_started(struct pacct_capture* c, struct pacct_started* started) {
    pthread_mutex_lock(&c->lock);
    const bool any = c->starts_count > 0;
    if (any) {
        *started = c->starts[c->starts_at];
        c->starts_at = (c->starts_at + 1) % STARTS_MAX;
        c->starts_count--;
        if (c->starts_count == 0) {
            clear_fd(c->told);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return any;
}

int pacct_capture_fd(const struct pacct_capture* c) {
    return c->told;
}

struct pacct_capture_counts pacct_capture_counts(struct pacct_capture* c) {
    pthread_mutex_lock(&c->lock);
    const struct pacct_capture_counts counts = {*pacct_lives_counts(c->lives), c->lost, c->unsaid};
    pthread_mutex_unlock(&c->lock);
    return counts;
}
