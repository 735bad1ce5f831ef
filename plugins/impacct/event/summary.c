/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/summary.c
 * @brief Exits to summaries: of each window of time and each group, how many, and what they used.
 *
 * Algorithm: the few windows are in an array, the one that got a record last at
 * its end, where nearly all records find theirs. The groups of a window are in
 * a list, in the order of their first records, and in a table with open
 * addressing that points to them. Their hash is seeded.
 *
 * A window that another run sent already is added up again without being sent,
 * until it has as many records as it had then. One that left before is only a
 * placeholder here: its records were sent, and are not added up.
 *
 * Concurrency and locking: none.
 *
 * Failure model: without memory a record is not added, and comes again.
 */
#include "config.h"

#include "event/summary.h"
#include "base/attribute.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_MIN 64u
/* numbers are stored as signed ones */
#define NUMBER_MAX (UINT64_MAX >> 1)

/* starts of windows that left, the first and the last of a stretch; some in between may not have been there */
struct left {
    uint64_t from, to;
};

/* a window that was sent: number of its first record, how many, how often */
struct sent {
    uint64_t first, records, revision;
};

struct window {
    uint64_t start, first; /* its second; number of its first record */
    uint64_t part; /* as in struct pacct_summary_window */
    uint64_t records, other_records, late_records;
    uint64_t sent, revision; /* records that it had when it was sent last; how often it was */
    struct sent settled; /* the same of what is known to have arrived; no records: nothing is */
    bool was_sent; /* by this run or another */
    bool restored; /* another run said so */
    bool due, incomplete;
    bool placeholder;
    struct pacct_summary_hold* hold; /* NULL: a placeholder */
    struct pacct_summary_group* other;
    struct pacct_summary_group** group; /* in their order */
    unsigned groups, capacity, max_groups;
    uint32_t* table; /* index in there, plus 1; 0: free */
    uint32_t table_size; /* a power of two */
};

struct pacct_summary {
    struct pacct_summary_options options;
    uint64_t next_number;
    struct window* window[PACCT_SUMMARY_KEPT + 1];
    unsigned windows;
    struct left left[PACCT_SUMMARY_LEFT + 1]; /* ascending, with gaps between them */
    unsigned left_count;
    uint64_t base[PACCT_SUMMARY_BASE]; /* of the window opened last */
    struct sent sent[PACCT_SUMMARY_KEPT]; /* by another run */
    unsigned sent_count;
    uint64_t former_groups, former_until; /* the most groups of windows whose first record has a lower number */
    uint64_t least_revision, least_until; /* what such windows begin with, if nothing else is known of them */
    bool gap; /* the next window is not complete */
    uint64_t gap_at; /* number of the record behind what was missing first; UINT64_MAX: nothing was */
    uint64_t gap_told; /* the same as another run told, until it is passed */
    struct window* sending; /* NULL: none */
    unsigned given, taken; /* of its events: given since it was begun, and taken for good */
    bool all_given;
    struct pacct_event event;
    struct pacct_summary_storage storage;
};

/* ---- making and releasing ---- */

struct pacct_summary* pacct_summary_new(const struct pacct_summary_options* options) {
    struct pacct_summary* const s = calloc(1, sizeof(*s));
    if (s != NULL) {
        s->options = *options;
        s->gap = true; /* reading begins somewhere in the first one */
        s->gap_at = s->gap_told = UINT64_MAX;
    }
    return s;
}

static void free_window(struct window* w) {
    for (unsigned i = 0; i < w->groups; i++) {
        pacct_summary_group_free(w->group[i]);
    }
    pacct_summary_group_free(w->other);
    free(w->group);
    free(w->table);
    free(w);
}

void pacct_summary_free(struct pacct_summary* s) {
    if (s != NULL) {
        for (unsigned i = 0; i < s->windows; i++) {
            free_window(s->window[i]);
        }
        free(s);
    }
}

/* ---- windows ---- */

static bool is_changed(const struct window* w) {
    return w->records > w->sent;
}

static bool has_left(const struct pacct_summary* s, uint64_t start) {
    for (unsigned i = 0; i < s->left_count; i++) {
        if (s->left[i].from <= start && start <= s->left[i].to) {
            return true;
        }
    }
    return false;
}

