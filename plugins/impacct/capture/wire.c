/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/wire.c
 * @brief Reads the events that the BPF program writes.
 *
 * Algorithm: the parts of a path come from the last to the first, and are put
 * together from the end of the storage to its beginning.
 *
 * Failure model: an event whose lengths do not add up is refused as a whole; a
 * path that does not fit is not known.
 */
#include "config.h"

#include "capture/wire.h"

#include <string.h>

_Static_assert(PACCT_WIRE_PATH_MAX <= PACCT_PATH_MAX, "a path of the program's fits");
_Static_assert(PACCT_WIRE_ARGS_MAX == PACCT_ARGS_MAX, "arguments are as long");
_Static_assert(PACCT_WIRE_COMM == PACCT_TASK_COMM, "names are as long");

/* Put together a path of parts; false where one is malformed or they do not fit. */
static bool join_parts(const char* parts, size_t len, char* storage, struct pacct_bytes* path) {
    size_t at = PACCT_PATH_MAX;
    for (const char* const end = parts + len; parts < end;) {
        const size_t part = strnlen(parts, (size_t)(end - parts));
        if (part == 0 || parts + PACCT_WIRE_FILLED(part + 1) > end || part + 1 > at ||
            memchr(parts, '/', part) != NULL) {
            return false;
        }
        at -= part + 1;
        storage[at] = '/';
        memcpy(storage + at + 1, parts, part);
        parts += PACCT_WIRE_FILLED(part + 1);
    }
    if (len == 0) {
        storage[--at] = '/';
    }
    *path = (struct pacct_bytes){storage + at, PACCT_PATH_MAX - at};
    return true;
}

static void set_path(const struct pacct_wire* w,
                     enum pacct_wire_flag unknown,
                     const char* parts,
                     size_t len,
                     char* storage,
                     struct pacct_bytes* path) {
    if ((w->flags & unknown) != 0 || !join_parts(parts, len, storage, path)) {
        *path = (struct pacct_bytes){NULL, 0};
    }
}

/* Whether the parts of an exec are as long as it is. */
static bool is_whole(const struct pacct_wire* w, size_t size) {
    const size_t head = sizeof(*w), paths = (size_t)w->exe_len + w->cwd_len + w->cgroup_len;
    return size >= head && size - head == PACCT_WIRE_FILLED(w->args_kept) + paths && w->args_kept <= w->args_len;
}

static void set_person(const struct pacct_wire* w, struct pacct_process_event* ev) {
    ev->uid = w->uid;
    ev->euid = w->euid;
    if ((w->flags & PACCT_WIRE_NO_LOGIN) == 0) {
        ev->login_uid = w->login_uid;
        ev->session = w->session;
    }
    ev->helper = (w->flags & PACCT_WIRE_HELPER) != 0;
    memcpy(ev->comm, w->comm, sizeof(ev->comm) - 1);
}

static void set_command(const struct pacct_wire* w,
                        struct pacct_wire_storage* storage,
                        struct pacct_process_event* ev) {
    const char* at = (const char*)(w + 1);
    ev->args_len = w->args_len;
    if ((w->flags & PACCT_WIRE_NO_ARGS) == 0) {
        ev->args = (struct pacct_bytes){at, w->args_kept};
    }
    at += PACCT_WIRE_FILLED(w->args_kept);
    if (w->exe_len > 0) {
        set_path(w, PACCT_WIRE_NO_EXE, at, w->exe_len, storage->path[0], &ev->executable);
    }
    at += w->exe_len;
    set_path(w, PACCT_WIRE_NO_CWD, at, w->cwd_len, storage->path[1], &ev->cwd);
    at += w->cwd_len;
    set_path(w, PACCT_WIRE_NO_CGROUP, at, w->cgroup_len, storage->path[2], &ev->cgroup);
}

bool pacct_wire_parse(const void* data,
                      size_t size,
                      struct pacct_wire_storage* storage,
                      struct pacct_process_event* ev) {
    static const enum pacct_process_event_kind kinds[] = {
        [PACCT_WIRE_FORK] = PACCT_PROCESS_FORK,
        [PACCT_WIRE_EXEC] = PACCT_PROCESS_EXEC,
        [PACCT_WIRE_COUNT] = PACCT_PROCESS_COUNT,
    };
    const struct pacct_wire* const w = data;
    if (size < PACCT_WIRE_SHORT_SIZE || w->pid == 0 || w->kind < PACCT_WIRE_FORK || w->kind > PACCT_WIRE_COUNT) {
        return false;
    }
    if (w->kind == PACCT_WIRE_EXEC ? !is_whole(w, size) : size != PACCT_WIRE_SHORT_SIZE) {
        return false;
    }
    *ev = (struct pacct_process_event){
        .kind = kinds[w->kind],
        .pid = w->pid,
        .ppid = w->ppid,
        .time = w->time,
        .start = w->start,
        .start_boot = w->start_boot,
        .parent_boot = w->parent_boot,
        .executions = w->executions,
        .uid = PACCT_ID_UNSET,
        .euid = PACCT_ID_UNSET,
        .login_uid = PACCT_ID_UNSET,
        .session = PACCT_ID_UNSET,
    };
    memcpy(ev->parent_comm, w->parent_comm, sizeof(ev->parent_comm) - 1);
    if (w->kind == PACCT_WIRE_EXEC) {
        set_person(w, ev);
        set_command(w, storage, ev);
    }
    return true;
}
