/**
 * @file pacct_names.c
 * @brief Names of users and groups, without waiting for a slow directory.
 *
 * Algorithm: a set-associative cache; of a full set the entry used longest ago
 * gives way. One question at a time is handed to the asking thread. If its
 * answer takes longer than the wait, nobody waits again until it is there, so
 * a directory that is down costs one wait, not one per record. An entry that
 * expired is asked for again; its old name serves if the answer is late.
 *
 * Concurrency and locking: the cache belongs to the thread that looks up. The
 * struct desk is shared with the asking thread, under its mutex; whoever
 * leaves last releases it.
 *
 * Failure model: no answer means no name.
 */
#include "config.h"

#include "pacct_names.h"
#include "pacct_utf8.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETS 256u
#define WAYS 4u
#define KINDS 2u
#define KEEP_NONE_MAX 60u
#define NSS_BUFFER 16384u
#define NSS_BUFFER_MAX (1024u * 1024u)

struct entry {
    bool used;
    uint32_t id;
    time_t expires;
    uint64_t touched; /* order of use */
    size_t len; /* 0: there is no name */
    char* name; /* not terminated, owned */
};

enum question { IDLE, ASKED, ANSWERED };

/* where the two threads meet */
struct desk {
    pthread_mutex_t lock;
    pthread_cond_t asked, answered;
    pacct_names_ask_t ask;
    bool closed; /* nobody will ask any more */
    bool alone; /* the asking thread has to release the desk */
    enum question state;
    enum pacct_name_kind kind;
    uint32_t id;
    bool found;
    char name[PACCT_NAME_MAX];
};

struct pacct_names {
    struct desk* desk;
    pthread_t thread;
    unsigned keep, wait_ms;
    bool late; /* an answer is overdue: do not wait */
    uint64_t clock;
    struct entry* cache; /* [KINDS][SETS][WAYS] */
};

bool pacct_names_ask_nss(enum pacct_name_kind kind, uint32_t id, char* name, size_t size) {
    struct passwd pw, *user = NULL;
    struct group gr, *group = NULL;
    bool found = false;
    for (size_t room = NSS_BUFFER; room <= NSS_BUFFER_MAX; room *= 2) {
        char* const buf = malloc(room);
        if (buf == NULL) {
            return false;
        }
        const int err =
            kind == PACCT_NAME_USER ? getpwuid_r(id, &pw, buf, room, &user) : getgrgid_r(id, &gr, buf, room, &group);
        const char* const answer = user != NULL ? user->pw_name : group != NULL ? group->gr_name : NULL;
        found = err == 0 && answer != NULL && strlen(answer) < size;
        if (found) {
            memcpy(name, answer, strlen(answer) + 1);
        }
        free(buf);
        if (err != ERANGE) {
            break;
        }
    }
    return found;
}

static void desk_free(struct desk* d) {
    pthread_mutex_destroy(&d->lock);
    pthread_cond_destroy(&d->asked);
    pthread_cond_destroy(&d->answered);
    free(d);
}

static void* ask_thread(void* arg) {
    struct desk* const d = arg;
    char name[PACCT_NAME_MAX];
    pthread_mutex_lock(&d->lock);
    while (!d->closed) {
        if (d->state != ASKED) {
            pthread_cond_wait(&d->asked, &d->lock);
            continue;
        }
        const enum pacct_name_kind kind = d->kind;
        const uint32_t id = d->id;
        pthread_mutex_unlock(&d->lock);
        const bool found = d->ask(kind, id, name, sizeof(name));
        pthread_mutex_lock(&d->lock);
        d->found = found;
        if (found) {
            memcpy(d->name, name, sizeof(name));
        }
        d->state = ANSWERED;
        pthread_cond_signal(&d->answered);
    }
    const bool alone = d->alone;
    pthread_mutex_unlock(&d->lock);
    if (alone) {
        desk_free(d);
    }
    return NULL;
}

static int start_thread(struct pacct_names* n) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the host's business */
    const int err = pthread_create(&n->thread, NULL, ask_thread, n->desk);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return err;
}

