/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: the JSON text and the property tree of an event are valid, equal, and hold the event's values.
 * Invariant: for any event and every schema, strict JSON in one line of well-formed UTF-8 without a control character;
 * what the text says is what the tree says, member for member; each byte of a name survives or becomes U+FFFD.
 * Oracle: libfastjson's parser in its strict mode; snprintf and strftime for the values; a scan of the bytes. */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "output/json.h"
#include "output/properties.h"
#include "sample.h"

#include <libfastjson/json.h>
#include <libfastjson/json_object_iterator.h>

static struct pacct_plan plans[PACCT_SCHEMA_COUNT];
static struct pacct_rfc3339 text_clock, tree_clock;

/* Nothing that splits a line or steers a terminal, and no byte that is not UTF-8. */
static void check_bytes(const char* text, size_t len) {
    const unsigned char* const p = (const unsigned char*)text;
    for (size_t i = 0; i < len;) {
        const size_t used = pacct_utf8_sequence(p + i, len - i);
        CHECK(used > 0);
        CHECK(p[i] >= 0x20 && p[i] != 0x7f);
        CHECK(!(p[i] == 0xc2 && p[i + 1] < 0xa0));
        CHECK(!(p[i] == 0xe2 && p[i + 1] == 0x80 && (p[i + 2] == 0xa8 || p[i + 2] == 0xa9)));
        i += used;
    }
}

static struct fjson_object* parse(const char* text, size_t len) {
    struct fjson_tokener* const tokener = fjson_tokener_new();
    CHECK(tokener != NULL);
    fjson_tokener_set_flags(tokener, FJSON_TOKENER_STRICT);
    struct fjson_object* const object = fjson_tokener_parse_ex(tokener, text, (int)len);
    if (object == NULL || fjson_tokener_get_error(tokener) != fjson_tokener_success) {
        fprintf(stderr, "no JSON: %.*s\n", (int)len, text);
        exit(1);
    }
    CHECK_EQ(tokener->char_offset, len);
    fjson_tokener_free(tokener);
    return object;
}

static void same(struct fjson_object* a, struct fjson_object* b);

static void same_objects(struct fjson_object* a, struct fjson_object* b) {
    struct fjson_object_iterator ia = fjson_object_iter_begin(a), ib = fjson_object_iter_begin(b);
    const struct fjson_object_iterator ea = fjson_object_iter_end(a);
    CHECK_EQ(fjson_object_object_length(a), fjson_object_object_length(b));
    for (; !fjson_object_iter_equal(&ia, &ea); fjson_object_iter_next(&ia), fjson_object_iter_next(&ib)) {
        CHECK(strcmp(fjson_object_iter_peek_name(&ia), fjson_object_iter_peek_name(&ib)) == 0);
        same(fjson_object_iter_peek_value(&ia), fjson_object_iter_peek_value(&ib));
    }
}

static void same(struct fjson_object* a, struct fjson_object* b) {
    CHECK_EQ(fjson_object_get_type(a), fjson_object_get_type(b));
    switch (fjson_object_get_type(a)) {
        case fjson_type_object:
            same_objects(a, b);
            break;
        case fjson_type_array:
            CHECK_EQ(fjson_object_array_length(a), fjson_object_array_length(b));
            for (int i = 0; i < fjson_object_array_length(a); i++) {
                same(fjson_object_array_get_idx(a, i), fjson_object_array_get_idx(b, i));
            }
            break;
        case fjson_type_int:
            CHECK_EQ(fjson_object_get_int64(a), fjson_object_get_int64(b));
            break;
        case fjson_type_boolean:
            CHECK_EQ(fjson_object_get_boolean(a), fjson_object_get_boolean(b));
            break;
        case fjson_type_string:
        case fjson_type_double: /* as it is written */
            CHECK_EQ(fjson_object_get_string_len(a), fjson_object_get_string_len(b));
            CHECK(strcmp(fjson_object_get_string(a), fjson_object_get_string(b)) == 0);
            break;
        case fjson_type_null:
        default:
            CHECK(false); /* no value */
    }
}

