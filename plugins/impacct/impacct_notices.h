/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_notices.h
 * @brief What an input has to say: sentences, in rsyslog's own log and as state messages; those that wait to be sent.
 */
#ifndef IMPACCT_NOTICES_H
#define IMPACCT_NOTICES_H

#include "impacct_host.h"
#include "impacct_ack.h"
#include "impacct_params.h"
#include "impacct_position.h"
#include "event/notice.h"
#include "file/follow.h"
#include "file/state.h"

#include <stdbool.h>

/** State messages of one input: its queue of those that rsyslog has not taken yet, and the event of one. */
struct impacct_notices;

/** @param origin see event/event.h; has to outlive it @return NULL when out of memory */
struct impacct_notices* impacct_notices_new(const struct pacct_origin* origin);

void impacct_notices_free(struct impacct_notices* q);

/**
 * Queue a notice until impacct_notices_clear(). Not needed for those that the source gives: they come again when their
 * batch is read again. Where very many wait, it is dropped: it is in rsyslog's own log only.
 *
 * @param n copied
 */
void impacct_notices_queue(struct impacct_notices* q, const struct pacct_notice* n);

/** A queued notice, 0 the oldest; NULL: there is none with that number. */
const struct pacct_notice* impacct_notices_at(const struct impacct_notices* q, unsigned i);

/** Forget all that is queued: rsyslog has taken it. */
void impacct_notices_clear(struct impacct_notices* q);

/** The event of a notice. It lives until the next call. */
const struct pacct_event* impacct_notices_event(struct impacct_notices* q, const struct pacct_notice* n);

/** Write the sentence of a notice, as printf() does. */
void impacct_notice_detail(struct pacct_notice* n, const char* format, ...) __attribute__((format(printf, 2, 3)));

/** Log a notice, with its severity. @param error errno that belongs to it, or 0 */
void impacct_log_notice(const struct pacct_notice* n, int error);

/**
 * Log what the follower found, as far as it is worth it.
 *
 * @param file the input's
 * @param n made where it is to be sent as a state message, too
 * @return whether n was made
 */
bool impacct_log_found(const char* file, enum pacct_found found, const struct pacct_item* item, struct pacct_notice* n);

/**
 * Make the notice that the module has started.
 *
 * @param file the input's
 * @param pos the stored position, where it begins there
 * @param again records before that which are read again
 */
void impacct_notice_started(struct pacct_notice* n,
                            const char* file,
                            enum impacct_begin begin,
                            const struct impacct_position* pos,
                            uint64_t again);

/** Make the notice that the module has stopped. @param pos everything before is done with */
void impacct_notice_stopped(struct pacct_notice* n, const char* file, const struct impacct_position* pos);

/** Make the notice that rsyslog holds messages that later ones have overtaken. @param seconds for how long */
void impacct_notice_held(struct pacct_notice* n,
                         const struct impacct_settings* settings,
                         const struct impacct_ack_held* held,
                         uint64_t seconds);

/** Make the notice that it holds none any more. @param messages at most so many at a time @param seconds as above */
void impacct_notice_released(struct pacct_notice* n, const char* file, uint64_t messages, uint64_t seconds);

/** Make the notice that records from a position on, which were not delivered, cannot be read again. */
void impacct_notice_lost(struct pacct_notice* n,
                         const char* file,
                         uint64_t records,
                         const struct impacct_position* pos);

/** Make the notice that ends of processes are not in the kernel's ring. @param ends so many; at most, where the
 *  kernel may be preempted in the kernel: it counts threads for which it left the program out, too */
void impacct_notice_ring_lost(struct pacct_notice* n, const char* file, uint64_t ends);

/**
 * Make the notice that a ring was replaced.
 *
 * @param discarded whether it was there, and could not be read; else somebody had removed it
 * @param ends at most so many were in there; 0 where it was removed: nobody knows
 */
void impacct_notice_ring_replaced(struct pacct_notice* n, const char* file, bool discarded, uint64_t ends);

/** Log that a state file was not used; nothing where it was, or where there is none. @param error errno, if unreadable
 */
void impacct_log_state_file(const char* file, const char* state_path, enum pacct_state_result result, int error);

#endif
