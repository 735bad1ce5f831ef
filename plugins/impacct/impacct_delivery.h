/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_delivery.h
 * @brief What became of the events of one source: batches, acknowledgement, the position that is stored, retries.
 *
 * The input asks what to read (impacct_delivery_range) and for a property
 * (impacct_delivery_begin), gives it to each message of a batch, and says how
 * that ended (impacct_delivery_end or impacct_delivery_refuse).
 */
#ifndef IMPACCT_DELIVERY_H
#define IMPACCT_DELIVERY_H

#include "impacct_host.h"
#include "impacct_position.h"
#include "impacct_recycle.h"
#include "impacct_params.h"
#include "event/notice.h"
#include "file/state.h"

#include <stdbool.h>

struct impacct_delivery;

/**
 * @param settings have to outlive it
 * @param state_path of the state file, NULL: no position is kept; copied
 * @return NULL when out of memory
 */
struct impacct_delivery* impacct_delivery_new(const struct impacct_host* host,
                                              const struct impacct_settings* settings,
                                              const char* state_path);

/** Messages still around are left to rsyslog. */
void impacct_delivery_free(struct impacct_delivery* d);

/**
 * Load the stored position, and begin to store. Called by the input thread.
 *
 * @return from where on to read impacct_delivery_range(), unless it is IMPACCT_BEGIN_START or IMPACCT_BEGIN_END.
 *         IMPACCT_BEGIN_UNKNOWN: nothing else may be called yet but impacct_delivery_timeout(), _waits() and _stop(),
 * and this again
 */
enum impacct_begin impacct_delivery_start(struct impacct_delivery* d, int64_t now);

/** Wake who waits for impacct_delivery_timeout() when impacct_delivery_begin() can be called again. @param fd an
 * eventfd */
void impacct_delivery_wake(struct impacct_delivery* d, int fd);

/**
 * What to read: a hole that is left from the run before, then what is to be summed up again, then everything from a
 * position on.
 *
 * @param from where it begins
 * @return the number of the position where it ends; UINT64_MAX: nowhere
 */
uint64_t impacct_delivery_range(const struct impacct_delivery* d, const struct impacct_position** from);

/** What the records of a range are read for. */
enum impacct_purpose {
    IMPACCT_TO_SEND, /**< they are in sums already */
    IMPACCT_TO_SUM_UP, /**< they were sent already */
    IMPACCT_TO_SEND_AND_SUM_UP
};

/** That of impacct_delivery_range(). */
enum impacct_purpose impacct_delivery_purpose(const struct impacct_delivery* d);

/** Records, at most, in all such holes. */
uint64_t impacct_delivery_pending(const struct impacct_delivery* d);

/**
 * The source is through with a range that ends; it goes on with impacct_delivery_range().
 *
 * @param at where the source is: before the end of the range where the rest of it is gone
 * @param readable false: it cannot be read now; a hole is kept for the next run
 * @return whether all of it was read
 */
bool impacct_delivery_end_range(struct impacct_delivery* d, const struct impacct_position* at, bool readable);

/**
 * Where the stage that sums up has to go on, from the state that was loaded.
 *
 * @param number set to that of the first record to sum up
 * @param saved set to its numbers, PACCT_STATE_NUMBERS of them; NULL: there are none
 */
void impacct_delivery_sums(const struct impacct_delivery* d, uint64_t* number, const uint64_t** saved);

/**
 * Where it would have to go on now: is stored with the position.
 *
 * @param at any position before the record
 * @param number of the first record to sum up, not less than that of at
 * @param saved its numbers
 */
void impacct_delivery_set_sums(struct impacct_delivery* d,
                               const struct impacct_position* at,
                               uint64_t number,
                               const uint64_t saved[PACCT_STATE_NUMBERS]);

/** Whether that is stored for good, or never will be. */
bool impacct_delivery_sums_are_stored(const struct impacct_delivery* d);

