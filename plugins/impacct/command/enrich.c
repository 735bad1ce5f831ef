/**
 * @file pacct_who.c
 * @brief What a process executed and where it belongs, as fields of an event.
 *
 * Algorithm: one setter per group of fields. What no output wants is not made.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: what is not known, or not certain, is left out.
 */
#include "config.h"

#include "pacct_who.h"
#include "pacct_cgroup.h"
#include "pacct_quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS 1000000000u
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE 64

struct pacct_who {
    const struct pacct_origin* origin;
    const struct pacct_redact* redact;
    bool belongs;
    char system[PACCT_ID_LEN]; /* id of the host since it was started; made with the first event, when the host is known
                                */
    struct pacct_buf redacted, line, list;
    char path[3][PACCT_EXEC_PATH_MAX * PACCT_UTF8_GROWTH];
    char part[3][PACCT_EXEC_PATH_MAX * PACCT_UTF8_GROWTH];
    char comm[PACCT_WIRE_COMM * PACCT_UTF8_GROWTH];
    char parent_comm[PACCT_WIRE_COMM * PACCT_UTF8_GROWTH];
    char user[PACCT_NAME_MAX * PACCT_UTF8_GROWTH], login_user[PACCT_NAME_MAX * PACCT_UTF8_GROWTH];
    char id[PACCT_ID_LEN], life[PACCT_ID_LEN], parent_life[PACCT_ID_LEN];
};

/* The id of a host since it was started, or of the host alone where the kernel does not tell the start. */
static void make_system(const struct pacct_origin* origin, char id[PACCT_ID_LEN]) {
    char boot[BOOT_ID_SIZE] = "";
    FILE* const f = fopen(BOOT_ID_FILE, "re");
    if (f != NULL) {
        if (fgets(boot, sizeof(boot), f) == NULL) {
            boot[0] = '\0';
        }
        fclose(f);
    }
    const struct pacct_id_part parts[] = {{origin->host_id, origin->host_id_len}, {boot, strlen(boot)}};
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), id);
}

struct pacct_who* pacct_who_new(const struct pacct_origin* origin, const struct pacct_redact* redact, bool belongs) {
    struct pacct_who* const w = calloc(1, sizeof(*w));
    if (w == NULL) {
        return NULL;
    }
    w->origin = origin;
    w->redact = redact;
    w->belongs = belongs;
    return w;
}

void pacct_who_free(struct pacct_who* w) {
    if (w != NULL) {
        pacct_buf_free(&w->redacted);
        pacct_buf_free(&w->line);
        pacct_buf_free(&w->list);
        free(w);
    }
}

static bool wants(const struct pacct_who* w, enum pacct_field_id field) {
    return pacct_set_has(&w->origin->wanted, field);
}

static void set_text(struct pacct_event* ev, enum pacct_field_id field, struct pacct_bytes text, char* room) {
    bool clean;
    if (text.p != NULL && text.len > 0) {
        pacct_event_set_str(ev, field, room, pacct_utf8_copy(text.p, text.len, room, &clean));
    }
}

static void set_comm(struct pacct_event* ev, enum pacct_field_id field, const char name[PACCT_WIRE_COMM], char* room) {
    set_text(ev, field, (struct pacct_bytes){name, strnlen(name, PACCT_WIRE_COMM)}, room);
}

/* The id of a process: of the system, and of the process's number and start in there. */
static void make_life(struct pacct_who* w, uint32_t pid, uint64_t start_boot, char id[PACCT_ID_LEN]) {
    const uint64_t process[] = {pid, start_boot / PACCT_EXEC_TICK_NS};
    if (w->system[0] == '\0') {
        make_system(w->origin, w->system);
    }
    pacct_id_make(w->system, PACCT_ID_LEN, (const uint8_t*)process, sizeof(process), id);
}

/* ---- the command ---- */

static bool set_args(struct pacct_who* w, const struct pacct_exec* exec, struct pacct_event* ev) {
    struct pacct_bytes args = exec->args;
    bool any = false;
    w->redacted.len = w->line.len = w->list.len = 0;
    if (w->redact != NULL) {
        if (!pacct_redact_copy(w->redact, args, &w->redacted, &any)) {
            return false;
        }
        args = (struct pacct_bytes){w->redacted.p, w->redacted.len};
    }
    if (wants(w, PACCT_F_COMMAND_LINE)) {
        if (!pacct_quote_line(args, &w->line)) {
            return false;
        }
        pacct_event_set_str(ev, PACCT_F_COMMAND_LINE, w->line.p, w->line.len);
    }
    if (wants(w, PACCT_F_ARGS)) {
        if (!pacct_quote_list(args, &w->list)) {
            return false;
        }
        pacct_event_set_str(ev, PACCT_F_ARGS, w->list.p, w->list.len);
    }
    pacct_event_set_int(ev, PACCT_F_ARGS_LENGTH, exec->args_len);
    pacct_event_set_int(ev, PACCT_F_ARGS_TRUNCATED, exec->args.len < exec->args_len);
    pacct_event_set_int(ev, PACCT_F_ARGS_REDACTED, any);
    return true;
}

