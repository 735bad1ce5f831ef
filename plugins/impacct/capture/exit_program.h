/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/exit_program.h
 * @brief Puts the BPF program at exit (capture/usage.bpf.c) into the kernel.
 */
#ifndef PACCT_EXIT_PROGRAM_H
#define PACCT_EXIT_PROGRAM_H

#include "capture/bpf.h"

#include <stdint.h>

struct bpf_object;
struct bpf_program;

/** Names of its maps. */
#define PACCT_EXIT_RING "ring"
#define PACCT_EXIT_CONFIG "config"
#define PACCT_EXIT_SHARED "shared"

/** All zero: not loaded */
struct pacct_exit_program {
    struct bpf_object* object;
    struct bpf_program* program; /**< of those in there, the one for this kernel */
};

/**
 * Load and configure it. It is not attached yet.
 *
 * @param ring_size bytes, a power of 2; 0: as it was compiled
 * @param ring_id see struct pacct_usage_config
 * @return NULL, or which step failed, with errno
 */
const char* pacct_exit_program_load(struct pacct_exit_program* p, uint32_t ring_size, uint64_t ring_id);

void pacct_exit_program_close(struct pacct_exit_program* p);

/** Descriptor of a map. */
int pacct_exit_program_map(const struct pacct_exit_program* p, const char* name);

/** Number of the pid namespace that this process, and what it configures, is in; 0: not known, with errno */
uint32_t pacct_exit_program_pid_ns(void);

/** How often the kernel left out a program, by its descriptor. Returns whether it tells. */
bool pacct_exit_program_left_out(int fd, uint64_t* count);

#endif
