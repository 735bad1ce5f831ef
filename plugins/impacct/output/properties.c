/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/properties.c
 * @brief An event as a tree of libfastjson objects: rsyslog's message properties.
 *
 * Algorithm: walks the steps of the plan, as output/json.c does for text. The
 * names are not copied: libfastjson is told that they are constant, and each
 * comes once.
 *
 * Concurrency and locking: none.
 *
 * Failure model: out of memory releases what was made.
 */
#include "config.h"

#include "output/properties.h"
#include "base/fmt.h"
#include "output/json.h"

#include <libfastjson/json.h>

#define KEY_OPTIONS (FJSON_OBJECT_ADD_KEY_IS_NEW | FJSON_OBJECT_KEY_IS_CONSTANT)

static struct fjson_object* make_strings(const char* s, size_t len) {
    struct fjson_object* const list = fjson_object_new_array();
    for (size_t at = 0; list != NULL && at < len;) {
        const size_t one = strlen(s + at);
        struct fjson_object* const string = fjson_object_new_string_len(s + at, (int)one);
        if (string == NULL || fjson_object_array_add(list, string) != 0) {
            fjson_object_put(string);
            fjson_object_put(list);
            return NULL;
        }
        at += one + 1;
    }
    return list;
}

static struct fjson_object* make_members(const struct pacct_members* members, struct pacct_rfc3339* clock);
static struct fjson_object* make_codes(const struct pacct_codes* codes);

static struct fjson_object* make_plain(enum pacct_type type, const struct pacct_value* v, struct pacct_rfc3339* clock) {
    char text[PACCT_JSON_SCALAR_MAX];
    switch (type) {
        case PACCT_T_STRING:
        case PACCT_T_TOKEN:
            return fjson_object_new_string_len(v->s, (int)v->len);
        case PACCT_T_STRINGS:
            return make_strings(v->s, v->len);
        case PACCT_T_MEMBERS:
            return make_members(v->members, clock);
        case PACCT_T_CODES:
            return make_codes(v->codes);
        case PACCT_T_CENTI:
            *pacct_write_seconds(text, v->u) = '\0';
            return fjson_object_new_double_s((double)v->u / 100, text);
        case PACCT_T_TIME:
            pacct_rfc3339_write(clock, v->u, text);
            return fjson_object_new_string_len(text, PACCT_RFC3339_LEN);
        case PACCT_T_BOOL:
            return fjson_object_new_boolean(v->u != 0);
        case PACCT_T_INT:
        default:
            return fjson_object_new_int64((int64_t)v->u);
    }
}

static struct fjson_object* make_members(const struct pacct_members* members, struct pacct_rfc3339* clock) {
    struct fjson_object* const object = fjson_object_new_object();
    for (unsigned i = 0; object != NULL && i < members->count; i++) {
        struct fjson_object* const member = make_plain(members->member[i].type, &members->member[i].value, clock);
        if (member == NULL) {
            fjson_object_put(object);
            return NULL;
        }
        fjson_object_object_add_ex(object, members->member[i].name, member, KEY_OPTIONS);
    }
    return object;
}

static struct fjson_object* make_codes(const struct pacct_codes* codes) {
    struct fjson_object* const list = fjson_object_new_array();
    for (unsigned i = 0; list != NULL && i < codes->count; i++) {
        struct fjson_object* const object = fjson_object_new_object();
        struct fjson_object* const code = fjson_object_new_int64((int64_t)codes->of[i].code);
        struct fjson_object* const times = fjson_object_new_int64((int64_t)codes->of[i].times);
        if (object != NULL && code != NULL && times != NULL && fjson_object_array_add(list, object) == 0) {
            fjson_object_object_add_ex(object, "code", code, KEY_OPTIONS);
            fjson_object_object_add_ex(object, "count", times, KEY_OPTIONS);
            continue;
        }
        fjson_object_put(object);
        fjson_object_put(code);
        fjson_object_put(times);
        fjson_object_put(list);
        return NULL;
    }
    return list;
}

static struct fjson_object* make_list(struct fjson_object* member) {
    struct fjson_object* const list = member == NULL ? NULL : fjson_object_new_array();
    if (list == NULL || fjson_object_array_add(list, member) != 0) {
        fjson_object_put(member);
        fjson_object_put(list);
        return NULL;
    }
    return list;
}

/* NULL with *left_out: the value has no such form; NULL without: out of memory */
static struct fjson_object* make_value(const struct pacct_step* step,
                                       const struct pacct_value* v,
                                       struct pacct_rfc3339* clock,
                                       bool* left_out) {
    char text[PACCT_JSON_SCALAR_MAX];
    uint64_t ns;
    switch (step->form) {
        case PACCT_FORM_STR:
            return fjson_object_new_string_len(text, (int)(pacct_write_uint(text, v->u) - text));
        case PACCT_FORM_NS:
            *left_out = !pacct_nanoseconds(v->u, &ns);
            return *left_out ? NULL : fjson_object_new_int64((int64_t)ns);
        case PACCT_FORM_SEC:
            return fjson_object_new_int64((int64_t)(v->u / 100));
        case PACCT_FORM_LIST:
            return make_list(make_plain(step->type, v, clock));
        case PACCT_FORM_FIRST:
        case PACCT_FORM_BASE: {
            const struct pacct_bytes part = pacct_form_part(step->form, v);
            *left_out = part.len == 0;
            return *left_out ? NULL : fjson_object_new_string_len(part.p, (int)part.len);
        }
        case PACCT_FORM_PLAIN:
        default:
            return make_plain(step->type, v, clock);
    }
}

/* An object with the members from step *at up to its CLOSE or the end; *at is moved there. An object without members
 * is as good as none where a name opened it; the caller decides. */
static struct fjson_object* make_object(const struct pacct_plan* plan,
                                        const struct pacct_event* ev,
                                        struct pacct_rfc3339* clock,
                                        size_t* at) {
    struct fjson_object* const object = fjson_object_new_object();
    if (object == NULL) {
        return NULL;
    }
    for (; *at < plan->count && plan->steps[*at].kind != PACCT_STEP_CLOSE; (*at)++) {
        const struct pacct_step* const s = &plan->steps[*at];
        struct fjson_object* member;
        bool left_out = false;
        if (s->kind == PACCT_STEP_OPEN) {
            (*at)++;
            member = make_object(plan, ev, clock, at);
            left_out = member != NULL && fjson_object_object_length(member) == 0;
            if (left_out) {
                fjson_object_put(member);
            }
        } else if (pacct_event_has(ev, s->field)) {
            member = make_value(s, &ev->v[s->field], clock, &left_out);
        } else {
            continue;
        }
        if (left_out) {
            continue;
        }
        if (member == NULL) {
            fjson_object_put(object);
            return NULL;
        }
        fjson_object_object_add_ex(object, s->key, member, KEY_OPTIONS);
    }
    return object;
}

struct fjson_object* pacct_properties_make(const struct pacct_plan* plan,
                                           const struct pacct_event* ev,
                                           struct pacct_rfc3339* clock) {
    size_t at = 0;
    return make_object(plan, ev, clock, &at);
}
