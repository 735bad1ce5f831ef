/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/notice.h
 * @brief What happens to accounting itself: the kinds of state messages, and their events.
 *
 * A kind is one row of PACCT_NOTICES: its name, how much it matters, and how
 * ECS classes it. To add one: add the row, and send it where it is detected.
 */
#ifndef PACCT_NOTICE_H
#define PACCT_NOTICE_H

#include "event/event.h"

#include <limits.h>
#include <time.h>

/* clang-format off */
/* symbol, field "event", severity (RFC 5424, table 2), ECS event.kind and event.type */
#define PACCT_NOTICES(X) \
X(MODULE_STARTED,       "module_started",       5, "event", "start") \
X(MODULE_STOPPED,       "module_stopped",       5, "event", "end") \
X(ACCOUNTING_STARTED,   "accounting_started",   5, "event", "start") \
X(ACCOUNTING_STOPPED,   "accounting_stopped",   1, "alert", "end") \
X(ACCOUNTING_SUSPENDED, "accounting_suspended", 1, "alert", "change") \
X(ACCOUNTING_RESUMED,   "accounting_resumed",   5, "event", "change") \
X(ACCOUNTING_SILENT,    "accounting_silent",    1, "alert", "info") \
X(ACCOUNTING_RECOVERED, "accounting_recovered", 5, "event", "info") \
X(FILE_ROTATED,         "file_rotated",         5, "event", "change") \
X(FILE_TRUNCATED,       "file_truncated",       4, "event", "change") \
X(FILE_DAMAGED,         "file_damaged",         4, "alert", "info") \
X(RECORDS_LOST,         "records_lost",         1, "alert", "info") \
X(RECORDS_HELD,         "records_held",         4, "alert", "info") \
X(RECORDS_RELEASED,     "records_released",     5, "event", "info") \
X(DISK_LOW,             "disk_low",             4, "alert", "info")
/* clang-format on */

/** One symbol per row. */
enum pacct_notice_id {
#define PACCT_NOTICE_ENUM(symbol, ...) PACCT_N_##symbol,
    PACCT_NOTICES(PACCT_NOTICE_ENUM)
#undef PACCT_NOTICE_ENUM
        PACCT_N_COUNT
};

/** Severity of a kind, 0 (emergency) to 7 (debug). */
unsigned pacct_notice_severity(enum pacct_notice_id id);

/** More numbers than any notice has. */
#define PACCT_NOTICE_NUMBERS 8u
/** Longest detail, with its terminator: two paths and a sentence. */
#define PACCT_NOTICE_DETAIL (2 * PATH_MAX + 1024)

/** One thing that happened. */
struct pacct_notice {
    enum pacct_notice_id id;
    struct timespec time; /**< when, wall clock */
    const char* file; /**< path, any bytes; has to outlive the notice */
    char old_file[PATH_MAX]; /**< the same of another one; "": none */
    char detail[PACCT_NOTICE_DETAIL]; /**< a sentence for people, any bytes */
    const char* built_for; /**< version of rsyslog, static; NULL: none */
    struct {
        enum pacct_field_id field;
        uint64_t value;
    } numbers[PACCT_NOTICE_NUMBERS];
    unsigned count;
    uint64_t key[2]; /**< what is the same when it is made again, if its time is not; both 0: the time is */
};

/** Begin a notice: it happens now, to that file. */
void pacct_notice_begin(struct pacct_notice* n, enum pacct_notice_id id, const char* file);

/** Add a number; field is one of the table that is marked "state". */
void pacct_notice_number(struct pacct_notice* n, enum pacct_field_id field, uint64_t value);

/** The strings that the event of a notice points to. */
struct pacct_notice_storage {
    char file[PATH_MAX * PACCT_UTF8_GROWTH], old_file[PATH_MAX * PACCT_UTF8_GROWTH];
    char detail[PACCT_NOTICE_DETAIL * PACCT_UTF8_GROWTH];
    char id[PACCT_ID_LEN];
};

/**
 * Make the event of a notice.
 *
 * Its id is made from the host's identity, the kind, the file and the time in nanoseconds, or its key: two notices
 * never share one, and a notice that is sent again keeps it.
 *
 * @param storage keeps strings; has to live as long as the event
 */
void pacct_notice_event(const struct pacct_origin* origin,
                        const struct pacct_notice* n,
                        struct pacct_notice_storage* storage,
                        struct pacct_event* ev);

#endif