static void join_left(struct pacct_summary* s, unsigned i) {
    s->left[i].to = s->left[i + 1].to;
    s->left_count--;
    memmove(s->left + i + 1, s->left + i + 2, (s->left_count - i - 1) * sizeof(s->left[0]));
}

/* Remember that a window left; where there are too many stretches, the two that lie closest together become one. */
static void add_left(struct pacct_summary* s, uint64_t start) {
    unsigned at = 0;
    if (has_left(s, start)) {
        return;
    }
    while (at < s->left_count && s->left[at].from < start) {
        at++;
    }
    memmove(s->left + at + 1, s->left + at, (s->left_count - at) * sizeof(s->left[0]));
    s->left[at] = (struct left){.from = start, .to = start};
    s->left_count++;
    unsigned closest = 0;
    uint64_t smallest = UINT64_MAX;
    for (unsigned i = 0; i + 1 < s->left_count; i++) {
        const uint64_t gap = s->left[i + 1].from - s->left[i].to;
        if (gap < smallest) {
            smallest = gap;
            closest = i;
        }
    }
    if (smallest <= s->options.interval || s->left_count > PACCT_SUMMARY_LEFT) {
        join_left(s, closest);
    }
}

/* It may be that what was sent last did not arrive, and what was sent before did: in another run, which knows nothing
 * of it, no revision may be lower. */
static void note_revision(struct pacct_summary* s, const struct window* w) {
    if (w->hold != NULL && w->hold->unsettled > 0 && w->revision > 1) {
        s->least_revision = w->revision - 1 > s->least_revision ? w->revision - 1 : s->least_revision;
        s->least_until = w->first < s->least_until ? s->least_until : w->first + 1;
    }
}

static void leave(struct pacct_summary* s, unsigned i) {
    struct window* const w = s->window[i];
    note_revision(s, w);
    s->windows--;
    memmove(s->window + i, s->window + i + 1, (s->windows - i) * sizeof(s->window[0]));
    add_left(s, w->start);
    if (w->hold != NULL) {
        w->hold->windows--;
    }
    free_window(w);
}

/* Those at the front leave, as long as nothing of them is to be sent. */
static void leave_unchanged(struct pacct_summary* s) {
    while (s->windows > PACCT_SUMMARY_KEPT && !is_changed(s->window[0])) {
        leave(s, 0);
    }
}

static void make_base(struct pacct_summary* s) {
    uint64_t* out = s->base;
    memset(s->base, 0, sizeof(s->base));
    *out++ = s->windows;
    for (unsigned i = 0; i < s->windows; i++) {
        *out++ = s->window[i]->start;
    }
    *out++ = s->left_count;
    for (unsigned i = 0; i < s->left_count; i++) {
        *out++ = s->left[i].from;
        *out++ = s->left[i].to;
    }
}

/* What tells a part of a window from others: its first record, which is the same however often it is read. */
UNSIGNED_WRAPS static uint64_t part_of(const struct pacct_event* ev) {
    /* of old versions, no pid is known */
    static const enum pacct_field_id numbers[] = {
        PACCT_F_PID,      PACCT_F_UID,        PACCT_F_GID,    PACCT_F_START,        PACCT_F_ELAPSED,
        PACCT_F_CPU_USER, PACCT_F_CPU_SYSTEM, PACCT_F_STATUS, PACCT_F_MINOR_FAULTS, PACCT_F_MEM_KIB};
    uint64_t part = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        part = (part ^ (pacct_event_has(ev, numbers[i]) ? ev->v[numbers[i]].u : 0)) * 1099511628211u;
    }
    for (size_t i = 0; pacct_event_has(ev, PACCT_F_COMM) && i < ev->v[PACCT_F_COMM].len; i++) {
        part = (part ^ (unsigned char)ev->v[PACCT_F_COMM].s[i]) * 1099511628211u;
    }
    return part | 1u;
}

