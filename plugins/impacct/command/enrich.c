/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/enrich.c
 * @brief What a process executed and where it belongs, as fields of an event.
 *
 * Algorithm: one setter per group of fields. What no output wants is not made.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: what is not known, or not certain, is left out.
 */
#include "config.h"

#include "command/enrich.h"
#include "base/sys.h"
#include "command/cgroup.h"
#include "command/quote.h"

#include <stdlib.h>
#include <string.h>

/* Arguments as they are told. */
struct written {
    struct pacct_buf redacted, line, list;
};

struct pacct_enrich {
    const struct pacct_origin* origin;
    const struct pacct_redact* redact;
    bool belongs;
    char system[PACCT_ID_LEN]; /* id of the host since it was started; made with the first event, when the host is known
                                */
    char boot[PACCT_BOOT_ID_LEN + 1]; /* made with it; empty where the kernel does not tell */
    size_t boot_len;
    struct written written, parent_written;
    char path[4][PACCT_PATH_MAX * PACCT_UTF8_GROWTH];
    char cgroup_part[3][PACCT_PATH_MAX * PACCT_UTF8_GROWTH];
    char comm[PACCT_TASK_COMM * PACCT_UTF8_GROWTH];
    char parent_comm[PACCT_TASK_COMM * PACCT_UTF8_GROWTH];
    char user[PACCT_NAME_MAX * PACCT_UTF8_GROWTH], login_user[PACCT_NAME_MAX * PACCT_UTF8_GROWTH];
    char id[PACCT_ID_LEN], entity_id[PACCT_ID_LEN], parent_entity_id[PACCT_ID_LEN];
};

/* The id of a host since it was started, or of the host alone where the kernel does not tell the start. */
static void make_system(struct pacct_enrich* w) {
    const struct pacct_origin* const origin = w->origin;
    pacct_sys_boot_id(w->boot);
    w->boot_len = strlen(w->boot);
    const struct pacct_id_part parts[] = {{origin->host_id, origin->host_id_len}, {w->boot, w->boot_len}};
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), w->system);
}

struct pacct_enrich* pacct_enrich_new(const struct pacct_origin* origin,
                                      const struct pacct_redact* redact,
                                      bool belongs) {
    struct pacct_enrich* const w = calloc(1, sizeof(*w));
    if (w == NULL) {
        return NULL;
    }
    w->origin = origin;
    w->redact = redact;
    w->belongs = belongs;
    return w;
}

static void free_written(struct written* written) {
    pacct_buf_free(&written->redacted);
    pacct_buf_free(&written->line);
    pacct_buf_free(&written->list);
}

void pacct_enrich_free(struct pacct_enrich* w) {
    if (w != NULL) {
        free_written(&w->written);
        free_written(&w->parent_written);
        free(w);
    }
}

static bool wants(const struct pacct_enrich* w, enum pacct_field_id field) {
    return pacct_set_has(&w->origin->wanted, field);
}

static void set_text(struct pacct_event* ev, enum pacct_field_id field, struct pacct_bytes text, char* storage) {
    bool clean;
    if (text.p != NULL && text.len > 0) {
        pacct_event_set_str(ev, field, storage, pacct_utf8_copy(text.p, text.len, storage, &clean));
    }
}

static void set_comm(struct pacct_event* ev,
                     enum pacct_field_id field,
                     const char name[PACCT_TASK_COMM],
                     char* storage) {
    set_text(ev, field, (struct pacct_bytes){name, strnlen(name, PACCT_TASK_COMM)}, storage);
}

/* The id of a process: of the system, and of the process's number and start in there. */
static void make_entity_id(struct pacct_enrich* w, uint32_t pid, uint64_t start_boot, char id[PACCT_ID_LEN]) {
    const uint64_t pid_start[] = {pid, start_boot / PACCT_TICK_NS};
    if (w->system[0] == '\0') {
        make_system(w);
    }
    pacct_id_make(w->system, PACCT_ID_LEN, (const uint8_t*)pid_start, sizeof(pid_start), id);
}

/* ---- the command ---- */

