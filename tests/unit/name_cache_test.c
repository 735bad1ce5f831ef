/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: names come from the name service without holding up the reader, and follow its changes.
 * Invariant: a service that hangs costs one wait, not one per record, and one that is slow for each name no more than
 * patience allows; what was asked is answered in the end; answers are kept for the cache's time, "there is none" for at
 * most 60 seconds of it; an expired name serves until the new one is there; cache and questions are bounded.
 * Oracle: a service of our own that counts questions and answers when the test lets it. */
#include "config.h"

#include "check.h"
#include "event/name_cache.h"

#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS 100u
#define PATIENCE_MS 30000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool closed; /* the service does not answer */
static unsigned asked;
static _Atomic useconds_t takes_us; /* for each answer */
static unsigned generation; /* a part of every name */

static bool fake_ask(enum pacct_name_kind kind, uint32_t id, char* name, size_t size) {
    usleep(takes_us);
    pthread_mutex_lock(&lock);
    asked++;
    while (closed) {
        pthread_cond_wait(&changed, &lock);
    }
    const bool found = id % 10 != 9; /* nobody has an id that ends with 9 */
    if (found) {
        snprintf(name, size, "%c%u.%u", kind == PACCT_NAME_USER ? 'u' : 'g', id, generation);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static unsigned questions(void) {
    pthread_mutex_lock(&lock);
    const unsigned n = asked;
    pthread_mutex_unlock(&lock);
    return n;
}

static void set_service(bool is_closed, unsigned new_generation) {
    pthread_mutex_lock(&lock);
    closed = is_closed;
    generation = new_generation;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static int64_t now_ms(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct pacct_name_patience patience;

static struct pacct_name_cache* fresh(unsigned keep, unsigned wait_ms) {
    patience = (struct pacct_name_patience)PACCT_NAME_PATIENCE(wait_ms);
    struct pacct_name_cache* const names = pacct_name_cache_new(fake_ask, keep, &patience);
    CHECK(names != NULL);
    set_service(false, 0);
    pthread_mutex_lock(&lock);
    asked = 0;
    pthread_mutex_unlock(&lock);
    return names;
}

static void is(
    struct pacct_name_cache* names, enum pacct_name_kind kind, uint32_t id, time_t now, const char* expected) {
    const char* name = NULL;
    const size_t len = pacct_name_cache_get(names, kind, id, now, &name);
    CHECK_TEXT(len == 0 ? "" : name, len, expected);
}

static void becomes(struct pacct_name_cache* names, uint32_t id, time_t now, const char* expected) {
    const int64_t until = now_ms() + PATIENCE_MS;
    const char* name;
    for (;;) {
        const size_t len = pacct_name_cache_get(names, PACCT_NAME_USER, id, now, &name);
        if (len == strlen(expected) && memcmp(name, expected, len) == 0) {
            return;
        }
        CHECK(now_ms() < until);
        sched_yield();
    }
}

static void answers(void) {
    struct pacct_name_cache* const names = fresh(300, PATIENCE_MS);
    is(names, PACCT_NAME_USER, 0, 1000, "u0.0");
    is(names, PACCT_NAME_GROUP, 0, 1000, "g0.0");
    is(names, PACCT_NAME_USER, UINT32_MAX, 1000, "u4294967295.0");
    CHECK_EQ(questions(), 3);
    set_service(false, 1);
    is(names, PACCT_NAME_USER, 0, 1299, "u0.0");
    is(names, PACCT_NAME_GROUP, 0, 1299, "g0.0");
    CHECK_EQ(questions(), 3);
    is(names, PACCT_NAME_USER, 0, 1300, "u0.1"); /* a new name shows after the cache's time */
    CHECK_EQ(questions(), 4);
    pacct_name_cache_free(names);
}

static void negative_answers(void) {
    static const struct {
        unsigned keep;
        time_t until;
    } cases[] = {{300, 60}, {60, 60}, {5, 5}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pacct_name_cache* const names = fresh(cases[i].keep, PATIENCE_MS);
        is(names, PACCT_NAME_USER, 9, 1000, "");
        is(names, PACCT_NAME_USER, 9, 1000 + cases[i].until - 1, "");
        CHECK_EQ(questions(), 1);
        is(names, PACCT_NAME_USER, 9, 1000 + cases[i].until, "");
        CHECK_EQ(questions(), 2);
        pacct_name_cache_free(names);
    }
}

static void slow_service(void) {
    struct pacct_name_cache* const names = fresh(300, WAIT_MS);
    int64_t start = now_ms(); /* what the first look-up waits for a service that is not slow counts, too */
    is(names, PACCT_NAME_USER, 1, 1000, "u1.0");
    set_service(true, 1);
    is(names, PACCT_NAME_USER, 2, 1000, ""); /* waits a moment */
    CHECK(now_ms() - start >= (int64_t)WAIT_MS);
    start = now_ms();
    for (uint32_t id = 3; id < 1000; id++) { /* nobody else waits: together they would for 100 s */
        is(names, PACCT_NAME_USER, id, 1000, "");
    }
    CHECK(now_ms() - start < 50 * (int64_t)WAIT_MS);
    is(names, PACCT_NAME_USER, 1, 1299, "u1.0");
    is(names, PACCT_NAME_USER, 1, 1300, "u1.0"); /* expired, and serves until there is a new one */
    CHECK_EQ(questions(), 2); /* one at a time */
    CHECK_EQ(pacct_name_cache_late(names), 998); /* not the one that has its old name */
    CHECK(pacct_name_cache_behind(names, 1300) > 0);
    set_service(false, 2);
    for (int64_t until = now_ms() + PATIENCE_MS; pacct_name_cache_behind(names, 1300) > 0;) {
        CHECK(now_ms() < until);
        sched_yield();
    }
    CHECK_EQ(questions(), 1 + PACCT_NAME_QUESTIONS); /* all that could be asked were, though nobody looked again */
    is(names, PACCT_NAME_USER, PACCT_NAME_QUESTIONS, 1300, "u128.2");
    becomes(names, 2, 1300, "u2.2");
    becomes(names, 1, 1300, "u1.2");
    becomes(names, 3, 1300, "u3.2");
    pacct_name_cache_free(names);
}

/* Each answer comes just before one would give up: what counts is what all of them take together. */
static void steadily_slow_service(void) {
    enum { USERS = 3000 };
    struct pacct_name_cache* const names = fresh(300, WAIT_MS * 3);
    unsigned known = 0;
    takes_us = WAIT_MS * 1000;
    for (uint32_t id = 0; id < USERS; id++) {
        const char* name;
        known += pacct_name_cache_get(names, PACCT_NAME_USER, id * 10, 1000, &name) > 0;
    }
    CHECK(known >= 1 && known <= 10); /* with as many waits; each one's would take five minutes */
    CHECK_EQ(pacct_name_cache_late(names), USERS - known);
    takes_us = 0;
    becomes(names, 10 * (USERS - 1), 1000, "u29990.0");
    /* patience comes back with time: what was not known is waited for again */
    while (pacct_name_cache_behind(names, 1000) > 0) {
        sched_yield();
    }
    patience.seen_ns -= 10 * UINT64_C(1000000000);
    is(names, PACCT_NAME_USER, 7, 1000, "u7.0");
    pacct_name_cache_free(names);
}

/* The service hangs for ever when the input ends. */
static void hanging_service(void) {
    struct pacct_name_cache* const names = fresh(300, 1);
    set_service(true, 0);
    is(names, PACCT_NAME_USER, 2, 1000, "");
    const int64_t start = now_ms();
    pacct_name_cache_free(names);
    CHECK(now_ms() - start < PATIENCE_MS);
    set_service(false, 0);
}

static void bounded(void) {
    struct pacct_name_cache* const names = fresh(1000000, PATIENCE_MS);
    is(names, PACCT_NAME_USER, 1, 1000, "u1.0");
    const size_t before = mallinfo2().uordblks;
    for (uint32_t id = 0; id < 50000; id++) {
        const char* name;
        pacct_name_cache_get(names, id % 2 == 0 ? PACCT_NAME_USER : PACCT_NAME_GROUP, id * 10, 1000, &name);
    }
    CHECK_EQ(questions(), 50001);
    CHECK(mallinfo2().uordblks - before < 256u * 1024);
    is(names, PACCT_NAME_USER, 1, 1000, "u1.0");
    CHECK_EQ(questions(), 50002); /* it had to give way */
    is(names, PACCT_NAME_USER, 1, 1000, "u1.0");
    CHECK_EQ(questions(), 50002);
    pacct_name_cache_free(names);
}

static void system_service(void) {
    char name[PACCT_NAME_MAX];
    const struct passwd* const root = getpwuid(0);
    CHECK(root != NULL);
    CHECK(pacct_name_cache_ask_nss(PACCT_NAME_USER, 0, name, sizeof(name)));
    CHECK(strcmp(name, root->pw_name) == 0);
    CHECK(pacct_name_cache_ask_nss(PACCT_NAME_GROUP, 0, name, sizeof(name)));
    CHECK(!pacct_name_cache_ask_nss(PACCT_NAME_USER, 4294967293u, name, sizeof(name)));
    CHECK(!pacct_name_cache_ask_nss(PACCT_NAME_USER, 0, name, strlen(root->pw_name))); /* too long for the room */
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("answers are kept") {
        answers();
    }
    CASE("there is no such name") {
        negative_answers();
    }
    CASE("a slow service") {
        slow_service();
    }
    CASE("a service that is slow each time") {
        steadily_slow_service();
    }
    CASE("a service that hangs") {
        hanging_service();
    }
    CASE("memory is bounded") {
        bounded();
    }
    CASE("the system's service") {
        system_service();
    }
    return check_end();
}