static struct window* open_window(struct pacct_summary* s,
                                  const struct pacct_event* ev,
                                  uint64_t start,
                                  uint64_t number,
                                  struct pacct_summary_hold* hold) {
    struct window* const w = calloc(1, sizeof(*w));
    if (w == NULL) {
        return NULL;
    }
    w->start = start;
    w->first = number;
    w->hold = hold;
    w->part = has_left(s, start) ? part_of(ev) : 0;
    w->incomplete = s->gap;
    w->max_groups = number < s->former_until ? (unsigned)s->former_groups : s->options.max_groups;
    w->revision = number < s->least_until ? s->least_revision : 0;
    for (unsigned i = 0; i < s->sent_count; i++) {
        if (s->sent[i].first == number) {
            w->sent = s->sent[i].records;
            w->revision = s->sent[i].revision;
            w->settled = s->sent[i];
            w->was_sent = w->restored = true;
        }
    }
    return w;
}

/* The window of a second, moved to the end; NULL: there is none. */
static struct window* find_window(struct pacct_summary* s, uint64_t start) {
    for (unsigned i = s->windows; i > 0; i--) {
        struct window* const w = s->window[i - 1];
        if (w->start == start) {
            memmove(s->window + i - 1, s->window + i, (s->windows - i) * sizeof(s->window[0]));
            s->window[s->windows - 1] = w;
            return w;
        }
    }
    return NULL;
}

/* ---- groups ---- */

__extension__ typedef unsigned __int128 wide;

/* Multiply and fold, as wyhash does: with an unknown seed nobody aims at a place. */
static uint64_t mix(uint64_t a, uint64_t b) {
    const wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const struct pacct_summary* s, const char* key, size_t len) {
    uint64_t hash = s->options.seed[0] ^ len;
    for (size_t at = 0; at < len; at += 2 * sizeof(uint64_t)) {
        uint64_t word[2] = {0};
        const size_t rest = len - at < sizeof(word) ? len - at : sizeof(word);
        memcpy(word, key + at, rest);
        hash = mix(word[0] ^ s->options.seed[1], word[1] ^ hash);
    }
    return mix(hash, s->options.seed[1] | 1u);
}

static uint32_t* place_of(const struct window* w, uint64_t hash, const char* key, size_t len) {
    for (uint32_t i = (uint32_t)hash & (w->table_size - 1);; i = (i + 1) & (w->table_size - 1)) {
        if (w->table[i] == 0) {
            return &w->table[i];
        }
        const struct pacct_summary_group* const g = w->group[w->table[i] - 1];
        if (g->hash == hash && g->key_len == len && memcmp(g->key, key, len) == 0) {
            return &w->table[i];
        }
    }
}

/* Room for one more group, the table at most half full. */
static bool make_room(struct window* w) {
    if (w->groups == w->capacity) {
        const unsigned capacity = w->capacity == 0 ? TABLE_MIN / 2 : w->capacity * 2;
        struct pacct_summary_group** const group = realloc(w->group, capacity * sizeof(struct pacct_summary_group*));
        if (group == NULL) {
            return false;
        }
        w->group = group;
        w->capacity = capacity;
    }
    if (2 * (w->groups + 1) <= w->table_size) {
        return true;
    }
    const uint32_t size = w->table_size == 0 ? TABLE_MIN : w->table_size * 2;
    uint32_t* const table = calloc(size, sizeof(*table));
    if (table == NULL) {
        return false;
    }
    free(w->table);
    w->table = table;
    w->table_size = size;
    for (unsigned i = 0; i < w->groups; i++) {
        *place_of(w, w->group[i]->hash, w->group[i]->key, w->group[i]->key_len) = i + 1;
    }
    return true;
}

/* NULL when out of memory */
static struct pacct_summary_group* group_of(struct pacct_summary* s, struct window* w, const struct pacct_event* ev) {
    char key[PACCT_SUMMARY_KEY_MAX];
    const size_t len = pacct_summary_key(&s->options.by, ev, key);
    const uint64_t hash = hash_of(s, key, len);
    if (!make_room(w)) {
        return NULL;
    }
    uint32_t* const place = place_of(w, hash, key, len);
    if (*place != 0) {
        return w->group[*place - 1];
    }
    if (w->groups == w->max_groups) {
        w->other = w->other != NULL ? w->other : pacct_summary_group_new("", 0, 0);
        return w->other;
    }
    struct pacct_summary_group* const g = pacct_summary_group_new(key, len, hash);
    if (g != NULL) {
        w->group[w->groups++] = g;
        *place = w->groups;
    }
    return g;
}

