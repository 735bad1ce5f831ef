/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/cgroup.h
 * @brief What the path of a control group says of where a process belongs.
 */
#ifndef PACCT_CGROUP_H
#define PACCT_CGROUP_H

#include "base/text.h"

/** Parts of the path; p NULL where it does not say it. */
struct pacct_cgroup {
    struct pacct_bytes container; /**< id, or the name where the container's software uses names */
    struct pacct_bytes unit; /**< of systemd */
    struct pacct_bytes job; /**< id, of Slurm, PBS or LSF */
};

/** Read a path. Only where a manager of units, containers or jobs puts its groups, names mean something. */
struct pacct_cgroup pacct_cgroup_read(struct pacct_bytes path);

#endif