static void set_source(enum pacct_known known, struct pacct_event* ev) {
    switch (known) {
        case PACCT_KNOWN_EXEC:
            PACCT_SET_TOKEN(ev, PACCT_F_COMMAND_SOURCE, "exec");
            break;
        case PACCT_KNOWN_INHERITED:
            PACCT_SET_TOKEN(ev, PACCT_F_COMMAND_SOURCE, "fork-inherited");
            break;
        case PACCT_KNOWN_SCAN:
            PACCT_SET_TOKEN(ev, PACCT_F_COMMAND_SOURCE, "scan");
            break;
        case PACCT_KNOWN_NOT:
        default:
            PACCT_SET_TOKEN(ev, PACCT_F_COMMAND_SOURCE, "missing");
            break;
    }
}

/* ---- where it belongs ---- */

static void set_parent(struct pacct_who* w, const struct pacct_life* life, struct pacct_event* ev) {
    set_comm(ev, PACCT_F_PARENT_COMM, life->parent_comm, w->parent_comm);
    if (life->ppid != 0 && life->parent_boot != 0 && wants(w, PACCT_F_PARENT_LIFE)) {
        make_life(w, life->ppid, life->parent_boot, w->parent_life);
        pacct_event_set_str(ev, PACCT_F_PARENT_LIFE, w->parent_life, PACCT_ID_LEN);
    }
}

/* Of the process that executed the command: what it made may have been put elsewhere since, or have logged in. */
static void set_place(struct pacct_who* w, const struct pacct_exec* exec, time_t now, struct pacct_event* ev) {
    const struct pacct_cgroup group = pacct_cgroup_read(exec->cgroup);
    set_text(ev, PACCT_F_CGROUP, exec->cgroup, w->path[2]);
    set_text(ev, PACCT_F_CONTAINER_ID, group.container, w->part[0]);
    set_text(ev, PACCT_F_SYSTEMD_UNIT, group.unit, w->part[1]);
    set_text(ev, PACCT_F_JOB_ID, group.job, w->part[2]);
    if (exec->login_uid != PACCT_EXEC_NOBODY) {
        pacct_event_set_int(ev, PACCT_F_LOGIN_UID, exec->login_uid);
        pacct_event_set_name(w->origin, PACCT_F_LOGIN_USER, PACCT_NAME_USER, exec->login_uid, now, w->login_user, ev);
    }
    if (exec->session != PACCT_EXEC_NOBODY) {
        pacct_event_set_int(ev, PACCT_F_SESSION_ID, exec->session);
    }
}

bool pacct_who_add(
    struct pacct_who* w, const struct pacct_life* life, uint32_t pid, time_t now, struct pacct_event* ev) {
    set_source(life->known, ev);
    if (life->known == PACCT_KNOWN_NOT) {
        return true;
    }
    const struct pacct_exec* const exec = pacct_command_exec(life->command);
    make_life(w, pid, life->start_boot, w->life);
    pacct_event_set_str(ev, PACCT_F_LIFE, w->life, PACCT_ID_LEN);
    pacct_event_set_str(ev, PACCT_F_ENTITY_ID, w->life, PACCT_ID_LEN);
    set_text(ev, PACCT_F_EXECUTABLE, exec->executable, w->path[0]);
    if (life->known != PACCT_KNOWN_INHERITED) {
        set_text(ev, PACCT_F_CWD, exec->cwd, w->path[1]);
    }
    if (w->belongs) {
        set_parent(w, life, ev);
    }
    if (w->belongs && life->known != PACCT_KNOWN_INHERITED) {
        set_place(w, exec, now, ev);
    }
    return set_args(w, exec, ev);
}

bool pacct_who_event(struct pacct_who* w, const struct pacct_started* started, time_t now, struct pacct_event* ev) {
    const struct pacct_exec* const exec = pacct_command_exec(started->life.command);
    pacct_event_begin(w->origin, ev);
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT, "exec");
    PACCT_SET_TOKEN(ev, PACCT_F_KIND, "event");
    PACCT_SET_TOKEN(ev, PACCT_F_CATEGORY, "process");
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT_TYPE, "start");
    PACCT_SET_TOKEN(ev, PACCT_F_DATASET, "impacct.process");
    pacct_event_set_int(ev, PACCT_F_TIME, started->time / SECOND_NS);
    pacct_event_set_int(ev, PACCT_F_START, started->start / SECOND_NS);
    pacct_event_set_int(ev, PACCT_F_PID, started->pid);
    if (exec->ppid != 0) {
        pacct_event_set_int(ev, PACCT_F_PPID, exec->ppid);
    }
    set_comm(ev, PACCT_F_COMM, exec->comm, w->comm);
    if (exec->uid != PACCT_EXEC_NOBODY) {
        pacct_event_set_int(ev, PACCT_F_UID, exec->uid);
        pacct_event_set_name(w->origin, PACCT_F_USER, PACCT_NAME_USER, exec->uid, now, w->user, ev);
    }
    if (!pacct_who_add(w, &started->life, started->pid, now, ev)) {
        return false;
    }
    const struct pacct_id_part parts[] = {{w->life, PACCT_ID_LEN}, {&started->time, sizeof(started->time)}};
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), w->id);
    pacct_event_set_str(ev, PACCT_F_ID, w->id, PACCT_ID_LEN);
    return true;
}
