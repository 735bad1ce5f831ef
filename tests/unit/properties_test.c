/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the properties of a message are the values of its event, in each type and form, and cost no more than that.
 * Invariant: a value of each type and form becomes the JSON type that the table promises; what has no such form, and
 * objects without members, are left out; names are not copied; a failure anywhere gives no tree instead of a part of
 * one. Oracle: JSON text written by hand; libfastjson's constructors, made to fail one after the other. (What a failed
 * tree leaves behind is for the leak check of tests/memcheck.) */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "output/properties.h"

#include <libfastjson/json.h>
#include <libfastjson/json_object_iterator.h>

static struct pacct_rfc3339 day;
static struct pacct_event ev;

/* The call that fails: the count goes down with each; -1: none does */
static int calls_left = -1;

static bool fails(void) {
    return calls_left >= 0 && calls_left-- == 0;
}

#define WRAP(name, parameters, arguments)                \
    struct fjson_object* __real_##name parameters;       \
    struct fjson_object* __wrap_##name parameters;       \
    struct fjson_object* __wrap_##name parameters {      \
        return fails() ? NULL : __real_##name arguments; \
    }
WRAP(fjson_object_new_object, (void), ())
WRAP(fjson_object_new_array, (void), ())
WRAP(fjson_object_new_string_len, (const char* s, int len), (s, len))
WRAP(fjson_object_new_int64, (int64_t i), (i))
WRAP(fjson_object_new_boolean, (fjson_bool b), (b))
WRAP(fjson_object_new_double_s, (double d, const char* s), (d, s))

int __real_fjson_object_array_add(struct fjson_object* list, struct fjson_object* member);
int __wrap_fjson_object_array_add(struct fjson_object* list, struct fjson_object* member);
int __wrap_fjson_object_array_add(struct fjson_object* list, struct fjson_object* member) {
    return fails() ? -1 : __real_fjson_object_array_add(list, member);
}

static struct pacct_plan plan_of(enum pacct_schema schema) {
    const struct pacct_set full = pacct_set_full();
    struct pacct_plan plan;
    CHECK_EQ(pacct_plan_make(schema, &full, &plan), 0);
    return plan;
}

static void begin(void) {
    memset(&ev, 0, sizeof(ev));
}

static void check_tree(enum pacct_schema schema, const char* expected) {
    struct pacct_plan plan = plan_of(schema);
    struct fjson_object* const tree = pacct_properties_make(&plan, &ev, &day);
    CHECK(tree != NULL);
    const char* const text = fjson_object_to_json_string_ext(tree, FJSON_TO_STRING_PLAIN);
    CHECK_TEXT(text, strlen(text), expected);
    fjson_object_put(tree);
    pacct_plan_free(&plan);
}

/* In every type of the table */
static const struct pacct_members members = {.count = 5,
                                             .member = {{"user", PACCT_T_STRING, {.s = "a\"b", .len = 3}},
                                                        {"uid", PACCT_T_INT, {.u = 7}},
                                                        {"start", PACCT_T_TIME, {.u = 1700000000}},
                                                        {"elapsed", PACCT_T_CENTI, {.u = 105}},
                                                        {"other", PACCT_T_BOOL, {.u = 1}}}};
static const struct pacct_codes codes = {.count = 2, .of = {{0, 12}, {255, 3}}};

static void set_each_type(void) {
    begin();
    PACCT_SET_TOKEN(&ev, PACCT_F_EVENT, "exit");
    pacct_event_set_str(&ev, PACCT_F_COMM, "a \"b\"\n", 6);
    pacct_event_set_int(&ev, PACCT_F_PID, 4711);
    pacct_event_set_int(&ev, PACCT_F_END, 1700000000);
    pacct_event_set_int(&ev, PACCT_F_ELAPSED, 105);
    pacct_event_set_int(&ev, PACCT_F_KILLED, 1);
    pacct_event_set_str(&ev, PACCT_F_ARGS, "sh\0\0-c", 7);
    pacct_event_set_members(&ev, PACCT_F_MEMBERS, &members);
    pacct_event_set_codes(&ev, PACCT_F_EXIT_CODES, &codes);
}

