/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/name_cache.c
 * @brief Names of users and groups, without waiting for a slow directory.
 *
 * Algorithm: a set-associative cache; of a full set the entry used longest ago
 * gives way. Questions go into a ring, which the asking thread answers one by
 * one. Who asks waits for the answer if it is the only one that is owed, and
 * there is enough patience left: where one is overdue, nobody waits, so that a
 * directory that is down costs one wait, not one per record; and what is waited
 * for is taken from the patience, so that one that takes its time for each
 * answer does not cost more. An entry that expired is asked for again; its old
 * name serves if the answer is late.
 *
 * Concurrency and locking: the cache belongs to the thread that looks up. The
 * struct desk is shared with the asking thread, under its mutex; whoever
 * leaves last releases it.
 *
 * Failure model: no answer means no name.
 */
#include "config.h"

#include "event/name_cache.h"
#include "base/attribute.h"
#include "base/sys.h"
#include "base/utf8.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETS 256u
#define WAYS 4u
#define KINDS 2u
#define KEEP_NONE_MAX 60u
/* patience grows by this part of the time that passes; with less than this part of it, nobody waits */
#define PATIENCE_SHARE 10u
#define PATIENCE_LEAST 10u
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

struct question {
    enum pacct_name_kind kind;
    uint32_t id;
    bool found; /* the answer */
    char name[PACCT_NAME_MAX];
};

/* where the two threads meet; of the ring of questions, those before "taken" are free again */
struct desk {
    pthread_mutex_t lock;
    pthread_cond_t asked, got; /* a question, an answer */
    pacct_name_cache_ask_t ask;
    bool closed; /* nobody will ask any more */
    bool alone; /* the asking thread has to release the desk */
    uint64_t put, answered, taken; /* how many were */
    struct question ring[PACCT_NAME_QUESTIONS];
};

struct pacct_name_cache {
    struct desk* desk;
    pthread_t thread;
    unsigned keep;
    struct pacct_name_patience* patience;
    uint64_t late; /* look-ups without an answer */
    int64_t behind_since; /* monotonic, ms; 0: no answer is owed */
    uint64_t clock;
    struct entry* cache; /* [KINDS][SETS][WAYS] */
};

