/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/line.h
 * @brief An event as one line for people, in the manner of lastcomm(1).
 */
#ifndef PACCT_LINE_H
#define PACCT_LINE_H

#include "output/json.h"

/** The fields that the line is made of. */
struct pacct_set pacct_line_fields(void);

/**
 * Append an event as a line, without a newline:
 *
 *     make S--- root pts/0 exit=2 cpu=0.04s elapsed=1.20s start=... end=... pid=411 ppid=409
 *
 * The columns are separated by blanks. The flags are lastcomm's: S used a
 * privilege, F forked without exec, D dumped core, X ended by a signal. In the
 * name, bytes that could be taken for anything else (blanks, control
 * characters, backslashes, whatever is not UTF-8) are written as \xNN.
 *
 * A state message has no name of a process, and other columns; its sentence,
 * with blanks in it, comes last:
 *
 *     file_damaged time=... file=/var/log/account/pacct position=640: ...
 *
 * A summary has neither; its columns are name=value:
 *
 *     summary window_start=... window_end=... user=root comm=make count=12 failures=1 ... cpu=3.10s max=... p50=...
 *
 * @return false when out of memory; buf->len has not changed then
 */
bool pacct_line_write(const struct pacct_event* ev, struct pacct_rfc3339* clock, struct pacct_buf* buf);

#endif
