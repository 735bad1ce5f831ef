/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/event.c
 * @brief From a record to an event: names, text forms, meanings.
 *
 * Algorithm: one setter per group of fields. What is costly (hash, names) is
 * skipped unless some output wants it.
 *
 * Concurrency and locking: one thread; the caches in the origin are its own.
 *
 * Failure model: a value that is not known is left out.
 */
#include "config.h"

#include "event/event.h"
#include "base/fmt.h"
#include "base/sys.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* wait(2) status: include/uapi of the kernel has no header for it; as decoded by glibc's waitstatus.h */
#define STATUS_SIGNAL(status) (0x7fu & (status))
#define STATUS_EXIT_CODE(status) ((status) >> 8 & 0xffu)
#define STATUS_DUMPED(status) (((status) & 0x80u) != 0)

/* version of ECS whose names the table uses; none is newer */
#define ECS_VERSION "9.4.0"

enum pacct_about pacct_event_about(const struct pacct_record* rec) {
    if (rec->version == 0 || rec->mem != 0) {
        return PACCT_ABOUT_EXIT;
    }
    const bool kernel_thread = (rec->flag & PACCT_AFORK) != 0 && rec->utime == 0;
    const bool killed = STATUS_SIGNAL(rec->exitcode) != 0 || (rec->flag & PACCT_ACORE) != 0;
    if (killed || kernel_thread) {
        return PACCT_ABOUT_EXIT;
    }
    const bool counted = rec->flag != 0 || rec->utime != 0 || rec->stime != 0 || rec->minflt != 0 || rec->majflt != 0 ||
                         rec->exitcode != 0;
    return counted ? PACCT_ABOUT_UNCERTAIN : PACCT_ABOUT_SYNTHETIC;
}

static void set_comm(const struct pacct_record* rec, struct pacct_event_storage* storage, struct pacct_event* ev) {
    bool clean;
    const size_t len = pacct_utf8_copy(rec->comm, rec->comm_len, storage->comm, &clean);
    pacct_event_set_str(ev, PACCT_F_COMM, storage->comm, len);
    if (clean) {
        return;
    }
    pacct_write_hex(storage->comm_hex, (const uint8_t*)rec->comm, rec->comm_len);
    pacct_event_set_str(ev, PACCT_F_COMM_HEX, storage->comm_hex, 2u * rec->comm_len);
}

/* Names are copied: to ask for one may renew the other. */
void pacct_event_set_name(const struct pacct_origin* origin,
                          enum pacct_field_id field,
                          enum pacct_name_kind kind,
                          uint32_t id,
                          time_t now,
                          char* storage,
                          struct pacct_event* ev) {
    const char* name;
    if (origin->names == NULL || !pacct_set_has(&origin->wanted, field)) {
        return;
    }
    const size_t len = pacct_name_cache_get(origin->names, kind, id, now, &name);
    if (len > 0) {
        memcpy(storage, name, len);
        pacct_event_set_str(ev, field, storage, len);
    }
}

static void set_tty(const struct pacct_origin* origin,
                    uint16_t tty,
                    time_t now,
                    struct pacct_event_storage* storage,
                    struct pacct_event* ev) {
    if (tty == 0) {
        return;
    }
    pacct_event_set_int(ev, PACCT_F_TTY_MAJOR, tty >> 8);
    pacct_event_set_int(ev, PACCT_F_TTY_MINOR, tty & 0xffu);
    if (origin->ttys == NULL || !pacct_set_has(&origin->wanted, PACCT_F_TTY)) {
        return;
    }
    const size_t len = pacct_tty_name(origin->ttys, tty, now, storage->tty);
    if (len > 0) {
        pacct_event_set_str(ev, PACCT_F_TTY, storage->tty, len);
    }
}

