/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/capture.c
 * @brief Who executed what, from a backend to the record of the end.
 *
 * Algorithm: whoever needs to know drains the backend into the process table:
 * the reader of records for each record, since the events of a process are
 * there when its record is; and a thread when the backend is about to overflow,
 * or, where exec messages are wanted, at an exec. Then it lets others add up for
 * a moment; once there are none, it waits for the next one. After a loss, when
 * it has been quiet for a while, the kernel is asked what has executed nothing
 * since it was heard of last, and all else that runs is looked at again.
 *
 * Running processes are read by one more thread, which any user can hold up
 * (capture/proc_reader.h). Where a backend does not tell what was executed,
 * that thread drains it, too, and whoever reads a record waits a little for it.
 *
 * Concurrency and locking: one mutex for backend, process table and exec
 * messages. /proc is read without it.
 *
 * Failure model: the process table is told every loss, and it is counted.
 */
#include "config.h"

#include "capture/capture.h"
#include "base/sys.h"
#include "capture/ktime.h"
#include "capture/proc_reader.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* as much as the ring holds, since all of it is drained at once after a stall; both together are 16 MiB */
#define PROCESSES_MAX 32768u
#define PROCESSES_BYTES (8u << 20)
/* more than run at once on most systems */
#define PROCESSES_MANY 4096u
/* exec messages that wait to be sent, and what they take */
#define MESSAGES_MAX 4096u
#define MESSAGES_BYTES (8u << 20)
/* how late they may be */
#define MESSAGES_MS 100
/* So long after the beginning, and after the last loss, what runs is looked at again: all that began uncertain is then
 * old enough to be certain (capture/join.c). */
#define QUIET_NS UINT64_C(7000000000)
/* the day's clock was set, if it differs by more */
#define CLOCK_SET_NS 100000000
/* so long a start waits for what runs to be looked at, and a record for what was executed */
#define START_MS 2000
#define RECORD_MS 100

struct pacct_capture {
    pthread_mutex_t lock;
    struct pacct_backend* backend;
    struct pacct_join* join;
    struct pacct_capture_options options;
    uint64_t lost, doubts; /* events; how often there was a reason to look at what runs */
    size_t most; /* processes kept, since memory was given back */
    uint64_t rescan; /* when, monotonic; 0: not needed */
    int64_t offset; /* of the day's clock to the monotonic one */
    struct pacct_exec_message messages[MESSAGES_MAX]; /* a ring */
    size_t first_message, message_count, message_bytes;
    uint64_t dropped; /* messages */
    int epoll, wake_fd, ready_fd; /* the first wakes the thread; the second is readable while there are messages */
    bool executed; /* something was, since the thread looked */
    bool waiting; /* the thread, for something to be executed */
    bool stop, running;
    pthread_t thread;
    struct pacct_proc_reader* reader; /* NULL: not yet */
};

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

/* Where all is in doubt, or something was forgotten, what runs is looked at again when it has been quiet for a while.
 * The process table may have had a loss itself, of memory. */
static void after_doubt(struct pacct_capture* c) {
    const struct pacct_join_counts* const counts = pacct_join_counts(c->join);
    const uint64_t doubts = counts->doubts + counts->evicted;
    if (doubts == c->doubts) {
        return;
    }
    c->doubts = doubts;
    if (c->rescan == 0) {
        signal_fd(c->wake_fd);
    }
    c->rescan = pacct_ktime_monotonic() + QUIET_NS;
}

static void set_events_lost(struct pacct_capture* c) {
    pacct_join_events_lost(c->join, pacct_ktime_monotonic());
    after_doubt(c);
}

static void set_records_again(struct pacct_capture* c) {
    pacct_join_records_again(c->join, pacct_ktime_monotonic());
    after_doubt(c);
}

