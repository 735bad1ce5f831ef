/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_input.h
 * @brief One input at run time: its life cycle, and the loop from its source to rsyslog.
 */
#ifndef IMPACCT_INPUT_H
#define IMPACCT_INPUT_H

#include "impacct_exec.h"
#include "impacct_source_bpf.h"
#include "impacct_usage.h"
#include "impacct_host.h"
#include "impacct_owner.h"
#include "impacct_params.h"
#include "impacct_sender.h"
#include "event/tty.h"
#include "file/watch.h"

struct impacct_input;

/** What the inputs of one module share. */
struct impacct_shared {
    const struct impacct_host* host;
    struct pacct_watch* watch;
    struct pacct_ttys* ttys;
    struct pacct_name_patience* patience; /**< of looking up names */
};

/** What impacct_input_serve() leaves. */
enum impacct_served {
    IMPACCT_MORE, /**< there is more to read at once */
    IMPACCT_QUIET /**< nothing to do before a change, or impacct_input_timeout() */
};

/**
 * Make an input, with its counters, which are visible to impstats from then on.
 *
 * @param slot of this input in shared->watch
 * @param state_path of the state file, NULL: no position is kept; copied
 * @param owner of accounting, NULL: not owned; belongs to the input if this succeeds
 * @param exec who executed what; NULL: not asked for, or cannot be had
 * @param usage what was used; NULL as exec
 * @param ring of the kernel, with source="bpf"; NULL: there is a file
 * @param shared, settings, route have to outlive the input
 */
rsRetVal impacct_input_new(struct impacct_input** input,
                           const struct impacct_shared* shared,
                           unsigned slot,
                           const struct impacct_settings* settings,
                           const struct impacct_route* route,
                           struct impacct_owner* owner,
                           struct impacct_exec* exec,
                           struct impacct_usage* usage,
                           struct impacct_ring* ring,
                           const char* state_path);

/** Start the threads that the input needs. Called by the input thread. */
void impacct_input_start(struct impacct_input* in);

/** Read and submit at most one batch, and store the position where that is due. */
enum impacct_served impacct_input_serve(struct impacct_input* in);

/** How many records the input has read. */
uint64_t impacct_input_records(const struct impacct_input* in);

/** Milliseconds until impacct_input_serve() has to be called again although nothing changed. */
int impacct_input_timeout(const struct impacct_input* in);

/** To be told after a wait of impacct_input_timeout() in which nothing happened: the next one may be longer. */
void impacct_input_waited(struct impacct_input* in);

/** Until when inputs that stop now may wait for what is in flight: the same for all, rsyslog gives them a second. */
int64_t impacct_input_stop_deadline(void);

/** Wait for what is in flight, store the position, end the threads. Called by the input thread. */
void impacct_input_stop(struct impacct_input* in, int64_t deadline);

/** Send the last state message, "module_stopped". Called by the input thread, after impacct_input_stop(). */
void impacct_input_send_stopped(struct impacct_input* in);

void impacct_input_free(struct impacct_input* in);

#endif
