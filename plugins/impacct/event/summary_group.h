/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/summary_group.h
 * @brief What the processes of one group add up to, and its event.
 */
#ifndef PACCT_SUMMARY_GROUP_H
#define PACCT_SUMMARY_GROUP_H

#include "event/event.h"
#include "event/histogram.h"

/** Fields that records are grouped by. */
struct pacct_summary_by {
    unsigned count; /**< 1 to PACCT_MEMBERS_MAX */
    enum pacct_field_id field[PACCT_MEMBERS_MAX]; /**< each is one that pacct_summary_groups_by() takes */
};

/** Whether records can be grouped by a field: records have it, and it is one value. */
bool pacct_summary_groups_by(enum pacct_field_id field);

/** Bytes of a string that tell groups apart; what is behind them does not. */
#define PACCT_SUMMARY_TEXT_MAX 255u
/** Longest key. */
#define PACCT_SUMMARY_KEY_MAX (PACCT_MEMBERS_MAX * (PACCT_SUMMARY_TEXT_MAX + 2u))

/**
 * The values of an event's fields as bytes: the same for the same values, on every machine.
 *
 * Of a command line, only its first word counts.
 *
 * @param key PACCT_SUMMARY_KEY_MAX bytes
 * @return bytes written
 */
size_t pacct_summary_key(const struct pacct_summary_by* by, const struct pacct_event* ev, char* key);

/** Values of one kind. */
struct pacct_summary_values {
    uint64_t sum, max;
    struct pacct_histogram buckets;
};

/** Kinds of usage that add up: largest resident set, bytes read, bytes written. */
#define PACCT_SUMMARY_USED 3u

/** What processes used whose usage is known. */
struct pacct_summary_usage {
    uint64_t count;
    struct pacct_summary_values of[PACCT_SUMMARY_USED];
};

/** What adds up. Times in hundredths of a second. */
struct pacct_summary_group {
    uint64_t count, failures, killed, core_dumps;
    uint64_t minor_faults, major_faults;
    uint64_t first_start, last_end; /**< seconds since the epoch */
    struct pacct_summary_values elapsed, cpu;
    struct pacct_summary_usage* usage; /**< NULL: of none it is known */
    struct pacct_histogram exit_codes;
    uint64_t hash; /**< of the key */
    bool changed; /**< since it was sent */
    uint16_t key_len;
    char key[]; /**< empty: what is beyond the number of groups */
};

/** @return a group of nothing; NULL when out of memory */
struct pacct_summary_group* pacct_summary_group_new(const char* key, size_t key_len, uint64_t hash);

void pacct_summary_group_free(struct pacct_summary_group* g);

/** Add an exit. @return false when out of memory; nothing has changed then */
bool pacct_summary_group_add(struct pacct_summary_group* g, const struct pacct_event* ev);

/** The span of time that a summary is of. */
struct pacct_summary_window {
    uint64_t start, length; /**< seconds */
    uint64_t revision;
    uint64_t part; /**< 0, or what tells this summary of a window from one that cannot be amended any more */
};

/** The strings that the event of a group points to. */
struct pacct_summary_storage {
    char id[PACCT_ID_LEN];
    struct pacct_members members;
    struct pacct_codes codes;
};

/**
 * Make the event of a group.
 *
 * Its id is made of the host's identity, the window, the names of the fields and the key.
 *
 * @param storage as long as the event; so has the group
 */
void pacct_summary_group_event(const struct pacct_origin* origin,
                               const struct pacct_summary_by* by,
                               const struct pacct_summary_window* window,
                               const struct pacct_summary_group* g,
                               struct pacct_summary_storage* storage,
                               struct pacct_event* ev);

/** Begin the event of a window, as above: all but its numbers. */
void pacct_summary_window_event(const struct pacct_origin* origin,
                                const struct pacct_summary_by* by,
                                const struct pacct_summary_window* window,
                                struct pacct_summary_storage* storage,
                                struct pacct_event* ev);

#endif
