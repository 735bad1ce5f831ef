/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source_bpf_none.c
 * @brief Instead of impacct_source_bpf.c in a build without BPF.
 *
 * There is never a ring: nothing but impacct_ring_new() is called.
 */
#include "impacct_source_bpf.h"

struct impacct_ring* impacct_ring_new(const struct impacct_settings* settings) {
    LogError(0, RS_RET_ERR,
             "impacct: source=\"bpf\" cannot be had, the input for '%s' is not started: this build of impacct has no "
             "BPF (libbpf or clang were missing, or configure --disable-exec-capture)",
             settings->file);
    return NULL;
}

void impacct_ring_free(struct impacct_ring* r __attribute__((unused))) {}

int impacct_ring_fd(const struct impacct_ring* r __attribute__((unused))) {
    return -1;
}

struct impacct_source* impacct_source_bpf_new(const struct impacct_source_bpf_parts* parts __attribute__((unused))) {
    return NULL;
}
