/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/summary_group.c
 * @brief What the processes of one group add up to, and its event.
 *
 * Algorithm: sums and histograms. A group keeps the values of its fields only
 * as its key, from which the members of its event are read.
 *
 * Concurrency and locking: none.
 *
 * Failure model: memory is asked for before anything is added.
 */
#include "config.h"

#include "event/summary_group.h"
#include "base/fmt.h"

#include <stdlib.h>
#include <string.h>

/* what stands before a value in a key: nothing, a number of eight bytes, or a length of one byte and so many */
#define KEY_NONE 0u
#define KEY_NUMBER 1u
#define KEY_TEXT 2u
#define NUMBER_LEN 8u
#define SUM_MAX (UINT64_MAX >> 1)

bool pacct_summary_groups_by(enum pacct_field_id field) {
    const struct pacct_field* const f = &pacct_fields[field];
    const bool of_records = f->versions[0] >= '0' && f->versions[0] <= '9';
    return of_records && f->type != PACCT_T_STRINGS;
}

/* ---- keys ---- */

static bool is_text(enum pacct_type type) {
    return type == PACCT_T_STRING || type == PACCT_T_TOKEN;
}

static void put_number(char* out, uint64_t u) {
    for (unsigned i = 0; i < NUMBER_LEN; i++) {
        out[i] = (char)(u >> 8 * (NUMBER_LEN - 1 - i));
    }
}

static uint64_t get_number(const char* in) {
    uint64_t u = 0;
    for (unsigned i = 0; i < NUMBER_LEN; i++) {
        u = u << 8 | (unsigned char)in[i];
    }
    return u;
}

/* Length of the first word of a command line as command/quote.h writes it: up to a blank that is not in quotes. */
static size_t first_word(const char* line, size_t len) {
    bool quoted = false, escaping = false;
    for (size_t i = 0; i < len; i++) {
        if (line[i] == '\'') {
            escaping = !quoted && i > 0 && line[i - 1] == '$';
            quoted = !quoted;
        } else if (escaping && line[i] == '\\') {
            i++;
        } else if (line[i] == ' ' && !quoted) {
            return i;
        }
    }
    return len;
}

/* No character of UTF-8 is cut. */
static size_t cut(const char* s, size_t len) {
    if (len <= PACCT_SUMMARY_TEXT_MAX) {
        return len;
    }
    len = PACCT_SUMMARY_TEXT_MAX;
    while (len > 0 && ((unsigned char)s[len] & 0xc0u) == 0x80u) {
        len--;
    }
    return len;
}

size_t pacct_summary_key(const struct pacct_summary_by* by, const struct pacct_event* ev, char* key) {
    char* out = key;
    for (unsigned i = 0; i < by->count; i++) {
        const enum pacct_field_id field = by->field[i];
        const struct pacct_value* const v = &ev->v[field];
        if (!pacct_event_has(ev, field)) {
            *out++ = KEY_NONE;
        } else if (is_text(pacct_fields[field].type)) {
            const size_t len = cut(v->s, field == PACCT_F_COMMAND_LINE ? first_word(v->s, v->len) : v->len);
            *out++ = KEY_TEXT;
            *out++ = (char)len;
            memcpy(out, v->s, len);
            out += len;
        } else {
            *out++ = KEY_NUMBER;
            put_number(out, v->u);
            out += NUMBER_LEN;
        }
    }
    return (size_t)(out - key);
}

static void set_members(const struct pacct_summary_by* by,
                        const struct pacct_summary_group* g,
                        struct pacct_members* members) {
    const char* in = g->key;
    members->count = 0;
    if (g->key_len == 0) {
        members->member[members->count].name = "other";
        members->member[members->count].type = PACCT_T_BOOL;
        members->member[members->count++].value.u = true;
        return;
    }
    for (unsigned i = 0; i < by->count; i++) {
        struct pacct_value value = {.len = 0};
        const unsigned kind = (unsigned char)*in++;
        if (kind == KEY_NONE) {
            continue;
        }
        if (kind == KEY_TEXT) {
            value.len = (unsigned char)*in++;
            value.s = in;
            in += value.len;
        } else {
            value.u = get_number(in);
            in += NUMBER_LEN;
        }
        members->member[members->count].name = pacct_fields[by->field[i]].native;
        members->member[members->count].type = pacct_fields[by->field[i]].type;
        members->member[members->count++].value = value;
    }
}

