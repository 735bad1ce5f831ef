/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_usage_none.c
 * @brief Instead of impacct_usage.c in a build without BPF.
 *
 * There is never one: nothing but impacct_usage_new() is called.
 */
#include "impacct_usage.h"

struct impacct_usage* impacct_usage_new(const struct impacct_host* host __attribute__((unused)),
                                        const struct impacct_settings* settings) {
    LogMsg(0, RS_RET_ERR, settings->usage == IMPACCT_USAGE_AUTO ? LOG_INFO : LOG_ERR,
           "impacct: usage cannot be captured, records of '%s' go without it: this build of impacct has no BPF "
           "(libbpf or clang were missing, or configure --disable-exec-capture)",
           settings->file);
    return NULL;
}

void impacct_usage_free(struct impacct_usage* u __attribute__((unused))) {}

void impacct_usage_join(struct impacct_usage* u __attribute__((unused)),
                        const struct pacct_record* rec __attribute__((unused)),
                        bool may_live __attribute__((unused)),
                        struct pacct_event* ev __attribute__((unused))) {}

void impacct_usage_records_again(struct impacct_usage* u __attribute__((unused))) {}

void impacct_usage_count(struct impacct_usage* u __attribute__((unused))) {}