/* ---- adding ---- */

static bool add_to(struct pacct_summary* s, struct window* w, const struct pacct_event* ev) {
    struct pacct_summary_group* const g = group_of(s, w, ev);
    if (g == NULL || !pacct_summary_group_add(g, ev)) {
        return false;
    }
    w->records++;
    w->other_records += g == w->other;
    w->late_records += w->was_sent && is_changed(w);
    g->changed = g->changed || is_changed(w);
    return true;
}

static void close_before(struct pacct_summary* s, uint64_t end) {
    for (unsigned i = 0; i < s->windows; i++) {
        struct window* const w = s->window[i];
        if (!w->was_sent && w->start + s->options.interval + PACCT_SUMMARY_GRACE <= end) {
            w->due = is_changed(w);
        }
    }
}

static void make_incomplete(struct pacct_summary* s) {
    s->gap = true;
    for (unsigned i = 0; i < s->windows; i++) {
        s->window[i]->incomplete = true;
    }
}

bool pacct_summary_add(struct pacct_summary* s,
                       const struct pacct_event* ev,
                       uint64_t number,
                       struct pacct_summary_hold* hold,
                       bool* opened) {
    *opened = false;
    if (number < s->next_number) {
        return true;
    }
    if (number >= s->gap_told) {
        s->gap_told = UINT64_MAX;
        make_incomplete(s);
    }
    const enum pacct_field_id when = pacct_event_has(ev, PACCT_F_END) ? PACCT_F_END : PACCT_F_START;
    const uint64_t end = ev->v[when].u;
    const uint64_t start = end - end % s->options.interval;
    struct window* w = find_window(s, start);
    if (w == NULL) {
        w = open_window(s, ev, start, number, hold);
        if (w == NULL) {
            return false;
        }
        if (!add_to(s, w, ev)) {
            free_window(w);
            return false;
        }
        make_base(s);
        s->gap = false;
        s->window[s->windows++] = w;
        hold->windows++;
        *opened = true;
    } else if (!w->placeholder && !add_to(s, w, ev)) {
        return false;
    }
    s->next_number = number + 1;
    close_before(s, end);
    leave_unchanged(s);
    return true;
}

void pacct_summary_gap(struct pacct_summary* s, uint64_t number) {
    s->gap_at = s->gap_at == UINT64_MAX ? number : s->gap_at;
    make_incomplete(s);
}

uint64_t pacct_summary_gap_at(const struct pacct_summary* s) {
    return s->gap_at;
}

void pacct_summary_lost(struct pacct_summary* s) {
    for (unsigned i = s->windows; i > 0; i--) {
        const struct window* const w = s->window[i - 1];
        if (w->placeholder || w->records < w->sent) {
            leave(s, i - 1);
        }
    }
    s->sent_count = 0;
    make_incomplete(s);
}

/* ---- sending ---- */

bool pacct_summary_idle(struct pacct_summary* s, uint64_t now, bool settled) {
    bool waits = false;
    for (unsigned i = 0; i < s->windows; i++) {
        struct window* const w = s->window[i];
        if (is_changed(w) && w->start + s->options.interval + PACCT_SUMMARY_GRACE <= now) {
            const bool may = !w->was_sent || (settled && w->hold->unsettled == 0);
            w->due = w->due || may;
            waits = waits || !w->due;
        }
    }
    return waits;
}

uint64_t pacct_summary_deadline(const struct pacct_summary* s) {
    uint64_t deadline = UINT64_MAX;
    for (unsigned i = 0; i < s->windows; i++) {
        const struct window* const w = s->window[i];
        const uint64_t end = w->start + s->options.interval + PACCT_SUMMARY_GRACE;
        deadline = is_changed(w) && end < deadline ? end : deadline;
    }
    return deadline;
}

