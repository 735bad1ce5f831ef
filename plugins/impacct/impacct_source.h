/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source.h
 * @brief What makes events: the interface between whoever reads something and the input that sends it.
 *
 * A pull interface: next() gives one thing at a time and says when there is
 * nothing more for now; it neither waits nor sends.
 */
#ifndef IMPACCT_SOURCE_H
#define IMPACCT_SOURCE_H

#include "impacct_host.h"
#include "impacct_position.h"
#include "impacct_sender.h"
#include "impacct_stats.h"
#include "event/fields.h"
#include "event/notice.h"

#include <time.h>

/** What next() found. */
enum impacct_found {
    IMPACCT_FOUND_EVENT, /**< something to send */
    IMPACCT_FOUND_NOTICE, /**< something to say in the stream where it happened; it is in rsyslog's log already */
    IMPACCT_FOUND_OPENED, /**< nothing to send, but the position lies elsewhere now */
    IMPACCT_FOUND_NOTHING, /**< nothing to send; go on */
    IMPACCT_FOUND_END, /**< everything up to the end that rewind() was given, or the rest of it is gone */
    IMPACCT_FOUND_BLOCKED, /**< the rest of that cannot be read now */
    IMPACCT_FOUND_LINGER, /**< nothing more for now, and not all that there is could be looked at: see timeout() */
    IMPACCT_FOUND_IDLE /**< nothing more for now */
};

/** One thing that was found. What it points to is the source's, until the next call. */
struct impacct_item {
    enum impacct_found found;
    const struct pacct_event* event; /**< EVENT */
    uint64_t number; /**< EVENT: of records before it, as in a position */
    struct impacct_attributes attributes; /**< EVENT */
    const struct pacct_notice* notice; /**< NOTICE */
};

struct impacct_source;

/** What each kind of source can do. */
struct impacct_source_type {
    /**
     * @param now seconds of a monotonic clock, for caches
     * @param counts what was read and what of it was no record is added
     * @return RS_RET_OK, or RS_RET_OUT_OF_MEMORY: what was lost by it comes again after rewind()
     */
    rsRetVal (*next)(struct impacct_source* s, time_t now, struct impacct_counts* counts, struct impacct_item* item);
    /** The position behind all that next() has given. */
    void (*position)(const struct impacct_source* s, struct impacct_position* pos);
    /**
     * Go on at a position, wherever the reading is now. At IMPACCT_POSITION_NONE: with all that there is since then.
     *
     * @param end number of the position where to stop, see FOUND_END; UINT64_MAX: nowhere
     */
    void (*rewind)(struct impacct_source* s, const struct impacct_position* pos, uint64_t end);
    /**
     * Where files were missing already when this was read before: a stretch that ends goes on behind them. NULL: no
     * need
     *
     * @param number of the position; UINT64_MAX: nowhere
     */
    void (*known_gap)(struct impacct_source* s, uint64_t number);
    /** Begin with what comes from now on. Before the first next(). */
    void (*from_end)(struct impacct_source* s);
    /**
     * Nothing before a position will be asked for again, even after a crash. NULL: whoever keeps it does not mind.
     *
     * @param oldest of the three positions see impacct_delivery_durable()
     */
    void (*release)(struct impacct_source* s,
                    const struct impacct_position* pos,
                    const struct impacct_position* oldest,
                    const struct impacct_position* sums);
    /** Milliseconds after which to call next() again although no change was seen. */
    int (*timeout)(const struct impacct_source* s);
    /** Descriptor of what is being read; -1: none. */
    int (*fd)(const struct impacct_source* s);
    void (*free)(struct impacct_source* s);
};

/** The head of each source's own structure. */
struct impacct_source {
    const struct impacct_source_type* type;
};

#endif
