/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_guard.h
 * @brief Sees to it that accounting does not go silent unnoticed: silence, stop, free space.
 */
#ifndef IMPACCT_GUARD_H
#define IMPACCT_GUARD_H

#include "impacct_params.h"
#include "event/notice.h"
#include "file/record.h"

struct impacct_guard;

/**
 * @param settings have to outlive the guard
 * @return NULL when out of memory
 */
struct impacct_guard* impacct_guard_new(const struct impacct_settings* settings);

void impacct_guard_free(struct impacct_guard* g);

/** Whether the process of a record that was just read is seen to live still. */
bool impacct_guard_sees_alive(const struct impacct_guard* g, const struct pacct_record* rec);

/** Another file is being read from now on. */
void impacct_guard_opened(struct impacct_guard* g);

/** A record was read. */
void impacct_guard_record(struct impacct_guard* g, const struct pacct_record* rec, enum pacct_about about);

/**
 * What there is to say; to be called whenever everything in the file has been read, until it returns false.
 *
 * @param fd of the file that is read, -1: none
 * @param n made
 */
bool impacct_guard_next(struct impacct_guard* g, int fd, struct pacct_notice* n);

/**
 * The same while there is more to read, which may last for as long as the output is slower than the machine: what needs
 * no records is found out, that is little space.
 */
bool impacct_guard_next_behind(struct impacct_guard* g, struct pacct_notice* n);

/** Whether records do not come although processes end, as far as has been found out; false where it is not watched. */
bool impacct_guard_down(const struct impacct_guard* g);

/** Milliseconds until impacct_guard_next() has to be called although no record came. */
int impacct_guard_timeout(const struct impacct_guard* g);

#endif
