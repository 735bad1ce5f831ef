/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/silence.c
 * @brief Whether accounting still reaches the file: silence, stop, recovery.
 *
 * Algorithm: a few times, compared with now. Early in a silence the machine's
 * ends are counted; late in it they are counted again, and a canary is sent
 * if there were any. The alarm follows from a canary without a record.
 *
 * Concurrency and locking: none.
 *
 * Failure model: what cannot be counted is taken to have grown; then it is for
 * the canary to say.
 */
#include "config.h"

#include "accounting/silence.h"

#include <string.h>

/* how long the record of a canary may take: the kernel has written it when the child is gone, and we have to read it */
#define CANARY_MS 2000
/* after accounting has left the file: it may come back at once, to the next one */
#define COME_BACK_MS 300

static int64_t canary_time(const struct pacct_silence* s) {
    return s->limit / 4 < CANARY_MS ? s->limit / 4 : CANARY_MS;
}

void pacct_silence_begin(struct pacct_silence* s, int64_t limit_ms, int64_t now) {
    memset(s, 0, sizeof(*s));
    s->limit = limit_ms;
    s->last = now;
    s->count_at = now;
}

void pacct_silence_switched_away(struct pacct_silence* s, int64_t now) {
    if (s->switched_away == 0) {
        s->switched_away = now;
    }
}

void pacct_silence_stayed(struct pacct_silence* s) {
    if (s->canary_sent == 0) {
        s->switched_away = 0;
    }
}

void pacct_silence_not_stopped(struct pacct_silence* s) {
    s->stopped = false;
}

void pacct_silence_canary_seen(struct pacct_silence* s, bool missed) {
    s->missed = missed && s->switched_away != 0 && !s->stopped;
    s->canary_sent = 0;
    s->switched_away = 0;
    s->canary_requested = false;
    s->base = s->ended;
}

void pacct_silence_canary_sent(struct pacct_silence* s, int64_t now) {
    s->canary_sent = now;
    s->canary_requested = false;
}

void pacct_silence_ended(struct pacct_silence* s, bool known, uint64_t ended, int64_t now) {
    s->ended = known ? ended : s->ended + 1;
    if (!s->counted) {
        s->counted = true;
        s->base = known ? ended : s->ended - 1;
    }
    s->count_at = now + s->limit / 4;
}

void pacct_silence_deleted(struct pacct_silence* s, bool deleted, int64_t now) {
    if (!deleted) {
        s->deleted = 0;
    } else if (s->deleted == 0) {
        s->deleted = now;
    }
}

void pacct_silence_request_canary(struct pacct_silence* s) {
    s->canary_requested = true;
}

/* Records came. @return whether that is the end of a silence; "last" still tells how long it was then */
static bool came(struct pacct_silence* s, uint64_t records, int64_t now) {
    if (s->silent && s->deleted == 0) {
        s->silent = false;
        return true;
    }
    s->records = records;
    s->last = now;
    s->down = s->counted = false;
    s->count_at = now + s->limit / 4;
    return false;
}

/* The record of the canary did not come; perhaps others did since. @return whether that is a stop which was not said
 * yet
 */
static bool canary_missed(struct pacct_silence* s, uint64_t records) {
    const bool news = s->switched_away != 0 && !s->stopped;
    s->canary_sent = s->switched_away = 0;
    s->down = records == s->records_at_canary;
    s->stopped = s->stopped || news;
    return news;
}

static bool is_late(const struct pacct_silence* s, int64_t now) {
    return now - s->last >= s->limit - 2 * canary_time(s);
}

/* Is it time to count what has ended on the machine? */
static bool wants_count(const struct pacct_silence* s, int64_t now) {
    return !s->silent && now - s->last >= s->limit / 4 && now >= s->count_at;
}

static bool wants_canary(const struct pacct_silence* s, int64_t now) {
    if (s->switched_away != 0 ? now - s->switched_away >= COME_BACK_MS : s->canary_requested) {
        return true;
    }
    return !s->silent && !s->down && s->counted && s->ended != s->base && is_late(s, now);
}

enum pacct_silence_verdict pacct_silence_next(struct pacct_silence* s, uint64_t records, int64_t now) {
    if (s->canary_sent != 0 && now - s->canary_sent >= canary_time(s) && canary_missed(s, records)) {
        return PACCT_SILENCE_STOPPED;
    }
    if (s->missed) {
        s->missed = false;
        s->stopped = true;
        return PACCT_SILENCE_STOPPED;
    }
    if (s->stopped && records != s->records_at_canary) {
        s->stopped = false;
        return PACCT_SILENCE_STARTED;
    }
    if (records != s->records && came(s, records, now)) {
        return PACCT_SILENCE_RECOVERED;
    }
    if (wants_count(s, now)) {
        return PACCT_SILENCE_COUNT;
    }
    if (!s->silent && ((s->down && is_late(s, now)) || (s->deleted != 0 && now - s->deleted >= s->limit / 2))) {
        s->silent = true;
        return PACCT_SILENCE_SILENT;
    }
    if (s->canary_sent == 0 && wants_canary(s, now)) {
        s->records_at_canary = records;
        return PACCT_SILENCE_CANARY;
    }
    return PACCT_SILENCE_NONE;
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t pacct_silence_timeout(const struct pacct_silence* s, int64_t now) {
    const int64_t late = s->last + s->limit - 2 * canary_time(s);
    int64_t at = now + s->limit / 4;
    if (s->canary_sent != 0) {
        at = earlier(at, s->canary_sent + canary_time(s));
    } else if (s->switched_away != 0) {
        at = earlier(at, s->switched_away + COME_BACK_MS);
    } else if (s->canary_requested) {
        at = now;
    }
    if (!s->silent && s->limit / 4 < PACCT_SILENCE_CALLED_MS) {
        at = earlier(at, s->count_at > s->last + s->limit / 4 ? s->count_at : s->last + s->limit / 4);
    }
    if (!s->silent && (s->down || late > now)) {
        at = earlier(at, late);
    }
    if (s->deleted != 0 && !s->silent) {
        at = earlier(at, s->deleted + s->limit / 2);
    }
    return at > now ? at - now : 0;
}
