/**
 * @file pacct_fields.h
 * @brief The one table of fields, and the event that holds their values.
 *
 * A field is one row of PACCT_FIELDS. The row gives its name in every schema,
 * its type, and what the reference page says of it; the enumeration, the JSON
 * text, the property tree and doc/source/reference/impacct-fields.rst are all
 * made from it. To add a field: add the row, and set the value where an event
 * is made (pacct_event.c).
 *
 * Columns:
 * - symbol: PACCT_F_symbol
 * - native: name in schema "native", and in the parameter "properties"; "-": not in this schema
 * - type: see enum pacct_type
 * - ecs, otel: names in these schemas, separated by spaces; "-": none. In ecs a dot nests objects; in otel it is a
 *   part of the name. A suffix converts: ":str" an integer as a string, ":ns" seconds as integer nanoseconds,
 *   ":sec" seconds as whole seconds, ":list" a list of one
 * - acct: the same for schema "acct"; "=": the native name
 * - unit, precision, versions, meaning: text for the reference page; versions says which record versions have the
 *   field; "state" stands for state messages, "exec" for those about a program that starts
 */
#ifndef PACCT_FIELDS_H
#define PACCT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** Type of a value, and how it is written. */
enum pacct_type {
    PACCT_T_STRING, /**< valid UTF-8, to be escaped */
    PACCT_T_STRINGS, /**< several of these, each ended by a NUL */
    PACCT_T_TOKEN, /**< ASCII letters, digits and "-_./:+", never in need of escaping */
    PACCT_T_INT, /**< unsigned integer */
    PACCT_T_CENTI, /**< hundredths of the unit, written with two decimals */
    PACCT_T_TIME, /**< seconds since the epoch, written as RFC 3339 in UTC */
    PACCT_T_BOOL
};

