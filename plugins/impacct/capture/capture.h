/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/capture.h
 * @brief Who executed what, from a backend to the record of the end.
 *
 * One for a pid namespace: the kernel writes the records of a namespace to one
 * file only.
 */
#ifndef PACCT_CAPTURE_H
#define PACCT_CAPTURE_H

#include "capture/backend.h"
#include "capture/join.h"

struct pacct_capture;

enum pacct_capture_backend { PACCT_CAPTURE_AUTO, PACCT_CAPTURE_BPF, PACCT_CAPTURE_CONNECTOR };

struct pacct_capture_options {
    enum pacct_capture_backend backend;
    struct pacct_backend_options of_backend;
    bool parents; /**< see pacct_join_keep_parents() */
    bool exec_messages; /**< keep what is executed for pacct_capture_next_exec() */
    bool not_root, not_helpers; /**< leave out what root executes, what the kernel starts */
};

struct pacct_capture_counts {
    struct pacct_join_counts join;
    uint64_t lost; /**< events */
    uint64_t cut; /**< programs that started, of which no more is known */
    uint64_t dropped; /**< exec messages that were not asked for in time */
};

/** Size of why there is none: a sentence for each backend that was tried. */
#define PACCT_CAPTURE_REASON_MAX (2 * PACCT_BACKEND_REASON_MAX + 64)

/**
 * Begin to capture, look at what already runs, and start a thread that sees to it that nothing overflows. Privileges
 * are needed here only, but for what /proc asks of its readers.
 *
 * @param reason set on failure to what was tried and what was missing; also where the second backend was taken
 * @return NULL on failure
 */
struct pacct_capture* pacct_capture_new(const struct pacct_capture_options* options,
                                        char reason[PACCT_CAPTURE_REASON_MAX]);

void pacct_capture_free(struct pacct_capture* c);

/** Name of the backend that was taken. */
const char* pacct_capture_name(const struct pacct_capture* c);

/** What the process of a record executed; see pacct_join_take(). */
void pacct_capture_take(struct pacct_capture* c,
                        const struct pacct_record* rec,
                        bool may_live,
                        struct pacct_process* process);

/** All records that were written until now were taken. */
void pacct_capture_all_taken(struct pacct_capture* c);

/** Records that were taken may come again. */
void pacct_capture_records_again(struct pacct_capture* c);

/** Next exec message; false where there is none. */
bool pacct_capture_next_exec(struct pacct_capture* c, struct pacct_exec_message* message);

/** Readable while there are exec messages; not to be read. */
int pacct_capture_exec_fd(const struct pacct_capture* c);

struct pacct_capture_counts pacct_capture_counts(struct pacct_capture* c);

#endif
