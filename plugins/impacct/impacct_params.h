/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_params.h
 * @brief The settings of one input, read from its parameters.
 */
#ifndef IMPACCT_PARAMS_H
#define IMPACCT_PARAMS_H

#include "config.h"

#include "command/redact.h"
#include "event/summary_group.h"
#include "output/plan.h"
#include "file/state.h"

#include <limits.h>
#include <stdbool.h>

struct nvlst;

enum impacct_source_kind { IMPACCT_SOURCE_PACCT, IMPACCT_SOURCE_BPF };
enum impacct_mode { IMPACCT_MODE_INOTIFY, IMPACCT_MODE_POLLING };
enum impacct_format { IMPACCT_FORMAT_JSON, IMPACCT_FORMAT_CEE, IMPACCT_FORMAT_TEXT };
enum impacct_accounting { IMPACCT_ACCOUNTING_FOLLOW, IMPACCT_ACCOUNTING_OWN };
enum impacct_at_stop { IMPACCT_AT_STOP_LEAVE, IMPACCT_AT_STOP_OFF };
/** In the order of enum pacct_capture_backend, with one before it. */
enum impacct_command_line { IMPACCT_COMMAND_OFF, IMPACCT_COMMAND_AUTO, IMPACCT_COMMAND_BPF, IMPACCT_COMMAND_CONNECTOR };
enum impacct_usage_mode { IMPACCT_USAGE_OFF, IMPACCT_USAGE_AUTO, IMPACCT_USAGE_BPF };
enum impacct_summary_records { IMPACCT_RECORDS_KEEP, IMPACCT_RECORDS_DROP };
enum impacct_byte_order { IMPACCT_ORDER_NATIVE, IMPACCT_ORDER_LITTLE, IMPACCT_ORDER_BIG };

/** Where distributions keep the accounting file; the first that exists is the default. */
#define IMPACCT_FILE_DEBIAN "/var/log/account/pacct"
#define IMPACCT_FILE_RED_HAT "/var/account/pacct"
/** Where systemd mounts the BPF file system, with a directory for the module; default of "bpf.directory". */
#define IMPACCT_BPF_DIRECTORY "/sys/fs/bpf/impacct"
/** Default identity of the host: its first line. */
#define IMPACCT_MACHINE_ID "/etc/machine-id"
/** Defaults in seconds: of "pollingInterval" behind inotify and without it, of "silenceAlarm". */
#define IMPACCT_POLL_BEHIND_INOTIFY 10
#define IMPACCT_POLL_ALONE 1
#define IMPACCT_SILENCE_ALARM 60
/** Default of "ratelimit.burst". */
#define IMPACCT_RATELIMIT_BURST 10000

/** A time that was switched off. */
#define IMPACCT_OFF (-1)

/** Longest name of a state file, so that the suffix of the temporary one beside it fits. */
#define IMPACCT_STATE_NAME_MAX (NAME_MAX - (int)sizeof(PACCT_STATE_TEMPORARY))

/** One input's settings, all valid. Strings are owned; "" where neither set nor with a default. */
struct impacct_settings {
    char* file; /**< with IMPACCT_SOURCE_BPF: bpf_directory */
    int source; /**< enum impacct_source_kind */
    char* bpf_directory;
    uint64_t bpf_ring_size;
    int mode; /**< enum impacct_mode */
    int polling_ms;
    char* tag;
    int facility; /**< as in a PRI: a multiple of 8 */
    int severity;
    char* name;
    char *ruleset, *state_ruleset;
    char* ratelimit_name;
    int ratelimit_interval, ratelimit_burst; /**< 0: none of its own */
    int format; /**< enum impacct_format */
    int schema; /**< enum pacct_schema */
    struct pacct_set properties; /**< empty: none */
    char* container; /**< as rsyslog's msgAddJSON() takes it: without the dollar sign */
    int fresh_start_tail;
    int persist_state_interval;
    char* state_directory;
    char* state_file;
    int rotated_files, rotated_max_age; /**< seconds */
    char* rotated_directory; /**< "": none */
    int resolve_names, resolve_names_cache_time;
    int silence_alarm; /**< milliseconds; IMPACCT_OFF: none */
    int accounting; /**< enum impacct_accounting */
    uint64_t accounting_max_file_size;
    int accounting_keep;
    int accounting_at_stop; /**< enum impacct_at_stop */
    int accounting_force;
    int ahz;
    int v0_byte_order; /**< enum impacct_byte_order */
    int command_line; /**< enum impacct_command_line */
    int command_max_length;
    struct pacct_redact* redact; /**< NULL: nothing */
    int usage; /**< enum impacct_usage_mode */
    int origin, exec_messages, skip_root, skip_kernel_helpers;
    int summary_interval; /**< seconds; 0: off */
    struct pacct_summary_by summary_by;
    int summary_records; /**< enum impacct_summary_records */
    char* summary_ruleset;
    int summary_max_groups;
    char* hostname;
    char* host_id;
};

/** Longest text of a configuration error. */
#define IMPACCT_PARAMS_WHY 512

/**
 * Read the parameters of one input.
 *
 * @param lst from rsyslog's parser: the parameters of one input
 * @param s all members are set; to be released with impacct_params_free(), also on failure
 * @param why set on failure to a sentence that names the parameter and the value; empty where rsyslog has logged it
 * @return whether all is valid
 */
bool impacct_params_read(struct nvlst* lst, struct impacct_settings* s, char why[IMPACCT_PARAMS_WHY]);

void impacct_params_free(struct impacct_settings* s);

/** Whether records are sent themselves, beside what sums them up. */
static inline bool impacct_sends_records(const struct impacct_settings* settings) {
    return settings->summary_interval == 0 || settings->summary_records == IMPACCT_RECORDS_KEEP;
}

#endif