/* clang-format off */
#define PACCT_FIELDS(X) \
/* symbol        native             type     ecs                                 otel                      acct           unit              precision                          versions  meaning */ \
X(EVENT,         "event",           TOKEN,   "event.action",                     "event.name",             "=",           "-",              "exact",                           "0-3, state, exec", "\"exit\" for a process that ended, \"synthetic\" for the kernel's record about a process that still lives, \"exec\" for a program that starts, else the name of a state message") \
X(ID,            "id",              TOKEN,   "event.id",                         "log.record.uid",         "=",           "-",              "exact",                           "0-3, state, exec", "32 hexadecimal digits: the first half of the SHA-256 of the host's identity and the bytes of the record, or what a state message says") \
X(ENTITY_ID,     "-",               TOKEN,   "process.entity_id",                "-",                      "-",           "-",              "exact",                           "0-3, exec",    "that of the process: its life where that is known, else the id of the record once more") \
X(TIME,          "time",            TIME,    "@timestamp",                       "time",                   "=",           "-",              "1 s",                             "0-3, state, exec", "when it happened, for what is no exit: the second in which the kernel wrote a synthetic record, or in which a state message was made") \
X(HOSTNAME,      "hostname",        STRING,  "host.name",                        "host.name",              "=",           "-",              "exact",                           "0-3, state, exec", "host that the record was written on") \
X(HOST_ID,       "-",               STRING,  "host.id",                          "host.id",                "-",           "-",              "exact",                           "0-3, state, exec", "identity of the host: its machine id") \
X(VERSION,       "version",         INT,     "pacct.version",                    "pacct.version",          "=",           "-",              "exact",                           "0-3",    "version of the record") \
X(BYTE_ORDER,    "byte_order",      TOKEN,   "pacct.byte_order",                 "pacct.byte_order",       "=",           "-",              "exact",                           "0-3",    "byte order of the kernel that wrote it: \"little\" or \"big\"") \
X(COMM,          "comm",            STRING,  "process.name",                     "pacct.comm",             "ac_comm",     "-",              "at most 15 bytes (16 in versions 0 to 2)", "0-3, exec", "name of the process; each byte that is not UTF-8 became U+FFFD") \
X(COMM_HEX,      "comm_hex",        TOKEN,   "pacct.comm_hex",                   "pacct.comm_hex",         "=",           "-",              "exact",                           "0-3",    "raw bytes of the name, set only where they are not UTF-8") \
X(PID,           "pid",             INT,     "process.pid",                      "process.pid",            "ac_pid",      "-",              "exact",                           "3, exec",     "process id in the pid namespace of the accounting file") \
X(PPID,          "ppid",            INT,     "process.parent.pid",               "process.parent_pid",     "ac_ppid",     "-",              "exact",                           "3, exec",     "id of the parent at exit; 1 or a subreaper for orphans, 0 for a parent outside of the namespace") \
X(UID,           "uid",             INT,     "process.real_user.id:str user.id:str", "process.real_user.id", "ac_uid",    "-",              "exact; 16 bits in version 0",     "0-3, exec",    "real user id at exit") \
X(USER,          "user",            STRING,  "process.real_user.name user.name", "process.real_user.name", "=",           "-",              "as the name service says when the record is read", "0-3, exec", "name of the user") \
X(GID,           "gid",             INT,     "process.real_group.id:str group.id:str", "pacct.gid",        "ac_gid",      "-",              "exact; 16 bits in version 0",     "0-3",    "real group id at exit") \
X(GROUP,         "group",           STRING,  "process.real_group.name group.name", "pacct.group",          "=",           "-",              "as the name service says when the record is read", "0-3", "name of the group") \
X(TTY,           "tty",             STRING,  "pacct.tty",                        "pacct.tty",              "=",           "-",              "only where it is certain",        "0-3",    "controlling terminal") \
X(TTY_MAJOR,     "tty_major",       INT,     "process.tty.char_device.major",    "pacct.tty_major",        "=",           "-",              "exact",                           "0-3",    "major device number of the terminal; left out where there is none") \
X(TTY_MINOR,     "tty_minor",       INT,     "process.tty.char_device.minor",    "pacct.tty_minor",        "=",           "-",              "the low 8 bits",                  "0-3",    "minor device number of the terminal; left out where there is none") \
X(START,         "start",           TIME,    "process.start event.start",        "process.creation.time",  "=",           "-",              "about 1 s",                       "0-3, exec",    "start: the kernel computes it at exit as now minus elapsed") \
X(END,           "end",             TIME,    "@timestamp process.end event.end", "process.exit.time",      "=",           "-",              "1 s; 2 s and coarser where elapsed exceeds 46 h", "0-3", "exit") \
X(ELAPSED,       "elapsed",         CENTI,   "event.duration:ns process.uptime:sec", "pacct.elapsed",      "=",           "seconds",        "one tick (10 ms) up to 46.6 h, then 2, 4, 8 ticks ...", "0-3", "time from start to exit by the monotonic clock: without the time the machine was suspended") \
X(CPU_USER,      "cpu_user",        CENTI,   "pacct.cpu_user",                   "pacct.cpu_user",         "=",           "seconds",        "ticks of 10 ms, which most kernels sample; from 81.92 s on in steps of 8, 64, 512 ticks ...", "0-3", "CPU time in user mode, all threads, children not included") \
X(CPU_SYSTEM,    "cpu_system",      CENTI,   "pacct.cpu_system",                 "pacct.cpu_system",       "=",           "seconds",        "ticks of 10 ms, which most kernels sample; from 81.92 s on in steps of 8, 64, 512 ticks ...", "0-3", "CPU time in the kernel, all threads, children not included") \
X(MEM_KIB,       "mem_kib",         INT,     "pacct.mem_kib",                    "pacct.mem_kib",          "ac_mem",      "KiB",            "exact up to 8191, then in steps of 8, 64, 512 ...", "0-3", "virtual size at exit, no average; 0 for kernel threads; at most 16 TiB (kernels before 6.2: wrong from there on)") \
X(MINOR_FAULTS,  "minor_faults",    INT,     "pacct.minor_faults",               "pacct.minor_faults",     "ac_minflt",   "-",              "exact up to 8191, then in steps of 8, 64, 512 ...", "0-3", "page faults served without I/O") \
X(MAJOR_FAULTS,  "major_faults",    INT,     "pacct.major_faults",               "pacct.major_faults",     "ac_majflt",   "-",              "exact up to 8191, then in steps of 8, 64, 512 ...", "0-3", "page faults that needed I/O") \
X(SWAPS,         "swaps",           INT,     "pacct.swaps",                      "pacct.swaps",            "ac_swaps",    "-",              "-",                               "0-3",    "as written; the kernel's sources write 0") \
X(IO,            "io",              INT,     "pacct.io",                         "pacct.io",               "ac_io",       "-",              "-",                               "0-3",    "as written, without a unit; the kernel's sources write 0") \
X(RW,            "rw",              INT,     "pacct.rw",                         "pacct.rw",               "ac_rw",       "-",              "-",                               "0-3",    "as written, without a unit; the kernel's sources write 0") \
X(STATUS,        "status",          INT,     "pacct.status",                     "pacct.status",           "ac_exitcode", "-",              "exact",                           "0-3",    "wait status of the thread-group leader, raw") \
X(EXIT_CODE,     "exit_code",       INT,     "process.exit_code",                "process.exit.code",      "=",           "-",              "exact",                           "0-3",    "exit code; left out when a signal ended the process") \
X(SIGNAL,        "signal",          INT,     "pacct.signal",                     "pacct.signal",           "=",           "-",              "exact",                           "0-3",    "signal that ended the process; left out otherwise") \
X(SIGNAL_NAME,   "signal_name",     TOKEN,   "pacct.signal_name",                "pacct.signal_name",      "=",           "-",              "exact",                           "0-3",    "name of that signal") \
X(FORKED,        "forked",          BOOL,    "pacct.forked",                     "pacct.forked",           "=",           "-",              "exact",                           "0-3",    "the process never called exec after its fork") \
X(PRIVILEGED,    "privileged",      BOOL,    "pacct.privileged",                 "pacct.privileged",       "=",           "-",              "exact",                           "0-3",    "the process used a privilege; not the same as having run as root") \
X(CORE_DUMPED,   "core_dumped",     BOOL,    "pacct.core_dumped",                "pacct.core_dumped",      "=",           "-",              "exact",                           "0-3",    "the process dumped core; left out where a signal that asks for a dump ended it and the record does not say whether there was one: with a core limit of 0, or where another thread than the first crashed") \
X(KILLED,        "killed",          BOOL,    "pacct.killed",                     "pacct.killed",           "=",           "-",              "exact",                           "0-3",    "a signal ended the process; not the flag AXSIG, which is also set when a process exits while it has several threads") \
X(AC_FLAG,       "-",               INT,     "-",                                "-",                      "ac_flag",     "-",              "exact",                           "0-3",    "the flags as written: 1 never called exec, 2 used a privilege, 8 a signal that asks for a core dump came, 16 some thread got a fatal signal") \
X(AC_TTY,        "-",               INT,     "-",                                "-",                      "ac_tty",      "-",              "exact",                           "0-3",    "the terminal as written: 256 * major + minor") \
X(AC_BTIME,      "-",               INT,     "-",                                "-",                      "ac_btime",    "seconds since the epoch", "about 1 s",              "0-3",    "start") \
X(AC_ETIME,      "-",               INT,     "-",                                "-",                      "ac_etime",    "ticks",          "see elapsed",                     "0-3",    "elapsed time") \
X(AC_UTIME,      "-",               INT,     "-",                                "-",                      "ac_utime",    "ticks",          "see cpu_user",                    "0-3",    "CPU time in user mode") \
X(AC_STIME,      "-",               INT,     "-",                                "-",                      "ac_stime",    "ticks",          "see cpu_system",                  "0-3",    "CPU time in the kernel") \
X(COMMAND_LINE,  "command_line",    STRING,  "process.command_line",             "process.command_line",   "=",           "-",              "cut at commandLine.maxLength",    "3, exec","arguments as one line that a shell reads as just these; bytes that are not UTF-8 as \\xNN in $'...'") \
X(ARGS,          "args",            STRINGS, "process.args",                     "process.command_args",   "=",           "-",              "cut at commandLine.maxLength",    "3, exec","the arguments one by one; each byte that is not UTF-8 became U+FFFD") \
X(ARGS_LENGTH,   "args_length",     INT,     "pacct.args_length",                "pacct.args_length",      "=",           "bytes",          "exact",                           "3, exec","length of all arguments with a NUL behind each, before any cut") \
X(ARGS_TRUNCATED,"args_truncated",  BOOL,    "pacct.args_truncated",             "pacct.args_truncated",   "=",           "-",              "exact",                           "3, exec","whether the arguments were cut") \
X(ARGS_REDACTED, "args_redacted",   BOOL,    "pacct.args_redacted",              "pacct.args_redacted",    "=",           "-",              "exact",                           "3, exec","whether something was replaced by [redacted]") \
X(EXECUTABLE,    "executable",      STRING,  "process.executable",               "process.executable.path","=",           "-",              "exact; each byte that is not UTF-8 became U+FFFD","3, exec","path of the program; of an interpreter, where that ran a script") \
X(CWD,           "cwd",             STRING,  "process.working_directory",        "process.working_directory","=",           "-",              "as it was at exec",               "3, exec","working directory") \
X(COMMAND_SOURCE,"command_source",  TOKEN,   "pacct.command_source",             "pacct.command_source",   "=",           "-",              "exact",                           "3, exec","how the command is known: \"exec\" as it was executed, \"fork-inherited\" from who made the process, which executed nothing, \"scan\" from the running process, \"missing\" not at all") \
X(LIFE,          "life",            TOKEN,   "-",                                "pacct.life",             "=",           "-",              "a start to 10 ms",                "3, exec","32 hexadecimal digits that the messages about one process share; left out where it is not certain") \
X(PARENT_LIFE,   "parent_life",     TOKEN,   "process.parent.entity_id",         "pacct.parent_life",      "=",           "-",              "a start to 10 ms",                "3, exec","the same of who made the process") \
X(PARENT_COMM,   "parent_comm",     STRING,  "process.parent.name",              "pacct.parent_comm",      "=",           "-",              "at most 15 bytes",                "3, exec","name of who made the process") \
X(CGROUP,        "cgroup",          STRING,  "pacct.cgroup",                     "process.linux.cgroup",   "=",           "-",              "as it was at exec",               "3, exec","control group: of version 2, else of the memory, freezer or pids controller") \
X(CONTAINER_ID,  "container_id",    STRING,  "container.id",                     "container.id",           "=",           "-",              "as its control group is named",   "3, exec","container that the process belongs to") \
X(SYSTEMD_UNIT,  "systemd_unit",    STRING,  "pacct.systemd_unit",               "pacct.systemd_unit",     "=",           "-",              "as its control group is named",   "3, exec","unit of systemd") \
X(JOB_ID,        "job_id",          STRING,  "pacct.job_id",                     "pacct.job_id",           "=",           "-",              "as its control group is named",   "3, exec","job of Slurm, PBS or LSF") \
X(LOGIN_UID,     "login_uid",       INT,     "pacct.login_uid",                  "pacct.login_uid",        "=",           "-",              "as it was at exec",               "3, exec","user who logged in, whoever sudo and su made of him; left out where nobody did") \
X(LOGIN_USER,    "login_user",      STRING,  "pacct.login_user",                 "pacct.login_user",       "=",           "-",              "as the name service says when the message is made","3, exec","name of that user") \
X(SESSION_ID,    "session_id",      INT,     "pacct.session_id",                 "pacct.session_id",       "=",           "-",              "as it was at exec",               "3, exec","number of the login, from the kernel's audit") \
X(FILE,          "file",            STRING,  "log.file.path",                    "log.file.path",          "=",           "-",              "exact",                           "state",  "accounting file that a state message is about") \
X(POSITION,      "position",        INT,     "pacct.position",                   "pacct.position",         "=",           "bytes",          "exact",                           "state",  "offset in that file, or in old_file, behind what was read") \
X(OLD_FILE,      "old_file",        STRING,  "pacct.old_file",                   "pacct.old_file",         "=",           "-",              "exact",                           "state",  "another file that it is about: the rotated or the deleted one") \
X(SKIPPED_BYTES, "skipped_bytes",   INT,     "pacct.skipped_bytes",              "pacct.skipped_bytes",    "=",           "bytes",          "exact",                           "state",  "bytes that were no records") \
X(SILENT_SECONDS, "silent_seconds", INT,     "pacct.silent_seconds",             "pacct.silent_seconds",   "=",           "seconds",        "1 s",                             "state",  "time without any record, as seen by this rsyslogd") \
X(ENDED_PROCESSES, "ended_processes", INT,   "pacct.ended_processes",            "pacct.ended_processes",  "=",           "-",              "whole machine, threads counted as well", "state", "what ended in that time, by the counters of the kernel") \
X(FREE_PERCENT,  "free_percent",    CENTI,   "pacct.free_percent",               "pacct.free_percent",     "=",           "percent",        "cut to 0.01",                     "state",  "free space of the file system, as the kernel reckons for accounting: without what is kept for root") \
X(FREE_BYTES,    "free_bytes",      INT,     "pacct.free_bytes",                 "pacct.free_bytes",       "=",           "bytes",          "one block",                       "state",  "the same in bytes") \
X(SUSPEND_PERCENT, "suspend_percent", INT,   "pacct.suspend_percent",            "pacct.suspend_percent",  "=",           "percent",        "exact",                           "state",  "free space at which the kernel suspends accounting") \
X(RESUME_PERCENT, "resume_percent", INT,     "pacct.resume_percent",             "pacct.resume_percent",   "=",           "percent",        "exact",                           "state",  "free space at which it resumes") \
X(DETAIL,        "detail",          STRING,  "message",                          "pacct.detail",           "=",           "-",              "-",                               "state",  "what happened, as a sentence for people") \
X(KIND,          "-",               TOKEN,   "event.kind",                       "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "\"event\", or \"alert\" for a state message that asks for action") \
X(CATEGORY,      "-",               TOKEN,   "event.category:list",              "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "\"process\" or \"host\"") \
X(EVENT_TYPE,    "-",               TOKEN,   "event.type:list",                  "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "\"end\" for an exit, \"start\" for an exec, \"start\", \"end\", \"change\" or \"info\" otherwise") \
X(OUTCOME,       "-",               TOKEN,   "event.outcome",                    "-",                      "-",           "-",              "exact",                           "0-3",    "\"success\" for exit code 0, else \"failure\"") \
X(MODULE,        "-",               TOKEN,   "event.module",                     "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "\"impacct\"") \
X(DATASET,       "-",               TOKEN,   "event.dataset",                    "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "\"impacct.process\" or \"impacct.state\"") \
X(ECS_VERSION,   "-",               TOKEN,   "ecs.version",                      "-",                      "-",           "-",              "exact",                           "0-3, state, exec", "version of ECS that the names follow")
/* clang-format on */