static struct window* find_due(const struct pacct_summary* s) {
    if (s->sending != NULL) {
        return s->sending;
    }
    if (s->windows > PACCT_SUMMARY_KEPT) {
        return s->window[0];
    }
    for (unsigned i = 0; i < s->windows; i++) {
        if (s->window[i]->due) {
            return s->window[i];
        }
    }
    return NULL;
}

bool pacct_summary_is_due(const struct pacct_summary* s) {
    return find_due(s) != NULL;
}

struct pacct_summary_hold* pacct_summary_sending(struct pacct_summary* s) {
    if (s->sending == NULL) {
        s->sending = find_due(s);
        s->given = s->taken = 0;
    }
    return s->sending != NULL ? s->sending->hold : NULL;
}

/* The events of a window: its groups, the others, the window itself. */
static struct pacct_summary_group* group_at(const struct window* w, unsigned i) {
    return i < w->groups ? w->group[i] : i == w->groups ? w->other : NULL;
}

const struct pacct_event* pacct_summary_next(struct pacct_summary* s, const struct pacct_origin* origin) {
    if (pacct_summary_sending(s) == NULL || s->all_given) {
        return NULL;
    }
    const struct window* const w = s->sending;
    const struct pacct_summary_window window = {
        .start = w->start, .length = s->options.interval, .revision = w->revision, .part = w->part};
    for (; s->given <= w->groups; s->given++) {
        const struct pacct_summary_group* const g = group_at(w, s->given);
        if (g != NULL && g->changed) {
            s->given++;
            pacct_summary_group_event(origin, &s->options.by, &window, g, &s->storage, &s->event);
            return &s->event;
        }
    }
    s->all_given = true;
    pacct_summary_window_event(origin, &s->options.by, &window, &s->storage, &s->event);
    pacct_event_set_int(&s->event, PACCT_F_RECORDS, w->records);
    pacct_event_set_int(&s->event, PACCT_F_GROUPS, w->groups + (w->other != NULL));
    pacct_event_set_int(&s->event, PACCT_F_OTHER_RECORDS, w->other_records);
    pacct_event_set_int(&s->event, PACCT_F_LATE_RECORDS, w->late_records);
    pacct_event_set_int(&s->event, PACCT_F_COMPLETE, !w->incomplete);
    return &s->event;
}

void pacct_summary_commit(struct pacct_summary* s) {
    struct window* const w = s->sending;
    s->taken = s->given;
    if (w == NULL || !s->all_given) {
        return;
    }
    for (unsigned i = 0; i <= w->groups; i++) {
        struct pacct_summary_group* const g = group_at(w, i);
        if (g != NULL) {
            g->changed = false;
        }
    }
    w->sent = w->records;
    w->revision++;
    w->was_sent = true;
    w->due = false;
    s->sending = NULL;
    s->all_given = false;
    leave_unchanged(s);
}

void pacct_summary_rollback(struct pacct_summary* s) {
    s->given = s->taken;
    s->all_given = false;
}

/* ---- going on in another run ---- */

/* where in the numbers that are saved; before: configuration, most groups, former most groups, until which record,
 * least revision, until which record, where something was missing */
#define BASE_AT 7u
#define SENT_AT (BASE_AT + PACCT_SUMMARY_BASE)

/* What the numbers depend on. */
UNSIGNED_WRAPS static uint64_t configuration(const struct pacct_summary* s) {
    uint64_t sum = 14695981039346656037u ^ s->options.interval;
    for (unsigned i = 0; i < s->options.by.count; i++) {
        for (const char* p = pacct_fields[s->options.by.field[i]].native; *p != '\0'; p++) {
            sum = (sum ^ (unsigned char)*p) * 1099511628211u;
        }
        sum = (sum ^ ',') * 1099511628211u;
    }
    return sum & NUMBER_MAX;
}

void pacct_summary_base(const struct pacct_summary* s, uint64_t* base) {
    memcpy(base, s->base, sizeof(s->base));
}

/* Put the windows that are known to be sent, at most PACCT_SUMMARY_KEPT. Those that another run told come first: the
 * clock made it send them, which nothing that is read again does. @return how many */
