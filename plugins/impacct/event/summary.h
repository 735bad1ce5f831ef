/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/summary.h
 * @brief Exits to summaries: of each window of time and each group, how many, and what they used.
 *
 * A record belongs to the window of its end; windows are multiples of the
 * interval since the epoch. Ends do not come in order: they are whole seconds,
 * and clocks are set. So what happens depends on the order of the records, and
 * on nothing else but when a window is sent:
 *
 * - PACCT_SUMMARY_KEPT windows are kept, those that got a record last. One that
 *   is opened beyond them makes the one that waited longest leave, once and for
 *   all.
 * - A window is sent when a record ends PACCT_SUMMARY_GRACE after it, when the
 *   clock says the same and there is nothing more to read, and when it leaves.
 * - One that got records after it was sent is sent again with a higher
 *   revision, what of it changed: in the last two of these cases. Of one id the
 *   highest revision holds, and of two with the same the one that came last.
 * - One that gets a record after it left begins anew, as another part with
 *   other ids. Sums stay whole: nothing is counted twice, and nothing is lost.
 *
 * Read again from the first record of any window on, with what was kept then
 * (pacct_summary_base), the same windows with the same contents come out.
 *
 * Records have numbers, which say whether one was counted already.
 */
#ifndef PACCT_SUMMARY_H
#define PACCT_SUMMARY_H

#include "event/summary_group.h"

/** Windows that are kept, and one that leaves. */
#define PACCT_SUMMARY_KEPT 3u
/** Seconds for which the records of a window are waited for. */
#define PACCT_SUMMARY_GRACE 5u
/** Stretches of windows that left. */
#define PACCT_SUMMARY_LEFT 4u
/** Numbers that say where to go on, see pacct_summary_save(). */
#define PACCT_SUMMARY_BASE (PACCT_SUMMARY_KEPT + 2u * PACCT_SUMMARY_LEFT + 2u)
#define PACCT_SUMMARY_SAVED (7u + PACCT_SUMMARY_BASE + 3u * PACCT_SUMMARY_KEPT)

/** What to make of records. */
struct pacct_summary_options {
    uint64_t interval; /**< seconds, at least 1 */
    struct pacct_summary_by by;
    unsigned max_groups; /**< of a window; at least 1 */
    uint64_t seed[2]; /**< nobody else knows them: a process that chooses its name must not choose its place */
};

/** What somebody else notes of windows. Zero-initialize it; it has to outlive the windows. */
struct pacct_summary_hold {
    unsigned windows; /**< that have it and have not left; kept by pacct_summary */
    unsigned unsettled; /**< times that something of them was sent, and it is not known that it arrived */
};

struct pacct_summary;

/** @param options copied @return NULL when out of memory */
struct pacct_summary* pacct_summary_new(const struct pacct_summary_options* options);

void pacct_summary_free(struct pacct_summary* s);

/** Whether pacct_summary_next() has something: it has to be taken before another record is added. */
bool pacct_summary_is_due(const struct pacct_summary* s);

/**
 * Add the event of an exit.
 *
 * @param number of the record, ascending; one that was added before is not added again
 * @param hold for the window, if this opens one
 * @param opened set to whether it did
 * @return false when out of memory; nothing has changed then
 */
bool pacct_summary_add(struct pacct_summary* s,
                       const struct pacct_event* ev,
                       uint64_t number,
                       struct pacct_summary_hold* hold,
                       bool* opened);

/**
 * Something is missing in what is read: windows that are open now, and the next one, are not complete.
 *
 * @param number of the next record; UINT64_MAX: whoever reads this again finds the same again
 */
void pacct_summary_gap(struct pacct_summary* s, uint64_t number);

/** Where it was missing first, in what another run has to read again: that is no news then. UINT64_MAX: nowhere */
uint64_t pacct_summary_gap_at(const struct pacct_summary* s);

/** Not all could be read again that pacct_summary_restore() told: what is not known now was sent, and leaves. */
void pacct_summary_lost(struct pacct_summary* s);

/**
 * There is nothing more to read, and it is now: what is to be sent becomes due.
 *
 * A window is not sent again before it is known for certain, also to another run, that it was: of two runs that give
 * the same id the same revision, the second one knows more.
 *
 * @param now seconds since the epoch
 * @param settled what pacct_summary_save() gives now is stored for good
 * @return whether something would be due if it were
 */
bool pacct_summary_idle(struct pacct_summary* s, uint64_t now, bool settled);

/** When pacct_summary_idle() makes something due; UINT64_MAX: nothing is to be sent. */
uint64_t pacct_summary_deadline(const struct pacct_summary* s);

/** The hold of the window that pacct_summary_next() is about. NULL: none is due */
struct pacct_summary_hold* pacct_summary_sending(struct pacct_summary* s);

/**
 * The next event to send. What it points to lives until the next call.
 *
 * @return NULL: no more of this window
 */
const struct pacct_event* pacct_summary_next(struct pacct_summary* s, const struct pacct_origin* origin);

/** All that pacct_summary_next() gave was sent. */
void pacct_summary_commit(struct pacct_summary* s);

/** What it gave since the last pacct_summary_commit() comes again. */
void pacct_summary_rollback(struct pacct_summary* s);

/** What was kept before the window that was opened last. @param base PACCT_SUMMARY_BASE numbers below 2^63 */
void pacct_summary_base(const struct pacct_summary* s, uint64_t* base);

/**
 * What says how to go on from the first record of a window, in another run: its base, and which windows were sent.
 *
 * @param first number of that record
 * @param base of that window
 * @param saved PACCT_SUMMARY_SAVED numbers below 2^63
 */
void pacct_summary_save(struct pacct_summary* s, uint64_t first, const uint64_t* base, uint64_t* saved);

/**
 * Go on so. Before the first record.
 *
 * @param saved NULL, or made with another interval or other fields: from there on all is sent, whatever was before
 * @param first number of the first record to be added; those before are not
 * @param behind number behind the last one that another run added for certain: windows opened before keep the most
 * groups that it had, since the same window has to have the same groups
 */
void pacct_summary_restore(struct pacct_summary* s, const uint64_t* saved, uint64_t first, uint64_t behind);

#endif
