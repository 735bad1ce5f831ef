/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: whoever hands over a position never waits for the disk, and learns what became of it.
 * Invariant: of what is put while another is being stored, the last one is stored next, and nothing else; only what is
 * durable is called so; a failure leaves that as it was, and is told with its call; the end stores what was put last.
 * Oracle: the linker's --wrap has the store wait for us; the file, read by pacct_state_load(). */
#include "config.h"

#include "check.h"
#include "file/state_writer.h"

#include <errno.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool gated;
static sem_t entered, go;
static unsigned stores;

int __real_pacct_state_store(const char* path, const struct pacct_state* state, const char** call);
int __wrap_pacct_state_store(const char* path, const struct pacct_state* state, const char** call);

int __wrap_pacct_state_store(const char* path, const struct pacct_state* state, const char** call) {
    stores++;
    if (gated) {
        sem_post(&entered);
        sem_wait(&go);
    }
    return __real_pacct_state_store(path, state, call);
}

/* a position that has nothing but its inode, by which it is told from others */
static struct pacct_state state_of(uint64_t ino) {
    return (struct pacct_state){.pos = {.dev = 1, .ino = ino}};
}

static char path[128];

static uint64_t in_file(void) {
    struct pacct_state state;
    CHECK_EQ(pacct_state_load(path, &state), PACCT_STATE_OK);
    return state.pos.ino;
}

static uint64_t stored(struct pacct_state_writer* writer) {
    struct pacct_state state = state_of(0);
    pacct_state_writer_stored(writer, &state);
    return state.pos.ino;
}

static void the_last_is_stored(void) {
    const struct pacct_state first = state_of(11), second = state_of(12), third = state_of(13);
    struct pacct_state_writer* const writer = pacct_state_writer_new(path, NULL);
    const char* call = NULL;
    CHECK(writer != NULL);
    CHECK(!pacct_state_writer_busy(writer));
    gated = true;
    pacct_state_writer_put(writer, &first);
    sem_wait(&entered);
    pacct_state_writer_put(writer, &second);
    pacct_state_writer_put(writer, &third);
    CHECK(pacct_state_writer_busy(writer));
    CHECK_EQ(stored(writer), 0);
    sem_post(&go);
    sem_wait(&entered); /* the third one's begins, the first one's is through */
    CHECK_EQ(stored(writer), 11);
    CHECK_EQ(in_file(), 11);
    CHECK(pacct_state_writer_busy(writer));
    sem_post(&go);
    CHECK_EQ(pacct_state_writer_finish(writer, &call), 0);
    CHECK_EQ(in_file(), 13);
    CHECK_EQ(stores, 2);
}

static void the_end_stores(void) {
    const struct pacct_state last = state_of(21);
    const char* call = NULL;
    struct pacct_state_writer* const writer = pacct_state_writer_new(path, NULL);
    CHECK(writer != NULL);
    pacct_state_writer_put(writer, &last);
    CHECK_EQ(pacct_state_writer_finish(writer, &call), 0);
    CHECK_EQ(in_file(), 21);
}

static void a_failure_changes_nothing(void) {
    const struct pacct_state kept = state_of(31), lost = state_of(32), next = state_of(33);
    const char* call = NULL;
    struct pacct_state_writer* const writer = pacct_state_writer_new("/nonexistent/state", &kept);
    CHECK(writer != NULL);
    CHECK_EQ(stored(writer), 31);
    gated = true;
    pacct_state_writer_put(writer, &lost);
    sem_wait(&entered);
    pacct_state_writer_put(writer, &next);
    sem_post(&go);
    sem_wait(&entered); /* the next one's begins, the lost one's is through */
    CHECK_EQ(stored(writer), 31);
    CHECK_EQ(pacct_state_writer_error(writer, &call), ENOENT);
    CHECK_TEXT(call, strlen(call), "open");
    sem_post(&go);
    CHECK_EQ(pacct_state_writer_finish(writer, &call), ENOENT);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    sem_init(&entered, 0, 0);
    sem_init(&go, 0, 0);
    CASE("what is put last is stored, and what is durable is known") {
        snprintf(path, sizeof(path), "%s/state", check_dir);
        the_last_is_stored();
    }
    CASE("the end stores what was put") {
        snprintf(path, sizeof(path), "%s/state", check_dir);
        the_end_stores();
    }
    CASE("a failure is told, and changes nothing that is durable") {
        a_failure_changes_nothing();
    }
    return check_end();
}
