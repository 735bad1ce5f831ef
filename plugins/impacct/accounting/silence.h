/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/silence.h
 * @brief Whether accounting still reaches the file: silence, stop, recovery.
 *
 * No call of the kernel tells whether accounting is on, or where it goes. What
 * can be seen is that records come; that processes end on the machine; and, as
 * the proof, whether the end of a child of our own gives a record (the canary).
 *
 * A pull interface: the caller tells what it sees, and asks what follows of
 * it. Times are milliseconds of a monotonic clock, so that a test can let a
 * week pass. Nothing in here waits, logs or looks at the system.
 *
 * - Silent: for the time limit no process' record came, and a canary gave none.
 *   A canary is sent only if something has ended on the machine, so an idle one
 *   stays undisturbed, and only if the time is nearly over.
 * - Stopped: accounting left the file, which the kernel marks by a synthetic
 *   record (event/event.h), and the canary that this gives rise to shows that it
 *   did not come back; or it did, but the process that made it leave ended in
 *   between.
 * - Deleted: the file has no name any more. Its records can still be read, but
 *   after a restart they are gone, so that counts as silence, too.
 */
#ifndef PACCT_SILENCE_H
#define PACCT_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

/** What pacct_silence_next() asks for or finds. */
enum pacct_silence_verdict {
    PACCT_SILENCE_NONE, /**< nothing now */
    PACCT_SILENCE_COUNT, /**< say how much has ended on the machine: pacct_silence_ended() */
    PACCT_SILENCE_CANARY, /**< have a child end, and say so: pacct_silence_canary_sent() */
    PACCT_SILENCE_SILENT, /**< alarm; said once until it is over */
    PACCT_SILENCE_RECOVERED, /**< the end of that */
    PACCT_SILENCE_STOPPED, /**< accounting left the file; said once until it is back */
    PACCT_SILENCE_STARTED /**< it is back */
};

/** All times in milliseconds; 0: not set. */
struct pacct_silence {
    int64_t limit; /**< silence that is an alarm */
    int64_t last; /**< when the last record of an ended process was known to have come */
    uint64_t records; /**< that many had come then */
    uint64_t base, ended; /**< of all that ended on the machine: early in the silence, and now */
    bool counted; /**< base is set */
    int64_t count_at; /**< when to count again */
    int64_t canary_sent; /**< when the one that is out was sent */
    bool canary_requested; /**< out of turn */
    bool down; /**< the last canary gave no record, and nothing came since */
    uint64_t records_at_canary; /**< records that had come when the last canary was sent */
    bool silent, stopped; /**< as said */
    int64_t switched_away; /**< when accounting was seen to leave the file */
    bool missed; /**< it has come back, but not at once, which is to be said */
    int64_t deleted; /**< since when the file has no name */
};

/** @param limit_ms at least 1 @param now when to begin */
void pacct_silence_begin(struct pacct_silence* s, int64_t limit_ms, int64_t now);

/** Accounting left the file just now. */
void pacct_silence_switched_away(struct pacct_silence* s, int64_t now);

/** That did not mean anything: accounting went on, or it was long ago. */
void pacct_silence_stayed(struct pacct_silence* s);

/** The stop that was reported just now is none: accounting still has the file. "down" stays as it is. */
void pacct_silence_not_stopped(struct pacct_silence* s);

/**
 * The record of the canary came, or no canary could be sent: nothing is proven then.
 *
 * @param missed whether the process that made accounting leave the file had ended before the canary was sent, and the
 *               record of its end has not come: it would have come first
 */
void pacct_silence_canary_seen(struct pacct_silence* s, bool missed);

/** Answer to CANARY: the child has ended. */
void pacct_silence_canary_sent(struct pacct_silence* s, int64_t now);

/** Answer to COUNT. @param ended a counter that grows with each end on the machine; known false: it cannot be read */
void pacct_silence_ended(struct pacct_silence* s, bool known, uint64_t ended, int64_t now);

/** Whether the file that is read has lost its name. */
void pacct_silence_deleted(struct pacct_silence* s, bool deleted, int64_t now);

/** Find out soon, for a reason of the caller's, whether accounting still reaches the file: see member "down". */
void pacct_silence_request_canary(struct pacct_silence* s);

/**
 * What follows; to be called whenever everything in the file has been read, until it says NONE.
 *
 * @param records of ended processes that have come so far; synthetic ones do not count
 */
enum pacct_silence_verdict pacct_silence_next(struct pacct_silence* s, uint64_t records, int64_t now);

/** How often the caller comes in any case, in milliseconds: then nothing has to wake it for what can wait for that. */
#define PACCT_SILENCE_CALLED_MS 10000

/** Milliseconds until pacct_silence_next() has to be called although nothing happened. */
int64_t pacct_silence_timeout(const struct pacct_silence* s, int64_t now);

#endif