/* The members of the flat schema are the values of the event. */
static void check_native(const struct pacct_event* ev, struct fjson_object* object) {
    int count = 0;
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        struct fjson_object* member;
        const struct pacct_value* const v = &ev->v[i];
        char text[64];
        if (!pacct_event_has(ev, (enum pacct_field_id)i) || strcmp(pacct_fields[i].native, "-") == 0) {
            continue;
        }
        count++;
        CHECK(fjson_object_object_get_ex(object, pacct_fields[i].native, &member));
        switch (pacct_fields[i].type) {
            case PACCT_T_STRING:
            case PACCT_T_TOKEN:
                CHECK(fjson_object_is_type(member, fjson_type_string));
                CHECK_EQ(fjson_object_get_string_len(member), v->len);
                CHECK(memcmp(fjson_object_get_string(member), v->s, v->len) == 0);
                break;
            case PACCT_T_STRINGS: {
                int n = 0;
                CHECK(fjson_object_is_type(member, fjson_type_array));
                for (size_t at = 0; at < v->len; at += strlen(v->s + at) + 1, n++) {
                    CHECK(strcmp(fjson_object_get_string(fjson_object_array_get_idx(member, n)), v->s + at) == 0);
                }
                CHECK_EQ(fjson_object_array_length(member), n);
                break;
            }
            case PACCT_T_MEMBERS:
                CHECK_EQ(fjson_object_object_length(member), v->members->count);
                for (unsigned k = 0; k < v->members->count; k++) {
                    struct fjson_object* of;
                    CHECK(fjson_object_object_get_ex(member, v->members->member[k].name, &of));
                    CHECK(v->members->member[k].type != PACCT_T_STRING ||
                          memcmp(fjson_object_get_string(of), v->members->member[k].value.s,
                                 v->members->member[k].value.len) == 0);
                }
                break;
            case PACCT_T_CODES:
                CHECK_EQ(fjson_object_array_length(member), v->codes->count);
                for (unsigned k = 0; k < v->codes->count; k++) {
                    struct fjson_object* of;
                    CHECK(fjson_object_object_get_ex(fjson_object_array_get_idx(member, (int)k), "count", &of));
                    CHECK_EQ(fjson_object_get_int64(of), v->codes->of[k].times);
                }
                break;
            case PACCT_T_BOOL:
                CHECK(fjson_object_is_type(member, fjson_type_boolean));
                CHECK_EQ(fjson_object_get_boolean(member), v->u != 0);
                break;
            case PACCT_T_TIME: {
                const time_t t = (time_t)v->u;
                struct tm tm;
                strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
                CHECK(strcmp(fjson_object_get_string(member), text) == 0);
                break;
            }
            case PACCT_T_CENTI:
                snprintf(text, sizeof(text), "%" PRIu64 ".%02u", v->u / 100, (unsigned)(v->u % 100));
                CHECK(strcmp(fjson_object_get_string(member), text) == 0);
                break;
            case PACCT_T_INT:
            default:
                CHECK(fjson_object_is_type(member, fjson_type_int));
                CHECK_EQ(fjson_object_get_int64(member), v->u);
                break;
        }
    }
    CHECK_EQ(fjson_object_object_length(object), count);
}

static void check_event(const struct pacct_event* ev) {
    for (int schema = 0; schema < PACCT_SCHEMA_COUNT; schema++) {
        struct pacct_buf buf = {0};
        CHECK(pacct_json_write(&plans[schema], ev, &text_clock, &buf));
        check_bytes(buf.p, buf.len);
        struct fjson_object* const parsed = parse(buf.p, buf.len);
        struct fjson_object* const tree = pacct_properties_make(&plans[schema], ev, &tree_clock);
        CHECK(tree != NULL);
        same(parsed, tree);
        if (schema == PACCT_SCHEMA_NATIVE) {
            check_native(ev, tree);
        }
        fjson_object_put(parsed);
        fjson_object_put(tree);
        pacct_buf_free(&buf);
    }
}

/* Valid UTF-8 that is likely to be misread. */
static size_t random_text(uint64_t* random, char* out, size_t max) {
    /* clang-format off */
    static const char* const parts[] = {"\"", "\\", "/", "\n", "\r", "\t", "\x1b[2J", "\x7f", "\xc2\x85", "\xc2\x9f",
                                        "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xef\xbf\xbd",
                                        "\xf0\x9f\x98\x80", "a", "x y", "{", "}", ",", ":", "\\u0000", "%s", "\x01"};
    /* clang-format on */
    size_t len = 0;
    for (uint64_t n = random_below(random, 12); n > 0; n--) {
        const char* const part = parts[random_below(random, sizeof(parts) / sizeof(parts[0]))];
        if (len + strlen(part) <= max) {
            memcpy(out + len, part, strlen(part));
            len += strlen(part);
        }
    }
    return len;
}

static uint64_t random_number(uint64_t* random) {
    return random_next(random) >> (1 + random_below(random, 63)); /* what decoders give fits into 63 bits */
}

/* As many members as there may be, with names as long as the longest field's. */
static void make_members(struct pacct_members* members, const char* text, size_t len, uint64_t u) {
    static const char* const names[PACCT_MEMBERS_MAX] = {
        "parent_entity_id", "parent_comm", "a", "b", "c", "d", "e", "f"};
    static const enum pacct_type types[] = {PACCT_T_STRING, PACCT_T_INT, PACCT_T_CENTI, PACCT_T_BOOL, PACCT_T_TIME};
    members->count = PACCT_MEMBERS_MAX;
    for (unsigned i = 0; i < members->count; i++) {
        members->member[i].name = names[i];
        members->member[i].type = types[i % 5];
        if (types[i % 5] == PACCT_T_STRING) {
            members->member[i].value = (struct pacct_value){.s = text, .len = len};
        } else {
            members->member[i].value.u = types[i % 5] == PACCT_T_TIME ? u % (PACCT_RFC3339_MAX + 1) : u;
        }
    }
}

