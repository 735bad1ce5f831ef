/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/backend_bpf_none.c
 * @brief Instead of capture/backend_bpf.c where libbpf or a compiler for BPF was missing.
 */
#include "config.h"

#include "capture/backend.h"

#include <stdio.h>

struct pacct_backend* pacct_backend_bpf(const struct pacct_backend_options* options __attribute__((unused)),
                                        char reason[PACCT_BACKEND_REASON_MAX]) {
    snprintf(reason, PACCT_BACKEND_REASON_MAX, "this build of impacct has none (configure --enable-exec-capture)");
    return NULL;
}