/** One symbol per row; PACCT_F_COUNT is their number. */
enum pacct_field_id {
#define PACCT_ENUM(symbol, ...) PACCT_F_##symbol,
    PACCT_FIELDS(PACCT_ENUM)
#undef PACCT_ENUM
        PACCT_F_COUNT
};

/** A set of fields; all functions take any id below PACCT_F_COUNT. */
struct pacct_set {
    uint64_t word[(PACCT_F_COUNT + 63) / 64];
};

static inline bool pacct_set_has(const struct pacct_set* set, enum pacct_field_id id) {
    return (set->word[id / 64] >> (id % 64) & 1u) != 0;
}

static inline void pacct_set_add(struct pacct_set* set, enum pacct_field_id id) {
    set->word[id / 64] |= (uint64_t)1 << (id % 64);
}

static inline void pacct_set_add_all(struct pacct_set* set, const struct pacct_set* more) {
    for (size_t i = 0; i < sizeof(set->word) / sizeof(set->word[0]); i++) {
        set->word[i] |= more->word[i];
    }
}

/** The set of all fields. */
static inline struct pacct_set pacct_set_full(void) {
    struct pacct_set set;
    memset(&set, 0xff, sizeof(set));
    return set;
}

/** A row of the table as data. All strings are static. */
struct pacct_field {
    const char* native;
    enum pacct_type type;
    const char *ecs, *otel, *acct;
    const char *unit, *precision, *versions, *meaning;
};

