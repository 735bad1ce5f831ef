/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/fields.h
 * @brief The one table of fields, and the event that holds their values.
 *
 * A field is one row of PACCT_FIELDS. The row gives its name in every schema,
 * its type, and its text on the reference page; the enumeration, the JSON
 * text, the property tree and doc/source/reference/impacct-fields.rst are all
 * made from it. To add a field: add the row, and set the value where an event
 * is made (event/event.c).
 *
 * Columns:
 * - symbol: PACCT_F_symbol
 * - native: name in schema "native", and in the parameter "properties"; "-": not in this schema
 * - type: see enum pacct_type
 * - ecs, otel: names in these schemas, separated by spaces; "-": none. In ecs a dot nests objects; in otel it is a
 *   part of the name. A suffix converts: ":str" an integer as a string, ":ns" seconds as integer nanoseconds,
 *   ":sec" seconds as whole seconds, ":list" a list of one,
 *   ":first" the first string of several, ":base" what follows the last slash of a path
 * - acct: the same for schema "acct"; "=": the native name
 * - unit, precision, versions, meaning: text for the reference page; versions says which record versions have the
 *   field; "state" stands for state messages, "exec" for those about a program that starts, "summary" for summaries
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
    PACCT_T_BOOL,
    PACCT_T_MEMBERS, /**< an object, see struct pacct_members */
    PACCT_T_CODES /**< a list of objects, see struct pacct_codes */
};