static void make_codes(struct pacct_codes* codes, uint64_t u) {
    codes->count = PACCT_CODES_MAX;
    for (unsigned i = 0; i < codes->count; i++) {
        codes->of[i].code = u;
        codes->of[i].times = u;
    }
}

static void random_events(void) {
    static char strings[PACCT_F_COUNT][64];
    static struct pacct_members members;
    static struct pacct_codes codes;
    uint64_t random = 11;
    for (int n = 0; n < 20000; n++) {
        struct pacct_event ev;
        const uint64_t likely = random_below(&random, 5); /* from none to all fields */
        memset(&ev, 0, sizeof(ev));
        for (int i = 0; i < PACCT_F_COUNT; i++) {
            const enum pacct_field_id id = (enum pacct_field_id)i;
            /* GROUP and MEMBERS share a name and never meet */
            if (random_below(&random, 4) >= likely || (id == PACCT_F_MEMBERS && pacct_event_has(&ev, PACCT_F_GROUP))) {
                continue;
            }
            switch (pacct_fields[i].type) {
                case PACCT_T_STRING:
                    pacct_event_set_str(&ev, id, strings[i], random_text(&random, strings[i], sizeof(strings[i])));
                    break;
                case PACCT_T_STRINGS: {
                    size_t len = random_text(&random, strings[i], sizeof(strings[i]) - 1);
                    for (size_t k = 0; k < len; k++) {
                        /* cuts only in front of ASCII: each part is UTF-8 by itself */
                        const bool ascii = ((unsigned char)strings[i][k] & 0x80u) == 0;
                        strings[i][k] = ascii && random_below(&random, 4) == 0 ? '\0' : strings[i][k];
                    }
                    strings[i][len++] = '\0';
                    pacct_event_set_str(&ev, id, strings[i], random_below(&random, 8) == 0 ? 0 : len);
                    break;
                }
                case PACCT_T_TOKEN:
                    pacct_event_set_str(&ev, id, "SIGRTMIN+2", random_below(&random, 11));
                    break;
                case PACCT_T_TIME:
                    pacct_event_set_int(&ev, id, random_below(&random, PACCT_RFC3339_MAX + 1));
                    break;
                case PACCT_T_MEMBERS:
                    make_members(&members, strings[i], random_text(&random, strings[i], sizeof(strings[i])),
                                 random_number(&random));
                    members.count = (unsigned)random_below(&random, PACCT_MEMBERS_MAX + 1);
                    pacct_event_set_members(&ev, id, &members);
                    break;
                case PACCT_T_CODES:
                    make_codes(&codes, random_number(&random));
                    codes.count = (unsigned)random_below(&random, PACCT_CODES_MAX + 1);
                    pacct_event_set_codes(&ev, id, &codes);
                    break;
                case PACCT_T_INT:
                case PACCT_T_CENTI:
                case PACCT_T_BOOL:
                default:
                    pacct_event_set_int(&ev, id, random_number(&random));
                    break;
            }
        }
        check_event(&ev);
    }
}

/* The longest texts of everything at once fit into what is reserved: the buffer is one allocation. */
static void largest_event(void) {
    static char controls[4096];
    static struct pacct_members members;
    static struct pacct_codes codes;
    struct pacct_event ev;
    memset(&ev, 0, sizeof(ev));
    static char empty[4096]; /* strings without anything in them */
    memset(controls, 1, sizeof(controls));
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const enum pacct_type type = pacct_fields[i].type;
        if (i == PACCT_F_GROUP) {
            continue;
        }
        if (type == PACCT_T_STRINGS) {
            pacct_event_set_str(&ev, (enum pacct_field_id)i, empty, sizeof(empty));
        } else if (type == PACCT_T_STRING || type == PACCT_T_TOKEN) {
            pacct_event_set_str(&ev, (enum pacct_field_id)i, type == PACCT_T_STRING ? controls : "x",
                                type == PACCT_T_STRING ? sizeof(controls) : 1);
        } else if (type == PACCT_T_MEMBERS) {
            make_members(&members, controls, sizeof(controls), INT64_MAX);
            pacct_event_set_members(&ev, (enum pacct_field_id)i, &members);
        } else if (type == PACCT_T_CODES) {
            make_codes(&codes, INT64_MAX);
            pacct_event_set_codes(&ev, (enum pacct_field_id)i, &codes);
        } else {
            pacct_event_set_int(&ev, (enum pacct_field_id)i, type == PACCT_T_TIME ? PACCT_RFC3339_MAX : INT64_MAX);
        }
    }
    check_event(&ev);
}

