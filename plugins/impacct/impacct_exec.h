/**
 * @file impacct_exec.h
 * @brief Who executed what, for one input: pacct_capture with rsyslog's messages and counters around it.
 */
#ifndef IMPACCT_EXEC_H
#define IMPACCT_EXEC_H

#include "impacct_host.h"
#include "impacct_params.h"
#include "pacct_capture.h"

struct impacct_exec;

/**
 * Begin to capture, before privileges are dropped. Says by which means, or why it cannot be done.
 *
 * @param settings have to outlive it
 * @return NULL where it cannot be done
 */
struct impacct_exec* impacct_exec_new(const struct impacct_host* host, const struct impacct_settings* settings);

void impacct_exec_free(struct impacct_exec* e);

/** What the process of a record executed; life->command is the caller's to give back. */
void impacct_exec_take(struct impacct_exec* e, const struct pacct_record* rec, struct pacct_life* life);

/** Records are missing, or come again. */
void impacct_exec_records_lost(struct impacct_exec* e);

/** What started next; false where there is nothing. */
bool impacct_exec_started(struct impacct_exec* e, struct pacct_started* started);

/** Count a start as handed to rsyslog, or as not. */
void impacct_exec_told(struct impacct_exec* e, bool told);

/** Readable while there is something that started; not to be read. */
int impacct_exec_fd(const struct impacct_exec* e);

/** Bring the counters up to date. */
void impacct_exec_count(struct impacct_exec* e);

#endif