/* clang-format off */
#define PACCT_FIELDS(X) \
/* symbol        native             type     ecs                                 otel                      acct           unit              precision                          versions  meaning */ \
X(EVENT,         "event",           TOKEN,   "event.action",                     "-",                      "=",           "-",              "exact",                           "0-3, state, exec, summary", "\"exit\" for a process that ended, \"synthetic\" for the kernel's record about a process that still lives, \"exec\" for a program that starts, \"summary\" and \"summary_window\" for summaries, else the name of a state message") \
X(EVENT_NAME,    "-",               TOKEN,   "-",                                "event.name",             "-",           "-",              "exact",                           "0-3, state, exec, summary", "the same within a namespace: \"process.exit\", \"process.exec\", else \"pacct.\" and the value of event") \
X(ID,            "id",              TOKEN,   "event.id",                         "log.record.uid",         "=",           "-",              "exact",                           "0-3, state, exec, summary", "32 hexadecimal digits: the first half of the SHA-256 of the host's identity and the bytes of the record, or what a state message says, or what a summary is of") \
X(ENTITY_ID,     "entity_id",       TOKEN,   "process.entity_id",                "pacct.entity_id",        "=",           "-",              "a start to 10 ms",                "3, exec",      "32 hexadecimal digits that the messages about one process share; left out where it is not certain which process a record is of, but in ecs, which then has the id of the record once more") \
X(TIME,          "time",            TIME,    "@timestamp",                       "time",                   "=",           "-",              "1 s",                             "0-3, state, exec, summary", "when it happened, whatever it is: of an exit its end, or its start where the end is no time that can be written; else the second in which the kernel wrote a synthetic record, a program started, or a state message was made; of a summary the end of its window") \
X(HOSTNAME,      "hostname",        STRING,  "host.name",                        "host.name",              "=",           "-",              "exact",                           "0-3, state, exec, summary", "host that the record was written on") \
X(HOST_ID,       "-",               STRING,  "host.id",                          "host.id",                "-",           "-",              "exact",                           "0-3, state, exec, summary", "identity of the host: its machine id") \
X(BOOT_ID,       "-",               TOKEN,   "host.boot.id",                     "pacct.boot_id",          "-",           "-",              "exact",                           "3, exec", "identity of the host since it was started; left out where the process was not seen by this rsyslogd's host since then") \
X(OS_TYPE,       "-",               TOKEN,   "host.os.type",                     "os.type",                "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"linux\"") \
X(VERSION,       "version",         INT,     "pacct.version",                    "pacct.version",          "=",           "-",              "exact",                           "0-3",    "version of the record") \
X(BYTE_ORDER,    "byte_order",      TOKEN,   "pacct.byte_order",                 "pacct.byte_order",       "=",           "-",              "exact",                           "0-3",    "byte order of the kernel that wrote it: \"little\" or \"big\"") \
X(COMM,          "comm",            STRING,  "process.name",                     "pacct.comm",             "ac_comm",     "-",              "at most 15 bytes (16 in versions 0 to 2)", "0-3, exec", "name of the process, which it can change; each byte that is not UTF-8 became U+FFFD") \
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
X(END,           "end",             TIME,    "process.end event.end",            "process.exit.time",          "=",           "-",              "1 s; 2 s and coarser where elapsed exceeds 46 h", "0-3", "exit") \
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
X(EXIT_UNCERTAIN, "exit_uncertain", BOOL,    "pacct.exit_uncertain",             "pacct.exit_uncertain",   "=",           "-",              "exact",                           "1-3",    "true where the process may still live: the record has no memory, as those that are synthetic, but other values of an end; left out otherwise") \
X(AC_FLAG,       "-",               INT,     "-",                                "-",                      "ac_flag",     "-",              "exact",                           "0-3",    "the flags as written: 1 never called exec, 2 used a privilege, 8 a signal that asks for a core dump came, 16 some thread got a fatal signal") \
X(AC_TTY,        "-",               INT,     "-",                                "-",                      "ac_tty",      "-",              "exact",                           "0-3",    "the terminal as written: 256 * major + minor") \
X(AC_BTIME,      "-",               INT,     "-",                                "-",                      "ac_btime",    "seconds since the epoch", "about 1 s",              "0-3",    "start") \
X(AC_ETIME,      "-",               INT,     "-",                                "-",                      "ac_etime",    "ticks",          "see elapsed",                     "0-3",    "elapsed time") \
X(AC_UTIME,      "-",               INT,     "-",                                "-",                      "ac_utime",    "ticks",          "see cpu_user",                    "0-3",    "CPU time in user mode") \
X(AC_STIME,      "-",               INT,     "-",                                "-",                      "ac_stime",    "ticks",          "see cpu_system",                  "0-3",    "CPU time in the kernel") \
X(COMMAND_LINE,  "command_line",    STRING,  "process.command_line",             "pacct.command_line",     "=",           "-",              "cut at commandLine.maxLength",    "3, exec","arguments as one line that a shell reads as just these; bytes that are not UTF-8 as \\xNN in $'...'. They are what whoever executed the program gave it, its own name included, and a program need not use them") \
X(ARGS,          "args",            STRINGS, "process.args",                     "process.command_args process.command:first", "=",           "-",              "cut at commandLine.maxLength",    "3, exec","the arguments one by one; each byte that is not UTF-8 became U+FFFD") \
X(ARGS_COUNT,    "args_count",      INT,     "process.args_count",               "process.args_count",     "=",           "-",              "exact",                           "3, exec","number of the arguments; left out where they were cut") \
X(ARGS_LENGTH,   "args_length",     INT,     "pacct.args_length",                "pacct.args_length",      "=",           "bytes",          "exact",                           "3, exec","length of all arguments with a NUL behind each, before any cut") \
X(ARGS_TRUNCATED,"args_truncated",  BOOL,    "pacct.args_truncated",             "pacct.args_truncated",   "=",           "-",              "exact",                           "3, exec","whether the arguments were cut") \
X(ARGS_REDACTED, "args_redacted",   BOOL,    "pacct.args_redacted",              "pacct.args_redacted",    "=",           "-",              "exact",                           "3, exec","whether something was replaced by [redacted]") \
X(EXECUTABLE,    "executable",      STRING,  "process.executable",               "process.executable.path process.executable.name:base", "=",           "-",              "exact; each byte that is not UTF-8 became U+FFFD","3, exec","path of the program; of an interpreter, where that ran a script. The path in the mount namespace of the process: where users may make user namespaces, any user can put any file at any path in one of his own, and nothing in the message tells") \
X(CWD,           "cwd",             STRING,  "process.working_directory",        "process.working_directory","=",           "-",              "as it was at exec",               "3, exec","working directory, in the mount namespace of the process, as executable is") \
X(COMMAND_SOURCE,"command_source",  TOKEN,   "pacct.command_source",             "pacct.command_source",   "=",           "-",              "exact",                           "3, exec","how the command is known: \"exec\" as it was executed, \"fork-inherited\" from who made the process, which executed nothing, \"scan\" from the running process, \"missing\" not at all") \
X(PARENT_ENTITY_ID,"parent_entity_id",TOKEN, "process.parent.entity_id",         "pacct.parent_entity_id", "=",           "-",              "a start to 10 ms",                "3, exec","the same of who made the process") \
X(PARENT_COMM,   "parent_comm",     STRING,  "process.parent.name",              "pacct.parent_comm",      "=",           "-",              "at most 15 bytes",                "3, exec","name of who made the process, which could choose it") \
X(PARENT_EXECUTABLE, "parent_executable", STRING, "process.parent.executable",    "pacct.parent_executable","=",           "-",              "as it was when it made the process; each byte that is not UTF-8 became U+FFFD", "3, exec", "path of its program, as executable") \
X(PARENT_COMMAND_LINE, "parent_command_line", STRING, "process.parent.command_line", "pacct.parent_command_line", "=",      "-",              "as it was when it made the process; cut at commandLine.maxLength", "3, exec", "its arguments as one line, as command_line") \
X(PARENT_ARGS,   "parent_args",     STRINGS, "process.parent.args",              "pacct.parent_args",      "=",           "-",              "as it was when it made the process; cut at commandLine.maxLength", "3, exec", "its arguments one by one, as args") \
X(PARENT_COMMAND_SOURCE, "parent_command_source", TOKEN, "pacct.parent_command_source", "pacct.parent_command_source", "=", "-",        "exact",                           "3, exec", "how these are known, as command_source; left out where they are not") \
X(CGROUP,        "cgroup",          STRING,  "pacct.cgroup",                     "pacct.cgroup",           "=",           "-",              "as it was at exec",               "3, exec","control group: of version 2, else of the memory, freezer or pids controller. Its first parts are made by root's managers; what is below a group that was handed to a user (user@UID.service) or to a container is named by him or by the container's root, as he likes") \
X(CONTAINER_ID,  "container_id",    STRING,  "container.id",                     "container.id",           "=",           "-",              "as its control group is named",   "3, exec","what the innermost part of cgroup names that looks like a container's. Who may make groups can name any container: each user with a systemd of his own, and root within a container. The part is a manager's own only where nothing before it in cgroup was handed to somebody") \
X(SYSTEMD_UNIT,  "systemd_unit",    STRING,  "pacct.systemd_unit",               "pacct.systemd_unit",     "=",           "-",              "as its control group is named",   "3, exec","the first part of cgroup that is a unit of systemd. Users cannot choose it; root within a container that has no unit around it can") \
X(JOB_ID,        "job_id",          STRING,  "pacct.job_id",                     "pacct.job_id",           "=",           "-",              "as its control group is named",   "3, exec","job of Slurm, PBS or LSF, where these have theirs in cgroup; users cannot choose it") \
X(EUID,          "euid",            INT,     "process.user.id:str",              "process.user.id",        "=",           "-",              "as it was at exec",               "3, exec","effective user id, with which the program began: of a setuid program its owner. Left out where the process executed nothing") \
X(LOGIN_UID,     "login_uid",       INT,     "pacct.login_uid",                  "pacct.login_uid",        "=",           "-",              "as it was at exec",               "3, exec","user who logged in, whoever sudo and su made of him; left out where nobody did. Who logged in cannot change it; a process that comes from no login, as that of a daemon, can set it to any user, once") \
X(LOGIN_USER,    "login_user",      STRING,  "pacct.login_user",                 "pacct.login_user",       "=",           "-",              "as the name service says when the message is made","3, exec","name of that user") \
X(SESSION_ID,    "session_id",      INT,     "pacct.session_id",                 "pacct.session_id",       "=",           "-",              "as it was at exec",               "3, exec","number of the login, from the kernel's audit") \
X(CPU_NS, "cpu_ns", INT, "pacct.cpu_ns", "pacct.cpu_ns", "=", "ns", "all but the last 0.1 ms or so; see impacct-usage", "3", "time on a processor of the whole process, all threads, by the scheduler's clock, not sampled") \
X(CPU_USER_NS, "cpu_user_ns", INT, "pacct.cpu_user_ns", "pacct.cpu_user_ns", "=", "ns", "as the kernel samples it", "3", "what of cpu_ns was in user mode, as getrusage(2) divides it") \
X(CPU_SYSTEM_NS, "cpu_system_ns", INT, "pacct.cpu_system_ns", "pacct.cpu_system_ns", "=", "ns", "as the kernel samples it", "3", "what of cpu_ns was in the kernel") \
X(MAX_RSS_KIB, "max_rss_kib", INT, "pacct.max_rss_kib", "pacct.max_rss_kib", "=", "KiB", "as the kernel counts it: up to some pages a processor less", "3", "largest resident set of the program that ran last; the ru_maxrss of wait4(2) also has what ran before exec. Left out for kernel threads") \
X(READ_BYTES, "read_bytes", INT, "pacct.read_bytes", "pacct.read_bytes", "=", "bytes", "exact", "3", "read from storage by the process, children not included") \
X(WRITE_BYTES, "write_bytes", INT, "pacct.write_bytes", "pacct.write_bytes", "=", "bytes", "exact", "3", "caused to be written to storage by the process, children not included") \
X(CANCELLED_WRITE_BYTES, "cancelled_write_bytes", INT, "pacct.cancelled_write_bytes", "pacct.cancelled_write_bytes", "=", "bytes", "without what the end of the process itself cancels", "3", "what of write_bytes was never written, as it was deleted before; left out where it cannot be told from that of children") \
X(READ_CHARS, "read_chars", INT, "pacct.read_chars", "pacct.read_chars", "=", "bytes", "exact", "3", "read by read(2) and its kin, from anything; left out where it cannot be told from that of children") \
X(WRITE_CHARS, "write_chars", INT, "pacct.write_chars", "pacct.write_chars", "=", "bytes", "exact", "3", "written by write(2) and its kin, to anything; left out where it cannot be told from that of children") \
X(VOLUNTARY_SWITCHES, "voluntary_switches", INT, "pacct.voluntary_switches", "pacct.voluntary_switches", "=", "-", "exact, but for the last one or two", "3", "context switches as it waited for something") \
X(INVOLUNTARY_SWITCHES, "involuntary_switches", INT, "pacct.involuntary_switches", "pacct.involuntary_switches", "=", "-", "exact, but for those while its memory is given back", "3", "context switches as others were to run") \
X(THREADS, "threads", INT, "pacct.threads", "pacct.threads", "=", "-", "exact", "3", "how many threads it had; left out where some ended before the last ones") \
X(START_NS, "start_ns", INT, "pacct.start_ns", "pacct.start_ns", "=", "ns since the epoch", "as the day's clock; later by the time that the machine was suspended since", "3", "start") \
X(END_NS, "end_ns", INT, "pacct.end_ns", "pacct.end_ns", "=", "ns since the epoch", "as the day's clock", "3", "when its last thread began to end: before its memory was given back, and before the record") \
X(OOM_KILLED, "oom_killed", BOOL, "pacct.oom_killed", "pacct.oom_killed", "=", "-", "exact", "3", "whether the kernel killed it, and not one that shares its memory, since memory was short") \
X(USAGE_SOURCE, "usage_source", TOKEN, "pacct.usage_source", "pacct.usage_source", "=", "-", "exact", "3", "how these are known: \"exit\" as told at exit, \"missing\" not at all; left out where usage is off") \
X(FILE,          "file",            STRING,  "log.file.path",                    "log.file.path",          "=",           "-",              "exact",                           "state",  "accounting file that a state message is about") \
X(POSITION,      "position",        INT,     "pacct.position",                   "pacct.position",         "=",           "bytes",          "exact",                           "state",  "offset in that file, or in old_file, behind what was read") \
X(OLD_FILE,      "old_file",        STRING,  "pacct.old_file",                   "pacct.old_file",         "=",           "-",              "exact",                           "state",  "another file that it is about: the rotated or the deleted one") \
X(SKIPPED_BYTES, "skipped_bytes",   INT,     "pacct.skipped_bytes",              "pacct.skipped_bytes",    "=",           "bytes",          "exact",                           "state",  "bytes that were no records") \
X(LOST_FILES,    "lost_files",      INT,     "pacct.lost_files",                 "pacct.lost_files",       "=",           "-",              "exact",                           "state",  "rotated files that are not where rotated files are looked for, and had not been read") \
X(LOST_RECORDS,  "lost_records",    INT,     "pacct.lost_records",               "pacct.lost_records",     "=",           "-",              "exact, or at most: the sentence says which", "state", "ends of processes that are not in the stream, with source=\"bpf\"") \
X(SILENT_SECONDS, "silent_seconds", INT,     "pacct.silent_seconds",             "pacct.silent_seconds",   "=",           "seconds",        "1 s",                             "state",  "time without any record, as seen by this rsyslogd") \
X(ENDED_PROCESSES, "ended_processes", INT,   "pacct.ended_processes",            "pacct.ended_processes",  "=",           "-",              "whole machine, threads counted as well", "state", "what ended in that time, by the counters of the kernel") \
X(FREE_PERCENT,  "free_percent",    CENTI,   "pacct.free_percent",               "pacct.free_percent",     "=",           "percent",        "cut to 0.01",                     "state",  "free space of the file system, as the kernel reckons for accounting: without what is kept for root") \
X(FREE_BYTES,    "free_bytes",      INT,     "pacct.free_bytes",                 "pacct.free_bytes",       "=",           "bytes",          "one block",                       "state",  "the same in bytes") \
X(SUSPEND_PERCENT, "suspend_percent", INT,   "pacct.suspend_percent",            "pacct.suspend_percent",  "=",           "percent",        "exact",                           "state",  "free space at which the kernel suspends accounting") \
X(RESUME_PERCENT, "resume_percent", INT,     "pacct.resume_percent",             "pacct.resume_percent",   "=",           "percent",        "exact",                           "state",  "free space at which it resumes") \
X(HELD_MESSAGES, "held_messages", INT,       "pacct.held_messages",              "pacct.held_messages",    "=",           "-",              "at most; whole batches are counted", "state", "messages that rsyslog has not been done with, although it was with later ones") \
X(HELD_SECONDS,  "held_seconds",  INT,       "pacct.held_seconds",               "pacct.held_seconds",     "=",           "seconds",        "1 s",                             "state",  "time since the oldest of them was handed to rsyslog") \
X(BUILT_FOR,     "built_for",       TOKEN,   "pacct.built_for",                  "pacct.built_for",        "=",           "-",              "exact",                           "state",  "version of rsyslog that the module was built for, when it starts") \
X(DETAIL,        "detail",          STRING,  "message",                          "pacct.detail",           "=",           "-",              "-",                               "state",  "what happened, as a sentence for people") \
X(WINDOW_START,      "window_start",       TIME   , "pacct.window_start",       "pacct.window_start",       "=", "-", "exact", "summary", "where the window begins: a multiple of summary.interval since the epoch") \
X(WINDOW_END,        "window_end",         TIME   , "pacct.window_end",         "pacct.window_end",         "=", "-", "exact", "summary", "where it ends: the first second behind it") \
X(MEMBERS,           "group",              MEMBERS, "pacct.group",              "pacct.group",              "=", "-", "exact", "summary", "the fields of summary.by, by their native names, that all records of the summary have; those that none of them has are left out. Of what summary.maxGroups left over: one member \"other\", true") \
X(PROCESSES,         "count",              INT    , "pacct.count",              "pacct.count",              "=", "-", "exact", "summary", "processes that ended") \
X(FAILURES,          "failures",           INT    , "pacct.failures",           "pacct.failures",           "=", "-", "exact", "summary", "those of them that a signal ended, or whose exit code is not 0") \
X(KILLED_COUNT,      "killed_count",       INT    , "pacct.killed_count",       "pacct.killed_count",       "=", "-", "exact", "summary", "those that a signal ended") \
X(CORE_DUMPS,        "core_dumps",         INT    , "pacct.core_dumps",         "pacct.core_dumps",         "=", "-", "exact", "summary", "those that dumped core, as far as their records tell") \
X(EXIT_CODES,        "exit_codes",         CODES  , "pacct.exit_codes",         "pacct.exit_codes",         "=", "-", "exact", "summary", "the most frequent exit codes, at most five, as objects of code and count") \
X(ELAPSED_SUM,       "elapsed_sum",        CENTI  , "pacct.elapsed_sum",        "pacct.elapsed_sum",        "=", "seconds", "see elapsed", "summary", "time from start to exit: the sum") \
X(ELAPSED_MAX,       "elapsed_max",        CENTI  , "pacct.elapsed_max",        "pacct.elapsed_max",        "=", "seconds", "see elapsed", "summary", "the largest of them") \
X(ELAPSED_P50,       "elapsed_p50",        CENTI  , "pacct.elapsed_p50",        "pacct.elapsed_p50",        "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "50 of 100 of them are not larger") \
X(ELAPSED_P95,       "elapsed_p95",        CENTI  , "pacct.elapsed_p95",        "pacct.elapsed_p95",        "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "95 of 100 of them are not larger") \
X(ELAPSED_P99,       "elapsed_p99",        CENTI  , "pacct.elapsed_p99",        "pacct.elapsed_p99",        "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "99 of 100 of them are not larger") \
X(CPU_SUM,           "cpu_sum",            CENTI  , "pacct.cpu_sum",            "pacct.cpu_sum",            "=", "seconds", "see cpu_user", "summary", "CPU time, in user mode and in the kernel: the sum") \
X(CPU_MAX,           "cpu_max",            CENTI  , "pacct.cpu_max",            "pacct.cpu_max",            "=", "seconds", "see cpu_user", "summary", "the largest of them") \
X(CPU_P50,           "cpu_p50",            CENTI  , "pacct.cpu_p50",            "pacct.cpu_p50",            "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "50 of 100 of them are not larger") \
X(CPU_P95,           "cpu_p95",            CENTI  , "pacct.cpu_p95",            "pacct.cpu_p95",            "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "95 of 100 of them are not larger") \
X(CPU_P99,           "cpu_p99",            CENTI  , "pacct.cpu_p99",            "pacct.cpu_p99",            "=", "seconds", "within 1 %; exact below 1.28 s", "summary", "99 of 100 of them are not larger") \
X(MINOR_FAULTS_SUM,  "minor_faults_sum",   INT    , "pacct.minor_faults_sum",   "pacct.minor_faults_sum",   "=", "-", "see minor_faults", "summary", "sum of minor_faults") \
X(MAJOR_FAULTS_SUM,  "major_faults_sum",   INT    , "pacct.major_faults_sum",   "pacct.major_faults_sum",   "=", "-", "see major_faults", "summary", "sum of major_faults") \
X(USAGE_COUNT,       "usage_count",        INT    , "pacct.usage_count",        "pacct.usage_count",        "=", "-", "exact", "summary", "processes of which it is known what they used: what follows up to write_bytes_p99 is of these. Left out, with that, where there is none") \
X(MAX_RSS_KIB_SUM, "max_rss_kib_sum", INT    , "pacct.max_rss_kib_sum", "pacct.max_rss_kib_sum", "=", "KiB", "see max_rss_kib", "summary", "largest resident set: the sum") \
X(MAX_RSS_KIB_MAX, "max_rss_kib_max", INT    , "pacct.max_rss_kib_max", "pacct.max_rss_kib_max", "=", "KiB", "see max_rss_kib", "summary", "the largest of them") \
X(MAX_RSS_KIB_P50, "max_rss_kib_p50", INT    , "pacct.max_rss_kib_p50", "pacct.max_rss_kib_p50", "=", "KiB", "within 1 %; exact below 128", "summary", "50 of 100 of them are not larger") \
X(MAX_RSS_KIB_P95, "max_rss_kib_p95", INT    , "pacct.max_rss_kib_p95", "pacct.max_rss_kib_p95", "=", "KiB", "within 1 %; exact below 128", "summary", "95 of 100 of them are not larger") \
X(MAX_RSS_KIB_P99, "max_rss_kib_p99", INT    , "pacct.max_rss_kib_p99", "pacct.max_rss_kib_p99", "=", "KiB", "within 1 %; exact below 128", "summary", "99 of 100 of them are not larger") \
X(READ_BYTES_SUM, "read_bytes_sum", INT    , "pacct.read_bytes_sum", "pacct.read_bytes_sum", "=", "bytes", "see read_bytes", "summary", "bytes read from storage: the sum") \
X(READ_BYTES_MAX, "read_bytes_max", INT    , "pacct.read_bytes_max", "pacct.read_bytes_max", "=", "bytes", "see read_bytes", "summary", "the largest of them") \
X(READ_BYTES_P50, "read_bytes_p50", INT    , "pacct.read_bytes_p50", "pacct.read_bytes_p50", "=", "bytes", "within 1 %; exact below 128", "summary", "50 of 100 of them are not larger") \
X(READ_BYTES_P95, "read_bytes_p95", INT    , "pacct.read_bytes_p95", "pacct.read_bytes_p95", "=", "bytes", "within 1 %; exact below 128", "summary", "95 of 100 of them are not larger") \
X(READ_BYTES_P99, "read_bytes_p99", INT    , "pacct.read_bytes_p99", "pacct.read_bytes_p99", "=", "bytes", "within 1 %; exact below 128", "summary", "99 of 100 of them are not larger") \
X(WRITE_BYTES_SUM, "write_bytes_sum", INT    , "pacct.write_bytes_sum", "pacct.write_bytes_sum", "=", "bytes", "see write_bytes", "summary", "bytes caused to be written to storage: the sum") \
X(WRITE_BYTES_MAX, "write_bytes_max", INT    , "pacct.write_bytes_max", "pacct.write_bytes_max", "=", "bytes", "see write_bytes", "summary", "the largest of them") \
X(WRITE_BYTES_P50, "write_bytes_p50", INT    , "pacct.write_bytes_p50", "pacct.write_bytes_p50", "=", "bytes", "within 1 %; exact below 128", "summary", "50 of 100 of them are not larger") \
X(WRITE_BYTES_P95, "write_bytes_p95", INT    , "pacct.write_bytes_p95", "pacct.write_bytes_p95", "=", "bytes", "within 1 %; exact below 128", "summary", "95 of 100 of them are not larger") \
X(WRITE_BYTES_P99, "write_bytes_p99", INT    , "pacct.write_bytes_p99", "pacct.write_bytes_p99", "=", "bytes", "within 1 %; exact below 128", "summary", "99 of 100 of them are not larger") \
X(FIRST_START,       "first_start",        TIME   , "pacct.first_start",        "pacct.first_start",        "=", "-", "about 1 s", "summary", "the earliest start") \
X(LAST_END,          "last_end",           TIME   , "pacct.last_end",           "pacct.last_end",           "=", "-", "see end", "summary", "the latest exit") \
X(REVISION,          "revision",           INT    , "pacct.revision",           "pacct.revision",           "=", "-", "exact", "summary", "0; counted up where records came after the summary was sent, and it is sent again with the same id: the highest is the one that holds") \
X(RECORDS,           "records",            INT    , "pacct.records",            "pacct.records",            "=", "-", "exact", "summary", "of a window: records in it") \
X(GROUPS,            "groups",             INT    , "pacct.groups",             "pacct.groups",             "=", "-", "exact", "summary", "of a window: its summaries, the one of other groups included") \
X(OTHER_RECORDS,     "other_records",      INT    , "pacct.other_records",      "pacct.other_records",      "=", "-", "exact", "summary", "of a window: records of groups beyond summary.maxGroups") \
X(LATE_RECORDS,      "late_records",       INT    , "pacct.late_records",       "pacct.late_records",       "=", "-", "exact", "summary", "of a window: records that came after it was sent for the first time") \
X(COMPLETE,          "complete",           BOOL   , "pacct.complete",           "pacct.complete",           "=", "-", "-", "summary", "of a window: whether nothing is known to be missing; false where reading began in it, or something in the file was damaged or lost while it was read") \
X(KIND,          "-",               TOKEN,   "event.kind",                       "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"event\", \"alert\" for a state message that asks for action, or \"metric\" for a summary") \
X(CATEGORY,      "-",               TOKEN,   "event.category:list",              "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"process\" or \"host\"") \
X(EVENT_TYPE,    "-",               TOKEN,   "event.type:list",                  "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"end\" for an exit, \"start\" for an exec, \"start\", \"end\", \"change\" or \"info\" otherwise") \
X(OUTCOME,       "-",               TOKEN,   "event.outcome",                    "-",                      "-",           "-",              "exact",                           "0-3",    "\"success\" for exit code 0, else \"failure\"") \
X(MODULE,        "-",               TOKEN,   "event.module",                     "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"impacct\"") \
X(DATASET,       "-",               TOKEN,   "event.dataset",                    "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "\"impacct.process\", \"impacct.state\" or \"impacct.summary\"") \
X(ECS_VERSION,   "-",               TOKEN,   "ecs.version",                      "-",                      "-",           "-",              "exact",                           "0-3, state, exec, summary", "version of ECS that the names follow")
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

