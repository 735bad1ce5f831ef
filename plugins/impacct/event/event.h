/**
 * @file pacct_event.h
 * @brief From a record to an event: names, text forms, meanings.
 */
#ifndef PACCT_EVENT_H
#define PACCT_EVENT_H

#include "pacct_fields.h"
#include "pacct_id.h"
#include "pacct_names.h"
#include "pacct_record.h"
#include "pacct_tty.h"
#include "pacct_utf8.h"

#include <time.h>

/** Where records come from, and what is wanted of them. Strings are valid UTF-8 and belong to the caller. */
struct pacct_origin {
    const char* hostname;
    size_t hostname_len;
    const char* host_id; /**< identity of the host, a part of every id; at most PACCT_ID_HOST_MAX bytes */
    size_t host_id_len;
    struct pacct_names* names; /**< NULL: names are not resolved */
    struct pacct_ttys* ttys; /**< NULL: terminals are not named */
    struct pacct_set wanted; /**< fields that anybody will look at; the costly ones are left out otherwise */
};

/** Room for the strings that an event of a record points to. */
struct pacct_room {
    char comm[PACCT_COMM_MAX * PACCT_UTF8_GROWTH];
    char comm_hex[PACCT_COMM_MAX * 2];
    char id[PACCT_ID_LEN];
    char tty[PACCT_TTY_MAX];
    char signal[16];
    char user[PACCT_NAME_MAX * PACCT_UTF8_GROWTH];
    char group[PACCT_NAME_MAX * PACCT_UTF8_GROWTH];
};

/** Set a token of literal text. */
#define PACCT_SET_TOKEN(ev, id, literal) pacct_event_set_str(ev, id, literal, sizeof(literal) - 1)

/** Make an event that says no more than where it comes from. */
void pacct_event_begin(const struct pacct_origin* origin, struct pacct_event* ev);

/**
 * Set a field to the name of a user or a group, if it is wanted and there is one.
 *
 * @param now seconds of a monotonic clock, for the cache
 * @param room for the name, PACCT_NAME_MAX * PACCT_UTF8_GROWTH bytes, lives as long as the event: asking for another
 *        name may renew the cache's
 */
void pacct_event_set_name(const struct pacct_origin* origin,
                          enum pacct_field_id field,
                          enum pacct_name_kind kind,
                          uint32_t id,
                          time_t now,
                          char* room,
                          struct pacct_event* ev);

/**
 * Whether the kernel wrote the record because accounting left the file, about a process that still lives
 * (kernel/acct.c, acct_pin_kill).
 *
 * Such a record is made before the last thread of the process is counted, and the memory is filled in with that one: it
 * is 0. All else may hold something, namely what threads left that ended before: times, faults, flags, and the leader's
 * status.
 *
 * Others without memory are kernel threads, which have AFORK set and no time in user mode, and a process that unmapped
 * everything it had, which dies of it by a signal. Taken for an exit is, in return, the record about a process that
 * forked without exec, whose first thread has ended, and of which another thread calls acct(2) before 10 ms in user
 * mode: it looks like a kernel thread's. Kernels before 2.6.18 filled memory in, so there it cannot be told.
 */
bool pacct_event_is_synthetic(const struct pacct_record* rec);

/**
 * Make the event of a record. That of a synthetic one says nothing of an end.
 *
 * @param raw the record as read, pacct_record_length(raw) bytes
 * @param rec the same, decoded
 * @param now seconds of a monotonic clock, for the caches
 * @param room keeps strings; has to live as long as the event
 * @param ev all values that the record has
 */
void pacct_event_make(const struct pacct_origin* origin,
                      const uint8_t* raw,
                      const struct pacct_record* rec,
                      time_t now,
                      struct pacct_room* room,
                      struct pacct_event* ev);

#endif