/* Of the day's clock to the monotonic one, as it was when both could be read last. */
static int64_t clock_offset(struct pacct_capture* c) {
    int64_t offset;
    if (pacct_ktime_day(&offset)) {
        if (llabs(offset - c->offset) > CLOCK_SET_NS) {
            set_records_again(c); /* a start on the day's clock would be another one */
        }
        c->offset = offset;
    }
    return c->offset;
}

static bool is_wanted(const struct pacct_capture* c, const struct pacct_process_event* ev) {
    return c->options.exec_messages && (ev->kind == PACCT_PROCESS_EXEC || ev->kind == PACCT_PROCESS_READ) &&
           !(c->options.not_root && ev->uid == 0) && !(c->options.not_helpers && ev->helper);
}

static void queue_message(struct pacct_capture* c,
                          const struct pacct_process_event* ev,
                          const struct pacct_process* process) {
    const size_t bytes = pacct_process_size(process);
    if (c->message_count == MESSAGES_MAX || c->message_bytes + bytes > MESSAGES_BYTES) {
        c->dropped++;
        return;
    }
    c->message_bytes += bytes;
    struct pacct_exec_message* const m = &c->messages[(c->first_message + c->message_count++) % MESSAGES_MAX];
    const uint64_t offset = (uint64_t)clock_offset(c);
    *m = (struct pacct_exec_message){
        .pid = ev->pid, .time = ev->time + offset, .start = ev->start + offset, .process = *process};
    pacct_process_ref(&m->process);
    if (c->message_count == 1) {
        signal_fd(c->ready_fd);
    }
}

static void add_event(void* context, const struct pacct_process_event* ev) {
    struct pacct_capture* const c = context;
    const struct pacct_process* const process = pacct_join_add(c->join, ev);
    c->executed = c->executed || ev->kind == PACCT_PROCESS_EXEC;
    if (ev->kind == PACCT_PROCESS_EXEC && !c->backend->ops->tells_what && c->reader != NULL) {
        pacct_proc_reader_ask(c->reader, ev->pid);
    }
    if (process != NULL && process->known == PACCT_KNOWN_EXEC && is_wanted(c, ev)) {
        queue_message(c, ev, process);
    }
}

/* Whether nothing was lost. */
static bool drain(struct pacct_capture* c) {
    const uint64_t lost = c->backend->ops->drain(c->backend, add_event, c);
    const bool whole = lost == c->lost;
    c->lost = lost;
    if (!whole) {
        set_events_lost(c);
    }
    after_doubt(c);
    if (c->waiting && c->executed) {
        /* The backend was asked to wake the thread once, and has; but if it is empty before the thread runs, it sleeps
         * on, and nobody has asked for the next time. */
        c->waiting = false;
        signal_fd(c->wake_fd);
    }
    return whole;
}

/* After a stop of the reader there are very many processes for a moment. libc would keep their memory for ever, since
 * what lives longer lies between. */
static bool has_to_give_back(struct pacct_capture* c) {
    const size_t kept = pacct_join_size(c->join);
    c->most = kept > c->most ? kept : c->most;
    const bool gone = c->most >= PROCESSES_MANY && kept < c->most / 8;
    if (gone) {
        c->most = kept;
    }
    return gone;
}

/* ---- taking the lock ---- */

/* Everything that happened before a process was looked at has to be in the table before. */
static void found(void* context, const struct pacct_process_event* ev) {
    struct pacct_capture* const c = context;
    pthread_mutex_lock(&c->lock);
    if (drain(c) && !c->stop) {
        add_event(c, ev);
    }
    pthread_mutex_unlock(&c->lock);
}

/* After a loss. */
static void count_executions(struct pacct_capture* c) {
    const struct pacct_backend_ops* const ops = c->backend->ops;
    if (ops->count == NULL || !ops->count(c->backend, found, c)) {
        pthread_mutex_lock(&c->lock);
        pacct_join_uncounted(c->join);
        pthread_mutex_unlock(&c->lock);
    }
}