/** The table, indexed by enum pacct_field_id. */
extern const struct pacct_field pacct_fields[PACCT_F_COUNT];

/**
 * Find a field by its native name.
 *
 * @param name len bytes, matched exactly
 * @return the id, or PACCT_F_COUNT where there is no such field
 */
enum pacct_field_id pacct_field_find(const char* name, size_t len);

/** A value. Strings are not terminated, and are not owned by the event. */
struct pacct_value {
    union {
        uint64_t u; /**< INT, SECONDS, TIME, BOOL */
        const char* s; /**< STRING, STRINGS, TOKEN */
    };
    size_t len; /**< of s, in bytes */
};

/** What one message says: the fields present and their values. */
struct pacct_event {
    struct pacct_set present;
    size_t strings_len; /**< bytes of all strings: at least what those present have */
    struct pacct_value v[PACCT_F_COUNT]; /**< v[id] is undefined unless id is in present */
};

/** Set a number, a time, a duration or a truth value. */
static inline void pacct_event_set_int(struct pacct_event* ev, enum pacct_field_id id, uint64_t u) {
    pacct_set_add(&ev->present, id);
    ev->v[id].u = u;
}

/** Set a string; s must live for as long as the event is used. */
static inline void pacct_event_set_str(struct pacct_event* ev, enum pacct_field_id id, const char* s, size_t len) {
    pacct_set_add(&ev->present, id);
    ev->strings_len += len;
    ev->v[id].s = s;
    ev->v[id].len = len;
}

static inline bool pacct_event_has(const struct pacct_event* ev, enum pacct_field_id id) {
    return pacct_set_has(&ev->present, id);
}

#endif