static uint64_t count_strings(struct pacct_bytes strings) {
    uint64_t count = 0;
    for (size_t at = 0; at < strings.len; count++) {
        at += strnlen(strings.p + at, strings.len - at) + 1;
    }
    return count;
}

/* Set the fields of arguments as one line and as a list, without their secrets; *any: whether there were some. */
static bool set_strings(const struct pacct_enrich* w,
                        struct pacct_bytes args,
                        enum pacct_field_id line,
                        enum pacct_field_id list,
                        struct written* to,
                        bool* any,
                        struct pacct_event* ev) {
    *any = false;
    to->redacted.len = to->line.len = to->list.len = 0;
    if (w->redact != NULL) {
        if (!pacct_redact_copy(w->redact, args, &to->redacted, any)) {
            return false;
        }
        args = (struct pacct_bytes){to->redacted.p, to->redacted.len};
    }
    if (wants(w, line)) {
        if (!pacct_quote_line(args, &to->line)) {
            return false;
        }
        pacct_event_set_str(ev, line, to->line.p, to->line.len);
    }
    if (wants(w, list)) {
        if (!pacct_quote_list(args, &to->list)) {
            return false;
        }
        pacct_event_set_str(ev, list, to->list.p, to->list.len);
    }
    return true;
}

static bool set_args(struct pacct_enrich* w, const struct pacct_process_event* exec, struct pacct_event* ev) {
    bool any;
    if (!set_strings(w, exec->args, PACCT_F_COMMAND_LINE, PACCT_F_ARGS, &w->written, &any, ev)) {
        return false;
    }
    if (exec->args.len == exec->args_len) {
        pacct_event_set_int(ev, PACCT_F_ARGS_COUNT, count_strings(exec->args));
    }
    pacct_event_set_int(ev, PACCT_F_ARGS_LENGTH, exec->args_len);
    pacct_event_set_int(ev, PACCT_F_ARGS_TRUNCATED, exec->args.len < exec->args_len);
    pacct_event_set_int(ev, PACCT_F_ARGS_REDACTED, any);
    return true;
}

static void set_source(enum pacct_field_id field, enum pacct_known known, struct pacct_event* ev) {
    switch (known) {
        case PACCT_KNOWN_EXEC:
            PACCT_SET_TOKEN(ev, field, "exec");
            break;
        case PACCT_KNOWN_INHERITED:
            PACCT_SET_TOKEN(ev, field, "fork-inherited");
            break;
        case PACCT_KNOWN_SCAN:
            PACCT_SET_TOKEN(ev, field, "scan");
            break;
        case PACCT_KNOWN_NOT:
        default:
            PACCT_SET_TOKEN(ev, field, "missing");
            break;
    }
}

/* ---- where it belongs ---- */

static bool set_parent(struct pacct_enrich* w, const struct pacct_process* process, struct pacct_event* ev) {
    bool any;
    set_comm(ev, PACCT_F_PARENT_COMM, process->parent_comm, w->parent_comm);
    if (process->ppid != 0 && process->parent_boot != 0 && wants(w, PACCT_F_PARENT_ENTITY_ID)) {
        make_entity_id(w, process->ppid, process->parent_boot, w->parent_entity_id);
        pacct_event_set_str(ev, PACCT_F_PARENT_ENTITY_ID, w->parent_entity_id, PACCT_ID_LEN);
    }
    if (process->parent_command == NULL) {
        return true;
    }
    const struct pacct_process_event* const exec = pacct_command_event(process->parent_command);
    set_source(PACCT_F_PARENT_COMMAND_SOURCE, process->parent_known, ev);
    set_text(ev, PACCT_F_PARENT_EXECUTABLE, exec->executable, w->path[3]);
    return set_strings(w, exec->args, PACCT_F_PARENT_COMMAND_LINE, PACCT_F_PARENT_ARGS, &w->parent_written, &any, ev);
}

