/**
 * @file pacct_exec.c
 * @brief One event of a process's life, wherever it was captured; and what was executed, as it is kept.
 *
 * Algorithm: the parts of a path come from the last to the first, and are put
 * together from the end of the room to its beginning. A command is one block
 * of memory: the event, and behind it the bytes that it points to.
 *
 * Concurrency and locking: references are counted atomically, all else does
 * not change.
 *
 * Failure model: an event whose lengths do not add up is refused as a whole; a
 * path that does not fit is not known.
 */
#include "config.h"

#include "pacct_exec.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pacct_command {
    atomic_uint refs;
    size_t size;
    struct pacct_exec ev;
    char bytes[];
};

/* Put together a path of parts; false where one is malformed or they do not fit. */
static bool join_parts(const char* parts, size_t len, char* room, struct pacct_bytes* path) {
    size_t at = PACCT_EXEC_PATH_MAX;
    for (const char* const end = parts + len; parts < end;) {
        const size_t part = strnlen(parts, (size_t)(end - parts));
        if (part == 0 || parts + PACCT_WIRE_FILLED(part + 1) > end || part + 1 > at ||
            memchr(parts, '/', part) != NULL) {
            return false;
        }
        at -= part + 1;
        room[at] = '/';
        memcpy(room + at + 1, parts, part);
        parts += PACCT_WIRE_FILLED(part + 1);
    }
    if (len == 0) {
        room[--at] = '/';
    }
    *path = (struct pacct_bytes){room + at, PACCT_EXEC_PATH_MAX - at};
    return true;
}

static void set_path(const struct pacct_wire* w,
                     enum pacct_wire_flag unknown,
                     const char* parts,
                     size_t len,
                     char* room,
                     struct pacct_bytes* path) {
    if ((w->flags & unknown) != 0 || !join_parts(parts, len, room, path)) {
        *path = (struct pacct_bytes){NULL, 0};
    }
}

/* Whether the parts of an exec are as long as it is. */
static bool is_whole(const struct pacct_wire* w, size_t size) {
    const size_t head = sizeof(*w), paths = (size_t)w->exe_len + w->cwd_len + w->cgroup_len;
    return size >= head && size - head == PACCT_WIRE_FILLED(w->args_kept) + paths && w->args_kept <= w->args_len;
}

static void set_person(const struct pacct_wire* w, struct pacct_exec* ev) {
    ev->uid = w->uid;
    if ((w->flags & PACCT_WIRE_NO_LOGIN) == 0) {
        ev->login_uid = w->login_uid;
        ev->session = w->session;
    }
    ev->helper = (w->flags & PACCT_WIRE_HELPER) != 0;
    memcpy(ev->comm, w->comm, sizeof(ev->comm) - 1);
}

static void set_command(const struct pacct_wire* w, struct pacct_exec_room* room, struct pacct_exec* ev) {
    const char* at = (const char*)(w + 1);
    ev->args_len = w->args_len;
    if ((w->flags & PACCT_WIRE_NO_ARGS) == 0) {
        ev->args = (struct pacct_bytes){at, w->args_kept};
    }
    at += PACCT_WIRE_FILLED(w->args_kept);
    if (w->exe_len > 0) {
        set_path(w, PACCT_WIRE_NO_EXE, at, w->exe_len, room->path[0], &ev->executable);
    }
    at += w->exe_len;
    set_path(w, PACCT_WIRE_NO_CWD, at, w->cwd_len, room->path[1], &ev->cwd);
    at += w->cwd_len;
    set_path(w, PACCT_WIRE_NO_CGROUP, at, w->cgroup_len, room->path[2], &ev->cgroup);
}

bool pacct_exec_parse(const void* data, size_t size, struct pacct_exec_room* room, struct pacct_exec* ev) {
    const struct pacct_wire* const w = data;
    if (size < PACCT_WIRE_FORK_SIZE || w->pid == 0) {
        return false;
    }
    if (w->kind == PACCT_WIRE_FORK ? size != PACCT_WIRE_FORK_SIZE : w->kind != PACCT_WIRE_EXEC || !is_whole(w, size)) {
        return false;
    }
    *ev = (struct pacct_exec){
        .kind = w->kind == PACCT_WIRE_FORK ? PACCT_EXEC_FORK : PACCT_EXEC_EXEC,
        .pid = w->pid,
        .ppid = w->ppid,
        .time = w->time,
        .start = w->start,
        .start_boot = w->start_boot,
        .parent_boot = w->parent_boot,
        .uid = PACCT_EXEC_NOBODY,
        .login_uid = PACCT_EXEC_NOBODY,
        .session = PACCT_EXEC_NOBODY,
    };
    memcpy(ev->parent_comm, w->parent_comm, sizeof(ev->parent_comm) - 1);
    if (w->kind == PACCT_WIRE_EXEC) {
        set_person(w, ev);
        set_command(w, room, ev);
    }
    return true;
}

static char* copy(struct pacct_bytes* bytes, char* to) {
    if (bytes->p != NULL && bytes->len > 0) {
        memcpy(to, bytes->p, bytes->len);
    }
    bytes->p = bytes->p == NULL ? NULL : to;
    return to + bytes->len;
}

struct pacct_command* pacct_command_new(const struct pacct_exec* ev) {
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

const struct pacct_exec* pacct_command_exec(const struct pacct_command* c) {
    return &c->ev;
}

size_t pacct_command_size(const struct pacct_command* c) {
    return c->size;
}
