/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/command.c
 * @brief What was executed, as it is kept.
 *
 * Algorithm: a command is one block of memory: the event, and behind it the
 * bytes that it points to.
 *
 * Concurrency and locking: references are counted atomically, all else does
 * not change.
 */
#include "config.h"

#include "command/command.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pacct_command {
    atomic_uint refs;
    size_t size;
    struct pacct_process_event ev;
    char bytes[];
};

static char* copy(struct pacct_bytes* bytes, char* to) {
    if (bytes->p != NULL && bytes->len > 0) {
        memcpy(to, bytes->p, bytes->len);
    }
    bytes->p = bytes->p == NULL ? NULL : to;
    return to + bytes->len;
}

struct pacct_command* pacct_command_new(const struct pacct_process_event* ev) {
    const size_t size = sizeof(struct pacct_command) + ev->args.len + ev->executable.len + ev->cwd.len + ev->cgroup.len;
    struct pacct_command* const c = malloc(size);
    if (c == NULL) {
        return NULL;
    }
    atomic_init(&c->refs, 1);
    c->size = size;
    c->ev = *ev;
    char* to = copy(&c->ev.args, c->bytes);
    to = copy(&c->ev.executable, to);
    to = copy(&c->ev.cwd, to);
    copy(&c->ev.cgroup, to);
    return c;
}

struct pacct_command* pacct_command_ref(struct pacct_command* c) {
    if (c != NULL) {
        atomic_fetch_add(&c->refs, 1);
    }
    return c;
}

void pacct_command_unref(struct pacct_command* c) {
    if (c != NULL && atomic_fetch_sub(&c->refs, 1) == 1) {
        free(c);
    }
}

const struct pacct_process_event* pacct_command_event(const struct pacct_command* c) {
    return &c->ev;
}

size_t pacct_command_size(const struct pacct_command* c) {
    return c->size;
}

void pacct_process_ref(const struct pacct_process* process) {
    pacct_command_ref(process->command);
    pacct_command_ref(process->parent_command);
}

void pacct_process_unref(const struct pacct_process* process) {
    pacct_command_unref(process->command);
    pacct_command_unref(process->parent_command);
}

static size_t size_of(const struct pacct_command* c) {
    return c == NULL ? 0 : pacct_command_size(c);
}

size_t pacct_process_size(const struct pacct_process* process) {
    const bool shared = process->parent_command == process->command;
    return size_of(process->command) + (shared ? 0 : size_of(process->parent_command));
}
