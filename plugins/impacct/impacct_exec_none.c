/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_exec_none.c
 * @brief Instead of impacct_exec.c in a build without capture/ (configure --disable-exec-capture).
 *
 * There is never one: nothing but impacct_exec_new() is called.
 */
#include "impacct_exec.h"

struct impacct_exec* impacct_exec_new(const struct impacct_host* host __attribute__((unused)),
                                      const struct impacct_settings* settings) {
    LogError(0, RS_RET_ERR,
             "impacct: command lines cannot be captured, records of '%s' go without them: "
             "this build of impacct has no capture (configure --disable-exec-capture)",
             settings->file);
    return NULL;
}

void impacct_exec_free(struct impacct_exec* e __attribute__((unused))) {}

rsRetVal impacct_exec_set_origin(struct impacct_exec* e __attribute__((unused)),
                                 const struct pacct_origin* origin __attribute__((unused))) {
    return RS_RET_OK;
}

rsRetVal impacct_exec_join(struct impacct_exec* e __attribute__((unused)),
                           const struct pacct_record* rec __attribute__((unused)),
                           bool may_live __attribute__((unused)),
                           time_t now __attribute__((unused)),
                           struct pacct_event* ev __attribute__((unused))) {
    return RS_RET_OK;
}

void impacct_exec_all_joined(struct impacct_exec* e __attribute__((unused))) {}

void impacct_exec_records_again(struct impacct_exec* e __attribute__((unused))) {}

rsRetVal impacct_exec_next(struct impacct_exec* e __attribute__((unused)),
                           time_t now __attribute__((unused)),
                           const struct pacct_event** ev) {
    *ev = NULL;
    return RS_RET_OK;
}

void impacct_exec_count_sent(struct impacct_exec* e __attribute__((unused)), bool sent __attribute__((unused))) {}

int impacct_exec_ready_fd(const struct impacct_exec* e __attribute__((unused))) {
    return -1;
}

void impacct_exec_count(struct impacct_exec* e __attribute__((unused))) {}
