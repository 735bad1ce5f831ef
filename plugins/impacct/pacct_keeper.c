/**
 * @file pacct_keeper.c
 * @brief Stores positions without holding up whoever reads.
 *
 * Algorithm: one slot, one thread that empties it.
 *
 * Concurrency and locking: everything but the path is under the lock; the
 * store itself runs without it.
 *
 * Failure model: a failed store is kept for whoever asks; the next position
 * put is tried again.
 */
#include "config.h"

#include "pacct_keeper.h"
#include "pacct_state.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct pacct_keeper {
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t thread;
    char* path;
    bool waiting, closed; /* something is in the slot; nothing more will come */
    struct pacct_position slot, kept; /* to be stored; stored, where any is */
    bool any;
    int error; /* of the last store */
    const char* call;
};

static void* keep(void* arg) {
    struct pacct_keeper* const k = arg;
    pthread_mutex_lock(&k->lock);
    for (;;) {
        if (!k->waiting) {
            if (k->closed) {
                break;
            }
            pthread_cond_wait(&k->work, &k->lock);
            continue;
        }
        const struct pacct_position pos = k->slot;
        const char* call = NULL;
        k->waiting = false;
        pthread_mutex_unlock(&k->lock);
        const int error = pacct_state_store(k->path, &pos, &call);
        pthread_mutex_lock(&k->lock);
        k->error = error;
        if (error == 0) {
            k->kept = pos;
            k->any = true;
        }
        k->call = call;
    }
    pthread_mutex_unlock(&k->lock);
    return NULL;
}

static void release(struct pacct_keeper* k) {
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->work);
    free(k->path);
    free(k);
}

struct pacct_keeper* pacct_keeper_new(const char* path, const struct pacct_position* kept) {
    struct pacct_keeper* const k = calloc(1, sizeof(*k));
    char* const copy = strdup(path);
    if (k == NULL || copy == NULL) {
        free(k);
        free(copy);
        errno = ENOMEM;
        return NULL;
    }
    k->path = copy;
    if (kept != NULL) {
        k->kept = *kept;
        k->any = true;
    }
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->work, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the host's business */
    const int error = pthread_create(&k->thread, NULL, keep, k);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        release(k);
        errno = error;
        return NULL;
    }
    return k;
}

void pacct_keeper_put(struct pacct_keeper* k, const struct pacct_position* pos) {
    pthread_mutex_lock(&k->lock);
    k->slot = *pos;
    k->waiting = true;
    pthread_cond_signal(&k->work);
    pthread_mutex_unlock(&k->lock);
}

int pacct_keeper_error(struct pacct_keeper* k, const char** call) {
    pthread_mutex_lock(&k->lock);
    const int error = k->error;
    *call = k->call;
    pthread_mutex_unlock(&k->lock);
    return error;
}

void pacct_keeper_kept(struct pacct_keeper* k, struct pacct_position* pos) {
    pthread_mutex_lock(&k->lock);
    if (k->any) {
        *pos = k->kept;
    }
    pthread_mutex_unlock(&k->lock);
}

int pacct_keeper_finish(struct pacct_keeper* k, const char** call) {
    pthread_mutex_lock(&k->lock);
    k->closed = true;
    pthread_cond_signal(&k->work);
    pthread_mutex_unlock(&k->lock);
    pthread_join(k->thread, NULL);
    const int error = k->error;
    *call = k->call;
    release(k);
    return error;
}