/* Of the process that executed the command: what it made may have been put elsewhere since, or have logged in. */
static void set_place(struct pacct_enrich* w,
                      const struct pacct_process_event* exec,
                      time_t now,
                      struct pacct_event* ev) {
    const struct pacct_cgroup group = pacct_cgroup_read(exec->cgroup);
    set_text(ev, PACCT_F_CGROUP, exec->cgroup, w->path[2]);
    set_text(ev, PACCT_F_CONTAINER_ID, group.container, w->cgroup_part[0]);
    set_text(ev, PACCT_F_SYSTEMD_UNIT, group.unit, w->cgroup_part[1]);
    set_text(ev, PACCT_F_JOB_ID, group.job, w->cgroup_part[2]);
    if (exec->login_uid != PACCT_ID_UNSET) {
        pacct_event_set_int(ev, PACCT_F_LOGIN_UID, exec->login_uid);
        pacct_event_set_name(w->origin, PACCT_F_LOGIN_USER, PACCT_NAME_USER, exec->login_uid, now, w->login_user, ev);
    }
    if (exec->session != PACCT_ID_UNSET) {
        pacct_event_set_int(ev, PACCT_F_SESSION_ID, exec->session);
    }
}

bool pacct_enrich_exit(
    struct pacct_enrich* w, const struct pacct_process* process, uint32_t pid, time_t now, struct pacct_event* ev) {
    set_source(PACCT_F_COMMAND_SOURCE, process->known, ev);
    if (process->known == PACCT_KNOWN_NOT) {
        return true;
    }
    const struct pacct_process_event* const exec = pacct_command_event(process->command);
    make_entity_id(w, pid, process->start_boot, w->entity_id);
    pacct_event_set_str(ev, PACCT_F_ENTITY_ID, w->entity_id, PACCT_ID_LEN);
    if (w->boot_len > 0) {
        pacct_event_set_str(ev, PACCT_F_BOOT_ID, w->boot, w->boot_len);
    }
    set_text(ev, PACCT_F_EXECUTABLE, exec->executable, w->path[0]);
    if (process->known != PACCT_KNOWN_INHERITED) {
        set_text(ev, PACCT_F_CWD, exec->cwd, w->path[1]);
        if (exec->euid != PACCT_ID_UNSET) {
            pacct_event_set_int(ev, PACCT_F_EUID, exec->euid);
        }
    }
    if (w->belongs && !set_parent(w, process, ev)) {
        return false;
    }
    if (w->belongs && process->known != PACCT_KNOWN_INHERITED) {
        set_place(w, exec, now, ev);
    }
    return set_args(w, exec, ev);
}

bool pacct_enrich_exec(struct pacct_enrich* w,
                       const struct pacct_exec_message* message,
                       time_t now,
                       struct pacct_event* ev) {
    const struct pacct_process_event* const exec = pacct_command_event(message->process.command);
    pacct_event_begin(w->origin, ev);
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT, "exec");
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT_NAME, "process.exec");
    PACCT_SET_TOKEN(ev, PACCT_F_KIND, "event");
    PACCT_SET_TOKEN(ev, PACCT_F_CATEGORY, "process");
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT_TYPE, "start");
    PACCT_SET_TOKEN(ev, PACCT_F_DATASET, "impacct.process");
    pacct_event_set_int(ev, PACCT_F_TIME, message->time / PACCT_SECOND_NS);
    pacct_event_set_int(ev, PACCT_F_START, message->start / PACCT_SECOND_NS);
    pacct_event_set_int(ev, PACCT_F_PID, message->pid);
    if (exec->ppid != 0) {
        pacct_event_set_int(ev, PACCT_F_PPID, exec->ppid);
    }
    set_comm(ev, PACCT_F_COMM, exec->comm, w->comm);
    if (exec->uid != PACCT_ID_UNSET) {
        pacct_event_set_int(ev, PACCT_F_UID, exec->uid);
        pacct_event_set_name(w->origin, PACCT_F_USER, PACCT_NAME_USER, exec->uid, now, w->user, ev);
    }
    if (!pacct_enrich_exit(w, &message->process, message->pid, now, ev)) {
        return false;
    }
    const struct pacct_id_part parts[] = {{w->entity_id, PACCT_ID_LEN}, {&message->time, sizeof(message->time)}};
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), w->id);
    pacct_event_set_str(ev, PACCT_F_ID, w->id, PACCT_ID_LEN);
    return true;
}