static void types(void) {
    set_each_type();
    check_tree(
        PACCT_SCHEMA_NATIVE,
        "{\"event\":\"exit\",\"comm\":\"a \\\"b\\\"\\n\",\"pid\":4711,\"end\":\"2023-11-14T22:13:20Z\","
        "\"elapsed\":1.05,\"killed\":true,\"args\":[\"sh\",\"\",\"-c\"],"
        "\"group\":{\"user\":\"a\\\"b\",\"uid\":7,\"start\":\"2023-11-14T22:13:20Z\",\"elapsed\":1.05,\"other\":true},"
        "\"exit_codes\":[{\"code\":0,\"count\":12},{\"code\":255,\"count\":3}]}");
}

static void forms(void) {
    begin();
    PACCT_SET_TOKEN(&ev, PACCT_F_CATEGORY, "process");
    pacct_event_set_int(&ev, PACCT_F_UID, 0);
    pacct_event_set_int(&ev, PACCT_F_ELAPSED, 199);
    check_tree(PACCT_SCHEMA_ECS,
               "{\"event\":{\"duration\":1990000000,\"category\":[\"process\"]},"
               "\"process\":{\"real_user\":{\"id\":\"0\"},\"uptime\":1},\"user\":{\"id\":\"0\"}}");
}

static void left_out(void) {
    begin();
    check_tree(PACCT_SCHEMA_NATIVE, "{}");
    check_tree(PACCT_SCHEMA_ECS, "{}");
    pacct_event_set_int(&ev, PACCT_F_ELAPSED, UINT64_MAX / 1000); /* more nanoseconds than 63 bits hold */
    check_tree(PACCT_SCHEMA_ECS, "{\"process\":{\"uptime\":184467440737095}}");
    begin();
    pacct_event_set_str(&ev, PACCT_F_ARGS, "", 0);
    check_tree(PACCT_SCHEMA_NATIVE, "{\"args\":[]}");
}

static void names_not_copied(void) {
    struct pacct_plan plan = plan_of(PACCT_SCHEMA_NATIVE);
    set_each_type();
    struct fjson_object* const tree = pacct_properties_make(&plan, &ev, &day);
    struct fjson_object_iterator at = fjson_object_iter_begin(tree);
    const struct fjson_object_iterator end = fjson_object_iter_end(tree);
    unsigned found = 0;
    for (; !fjson_object_iter_equal(&at, &end); fjson_object_iter_next(&at)) {
        const char* const name = fjson_object_iter_peek_name(&at);
        for (size_t i = 0; i < plan.count; i++) {
            found += plan.steps[i].key == name;
        }
    }
    CHECK_EQ(found, 9);
    fjson_object_put(tree);
    pacct_plan_free(&plan);
}

static void failures(enum pacct_schema schema) {
    struct pacct_plan plan = plan_of(schema);
    int n = 0;
    set_each_type();
    pacct_event_set_int(&ev, PACCT_F_UID, 0);
    PACCT_SET_TOKEN(&ev, PACCT_F_CATEGORY, "process");
    for (;; n++) {
        calls_left = n;
        struct fjson_object* const tree = pacct_properties_make(&plan, &ev, &day);
        const bool all_called = calls_left >= 0;
        calls_left = -1;
        CHECK_EQ(tree != NULL, all_called);
        if (all_called) {
            fjson_object_put(tree);
            break;
        }
    }
    CHECK(n > 9); /* one for each value, at least */
    pacct_plan_free(&plan);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("each type") {
        types();
    }
    CASE("each form") {
        forms();
    }
    CASE("what is left out") {
        left_out();
    }
    CASE("names are not copied") {
        names_not_copied();
    }
    CASE("a failure of each call, flat") {
        failures(PACCT_SCHEMA_NATIVE);
    }
    CASE("a failure of each call, nested") {
        failures(PACCT_SCHEMA_ECS);
    }
    return check_end();
}