/* As in signal(7): glibc has names only from 2.32 on, and musl none. */
static const char* const signal_names[] = {
    [SIGHUP] = "SIGHUP",       [SIGINT] = "SIGINT",   [SIGQUIT] = "SIGQUIT",   [SIGILL] = "SIGILL",
    [SIGTRAP] = "SIGTRAP",     [SIGABRT] = "SIGABRT", [SIGBUS] = "SIGBUS",     [SIGFPE] = "SIGFPE",
    [SIGKILL] = "SIGKILL",     [SIGUSR1] = "SIGUSR1", [SIGSEGV] = "SIGSEGV",   [SIGUSR2] = "SIGUSR2",
    [SIGPIPE] = "SIGPIPE",     [SIGALRM] = "SIGALRM", [SIGTERM] = "SIGTERM",   [SIGCHLD] = "SIGCHLD",
    [SIGCONT] = "SIGCONT",     [SIGSTOP] = "SIGSTOP", [SIGTSTP] = "SIGTSTP",   [SIGTTIN] = "SIGTTIN",
    [SIGTTOU] = "SIGTTOU",     [SIGURG] = "SIGURG",   [SIGXCPU] = "SIGXCPU",   [SIGXFSZ] = "SIGXFSZ",
    [SIGVTALRM] = "SIGVTALRM", [SIGPROF] = "SIGPROF", [SIGWINCH] = "SIGWINCH", [SIGPOLL] = "SIGPOLL",
    [SIGPWR] = "SIGPWR",       [SIGSYS] = "SIGSYS",
#ifdef SIGSTKFLT
    [SIGSTKFLT] = "SIGSTKFLT",
#endif
};

static void set_signal(uint32_t signo, struct pacct_event_storage* storage, struct pacct_event* ev) {
    pacct_event_set_int(ev, PACCT_F_SIGNAL, signo);
    const char* name = storage->signal;
    int len = 0;
    if (signo < sizeof(signal_names) / sizeof(signal_names[0]) && signal_names[signo] != NULL) {
        name = signal_names[signo];
        len = (int)strlen(name);
    } else if ((int)signo == SIGRTMIN) {
        len = snprintf(storage->signal, sizeof(storage->signal), "SIGRTMIN");
    } else if ((int)signo > SIGRTMIN && (int)signo <= SIGRTMAX) {
        len = snprintf(storage->signal, sizeof(storage->signal), "SIGRTMIN+%d", (int)signo - SIGRTMIN);
    }
    if (len > 0) {
        pacct_event_set_str(ev, PACCT_F_SIGNAL_NAME, name, (size_t)len);
    }
}

/* How the process ended.
 *
 * AXSIG is not asked: it says that some thread got a fatal signal, and the threads that are left when a process exits
 * or calls exec do, too. ACORE says that a signal which asks for a dump came, whether or not there was one (core limit
 * 0); bit 7 of the status says that there was, but is missing where another thread than the leader crashed. */
static void set_ending(const struct pacct_record* rec, struct pacct_event_storage* storage, struct pacct_event* ev) {
    const uint32_t signo = STATUS_SIGNAL(rec->exitcode);
    const uint32_t code = STATUS_EXIT_CODE(rec->exitcode);
    const bool asked_for_dump = (rec->flag & PACCT_ACORE) != 0;
    const bool dumped = STATUS_DUMPED(rec->exitcode);
    const bool killed = signo != 0 || asked_for_dump;
    pacct_event_set_int(ev, PACCT_F_STATUS, rec->exitcode);
    if (signo != 0) {
        set_signal(signo, storage, ev);
    }
    if (!killed) {
        pacct_event_set_int(ev, PACCT_F_EXIT_CODE, code);
    }
    if (killed || code != 0) {
        PACCT_SET_TOKEN(ev, PACCT_F_OUTCOME, "failure");
    } else {
        PACCT_SET_TOKEN(ev, PACCT_F_OUTCOME, "success");
    }
    pacct_event_set_int(ev, PACCT_F_KILLED, killed);
    if (dumped || !asked_for_dump) {
        pacct_event_set_int(ev, PACCT_F_CORE_DUMPED, dumped);
    }
}

