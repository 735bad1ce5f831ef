/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source_bpf.h
 * @brief Ends of processes, told by the kernel without records, as a source.
 */
#ifndef IMPACCT_SOURCE_BPF_H
#define IMPACCT_SOURCE_BPF_H

#include "impacct_exec.h"
#include "impacct_guard.h"
#include "impacct_notices.h"
#include "impacct_params.h"
#include "impacct_source.h"
#include "event/event.h"

/** The kernel's ring of ends. */
struct impacct_ring;

/**
 * Open it, before privileges are dropped. Says so, or why it cannot be done.
 *
 * @param settings have to outlive it
 * @return NULL where it cannot be done
 */
struct impacct_ring* impacct_ring_new(const struct impacct_settings* settings);

/** The kernel goes on writing. */
void impacct_ring_free(struct impacct_ring* r);

/** It tells by an edge that there is something new. */
int impacct_ring_fd(const struct impacct_ring* r);

/** What a source of a ring works with. All of it has to outlive the source. */
struct impacct_source_bpf_parts {
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    const struct pacct_origin* origin;
    struct impacct_guard* guard;
    struct impacct_exec* exec; /**< who executed what; NULL: not known */
    struct impacct_ring* ring;
};

/** @return NULL when out of memory */
struct impacct_source* impacct_source_bpf_new(const struct impacct_source_bpf_parts* parts);

#endif