static void readable(void* context) {
    struct pacct_capture* const c = context;
    pthread_mutex_lock(&c->lock);
    drain(c);
    pthread_mutex_unlock(&c->lock);
}

/* Until when the thread has nothing to do; -1: until it is woken. */
static int timeout_of(struct pacct_capture* c, uint64_t now) {
    const bool waits = c->options.exec_messages && c->backend->ops->tells_what;
    if (waits && !c->executed) {
        c->backend->ops->await(c->backend);
        drain(c); /* what was executed just before */
        c->waiting = !c->executed;
    }
    int ms = pacct_proc_reader_check(c->reader);
    if (waits && c->executed) {
        ms = MESSAGES_MS;
    }
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
    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        c->waiting = false;
        drain(c);
        const uint64_t now = pacct_ktime_monotonic();
        const bool due = c->rescan != 0 && c->rescan <= now;
        if (due) {
            c->rescan = 0;
        }
        const int ms = timeout_of(c, now);
        pthread_mutex_unlock(&c->lock);
        if (due) {
            count_executions(c); /* first: who has executed nothing is not asked what it was */
            pacct_proc_reader_ask_all(c->reader);
        } else if (epoll_wait(c->epoll, events, 2, ms) > 0) {
            clear_fd(c->wake_fd);
        }
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* ---- making and releasing ---- */

static struct pacct_backend* open_backend(struct pacct_capture* c, char reason[PACCT_CAPTURE_REASON_MAX]) {
    char bpf[PACCT_BACKEND_REASON_MAX] = "", connector[PACCT_BACKEND_REASON_MAX] = "";
    struct pacct_backend* backend = NULL;
    reason[0] = '\0';
    if (c->options.backend != PACCT_CAPTURE_CONNECTOR) {
        backend = pacct_backend_bpf(&c->options.of_backend, bpf);
    }
    if (backend == NULL && c->options.backend != PACCT_CAPTURE_BPF) {
        backend = pacct_backend_connector(&c->options.of_backend, connector);
        c->options.backend = PACCT_CAPTURE_CONNECTOR;
    }
    snprintf(reason, PACCT_CAPTURE_REASON_MAX, "%s%s%s%s%s", bpf[0] != '\0' ? "BPF: " : "", bpf,
             bpf[0] != '\0' && connector[0] != '\0' ? "; " : "", connector[0] != '\0' ? "connector: " : "", connector);
    return backend;
}

static bool start_threads(struct pacct_capture* c) {
    struct epoll_event on_backend = {.events = EPOLLIN | EPOLLET}, on_wake = {.events = EPOLLIN};
    const struct pacct_proc_reader_calls calls = {.context = c, .found = found, .readable = readable};
    const bool tells = c->backend->ops->tells_what;
    c->epoll = epoll_create1(EPOLL_CLOEXEC);
    c->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    c->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (c->epoll < 0 || c->wake_fd < 0 || c->ready_fd < 0 ||
        (tells && epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->backend->fd, &on_backend) != 0) ||
        epoll_ctl(c->epoll, EPOLL_CTL_ADD, c->wake_fd, &on_wake) != 0) {
        return false;
    }
    clock_offset(c);
    set_events_lost(c); /* nothing is known of what was before */
    pthread_mutex_lock(&c->lock);
    c->reader = pacct_proc_reader_new(c->options.of_backend.args_max, tells ? -1 : c->backend->fd, &calls);
    pthread_mutex_unlock(&c->lock);
    if (c->reader == NULL) {
        return false;
    }
    pacct_proc_reader_ask_all(c->reader);
    const int error = pacct_sys_thread(&c->thread, run, c);
    c->running = error == 0;
    errno = error;
    if (c->running) {
        pacct_proc_reader_wait(c->reader, START_MS, true);
    }
    return c->running;
}

