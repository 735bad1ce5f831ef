/**
 * @file pacct_capture.h
 * @brief Who executed what, from a tap to the record of the end.
 *
 * One for a pid namespace: the kernel writes the records of a namespace to one
 * file only.
 */
#ifndef PACCT_CAPTURE_H
#define PACCT_CAPTURE_H

#include "pacct_lives.h"
#include "pacct_tap.h"

struct pacct_capture;

enum pacct_capture_means { PACCT_CAPTURE_AUTO, PACCT_CAPTURE_BPF, PACCT_CAPTURE_CONNECTOR };

struct pacct_capture_options {
    enum pacct_capture_means means;
    struct pacct_tap_options tap;
    bool starts; /**< keep what starts for pacct_capture_started() */
    bool not_root, not_helpers; /**< leave out what root executes, what the kernel starts */
};

/** Something that was executed. */
struct pacct_started {
    uint32_t pid;
    uint64_t time, start; /**< of the exec, of the process: since the epoch, ns */
    struct pacct_life life; /**< its command is the caller's to give back */
};

struct pacct_capture_counts {
    struct pacct_lives_counts lives;
    uint64_t lost; /**< events */
    uint64_t unsaid; /**< starts that were not asked for in time */
};

/** Room for why there is none: a sentence for each means that was tried. */
#define PACCT_CAPTURE_WHY (2 * PACCT_TAP_WHY + 64)

/**
 * Begin to capture, look at what already runs, and start a thread that sees to it that nothing overflows. Privileges
 * are needed here only, but for what /proc asks of its readers.
 *
 * @param why set on failure to what was tried and what was missing; also where the second means was taken
 * @return NULL on failure
 */
struct pacct_capture* pacct_capture_new(const struct pacct_capture_options* options, char why[PACCT_CAPTURE_WHY]);

void pacct_capture_free(struct pacct_capture* c);

/** Name of the means that was taken. */
const char* pacct_capture_name(const struct pacct_capture* c);

/** What the process of a record executed; the record has a process id. */
void pacct_capture_take(struct pacct_capture* c, const struct pacct_record* rec, struct pacct_life* life);

/** Tell that records are missing, or come again. */
void pacct_capture_records_lost(struct pacct_capture* c);

/** Next start; false where there is none. */
bool pacct_capture_started(struct pacct_capture* c, struct pacct_started* started);

/** Readable while there are starts; not to be read. */
int pacct_capture_fd(const struct pacct_capture* c);

struct pacct_capture_counts pacct_capture_counts(struct pacct_capture* c);

#endif
