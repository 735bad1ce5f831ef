/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/state_writer.c
 * @brief Stores states without holding up whoever reads.
 *
 * Algorithm: one slot, one thread that empties it.
 *
 * Concurrency and locking: everything but the path is under the lock; the
 * store itself runs without it.
 *
 * Failure model: the error of a failed store is kept for whoever asks; the next
 * state put is tried again.
 */
#include "config.h"

#include "file/state_writer.h"
#include "base/sys.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

struct pacct_state_writer {
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t thread;
    char* path;
    bool waiting, storing, closed; /* something is in the slot; it is being stored; nothing more will come */
    struct pacct_state slot, durable; /* to be stored; stored, where any is */
    bool any;
    int wake; /* eventfd to write to when nothing is left; -1: none */
    int error; /* of the last store */
    const char* call;
};

static void wake_if_done(struct pacct_state_writer* w) {
    if (w->wake >= 0 && !w->waiting && !w->storing) {
        eventfd_write(w->wake, 1);
        w->wake = -1;
    }
}

static void* store_all(void* arg) {
    struct pacct_state_writer* const w = arg;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        if (!w->waiting) {
            if (w->closed) {
                break;
            }
            pthread_cond_wait(&w->work, &w->lock);
            continue;
        }
        const struct pacct_state state = w->slot;
        const char* call = NULL;
        w->waiting = false;
        w->storing = true;
        pthread_mutex_unlock(&w->lock);
        const int error = pacct_state_store(w->path, &state, &call);
        pthread_mutex_lock(&w->lock);
        w->storing = false;
        w->error = error;
        if (error == 0) {
            w->durable = state;
            w->any = true;
        }
        w->call = call;
        wake_if_done(w);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void release(struct pacct_state_writer* w) {
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->work);
    free(w->path);
    free(w);
}

struct pacct_state_writer* pacct_state_writer_new(const char* path, const struct pacct_state* durable) {
    struct pacct_state_writer* const w = calloc(1, sizeof(*w));
    char* const copy = strdup(path);
    if (w == NULL || copy == NULL) {
        free(w);
        free(copy);
        errno = ENOMEM;
        return NULL;
    }
    w->path = copy;
    w->wake = -1;
    if (durable != NULL) {
        w->durable = *durable;
        w->any = true;
    }
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    const int error = pacct_sys_thread(&w->thread, store_all, w);
    if (error != 0) {
        release(w);
        errno = error;
        return NULL;
    }
    return w;
}

void pacct_state_writer_put(struct pacct_state_writer* w, const struct pacct_state* state) {
    pthread_mutex_lock(&w->lock);
    w->slot = *state;
    w->waiting = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
}

bool pacct_state_writer_busy(struct pacct_state_writer* w) {
    pthread_mutex_lock(&w->lock);
    const bool busy = w->waiting || w->storing;
    pthread_mutex_unlock(&w->lock);
    return busy;
}

void pacct_state_writer_wake(struct pacct_state_writer* w, int fd) {
    pthread_mutex_lock(&w->lock);
    w->wake = fd;
    wake_if_done(w);
    pthread_mutex_unlock(&w->lock);
}

int pacct_state_writer_error(struct pacct_state_writer* w, const char** call) {
    pthread_mutex_lock(&w->lock);
    const int error = w->error;
    *call = w->call;
    pthread_mutex_unlock(&w->lock);
    return error;
}

void pacct_state_writer_stored(struct pacct_state_writer* w, struct pacct_state* state) {
    pthread_mutex_lock(&w->lock);
    if (w->any) {
        *state = w->durable;
    }
    pthread_mutex_unlock(&w->lock);
}

int pacct_state_writer_finish(struct pacct_state_writer* w, const char** call) {
    pthread_mutex_lock(&w->lock);
    w->closed = true;
    pthread_cond_signal(&w->work);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    const int error = w->error;
    *call = w->call;
    release(w);
    return error;
}
