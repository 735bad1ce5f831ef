/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/join.h
 * @brief Joins what processes executed to the records of their ends.
 *
 * The process table keeps each process from its start until its record.
 * Nothing is guessed: what was executed goes to no record but its own
 * process's, or to none.
 *
 * Words. The *record of* a process is the one that is written at its end. A
 * process is *in reach* of a record if it has the record's id (in the same pid
 * namespace), a start that the record can tell of, and no event after the
 * record's end. Its *place* is certain if no other process that is not kept can
 * have a record that it is in reach of. It is *forgotten* if it is not kept any
 * more though its record did not come.
 *
 * What the kernel does:
 * - K1. An id is given out again only after the record of its process was
 *   written (kernel/exit.c: acct_process() comes before release_task()), and
 *   the start is set after the id (kernel/fork.c, copy_process()).
 * - K2. ac_btime is computed at the end, as the second now minus the whole
 *   seconds elapsed: it is the second of the start or the next one, on the clock
 *   of the day as it is then (kernel/acct.c, fill_ac()).
 * - K3. Records of one file are written one after the other, and each says, as
 *   ac_btime plus the whole seconds elapsed, the second in which it was.
 * - K4. All events of a process happen before its record is written.
 * - K5. AFORK is set for a thread that never called exec, of whatever process.
 * - K6. A process has a number that grows with each exec before that is told, and
 *   begins with its creator's (self_exec_id; fs/exec.c, kernel/fork.c).
 *
 * A record takes the command of a process if, and only if:
 * 1. the process has the record's id and a start within a second of its, either
 *    way;
 * 2. no event of the process is later than the record's end;
 * 3. it is the first such process that is kept;
 * 4. its place is certain: it began out of reach of when events were lost, of
 *    what came before all that is known, and of a process of this id that is
 *    itself uncertain or forgotten; or it was found running so long after it
 *    began that all records of its predecessors tell an earlier end; and since
 *    then no events were lost, nor was a process of this id forgotten, nor may
 *    records come again;
 * 5. no later process of this id is in reach of the record, but such as executed
 *    nothing where the record says that it called exec (K5);
 * 6. no events were lost since its last exec, or since it was found running, or
 *    since the kernel told that the number of its execs is still what it was (K6);
 * 7. the record does not say that it called exec if none was heard of (K5);
 * 8. the clock of the day is as it was when the record was written: it was not
 *    set since all records that there were had been taken.
 * Why that is enough is proven at the head of capture/join.c. It takes for
 * granted that lost events are told. Records may be missing without a word, as
 * the kernel drops them where a file system is full or frozen for a moment. An
 * uncertain process takes its place in the order, and its record gets nothing.
 *
 * With it comes the command of who made the process, as it was then, if that was
 * heard of: it has the number of execs that the process began with (K6), and no
 * events were lost between the two.
 */
#ifndef PACCT_JOIN_H
#define PACCT_JOIN_H

#include "command/command.h"
#include "file/record.h"

struct pacct_join;

/** Sums since the start. */
struct pacct_join_counts {
    uint64_t exec, inherited, scan, missing, evicted;
    uint64_t doubts; /**< how often all that is kept became uncertain */
};

/**
 * @param max_processes, max_bytes of what is kept. If that does not suffice, the least recently used of the user who
 *     takes the most is forgotten
 * @return NULL when out of memory
 */
struct pacct_join* pacct_join_new(size_t max_processes, size_t max_bytes);

void pacct_join_free(struct pacct_join* j);

/** Keep of each process that is made also what its creator's program was. */
void pacct_join_keep_parents(struct pacct_join* j);

/**
 * Add an event. Events come in their order; before a SCAN or a COUNT, all that happened before have to be there.
 *
 * @return the process it is about, which owns it; NULL where it is of no use, or memory is short
 */
const struct pacct_process* pacct_join_add(struct pacct_join* j, const struct pacct_process_event* ev);

/** Events before a time (monotonic clock, ns) may be missing. */
void pacct_join_events_lost(struct pacct_join* j, uint64_t until);

/** The kernel cannot be asked how often processes executed something: what they show is taken for what they are. */
void pacct_join_uncounted(struct pacct_join* j);

/** Records that were written before a time (monotonic clock, ns) may come again, or come that were never expected. */
void pacct_join_records_again(struct pacct_join* j, uint64_t until);

/** All records that were written until now are taken. @param offset see pacct_join_take() */
void pacct_join_all_taken(struct pacct_join* j, int64_t offset);

/**
 * Find the process that a record is of, and take it off the table. All events that happened before the record was
 * written have to be there before.
 *
 * @param rec of version 3
 * @param may_live the record may be about a process that has not ended, which is then not taken off
 * @param offset of the clock of the day to the monotonic one, ns
 */
void pacct_join_take(
    struct pacct_join* j, const struct pacct_record* rec, bool may_live, int64_t offset, struct pacct_process* process);

/** How many processes are kept now. */
size_t pacct_join_size(const struct pacct_join* j);

const struct pacct_join_counts* pacct_join_counts(const struct pacct_join* j);

#endif