/** Where messages that were handed over are to be put, see impacct_recycle.h. */
struct impacct_recycle* impacct_delivery_recycle(struct impacct_delivery* d);

/** Everything before is done with, but for what is held. */
const struct impacct_position* impacct_delivery_done(const struct impacct_delivery* d);

/**
 * What would be read again after a crash, as far as positions are kept at all.
 *
 * @param pos everything from there on
 * @param oldest the oldest hole; pos where there is none
 * @param sums what would be summed up again; pos where that is not before it
 */
void impacct_delivery_durable(const struct impacct_delivery* d,
                              struct impacct_position* pos,
                              struct impacct_position* oldest,
                              struct impacct_position* sums);

/** What is held, as a gauge. */
struct impacct_delivery_held {
    unsigned batches;
    uint64_t messages; /**< in them; some may be done with */
    uint64_t seconds; /**< since the oldest was handed over */
};

void impacct_delivery_held(const struct impacct_delivery* d, int64_t now, struct impacct_delivery_held* held);

/** What there is to say of it; to be called until it returns false. @param n made */
bool impacct_delivery_next(struct impacct_delivery* d, int64_t now, struct pacct_notice* n);

/** See what is done with, and store that if it is due. @param at where the source is */
void impacct_delivery_poll(struct impacct_delivery* d, int64_t now, const struct impacct_position* at);

/**
 * The property for messages until the next impacct_delivery_end() or impacct_delivery_refuse().
 *
 * @param at where the source is
 * @return NULL: nothing can be sent now, see impacct_delivery_timeout()
 */
prop_t* impacct_delivery_begin(struct impacct_delivery* d, int64_t now, const struct impacct_position* at);

/** Nothing more is put into the open batch: what follows is for another ruleset, which has its own troubles. */
void impacct_delivery_separate(struct impacct_delivery* d, const struct impacct_position* at);

/**
 * Events of something are put into the open batch. After impacct_delivery_begin().
 *
 * @param unsettled see impacct_ack_count()
 */
void impacct_delivery_count(struct impacct_delivery* d, unsigned* unsettled);

/**
 * The source has found its place, or another.
 *
 * @return whether that is stored first: what was begun has to end now, and impacct_delivery_begin() gives nothing yet
 */
bool impacct_delivery_opened(struct impacct_delivery* d, const struct impacct_position* at);

/** What was sent since impacct_delivery_begin(); not what rate limiting dropped. */
struct impacct_delivery_sent {
    unsigned records, states, summaries; /**< messages to the ruleset of each of these */
};

/** rsyslog has taken it. @param at where the source is */
void impacct_delivery_end(struct impacct_delivery* d,
                          const struct impacct_position* at,
                          const struct impacct_delivery_sent* sent);

/**
 * rsyslog has not taken it.
 *
 * @param from from where on the source has to give it again
 * @return as impacct_delivery_range()
 */
uint64_t impacct_delivery_refuse(struct impacct_delivery* d, rsRetVal why, const struct impacct_position** from);

/** Whether what was sent last was not taken, or the thread was canceled while it was handed over. */
bool impacct_delivery_is_refused(const struct impacct_delivery* d);

/** Whether impacct_delivery_begin() had nothing to give. */
bool impacct_delivery_waits(const struct impacct_delivery* d);

/** Milliseconds after which to poll although nothing changed; at most the given ones. */
int impacct_delivery_timeout(const struct impacct_delivery* d, int ms);

/** To be told after a wait of impacct_delivery_timeout() in which nothing happened: the next one may be longer. */
void impacct_delivery_waited(struct impacct_delivery* d);

/** Nothing more is sent: wait for what is in flight until a deadline. */
void impacct_delivery_wait(struct impacct_delivery* d, int64_t deadline, const struct impacct_position* at);

/** Store the position for the last time. Called by the input thread. */
void impacct_delivery_stop(struct impacct_delivery* d);

#endif