/* ---- adding up ---- */

struct pacct_summary_group* pacct_summary_group_new(const char* key, size_t key_len, uint64_t hash) {
    struct pacct_summary_group* const g = calloc(1, sizeof(*g) + key_len);
    if (g != NULL) {
        memcpy(g->key, key, key_len);
        g->key_len = (uint16_t)key_len;
        g->hash = hash;
        g->first_start = UINT64_MAX;
    }
    return g;
}

void pacct_summary_group_free(struct pacct_summary_group* g) {
    if (g != NULL) {
        pacct_histogram_free(&g->elapsed.buckets);
        pacct_histogram_free(&g->cpu.buckets);
        pacct_histogram_free(&g->exit_codes);
        for (unsigned i = 0; g->usage != NULL && i < PACCT_SUMMARY_USED; i++) {
            pacct_histogram_free(&g->usage->of[i].buckets);
        }
        free(g->usage);
        free(g);
    }
}

static uint64_t number(const struct pacct_event* ev, enum pacct_field_id field) {
    return pacct_event_has(ev, field) ? ev->v[field].u : 0;
}

/* No sum is more than readers of JSON and properties can hold: a damaged record may say that it ran for ages. */
static uint64_t add(uint64_t a, uint64_t b) {
    return b < SUM_MAX - a ? a + b : SUM_MAX;
}

static void add_value(uint64_t value, struct pacct_summary_values* v) {
    v->sum = add(v->sum, value);
    v->max = value > v->max ? value : v->max;
    pacct_histogram_add(&v->buckets, pacct_histogram_bucket(value));
}

/* what is used, and where its sum goes; its other fields follow that */
static const struct {
    enum pacct_field_id value, sum;
} used[PACCT_SUMMARY_USED] = {{PACCT_F_MAX_RSS_KIB, PACCT_F_MAX_RSS_KIB_SUM},
                              {PACCT_F_READ_BYTES, PACCT_F_READ_BYTES_SUM},
                              {PACCT_F_WRITE_BYTES, PACCT_F_WRITE_BYTES_SUM}};

static bool reserve_usage(struct pacct_summary_group* g) {
    g->usage = g->usage != NULL ? g->usage : calloc(1, sizeof(*g->usage));
    for (unsigned i = 0; g->usage != NULL && i < PACCT_SUMMARY_USED; i++) {
        if (!pacct_histogram_reserve(&g->usage->of[i].buckets)) {
            return false;
        }
    }
    return g->usage != NULL;
}

static void add_usage(struct pacct_summary_usage* usage, const struct pacct_event* ev) {
    usage->count++;
    for (unsigned i = 0; i < PACCT_SUMMARY_USED; i++) {
        if (pacct_event_has(ev, used[i].value)) {
            add_value(ev->v[used[i].value].u, &usage->of[i]);
        }
    }
}

