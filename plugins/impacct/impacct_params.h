/**
 * @file impacct_params.h
 * @brief The parameters of input(type="impacct"): one table, one struct of settings.
 */
#ifndef IMPACCT_PARAMS_H
#define IMPACCT_PARAMS_H

#include "impacct_host.h"
#include "pacct_redact.h"
#include "pacct_schema.h"
#include "pacct_state.h"

#include <limits.h>
#include <stdbool.h>

enum impacct_mode { IMPACCT_MODE_INOTIFY, IMPACCT_MODE_POLLING };
enum impacct_format { IMPACCT_FORMAT_JSON, IMPACCT_FORMAT_CEE, IMPACCT_FORMAT_TEXT };
enum impacct_accounting { IMPACCT_ACCOUNTING_FOLLOW, IMPACCT_ACCOUNTING_OWN };
enum impacct_at_stop { IMPACCT_AT_STOP_LEAVE, IMPACCT_AT_STOP_OFF };
/** In the order of enum pacct_capture_means, with one before it. */
enum impacct_command_line { IMPACCT_COMMAND_OFF, IMPACCT_COMMAND_AUTO, IMPACCT_COMMAND_BPF, IMPACCT_COMMAND_CONNECTOR };
enum impacct_byte_order { IMPACCT_ORDER_NATIVE, IMPACCT_ORDER_LITTLE, IMPACCT_ORDER_BIG };

/** A time that was switched off. */
#define IMPACCT_OFF (-1)

/** Longest name of a state file, so that a temporary one beside it has room for its suffix. */
#define IMPACCT_STATE_NAME_MAX (NAME_MAX - (int)sizeof(PACCT_STATE_TEMPORARY))

/** One input's settings, all valid. Strings are owned; "" where not set. */
struct impacct_settings {
    char* file;
    int mode; /**< enum impacct_mode */
    int polling_ms; /**< 0: not set */
    char* tag;
    int facility; /**< as in a PRI: a multiple of 8 */
    int severity;
    char *ruleset, *state_ruleset;
    int ratelimit_interval, ratelimit_burst;
    int format; /**< enum impacct_format */
    int schema; /**< enum pacct_schema */
    struct pacct_set properties; /**< empty: none */
    char* container; /**< as rsyslog's msgAddJSON() takes it: without the dollar sign */
    int fresh_start_tail;
    int persist_state_interval;
    char* state_directory;
    char* state_file;
    int rotated_files, rotated_max_age; /**< seconds */
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
    int origin, exec_messages, skip_root, skip_kernel_helpers;
    char* hostname;
    char* host_id;
};

/** Room for the text of a configuration error. */
#define IMPACCT_PARAMS_WHY 512

/**
 * Read the parameters of one input.
 *
 * @param lst from rsyslog's parser
 * @param s all members are set; to be released with impacct_params_free(), also on failure
 * @param why set on failure to a sentence that names the parameter and the value; empty where rsyslog has said it
 * @return whether all is valid
 */
bool impacct_params_read(struct nvlst* lst, struct impacct_settings* s, char why[IMPACCT_PARAMS_WHY]);

void impacct_params_free(struct impacct_settings* s);

#endif
