/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_owner.h
 * @brief accounting="own": keeps accounting on, its files rotated, and gives up old ones before space runs out.
 */
#ifndef IMPACCT_OWNER_H
#define IMPACCT_OWNER_H

#include "impacct_params.h"
#include "event/notice.h"
#include "file/position.h"

struct impacct_owner;

/**
 * Take hold of accounting as far as it can be had now. To be called before rsyslogd gives up its privileges.
 *
 * @param settings have to outlive the owner
 * @return NULL when out of memory; whatever else is wrong is said
 */
struct impacct_owner* impacct_owner_new(const struct impacct_settings* settings);

/** Lets accounting go on as it is. */
void impacct_owner_free(struct impacct_owner* o);

/** What the owner has to know of the input. */
struct impacct_owner_view {
    const struct pacct_position* done; /**< up to there the actions are done with; as stored, where it is stored */
    const struct pacct_position*
        oldest; /**< of what would be read again after a crash: what is held is before "done" */
    const struct pacct_position* sums; /**< of what would be summed up again: before "done", or it */
    int fd; /**< of the file that is read, -1: none */
    bool down; /**< records do not come although processes end */
    bool watched; /**< somebody finds that out */
};

/**
 * Do what is due; to be called whenever everything in the file has been read, until it returns false.
 *
 * @param n made, and to be sent, where there is something to say
 */
bool impacct_owner_next(struct impacct_owner* o, const struct impacct_owner_view* v, struct pacct_notice* n);

/** Milliseconds until impacct_owner_next() has to be called although no record came. */
int impacct_owner_timeout(const struct impacct_owner* o);

/** rsyslogd stops: do as accounting.atStop says. @return whether n was made */
bool impacct_owner_stop(struct impacct_owner* o, struct pacct_notice* n);

#endif