/* What a record has that says nothing about its process, or is always 0 in Linux. */
static void set_of_record(const struct pacct_record* rec, bool synthetic, struct pacct_event* ev) {
    pacct_event_set_int(ev, PACCT_F_VERSION, rec->version);
    if (rec->big_endian) {
        PACCT_SET_TOKEN(ev, PACCT_F_BYTE_ORDER, "big");
    } else {
        PACCT_SET_TOKEN(ev, PACCT_F_BYTE_ORDER, "little");
    }
    if (!synthetic) {
        pacct_event_set_int(ev, PACCT_F_SWAPS, rec->swaps);
        pacct_event_set_int(ev, PACCT_F_IO, rec->io);
        pacct_event_set_int(ev, PACCT_F_RW, rec->rw);
    }
}

/* What is known only once a process has ended. */
static void set_usage(const struct pacct_record* rec, struct pacct_event* ev) {
    pacct_event_set_int(ev, PACCT_F_CPU_USER, pacct_centiseconds(rec->utime, rec->ahz));
    pacct_event_set_int(ev, PACCT_F_CPU_SYSTEM, pacct_centiseconds(rec->stime, rec->ahz));
    pacct_event_set_int(ev, PACCT_F_AC_UTIME, rec->utime);
    pacct_event_set_int(ev, PACCT_F_AC_STIME, rec->stime);
    pacct_event_set_int(ev, PACCT_F_MEM_KIB, rec->mem);
    pacct_event_set_int(ev, PACCT_F_MINOR_FAULTS, rec->minflt);
    pacct_event_set_int(ev, PACCT_F_MAJOR_FAULTS, rec->majflt);
    pacct_event_set_int(ev, PACCT_F_FORKED, (rec->flag & PACCT_AFORK) != 0);
    pacct_event_set_int(ev, PACCT_F_PRIVILEGED, (rec->flag & PACCT_ASU) != 0);
    pacct_event_set_int(ev, PACCT_F_AC_FLAG, rec->flag);
}

static void set_times(const struct pacct_record* rec, bool synthetic, struct pacct_event* ev) {
    const uint64_t end = pacct_record_end(rec);
    pacct_event_set_int(ev, PACCT_F_START, rec->btime);
    pacct_event_set_int(ev, PACCT_F_AC_BTIME, rec->btime);
    pacct_event_set_int(ev, PACCT_F_TIME, rec->btime);
    if (!rec->etime_valid) {
        return;
    }
    pacct_event_set_int(ev, PACCT_F_ELAPSED, pacct_centiseconds(rec->etime, rec->ahz));
    pacct_event_set_int(ev, PACCT_F_AC_ETIME, rec->etime);
    if (end > PACCT_RFC3339_MAX) {
        return;
    }
    pacct_event_set_int(ev, PACCT_F_TIME, end);
    if (!synthetic) {
        pacct_event_set_int(ev, PACCT_F_END, end);
    }
}

void pacct_event_begin(const struct pacct_origin* origin, struct pacct_event* ev) {
    memset(&ev->present, 0, sizeof(ev->present));
    ev->strings_len = 0;
    pacct_event_set_str(ev, PACCT_F_HOSTNAME, origin->hostname, origin->hostname_len);
    if (origin->host_id_len > 0) {
        pacct_event_set_str(ev, PACCT_F_HOST_ID, origin->host_id, origin->host_id_len);
    }
    PACCT_SET_TOKEN(ev, PACCT_F_OS_TYPE, "linux");
    PACCT_SET_TOKEN(ev, PACCT_F_MODULE, "impacct");
    PACCT_SET_TOKEN(ev, PACCT_F_ECS_VERSION, ECS_VERSION);
}