/* Real records in all versions with every byte at every place of the name. */
static void every_byte(void) {
    const struct pacct_dialect dialect = {.ahz = 100};
    struct pacct_origin origin = {
        .hostname = "box", .hostname_len = 3, .host_id = "id", .host_id_len = 2, .wanted = pacct_set_full()};
    uint64_t random = 5;
    for (int byte = 1; byte <= UINT8_MAX; byte++) {
        for (size_t at = 0; at < 16; at++) {
            struct sample s = {.version = sample_kinds[(size_t)byte % SAMPLE_KINDS].version,
                               .big = sample_kinds[(size_t)byte % SAMPLE_KINDS].big};
            uint8_t raw[64];
            struct pacct_record rec;
            struct pacct_event_storage room;
            struct pacct_event ev;
            sample_random(&random, &s);
            if (byte % 2 == 0) {
                memset(s.comm, 'a', 15);
            } else {
                for (size_t i = 0; i < at; i++) {
                    s.comm[i] = (char)(s.comm[i] == '\0' ? 'b' : s.comm[i]);
                }
            }
            s.comm[at] = (char)byte;
            sample_write(&s, raw);
            CHECK(pacct_record_decode(raw, &dialect, &rec));
            pacct_event_make(&origin, raw, &rec, pacct_event_about(&rec), 0, &room, &ev);
            check_event(&ev);
        }
    }
}

/* Text is copied in words: a byte that has to be escaped, and its neighbors, at every place of every length. */
static void every_place(void) {
    static const char bytes[] = {0x00, 0x01, 0x1f, 0x20, '!', '"', '#', '[', '\\', ']', 0x7e, 0x7f};
    struct pacct_event ev;
    memset(&ev, 0, sizeof(ev));
    for (size_t len = 1; len <= 26; len++) {
        for (size_t at = 0; at < len; at++) {
            for (size_t i = 0; i < sizeof(bytes); i++) {
                char text[26];
                memset(text, 'a' + (int)len % 20, sizeof(text));
                text[at] = bytes[i];
                char* const exact = malloc(len); /* nothing behind it is to be read */
                CHECK(exact != NULL);
                memcpy(exact, text, len);
                ev.strings_len = 0;
                pacct_event_set_str(&ev, PACCT_F_COMM, exact, len);
                check_event(&ev);
                free(exact);
            }
        }
    }
}

static void write_is(const char* comm, size_t len, const char* expected) {
    struct pacct_set only = {{0}};
    struct pacct_plan plan;
    struct pacct_event ev;
    struct pacct_buf buf = {0};
    memset(&ev, 0, sizeof(ev));
    pacct_set_add(&only, PACCT_F_COMM);
    CHECK_EQ(pacct_plan_make(PACCT_SCHEMA_NATIVE, &only, &plan), 0);
    pacct_event_set_str(&ev, PACCT_F_COMM, comm, len);
    CHECK(pacct_json_write(&plan, &ev, &text_clock, &buf));
    CHECK_TEXT(buf.p, buf.len, expected);
    pacct_buf_free(&buf);
    pacct_plan_free(&plan);
}

static void exact_texts(void) {
    static const struct {
        const char *comm, *json;
    } cases[] = {
        {"make", "{\"comm\":\"make\"}"},
        {"\"\\/", "{\"comm\":\"\\\"\\\\/\"}"},
        {"\x01\n\x1f ~\x7f", "{\"comm\":\"\\u0001\\u000a\\u001f ~\\u007f\"}"},
        {"\xc2\x80\xc2\x9f\xc2\xa0", "{\"comm\":\"\\u0080\\u009f\xc2\xa0\"}"},
        {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "{\"comm\":\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\"}"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_is(cases[i].comm, strlen(cases[i].comm), cases[i].json);
    }
    write_is("a\0b", 3, "{\"comm\":\"a\\u0000b\"}");
}

int main(int argc, char** argv) {
    const struct pacct_set full = pacct_set_full();
    pacct_id_init();
    for (int i = 0; i < PACCT_SCHEMA_COUNT; i++) {
        CHECK_EQ(pacct_plan_make((enum pacct_schema)i, &full, &plans[i]), 0);
    }
    check_begin(argc, argv);
    CASE("exact texts") {
        exact_texts();
    }
    CASE("every byte at every place of a name") {
        every_byte();
    }
    CASE("what has to be escaped at every place of every length") {
        every_place();
    }
    CASE("the largest event") {
        largest_event();
    }
    CASE("random events") {
        random_events();
    }
    for (int i = 0; i < PACCT_SCHEMA_COUNT; i++) {
        pacct_plan_free(&plans[i]);
    }
    return check_end();
}