bool pacct_summary_group_add(struct pacct_summary_group* g, const struct pacct_event* ev) {
    const bool with_usage = pacct_event_has(ev, PACCT_F_CPU_NS);
    if (!pacct_histogram_reserve(&g->elapsed.buckets) || !pacct_histogram_reserve(&g->cpu.buckets) ||
        !pacct_histogram_reserve(&g->exit_codes) || (with_usage && !reserve_usage(g))) {
        return false;
    }
    const uint64_t start = number(ev, PACCT_F_START);
    const uint64_t end = pacct_event_has(ev, PACCT_F_END) ? ev->v[PACCT_F_END].u : start;
    const bool killed = number(ev, PACCT_F_KILLED) != 0;
    g->count++;
    g->killed += killed;
    g->failures += killed || number(ev, PACCT_F_EXIT_CODE) != 0;
    g->core_dumps += number(ev, PACCT_F_CORE_DUMPED) != 0;
    g->minor_faults += number(ev, PACCT_F_MINOR_FAULTS);
    g->major_faults += number(ev, PACCT_F_MAJOR_FAULTS);
    g->first_start = start < g->first_start ? start : g->first_start;
    g->last_end = end > g->last_end ? end : g->last_end;
    add_value(number(ev, PACCT_F_CPU_USER) + number(ev, PACCT_F_CPU_SYSTEM), &g->cpu);
    if (pacct_event_has(ev, PACCT_F_ELAPSED)) {
        add_value(ev->v[PACCT_F_ELAPSED].u, &g->elapsed);
    }
    if (with_usage) {
        add_usage(g->usage, ev);
    }
    if (pacct_event_has(ev, PACCT_F_EXIT_CODE)) {
        pacct_histogram_add(&g->exit_codes, ev->v[PACCT_F_EXIT_CODE].u);
    }
    return true;
}

/* ---- events ---- */

/* What is the same for a summary and its window. The parts of an id are bytes in an order that no machine changes. */
static void begin(const struct pacct_origin* origin,
                  const struct pacct_summary_by* by,
                  const struct pacct_summary_window* window,
                  const char* event_name,
                  const char* key,
                  size_t key_len,
                  struct pacct_summary_storage* storage,
                  struct pacct_event* ev) {
    char numbers[3 * NUMBER_LEN], names[512];
    size_t names_len = 0;
    put_number(numbers, window->start);
    put_number(numbers + NUMBER_LEN, window->length);
    put_number(numbers + 2 * NUMBER_LEN, window->part);
    for (unsigned i = 0; i < by->count; i++) {
        const char* const name = pacct_fields[by->field[i]].native;
        const size_t len = strlen(name) + 1;
        memcpy(names + names_len, name, len);
        names_len += len;
    }
    const char* const kind = strchr(event_name, '.') + 1; /* the name has a namespace before it */
    const uint64_t end = window->start + window->length;
    const uint64_t shown_end = end < PACCT_RFC3339_MAX ? end : PACCT_RFC3339_MAX;
    const struct pacct_id_part parts[] = {{origin->host_id, origin->host_id_len},
                                          {kind, strlen(kind) + 1},
                                          {numbers, sizeof(numbers)},
                                          {names, names_len},
                                          {key, key_len}};
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), storage->id);
    pacct_event_begin(origin, ev);
    pacct_event_set_str(ev, PACCT_F_EVENT, kind, strlen(kind));
    pacct_event_set_str(ev, PACCT_F_EVENT_NAME, event_name, strlen(event_name));
    pacct_event_set_str(ev, PACCT_F_ID, storage->id, PACCT_ID_LEN);
    PACCT_SET_TOKEN(ev, PACCT_F_KIND, "metric");
    PACCT_SET_TOKEN(ev, PACCT_F_CATEGORY, "process");
    PACCT_SET_TOKEN(ev, PACCT_F_EVENT_TYPE, "info");
    PACCT_SET_TOKEN(ev, PACCT_F_DATASET, "impacct.summary");
    pacct_event_set_int(ev, PACCT_F_TIME, shown_end);
    pacct_event_set_int(ev, PACCT_F_WINDOW_START, window->start);
    pacct_event_set_int(ev, PACCT_F_WINDOW_END, shown_end);
    pacct_event_set_int(ev, PACCT_F_REVISION, window->revision);
}

void pacct_summary_window_event(const struct pacct_origin* origin,
                                const struct pacct_summary_by* by,
                                const struct pacct_summary_window* window,
                                struct pacct_summary_storage* storage,
                                struct pacct_event* ev) {
    begin(origin, by, window, "pacct.summary_window", "", 0, storage, ev);
}

