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
        pacct_histogram_free(&g->elapsed);
        pacct_histogram_free(&g->cpu);
        pacct_histogram_free(&g->exit_codes);
        free(g);
    }
}

static uint64_t number(const struct pacct_event* ev, enum pacct_field_id field) {
    return pacct_event_has(ev, field) ? ev->v[field].u : 0;
}

static void add_value(uint64_t value, uint64_t* sum, uint64_t* max, struct pacct_histogram* h) {
    *sum += value;
    *max = value > *max ? value : *max;
    pacct_histogram_add(h, pacct_histogram_bucket(value));
}

bool pacct_summary_group_add(struct pacct_summary_group* g, const struct pacct_event* ev) {
    if (!pacct_histogram_reserve(&g->elapsed) || !pacct_histogram_reserve(&g->cpu) ||
        !pacct_histogram_reserve(&g->exit_codes)) {
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
    add_value(number(ev, PACCT_F_CPU_USER) + number(ev, PACCT_F_CPU_SYSTEM), &g->cpu_sum, &g->cpu_max, &g->cpu);
    if (pacct_event_has(ev, PACCT_F_ELAPSED)) {
        add_value(ev->v[PACCT_F_ELAPSED].u, &g->elapsed_sum, &g->elapsed_max, &g->elapsed);
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
static void set_values(struct pacct_event* ev,
                       enum pacct_field_id sum_field,
                       uint64_t sum,
                       uint64_t max,
                       const struct pacct_histogram* h) {
    static const unsigned percents[] = {50, 95, 99};
    if (h->used == 0) {
        return;
    }
    pacct_event_set_int(ev, sum_field, sum);
    pacct_event_set_int(ev, sum_field + 1, max);
    for (unsigned i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        pacct_event_set_int(ev, sum_field + 2 + i, pacct_histogram_percentile(h, percents[i], max));
    }
}

_Static_assert(PACCT_F_ELAPSED_P99 == PACCT_F_ELAPSED_SUM + 4 && PACCT_F_CPU_P99 == PACCT_F_CPU_SUM + 4,
               "sum, max, p50, p95 and p99 follow each other");

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
    set_values(ev, PACCT_F_ELAPSED_SUM, g->elapsed_sum, g->elapsed_max, &g->elapsed);
    set_values(ev, PACCT_F_CPU_SUM, g->cpu_sum, g->cpu_max, &g->cpu);
    pacct_event_set_int(ev, PACCT_F_MINOR_FAULTS_SUM, g->minor_faults);
    pacct_event_set_int(ev, PACCT_F_MAJOR_FAULTS_SUM, g->major_faults);
    pacct_event_set_int(ev, PACCT_F_FIRST_START, g->first_start);
    pacct_event_set_int(ev, PACCT_F_LAST_END, g->last_end);
}
