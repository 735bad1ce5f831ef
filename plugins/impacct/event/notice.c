/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/notice.c
 * @brief What happens to accounting itself: the kinds of state messages, and their events.
 *
 * Algorithm: a look into the table, and one setter per value.
 *
 * Concurrency and locking: pure.
 *
 * Failure model: what is too long is cut; what is not known is left out.
 */
#include "config.h"

#include "event/notice.h"

#include <string.h>

static const struct {
    const char *event, *name;
    unsigned severity;
    const char *kind, *type;
} kinds[PACCT_N_COUNT] = {
#define PACCT_NOTICE_ROW(symbol, event, ...) [PACCT_N_##symbol] = {event, "pacct." event, __VA_ARGS__},
    PACCT_NOTICES(PACCT_NOTICE_ROW)
#undef PACCT_NOTICE_ROW
};

unsigned pacct_notice_severity(enum pacct_notice_id id) {
    return kinds[id].severity;
}

void pacct_notice_begin(struct pacct_notice* n, enum pacct_notice_id id, const char* file) {
    n->id = id;
    n->file = file;
    n->old_file[0] = '\0';
    n->detail[0] = '\0';
    n->built_for = NULL;
    n->count = 0;
    n->key[0] = n->key[1] = 0;
    clock_gettime(CLOCK_REALTIME, &n->time);
}

void pacct_notice_number(struct pacct_notice* n, enum pacct_field_id field, uint64_t value) {
    n->numbers[n->count].field = field;
    n->numbers[n->count++].value = value;
}

static void set_text(struct pacct_event* ev, enum pacct_field_id field, const char* text, char* storage, size_t max) {
    bool clean;
    if (text[0] != '\0') {
        pacct_event_set_str(ev, field, storage, pacct_utf8_copy(text, strnlen(text, max), storage, &clean));
    }
}

static void set_id(const struct pacct_origin* origin,
                   const struct pacct_notice* n,
                   struct pacct_notice_storage* storage,
                   struct pacct_event* ev) {
    const bool by_key = n->key[0] != 0 || n->key[1] != 0;
    const uint64_t when[] = {by_key ? n->key[0] : (uint64_t)n->time.tv_sec,
                             by_key ? n->key[1] : (uint64_t)n->time.tv_nsec};
    const struct pacct_id_part parts[] = {
        {origin->host_id, origin->host_id_len},
        {kinds[n->id].event, strlen(kinds[n->id].event)},
        {n->file, strlen(n->file)},
        {when, sizeof(when)},
    };
    pacct_id_of_parts(parts, sizeof(parts) / sizeof(parts[0]), storage->id);
    pacct_event_set_str(ev, PACCT_F_ID, storage->id, PACCT_ID_LEN);
}

void pacct_notice_event(const struct pacct_origin* origin,
                        const struct pacct_notice* n,
                        struct pacct_notice_storage* storage,
                        struct pacct_event* ev) {
    pacct_event_begin(origin, ev);
    pacct_event_set_str(ev, PACCT_F_EVENT, kinds[n->id].event, strlen(kinds[n->id].event));
    pacct_event_set_str(ev, PACCT_F_EVENT_NAME, kinds[n->id].name, strlen(kinds[n->id].name));
    pacct_event_set_str(ev, PACCT_F_KIND, kinds[n->id].kind, strlen(kinds[n->id].kind));
    pacct_event_set_str(ev, PACCT_F_EVENT_TYPE, kinds[n->id].type, strlen(kinds[n->id].type));
    PACCT_SET_TOKEN(ev, PACCT_F_CATEGORY, "host");
    PACCT_SET_TOKEN(ev, PACCT_F_DATASET, "impacct.state");
    set_id(origin, n, storage, ev);
    pacct_event_set_int(ev, PACCT_F_TIME, (uint64_t)n->time.tv_sec);
    set_text(ev, PACCT_F_FILE, n->file, storage->file, PATH_MAX);
    set_text(ev, PACCT_F_OLD_FILE, n->old_file, storage->old_file, PATH_MAX);
    set_text(ev, PACCT_F_DETAIL, n->detail, storage->detail, sizeof(n->detail));
    if (n->built_for != NULL) {
        pacct_event_set_str(ev, PACCT_F_BUILT_FOR, n->built_for, strlen(n->built_for));
    }
    for (unsigned i = 0; i < n->count; i++) {
        pacct_event_set_int(ev, n->numbers[i].field, n->numbers[i].value);
    }
}