bool pacct_name_cache_ask_nss(enum pacct_name_kind kind, uint32_t id, char* name, size_t size) {
    struct passwd pw, *user = NULL;
    struct group gr, *group = NULL;
    bool found = false;
    for (size_t buf_size = NSS_BUFFER; buf_size <= NSS_BUFFER_MAX; buf_size *= 2) {
        char* const buf = malloc(buf_size);
        if (buf == NULL) {
            return false;
        }
        const int err = kind == PACCT_NAME_USER ? getpwuid_r(id, &pw, buf, buf_size, &user)
                                                : getgrgid_r(id, &gr, buf, buf_size, &group);
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
    pthread_cond_destroy(&d->got);
    free(d);
}

static struct question* question(struct desk* d, uint64_t number) {
    return &d->ring[number % PACCT_NAME_QUESTIONS];
}

static void* ask_thread(void* arg) {
    struct desk* const d = arg;
    pthread_mutex_lock(&d->lock);
    while (!d->closed) {
        if (d->answered == d->put) {
            pthread_cond_wait(&d->asked, &d->lock);
            continue;
        }
        struct question* const q = question(d, d->answered); /* nobody else writes to it until it is answered */
        pthread_mutex_unlock(&d->lock);
        q->found = d->ask(q->kind, q->id, q->name, sizeof(q->name));
        pthread_mutex_lock(&d->lock);
        d->answered++;
        pthread_cond_signal(&d->got);
    }
    const bool alone = d->alone;
    pthread_mutex_unlock(&d->lock);
    if (alone) {
        desk_free(d);
    }
    return NULL;
}

struct pacct_name_cache* pacct_name_cache_new(pacct_name_cache_ask_t ask,
                                              unsigned keep,
                                              struct pacct_name_patience* patience) {
    struct pacct_name_cache* const n = calloc(1, sizeof(*n));
    struct desk* const d = calloc(1, sizeof(*d));
    struct entry* const cache = calloc(KINDS * SETS * WAYS, sizeof(*cache));
    int err = ENOMEM;
    if (n != NULL && d != NULL && cache != NULL) {
        pthread_condattr_t attr;
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_mutex_init(&d->lock, NULL);
        pthread_cond_init(&d->asked, NULL);
        pthread_cond_init(&d->got, &attr);
        pthread_condattr_destroy(&attr);
        d->ask = ask;
        n->desk = d;
        n->cache = cache;
        n->keep = keep;
        n->patience = patience;
        err = pacct_sys_thread(&n->thread, ask_thread, d);
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

/* The entries that an id may be in: by the upper bits of its product with 2^32 by the golden ratio, so that neighbors
 * are apart. */
UNSIGNED_WRAPS static struct entry* set_of(struct pacct_name_cache* n, enum pacct_name_kind kind, uint32_t id) {
    return n->cache + ((size_t)kind * SETS + (id * 2654435761u >> 16) % SETS) * WAYS;
}

static struct entry* find(struct pacct_name_cache* n, enum pacct_name_kind kind, uint32_t id, bool make) {
    struct entry* const set = set_of(n, kind, id);
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

static void take_answer(struct pacct_name_cache* n, const struct question* q, time_t now) {
    struct entry* const e = find(n, q->kind, q->id, true);
    free(e->name);
    e->len = 0;
    e->name = q->found ? malloc(strlen(q->name) * PACCT_UTF8_GROWTH) : NULL;
    if (e->name != NULL) {
        bool clean;
        e->len = pacct_utf8_copy(q->name, strlen(q->name), e->name, &clean);
    }
    e->expires = now + (time_t)(q->found || n->keep < KEEP_NONE_MAX ? n->keep : KEEP_NONE_MAX);
    e->touched = ++n->clock;
}

/* Take what is answered into the cache. The caller holds the lock. */
static void take_answers(struct pacct_name_cache* n, time_t now) {
    struct desk* const d = n->desk;
    for (; d->taken < d->answered; d->taken++) {
        take_answer(n, question(d, d->taken), now);
    }
    if (d->taken == d->put) {
        n->behind_since = 0;
    }
}

/* ---- waiting ---- */

/* Wait until everything is answered, or patience is at its end. The caller holds the lock. */
static void wait_for_answer(struct desk* d, struct pacct_name_patience* p) {
    const uint64_t begin = pacct_clock_ns(CLOCK_MONOTONIC);
    const uint64_t grown = p->left_ns + (begin - p->seen_ns) / PATIENCE_SHARE;
    p->left_ns = grown < p->most_ns ? grown : p->most_ns;
    p->seen_ns = begin;
    if (p->left_ns < p->most_ns / PATIENCE_LEAST) {
        return; /* the little that there is would be in vain */
    }
    const struct timespec until = pacct_monotonic_after(p->left_ns);
    while (d->answered < d->put && pthread_cond_timedwait(&d->got, &d->lock, &until) == 0) {
    }
    const uint64_t waited = pacct_clock_ns(CLOCK_MONOTONIC) - begin;
    p->left_ns -= waited < p->left_ns ? waited : p->left_ns;
    p->seen_ns += waited;
}

/* ---- asking ---- */

static bool is_asked(struct desk* d, enum pacct_name_kind kind, uint32_t id) {
    for (uint64_t i = d->taken; i < d->put; i++) {
        const struct question* const q = question(d, i);
        if (q->id == id && q->kind == kind) {
            return true;
        }
    }
    return false;
}

static void put_question(struct pacct_name_cache* n, enum pacct_name_kind kind, uint32_t id) {
    struct desk* const d = n->desk;
    struct question* const q = question(d, d->put);
    q->kind = kind;
    q->id = id;
    d->put++;
    n->behind_since = n->behind_since == 0 ? pacct_monotonic_ms() : n->behind_since;
    pthread_cond_signal(&d->asked);
}

static struct entry* ask(struct pacct_name_cache* n, enum pacct_name_kind kind, uint32_t id, time_t now) {
    struct desk* const d = n->desk;
    pthread_mutex_lock(&d->lock);
    take_answers(n, now);
    struct entry* e = find(n, kind, id, false);
    if ((e == NULL || now >= e->expires) && d->put - d->taken < PACCT_NAME_QUESTIONS && !is_asked(d, kind, id)) {
        put_question(n, kind, id);
        if (d->answered + 1 == d->put) {
            wait_for_answer(d, n->patience);
        }
        take_answers(n, now);
        e = find(n, kind, id, false);
    }
    pthread_mutex_unlock(&d->lock);
    return e;
}

size_t pacct_name_cache_get(
    struct pacct_name_cache* names, enum pacct_name_kind kind, uint32_t id, time_t now, const char** name) {
    struct entry* e = find(names, kind, id, false);
    if (e == NULL || now >= e->expires) {
        e = ask(names, kind, id, now);
    }
    if (e == NULL) {
        names->late++;
        return 0;
    }
    e->touched = ++names->clock;
    *name = e->name;
    return e->len;
}

uint64_t pacct_name_cache_late(const struct pacct_name_cache* names) {
    return names->late;
}

int64_t pacct_name_cache_behind(struct pacct_name_cache* names, time_t now) {
    if (names->behind_since != 0) {
        pthread_mutex_lock(&names->desk->lock);
        take_answers(names, now);
        pthread_mutex_unlock(&names->desk->lock);
    }
    return names->behind_since == 0 ? 0 : pacct_monotonic_ms() - names->behind_since;
}

void pacct_name_cache_free(struct pacct_name_cache* names) {
    if (names == NULL) {
        return;
    }
    struct desk* const d = names->desk;
    pthread_mutex_lock(&d->lock);
    d->closed = true;
    d->alone = d->answered < d->put;
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
