/**
 * @file pacct_silence.c
 * @brief Whether accounting still reaches the file: silence, stop, recovery.
 *
 * Algorithm: a few times, compared with now. Early in a silence the machine's
 * ends are counted; late in it they are counted again, and a probe is made if
 * there were any. The alarm follows from a probe without an answer.
 *
 * Concurrency and locking: none.
 *
 * Failure model: what cannot be counted is taken to have grown; then it is for
 * the probe to say.
 */
#include "config.h"

#include "pacct_silence.h"

#include <string.h>

/* how long the record of a probe may take: the kernel has written it when the child is gone, and we have to read it */
#define ANSWER_MS 2000
/* after accounting has left the file: it may come back at once, to the next one */
#define LEFT_MS 300

static int64_t answer_time(const struct pacct_silence* s) {
    return s->limit / 4 < ANSWER_MS ? s->limit / 4 : ANSWER_MS;
}

void pacct_silence_begin(struct pacct_silence* s, int64_t limit_ms, int64_t now) {
    memset(s, 0, sizeof(*s));
    s->limit = limit_ms;
    s->last = now;
    s->count_at = now;
}

void pacct_silence_left(struct pacct_silence* s, int64_t now) {
    if (s->left == 0) {
        s->left = now;
    }
}

void pacct_silence_not_left(struct pacct_silence* s) {
    if (s->probed == 0) {
        s->left = 0;
    }
}

void pacct_silence_answered(struct pacct_silence* s, bool missed) {
    s->missed = missed && s->left != 0 && !s->stopped;
    s->probed = 0;
    s->left = 0;
    s->asked = false;
    s->base = s->ended;
}

void pacct_silence_probed(struct pacct_silence* s, int64_t now) {
    s->probed = now;
    s->asked = false;
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

void pacct_silence_ask(struct pacct_silence* s) {
    s->asked = true;
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

/* The record of the probe did not come. @return whether that is a stop which was not said yet */
static bool unanswered(struct pacct_silence* s) {
    const bool news = s->left != 0 && !s->stopped;
    s->probed = s->left = 0;
    s->down = true;
    s->stopped = s->stopped || news;
    return news;
}

static bool is_late(const struct pacct_silence* s, int64_t now) {
    return now - s->last >= s->limit - 2 * answer_time(s);
}

/* Is it time to count what has ended on the machine? */
static bool wants_count(const struct pacct_silence* s, int64_t now) {
    return !s->silent && now - s->last >= s->limit / 4 && now >= s->count_at;
}

static bool wants_probe(const struct pacct_silence* s, int64_t now) {
    if (s->left != 0 ? now - s->left >= LEFT_MS : s->asked) {
        return true;
    }
    return !s->silent && !s->down && s->counted && s->ended != s->base && is_late(s, now);
}

enum pacct_silence_verdict pacct_silence_next(struct pacct_silence* s, uint64_t records, int64_t now) {
    if (s->probed != 0 && now - s->probed >= answer_time(s) && unanswered(s)) {
        return PACCT_SILENCE_STOPPED;
    }
    if (s->missed) {
        s->missed = false;
        s->stopped = true;
        return PACCT_SILENCE_STOPPED;
    }
    if (s->stopped && records != s->at_probe) {
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
    if (s->probed == 0 && wants_probe(s, now)) {
        s->at_probe = records;
        return PACCT_SILENCE_PROBE;
    }
    return PACCT_SILENCE_NONE;
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

int64_t pacct_silence_timeout(const struct pacct_silence* s, int64_t now) {
    const int64_t late = s->last + s->limit - 2 * answer_time(s);
    int64_t at = now + s->limit / 4;
    if (s->probed != 0) {
        at = earlier(at, s->probed + answer_time(s));
    } else if (s->left != 0) {
        at = earlier(at, s->left + LEFT_MS);
    } else if (s->asked) {
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