/** Leave in a set only what another one has, too. */
static inline void pacct_set_keep(struct pacct_set* set, const struct pacct_set* those) {
    for (size_t i = 0; i < sizeof(set->word) / sizeof(set->word[0]); i++) {
        set->word[i] &= those->word[i];
    }
}

/** Whether two sets have a field in common. */
static inline bool pacct_set_meets(const struct pacct_set* a, const struct pacct_set* b) {
    uint64_t common = 0;
    for (size_t i = 0; i < sizeof(a->word) / sizeof(a->word[0]); i++) {
        common |= a->word[i] & b->word[i];
    }
    return common != 0;
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

/** The fields that summaries have, and those that other messages have; some are both. */
struct pacct_set pacct_set_of_summaries(void);
struct pacct_set pacct_set_of_others(void);

/**
 * Find a field by its native name.
 *
 * @param name len bytes, matched exactly
 * @return the id, or PACCT_F_COUNT where there is no such field; of two with one name that of records
 */
enum pacct_field_id pacct_field_find(const char* name, size_t len);

/** A value. What it points to is not owned by the event; strings are not terminated. */
struct pacct_value {
    union {
        uint64_t u; /**< INT, CENTI, TIME, BOOL */
        const char* s; /**< STRING, STRINGS, TOKEN */
        const struct pacct_members* members; /**< MEMBERS */
        const struct pacct_codes* codes; /**< CODES */
    };
    size_t len; /**< of s, in bytes */
};

/** Most members of an object. */
#define PACCT_MEMBERS_MAX 8u

/** An object whose members depend on the configuration. */
struct pacct_members {
    unsigned count;
    struct {
        const char* name; /**< letters, digits and "_" */
        enum pacct_type type; /**< neither STRINGS nor one that has a struct of its own */
        struct pacct_value value;
    } member[PACCT_MEMBERS_MAX];
};

/** Most codes of a list. */
#define PACCT_CODES_MAX 5u

/** Exit codes, and how often each came. */
struct pacct_codes {
    unsigned count;
    struct {
        uint64_t code, times;
    } of[PACCT_CODES_MAX];
};

/** The content of one message: the fields present and their values. */
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

/** Text of a number or truth value with name, quotes and separators around it, at most, but for the name's letters. */
#define PACCT_MEMBER_TEXT_MAX 48u

/** Set an object; it must live for as long as the event is used, and so must its strings. */
static inline void pacct_event_set_members(struct pacct_event* ev,
                                           enum pacct_field_id id,
                                           const struct pacct_members* members) {
    pacct_set_add(&ev->present, id);
    ev->v[id].members = members;
    for (unsigned i = 0; i < members->count; i++) {
        const bool string = members->member[i].type == PACCT_T_STRING || members->member[i].type == PACCT_T_TOKEN;
        ev->strings_len += strlen(members->member[i].name) + PACCT_MEMBER_TEXT_MAX;
        ev->strings_len += string ? members->member[i].value.len : 0;
    }
}

/** Set a list of codes; it must live for as long as the event is used. */
static inline void pacct_event_set_codes(struct pacct_event* ev,
                                         enum pacct_field_id id,
                                         const struct pacct_codes* codes) {
    pacct_set_add(&ev->present, id);
    ev->v[id].codes = codes;
    ev->strings_len += (size_t)codes->count * PACCT_MEMBER_TEXT_MAX;
}

static inline bool pacct_event_has(const struct pacct_event* ev, enum pacct_field_id id) {
    return pacct_set_has(&ev->present, id);
}

#endif