struct pacct_names* pacct_names_new(pacct_names_ask_t ask, unsigned keep, unsigned wait_ms) {
    struct pacct_names* const n = calloc(1, sizeof(*n));
    struct desk* const d = calloc(1, sizeof(*d));
    struct entry* const cache = calloc(KINDS * SETS * WAYS, sizeof(*cache));
    int err = ENOMEM;
    if (n != NULL && d != NULL && cache != NULL) {
        pthread_condattr_t attr;
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_mutex_init(&d->lock, NULL);
        pthread_cond_init(&d->asked, NULL);
        pthread_cond_init(&d->answered, &attr);
        pthread_condattr_destroy(&attr);
        d->ask = ask;
        n->desk = d;
        n->cache = cache;
        n->keep = keep;
        n->wait_ms = wait_ms;
        err = start_thread(n);
        if (err == 0) {
            return n;
        }
    }
    free(cache);
    free(d);
    free(n);
    errno = err;
    return NULL;
}

static struct entry* find(struct pacct_names* n, enum pacct_name_kind kind, uint32_t id, bool make) {
    struct entry* const set = n->cache + ((size_t)kind * SETS + (id * 2654435761u >> 16) % SETS) * WAYS;
    struct entry* oldest = set;
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].used && set[i].id == id) {
            return &set[i];
        }
        if (set[i].touched < oldest->touched) {
            oldest = &set[i];
        }
    }
    if (!make) {
        return NULL;
    }
    oldest->used = true;
    oldest->id = id;
    return oldest;
}

/* Put the answer on the desk into the cache. The caller holds the lock. */
static void take_answer(struct pacct_names* n, time_t now) {
    struct desk* const d = n->desk;
    struct entry* const e = find(n, d->kind, d->id, true);
    free(e->name);
    e->len = 0;
    e->name = d->found ? malloc(strlen(d->name) * PACCT_UTF8_GROWTH) : NULL;
    if (e->name != NULL) {
        bool clean;
        e->len = pacct_utf8_copy(d->name, strlen(d->name), e->name, &clean);
    }
    e->expires = now + (time_t)(d->found || n->keep < KEEP_NONE_MAX ? n->keep : KEEP_NONE_MAX);
    e->touched = ++n->clock;
    d->state = IDLE;
    n->late = false;
}

static void wait_for_answer(struct pacct_names* n) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(n->wait_ms % 1000) * 1000000L;
    until.tv_sec += (time_t)(n->wait_ms / 1000) + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    while (n->desk->state == ASKED && !n->late) {
        n->late = pthread_cond_timedwait(&n->desk->answered, &n->desk->lock, &until) != 0;
    }
}

size_t pacct_names_get(
    struct pacct_names* names, enum pacct_name_kind kind, uint32_t id, time_t now, const char** name) {
    struct entry* e = find(names, kind, id, false);
    if (e == NULL || now >= e->expires) {
        struct desk* const d = names->desk;
        pthread_mutex_lock(&d->lock);
        if (d->state == ANSWERED) {
            take_answer(names, now);
            e = find(names, kind, id, false);
        }
        if (d->state == IDLE && (e == NULL || now >= e->expires)) {
            d->kind = kind;
            d->id = id;
            d->state = ASKED;
            pthread_cond_signal(&d->asked);
            wait_for_answer(names);
            if (d->state == ANSWERED) {
                take_answer(names, now);
            }
            e = find(names, kind, id, false);
        }
        pthread_mutex_unlock(&d->lock);
    }
    if (e == NULL) {
        return 0;
    }
    e->touched = ++names->clock;
    *name = e->name;
    return e->len;
}

void pacct_names_free(struct pacct_names* names) {
    if (names == NULL) {
        return;
    }
    struct desk* const d = names->desk;
    pthread_mutex_lock(&d->lock);
    d->closed = true;
    d->alone = d->state == ASKED;
    const bool leave = d->alone;
    pthread_cond_signal(&d->asked);
    pthread_mutex_unlock(&d->lock);
    if (leave) {
        pthread_detach(names->thread);
    } else {
        pthread_join(names->thread, NULL);
        desk_free(d);
    }
    for (size_t i = 0; i < KINDS * SETS * WAYS; i++) {
        free(names->cache[i].name);
    }
    free(names->cache);
    free(names);
}
