/**
 * @file pacct_lives.h
 * @brief Joins what processes executed to the records of their ends.
 *
 * A life is a process from its start to its record. Events begin lives and tell
 * of them, a record takes the life that it is the end of. Nothing is guessed: a
 * life goes to no record but its own, or to none.
 *
 * What is known of a record and of a life:
 * - the process id, in the same pid namespace;
 * - the start. The kernel computes ac_btime at exit as the second now minus the
 *   whole seconds elapsed, so with the exact start s on the clock of the day
 *   as it is at exit, ac_btime is the second of s or the next one;
 * - the end, to a second: nothing was heard of the process after it;
 * - records and lives of one process id come in the same order, since an id is
 *   given out again only when the record was written.
 * Of the lives of this id that start in the right time, the first is the one,
 * if none was missed. Where events were lost, or records, a life or a record
 * may be without partner, and the next ones would be shifted by one. So then
 * lives are in doubt: those known at that time, those that start within the
 * reach of a record from before, and those that follow one in doubt so soon
 * that a record could be of either. A life in doubt takes its place in the
 * order, and its record gets nothing.
 */
#ifndef PACCT_LIVES_H
#define PACCT_LIVES_H

#include "pacct_exec.h"
#include "pacct_record.h"

struct pacct_lives;

/** How a record's command is known. */
enum pacct_known {
    PACCT_KNOWN_NOT,
    PACCT_KNOWN_EXEC, /**< captured as it was executed */
    PACCT_KNOWN_INHERITED, /**< the process never executed anything: its creator's */
    PACCT_KNOWN_SCAN /**< found in the running process */
};

/** What is known of the process that a record is about. Nothing else is set where known is PACCT_KNOWN_NOT. */
struct pacct_life {
    enum pacct_known known;
    struct pacct_command* command; /**< a reference that is the caller's */
    uint64_t start_boot;
    uint32_t ppid; /**< who made it; 0: not known */
    uint64_t parent_boot;
    char parent_comm[PACCT_WIRE_COMM]; /**< terminated; empty: not known */
};

/** Sums since the start. */
struct pacct_lives_counts {
    uint64_t exec, inherited, scan, missing, evicted;
    uint64_t losses; /**< how often all that was known was put in doubt */
};

/**
 * @param max_lives, max_bytes of what is kept; the least recently used goes first
 * @return NULL when out of memory
 */
struct pacct_lives* pacct_lives_new(size_t max_lives, size_t max_bytes);

void pacct_lives_free(struct pacct_lives* l);

/**
 * Tell an event. Events come in their order; before a SCAN all that happened before have to be told.
 *
 * @return the life it is about, which owns it; NULL where it is of no use, or memory is short
 */
const struct pacct_life* pacct_lives_tell(struct pacct_lives* l, const struct pacct_exec* ev);

/** Tell that events before a time (monotonic clock, ns) may be missing, or records, or that records come again. */
void pacct_lives_lost(struct pacct_lives* l, uint64_t until);

/**
 * Find and take off the life that a record ends. All events that happened before the record was written have to be told
 * before.
 *
 * @param rec of version 3
 * @param offset of the clock of the day to the monotonic one, ns
 */
void pacct_lives_take(struct pacct_lives* l, const struct pacct_record* rec, int64_t offset, struct pacct_life* life);

/** How many lives are kept now. */
size_t pacct_lives_kept(const struct pacct_lives* l);

const struct pacct_lives_counts* pacct_lives_counts(const struct pacct_lives* l);

#endif
