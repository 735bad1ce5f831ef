/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_exec.h
 * @brief Who executed what, for one input: from what is captured to fields and events, with counters around it.
 */
#ifndef IMPACCT_EXEC_H
#define IMPACCT_EXEC_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "event/event.h"
#include "file/record.h"

struct impacct_exec;

/**
 * Begin to capture, before privileges are dropped. Says with which backend, or why it cannot be done.
 *
 * @param settings have to outlive it
 * @return NULL where it cannot be done
 */
struct impacct_exec* impacct_exec_new(const struct impacct_host* host, const struct impacct_settings* settings);

void impacct_exec_free(struct impacct_exec* e);

/** Say where events come from; before any is asked for. @param origin see event/event.h; has to outlive the events */
rsRetVal impacct_exec_set_origin(struct impacct_exec* e, const struct pacct_origin* origin);

/**
 * Add to the event of an exit what its process executed.
 *
 * @param rec has a process id
 * @param may_live whether the record may be about a process that has not ended
 * @param now seconds of a monotonic clock, for caches
 * @param ev its strings live until the next call of this or impacct_exec_next()
 */
rsRetVal impacct_exec_join(
    struct impacct_exec* e, const struct pacct_record* rec, bool may_live, time_t now, struct pacct_event* ev);

/** All records that were written until now were joined. */
void impacct_exec_all_joined(struct impacct_exec* e);

/** Records that were joined may come again. */
void impacct_exec_records_again(struct impacct_exec* e);

/**
 * The event of what was executed next.
 *
 * @param ev set to the event, which lives as long as impacct_exec_join() says; NULL: there is none
 */
rsRetVal impacct_exec_next(struct impacct_exec* e, time_t now, const struct pacct_event** ev);

/** Count the event last given by impacct_exec_next() as handed to rsyslog, or as dropped. */
void impacct_exec_count_sent(struct impacct_exec* e, bool sent);

/** Readable while there is something for impacct_exec_next(); not to be read. */
int impacct_exec_ready_fd(const struct impacct_exec* e);

/** Bring the other counters up to date. */
void impacct_exec_count(struct impacct_exec* e);

#endif