/* The most frequent codes, of those that came as often the lowest. */
static void set_codes(const struct pacct_histogram* h, struct pacct_codes* codes) {
    codes->count = 0;
    for (uint32_t i = 0; i < h->used; i++) {
        const struct pacct_counted c = pacct_histogram_at(h, i);
        unsigned at = codes->count;
        while (at > 0 && codes->of[at - 1].times < c.count) {
            at--;
        }
        if (at == PACCT_CODES_MAX) {
            continue;
        }
        codes->count += codes->count < PACCT_CODES_MAX;
        memmove(codes->of + at + 1, codes->of + at, (codes->count - 1 - at) * sizeof(codes->of[0]));
        codes->of[at].code = c.key;
        codes->of[at].times = c.count;
    }
}

/* fields in this order: sum, max, then the percentiles */
static void set_values(struct pacct_event* ev, enum pacct_field_id sum, const struct pacct_summary_values* v) {
    static const unsigned percents[] = {50, 95, 99};
    if (v->buckets.used == 0) {
        return;
    }
    pacct_event_set_int(ev, sum, v->sum);
    pacct_event_set_int(ev, sum + 1, v->max);
    for (unsigned i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        pacct_event_set_int(ev, sum + 2 + i, pacct_histogram_percentile(&v->buckets, percents[i], v->max));
    }
}

_Static_assert(PACCT_F_ELAPSED_P99 == PACCT_F_ELAPSED_SUM + 4 && PACCT_F_CPU_P99 == PACCT_F_CPU_SUM + 4 &&
                   PACCT_F_MAX_RSS_KIB_P99 == PACCT_F_MAX_RSS_KIB_SUM + 4 &&
                   PACCT_F_READ_BYTES_P99 == PACCT_F_READ_BYTES_SUM + 4 &&
                   PACCT_F_WRITE_BYTES_P99 == PACCT_F_WRITE_BYTES_SUM + 4,
               "sum, max, p50, p95 and p99 follow each other");

static void set_usage(struct pacct_event* ev, const struct pacct_summary_usage* usage) {
    pacct_event_set_int(ev, PACCT_F_USAGE_COUNT, usage->count);
    for (unsigned i = 0; i < PACCT_SUMMARY_USED; i++) {
        set_values(ev, used[i].sum, &usage->of[i]);
    }
}

void pacct_summary_group_event(const struct pacct_origin* origin,
                               const struct pacct_summary_by* by,
                               const struct pacct_summary_window* window,
                               const struct pacct_summary_group* g,
                               struct pacct_summary_storage* storage,
                               struct pacct_event* ev) {
    begin(origin, by, window, "pacct.summary", g->key, g->key_len, storage, ev);
    set_members(by, g, &storage->members);
    set_codes(&g->exit_codes, &storage->codes);
    pacct_event_set_members(ev, PACCT_F_MEMBERS, &storage->members);
    pacct_event_set_codes(ev, PACCT_F_EXIT_CODES, &storage->codes);
    pacct_event_set_int(ev, PACCT_F_PROCESSES, g->count);
    pacct_event_set_int(ev, PACCT_F_FAILURES, g->failures);
    pacct_event_set_int(ev, PACCT_F_KILLED_COUNT, g->killed);
    pacct_event_set_int(ev, PACCT_F_CORE_DUMPS, g->core_dumps);
    set_values(ev, PACCT_F_ELAPSED_SUM, &g->elapsed);
    set_values(ev, PACCT_F_CPU_SUM, &g->cpu);
    pacct_event_set_int(ev, PACCT_F_MINOR_FAULTS_SUM, g->minor_faults);
    pacct_event_set_int(ev, PACCT_F_MAJOR_FAULTS_SUM, g->major_faults);
    if (g->usage != NULL) {
        set_usage(ev, g->usage);
    }
    pacct_event_set_int(ev, PACCT_F_FIRST_START, g->first_start);
    pacct_event_set_int(ev, PACCT_F_LAST_END, g->last_end);
}