static unsigned list_sent(struct pacct_summary* s, struct sent* sent) {
    unsigned count = 0;
    for (unsigned i = 0; i < s->windows; i++) {
        struct window* const w = s->window[i];
        if (w->was_sent && w != s->sending && w->hold->unsettled == 0) {
            w->settled = (struct sent){.first = w->first, .records = w->sent, .revision = w->revision};
        }
    }
    for (unsigned i = 0; i < s->sent_count; i++) {
        if (s->sent[i].first >= s->next_number) { /* not opened again yet */
            sent[count++] = s->sent[i];
        }
    }
    for (unsigned told = 0; told < 2; told++) {
        for (unsigned i = s->windows; i > 0; i--) {
            const struct window* const w = s->window[i - 1];
            if (w->settled.records > 0 && w->restored == (told == 0) && count < PACCT_SUMMARY_KEPT) {
                sent[count++] = w->settled;
            }
        }
    }
    return count;
}

void pacct_summary_save(struct pacct_summary* s, uint64_t first, const uint64_t* base, uint64_t* saved) {
    struct sent sent[PACCT_SUMMARY_KEPT];
    const unsigned count = list_sent(s, sent);
    memset(saved, 0, PACCT_SUMMARY_SAVED * sizeof(*saved));
    saved[0] = configuration(s);
    saved[1] = s->options.max_groups;
    if (s->former_until > first) {
        saved[2] = s->former_groups;
        saved[3] = s->former_until - first;
    }
    if (s->least_until > first) {
        saved[4] = s->least_revision;
        saved[5] = s->least_until - first;
    } else {
        s->least_revision = 0;
    }
    if (s->gap_at != UINT64_MAX && s->gap_at > first) {
        saved[6] = s->gap_at - first;
    } else {
        s->gap_at = UINT64_MAX;
    }
    memcpy(saved + BASE_AT, base, PACCT_SUMMARY_BASE * sizeof(*saved));
    for (unsigned i = 0; i < count; i++) {
        uint64_t* const out = saved + SENT_AT + 3 * (size_t)i;
        out[0] = sent[i].first - first;
        out[1] = sent[i].records;
        out[2] = sent[i].revision;
    }
}

static void add_placeholder(struct pacct_summary* s, uint64_t start) {
    struct window* const w = calloc(1, sizeof(*w));
    if (w != NULL) { /* without it, records that came late to it would be sent as a part of their own */
        w->start = start;
        w->placeholder = true;
        s->window[s->windows++] = w;
    }
}

static void restore_groups(struct pacct_summary* s, const uint64_t* saved, uint64_t first, uint64_t behind) {
    if (saved[1] == s->options.max_groups) {
        s->former_groups = saved[2];
        s->former_until = first + saved[3];
        return;
    }
    s->former_groups = saved[1];
    s->former_until = behind;
    for (unsigned i = 0; i < s->sent_count; i++) {
        s->former_until = s->sent[i].first < s->former_until ? s->former_until : s->sent[i].first + 1;
    }
}

void pacct_summary_restore(struct pacct_summary* s, const uint64_t* saved, uint64_t first, uint64_t behind) {
    s->next_number = first;
    if (saved == NULL || saved[0] != configuration(s)) {
        return;
    }
    const uint64_t* in = saved + BASE_AT;
    const uint64_t windows = *in++;
    for (uint64_t i = 0; i < windows && i < PACCT_SUMMARY_KEPT; i++) {
        add_placeholder(s, *in++);
    }
    s->left_count = *in < PACCT_SUMMARY_LEFT ? (unsigned)*in : PACCT_SUMMARY_LEFT;
    for (unsigned i = 0; i < s->left_count; i++) {
        s->left[i] = (struct left){.from = in[1 + 2 * (size_t)i], .to = in[2 + 2 * (size_t)i]};
    }
    for (in = saved + SENT_AT; in < saved + PACCT_SUMMARY_SAVED; in += 3) {
        if (in[1] > 0) {
            s->sent[s->sent_count++] = (struct sent){.first = first + in[0], .records = in[1], .revision = in[2]};
        }
    }
    s->least_revision = saved[4];
    s->least_until = first + saved[5];
    s->gap_at = s->gap_told = saved[6] > 0 ? first + saved[6] : UINT64_MAX;
    restore_groups(s, saved, first, behind);
    s->gap = s->windows == 0;
}
