/**
 * @file impacct_tell.h
 * @brief What an input has to say: sentences, in rsyslog's own log and as state messages.
 */
#ifndef IMPACCT_TELL_H
#define IMPACCT_TELL_H

#include "impacct_host.h"
#include "pacct_follow.h"
#include "pacct_notice.h"
#include "pacct_state.h"

#include <stdbool.h>

/** Write the sentence of a notice, as printf() does. */
void impacct_notice_say(struct pacct_notice* n, const char* format, ...) __attribute__((format(printf, 2, 3)));

/** Log a notice, with its severity. @param error errno that belongs to it, or 0 */
void impacct_tell_notice(const struct pacct_notice* n, int error);

/**
 * Log what the follower found, as far as it is worth it.
 *
 * @param file the input's
 * @param n made where it is to be sent as a state message, too
 * @return whether n was made
 */
bool impacct_tell_found(const char* file,
                        enum pacct_found found,
                        const struct pacct_item* item,
                        struct pacct_notice* n);

/** Log that a state file was not used; nothing where it was, or where there is none. @param error errno, if unreadable
 */
void impacct_tell_state_file(const char* file, const char* state_path, enum pacct_state_result result, int error);

#endif