struct pacct_capture* pacct_capture_new(const struct pacct_capture_options* options,
                                        char reason[PACCT_CAPTURE_REASON_MAX]) {
    struct pacct_capture* const c = calloc(1, sizeof(*c));
    if (c == NULL) {
        snprintf(reason, PACCT_CAPTURE_REASON_MAX, "out of memory");
        return NULL;
    }
    c->options = *options;
    c->epoll = c->wake_fd = c->ready_fd = -1;
    pthread_mutex_init(&c->lock, NULL);
    c->backend = open_backend(c, reason);
    if (c->backend == NULL) {
        pacct_capture_free(c);
        return NULL;
    }
    c->join = pacct_join_new(PROCESSES_MAX, PROCESSES_BYTES);
    if (c->join != NULL && c->options.parents) {
        pacct_join_keep_parents(c->join);
    }
    if (c->join == NULL || !start_threads(c)) {
        snprintf(reason, PACCT_CAPTURE_REASON_MAX, "it cannot be started: %s", strerror(errno));
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
    struct pacct_exec_message message;
    if (c == NULL) {
        return;
    }
    if (c->running) {
        pthread_mutex_lock(&c->lock);
        c->stop = true;
        pthread_mutex_unlock(&c->lock);
        signal_fd(c->wake_fd);
        pthread_join(c->thread, NULL);
    }
    pacct_proc_reader_free(c->reader);
    while (pacct_capture_next_exec(c, &message)) {
        pacct_process_unref(&message.process);
    }
    close_fd(c->epoll);
    close_fd(c->wake_fd);
    close_fd(c->ready_fd);
    pacct_join_free(c->join);
    if (c->backend != NULL) {
        c->backend->ops->close(c->backend);
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

/* ---- asking ---- */

const char* pacct_capture_name(const struct pacct_capture* c) {
    return c->backend->ops->name;
}

void pacct_capture_take(struct pacct_capture* c,
                        const struct pacct_record* rec,
                        bool may_live,
                        struct pacct_process* process) {
    pthread_mutex_lock(&c->lock);
    drain(c);
    if (!c->backend->ops->tells_what) {
        pthread_mutex_unlock(&c->lock);
        pacct_proc_reader_wait(c->reader, RECORD_MS, false);
        pthread_mutex_lock(&c->lock);
    }
    const bool trim = has_to_give_back(c);
    pacct_join_take(c->join, rec, may_live, clock_offset(c), process);
    pthread_mutex_unlock(&c->lock);
    if (trim) {
#ifdef __GLIBC__ /* no other library has it */
        malloc_trim(0);
#endif
    }
}

void pacct_capture_all_taken(struct pacct_capture* c) {
    pthread_mutex_lock(&c->lock);
    pacct_join_all_taken(c->join, clock_offset(c));
    pthread_mutex_unlock(&c->lock);
}

void pacct_capture_records_again(struct pacct_capture* c) {
    pthread_mutex_lock(&c->lock);
    drain(c);
    set_records_again(c);
    pthread_mutex_unlock(&c->lock);
}

bool pacct_capture_next_exec(struct pacct_capture* c, struct pacct_exec_message* message) {
    pthread_mutex_lock(&c->lock);
    const bool any = c->message_count > 0;
    if (any) {
        *message = c->messages[c->first_message];
        c->first_message = (c->first_message + 1) % MESSAGES_MAX;
        c->message_count--;
        c->message_bytes -= pacct_process_size(&message->process);
        if (c->message_count == 0) {
            clear_fd(c->ready_fd);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return any;
}

int pacct_capture_exec_fd(const struct pacct_capture* c) {
    return c->ready_fd;
}

struct pacct_capture_counts pacct_capture_counts(struct pacct_capture* c) {
    pthread_mutex_lock(&c->lock);
    const struct pacct_capture_counts counts = {*pacct_join_counts(c->join), c->lost, c->backend->cut, c->dropped};
    pthread_mutex_unlock(&c->lock);
    return counts;
}
