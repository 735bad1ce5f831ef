/**
 * @file pacct_text.h
 * @brief An event as one line for people, in the manner of lastcomm(1).
 */
#ifndef PACCT_TEXT_H
#define PACCT_TEXT_H

#include "pacct_json.h"

/** The fields that the line is made of. */
struct pacct_set pacct_text_fields(void);

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
 * @return false when out of memory; buf->len has not changed then
 */
bool pacct_text_write(const struct pacct_event* ev, struct pacct_clock* clock, struct pacct_buf* buf);

#endif
