/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/event.h
 * @brief From a record to an event: names, text forms, meanings.
 */
#ifndef PACCT_EVENT_H
#define PACCT_EVENT_H

#include "event/fields.h"
#include "event/id.h"
#include "event/name_cache.h"
#include "file/record.h"
#include "event/tty.h"
#include "base/utf8.h"

#include <time.h>

/** Where records come from, and what is wanted of them. Strings are valid UTF-8 and belong to the caller. */
struct pacct_origin {
    const char* hostname;
    size_t hostname_len;
    const char* host_id; /**< identity of the host, a part of every id; at most PACCT_ID_HOST_MAX bytes */
    size_t host_id_len;
    struct pacct_name_cache* names; /**< NULL: names are not resolved */
    struct pacct_ttys* ttys; /**< NULL: terminals are not named */
    bool needs_entity_id; /**< set PACCT_F_ENTITY_ID to the id of the record until more is known, as ECS wants one */
    struct pacct_set wanted; /**< fields that anybody will look at; the costly ones are left out otherwise */
};

/** The strings that an event of a record points to. */
struct pacct_event_storage {
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

/** Begin an event: the fields that all events of an origin share. */
void pacct_event_begin(const struct pacct_origin* origin, struct pacct_event* ev);

/**
 * Set a field to the name of a user or a group, if it is wanted and there is one.
 *
 * @param now seconds of a monotonic clock, for the cache
 * @param storage takes the name, PACCT_NAME_MAX * PACCT_UTF8_GROWTH bytes, lives as long as the event: asking for
 * another name may renew the cache's
 */
void pacct_event_set_name(const struct pacct_origin* origin,
                          enum pacct_field_id field,
                          enum pacct_name_kind kind,
                          uint32_t id,
                          time_t now,
                          char* storage,
                          struct pacct_event* ev);

/** What a record is about. */
enum pacct_about {
    PACCT_ABOUT_EXIT, /**< a process that ended */
    PACCT_ABOUT_SYNTHETIC, /**< one that still lives: accounting left the file, by its call of acct(2) */
    PACCT_ABOUT_UNCERTAIN /**< either of the two */
};

/**
 * What a record is about, as far as it says so itself.
 *
 * The kernel writes a synthetic record before any thread that still runs is counted (kernel/acct.c, acct_pin_kill):
 * what is counted as each thread ends (times, faults, flags, the first thread's status) is what threads left that ended
 * before, and the memory, which is counted with the last one, is 0.
 *
 * - Synthetic: nothing at all was counted. No process can end so: one that executed a program had a page fault at its
 *   first instruction, and one that did not has AFORK. Who calls acct(2) without having had other threads, as accton
 *   does, leaves this.
 * - An exit: memory; or a signal that ended it; or a kernel thread, which has AFORK and no time in user mode. (So has
 *   who calls acct(2) in a process that never called exec, whose first thread has ended, within its first 10 ms in user
 *   mode: that is taken for an exit.)
 * - Uncertain: no memory, but something else. That is what a caller of acct(2) leaves of which threads ended before;
 *   but any process can leave it that unmaps its memory in one thread while another one ends it.
 *
 * Kernels before 2.6.18 filled in the memory of a caller, too: with them, such a record is taken for an exit, as are
 * all of version 0.
 */
enum pacct_about pacct_event_about(const struct pacct_record* rec);

/**
 * Make the event of a record. That of a synthetic one has no fields about an end; that of an uncertain one has all, and
 * the field that says so.
 *
 * @param raw the record as read, pacct_record_length(raw) bytes
 * @param rec the same, decoded
 * @param about what the record is about
 * @param now seconds of a monotonic clock, for the caches
 * @param storage keeps strings; has to live as long as the event
 * @param ev all values that the record has
 */
void pacct_event_make(const struct pacct_origin* origin,
                      const uint8_t* raw,
                      const struct pacct_record* rec,
                      enum pacct_about about,
                      time_t now,
                      struct pacct_event_storage* storage,
                      struct pacct_event* ev);

/** What no other process has: two of one boot do not begin in the same nanosecond with the same number. */
struct pacct_life {
    const char* boot_id; /**< of pacct_sys_boot_id(); "" where it is not known: then it is of this boot only */
    uint64_t start_boot; /**< by the clock since boot, ns */
    uint32_t first_pid; /**< in the first pid namespace */
};

/**
 * Make the event of an end that the kernel told without a record.
 *
 * Its id is made from the host's identity and the life; anybody can compute it:
 *
 *     printf 'MACHINE-IDexit BOOT-ID START-NS PID' | sha256sum | cut -c1-32
 *
 * @param rec what a record would say, but for version, byte_order, and what is always 0
 * @param now, storage, ev as above
 */
void pacct_event_make_told(const struct pacct_origin* origin,
                           const struct pacct_life* life,
                           const struct pacct_record* rec,
                           time_t now,
                           struct pacct_event_storage* storage,
                           struct pacct_event* ev);

#endif