static void set_process(const struct pacct_origin* origin,
                        const struct pacct_record* rec,
                        enum pacct_about about,
                        time_t now,
                        struct pacct_event_storage* storage,
                        struct pacct_event* ev) {
    const bool synthetic = about == PACCT_ABOUT_SYNTHETIC;
    pacct_event_begin(origin, ev);
    PACCT_SET_TOKEN(ev, PACCT_F_KIND, "event");
    PACCT_SET_TOKEN(ev, PACCT_F_CATEGORY, "process");
    PACCT_SET_TOKEN(ev, PACCT_F_DATASET, "impacct.process");
    if (synthetic) {
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT, "synthetic");
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT_NAME, "pacct.synthetic");
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT_TYPE, "info");
    } else {
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT, "exit");
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT_NAME, "process.exit");
        PACCT_SET_TOKEN(ev, PACCT_F_EVENT_TYPE, "end");
        set_usage(rec, ev);
        set_ending(rec, storage, ev);
    }
    if (about == PACCT_ABOUT_UNCERTAIN) {
        pacct_event_set_int(ev, PACCT_F_EXIT_UNCERTAIN, true);
    }
    set_comm(rec, storage, ev);
    if (rec->has_pid) {
        pacct_event_set_int(ev, PACCT_F_PID, rec->pid);
        pacct_event_set_int(ev, PACCT_F_PPID, rec->ppid);
    }
    pacct_event_set_int(ev, PACCT_F_UID, rec->uid);
    pacct_event_set_int(ev, PACCT_F_GID, rec->gid);
    pacct_event_set_name(origin, PACCT_F_USER, PACCT_NAME_USER, rec->uid, now, storage->user, ev);
    pacct_event_set_name(origin, PACCT_F_GROUP, PACCT_NAME_GROUP, rec->gid, now, storage->group, ev);
    set_tty(origin, rec->tty, now, storage, ev);
    pacct_event_set_int(ev, PACCT_F_AC_TTY, rec->tty);
    set_times(rec, synthetic, ev);
}

/* The id in the storage, which is made only where it is wanted */
static void set_id(const struct pacct_origin* origin, struct pacct_event_storage* storage, struct pacct_event* ev) {
    pacct_event_set_str(ev, PACCT_F_ID, storage->id, PACCT_ID_LEN);
    if (origin->needs_entity_id) {
        pacct_event_set_str(ev, PACCT_F_ENTITY_ID, storage->id, PACCT_ID_LEN);
    }
}

void pacct_event_make(const struct pacct_origin* origin,
                      const uint8_t* raw,
                      const struct pacct_record* rec,
                      enum pacct_about about,
                      time_t now,
                      struct pacct_event_storage* storage,
                      struct pacct_event* ev) {
    set_process(origin, rec, about, now, storage, ev);
    set_of_record(rec, about == PACCT_ABOUT_SYNTHETIC, ev);
    if (pacct_set_has(&origin->wanted, PACCT_F_ID)) {
        pacct_id_make(origin->host_id, origin->host_id_len, raw, pacct_record_length(raw), storage->id);
        set_id(origin, storage, ev);
    }
}

void pacct_event_make_told(const struct pacct_origin* origin,
                           const struct pacct_life* life,
                           const struct pacct_record* rec,
                           time_t now,
                           struct pacct_event_storage* storage,
                           struct pacct_event* ev) {
    char text[PACCT_BOOT_ID_LEN + 64];
    set_process(origin, rec, PACCT_ABOUT_EXIT, now, storage, ev);
    if (pacct_set_has(&origin->wanted, PACCT_F_ID)) {
        const int len = snprintf(text, sizeof(text), "exit %.*s %" PRIu64 " %" PRIu32, (int)PACCT_BOOT_ID_LEN,
                                 life->boot_id, life->start_boot, life->first_pid);
        const struct pacct_id_part parts[] = {{origin->host_id, origin->host_id_len}, {text, (size_t)len}};
        pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), storage->id);
        set_id(origin, storage, ev);
    }
}
