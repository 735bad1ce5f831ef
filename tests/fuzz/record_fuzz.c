/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: no bytes of a record break the decoder, the event, or any output.
 * Invariant: the JSON text of every schema parses strictly and says what the property tree says; the text for people is
 * one line of printable ASCII.
 * Oracle: libfastjson's strict parser; a scan of the bytes. The input is a record, then a byte of ticks per second and
 * one that says the byte order of version 0 and the schema. */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "output/json.h"
#include "output/line.h"
#include "output/properties.h"

#include <libfastjson/json.h>

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

static struct pacct_plan plans[PACCT_SCHEMA_COUNT];
static struct pacct_rfc3339 clock_cache;
static struct pacct_buf buf;

static void prepare(void) {
    const struct pacct_set full = pacct_set_full();
    if (plans[0].count == 0) {
        pacct_id_init();
        for (int i = 0; i < PACCT_SCHEMA_COUNT; i++) {
            CHECK(pacct_plan_make((enum pacct_schema)i, &full, &plans[i]) == 0);
        }
    }
}

static void check_json(const struct pacct_plan* plan, const struct pacct_event* ev) {
    buf.len = 0;
    CHECK(pacct_json_write(plan, ev, &clock_cache, &buf));
    for (size_t i = 0; i < buf.len; i++) {
        CHECK((unsigned char)buf.p[i] >= 0x20 && buf.p[i] != 0x7f);
    }
    struct fjson_tokener* const tokener = fjson_tokener_new();
    fjson_tokener_set_flags(tokener, FJSON_TOKENER_STRICT);
    struct fjson_object* const parsed = fjson_tokener_parse_ex(tokener, buf.p, (int)buf.len);
    CHECK(parsed != NULL && tokener->char_offset == (int)buf.len);
    fjson_tokener_free(tokener);
    struct fjson_object* const tree = pacct_properties_make(plan, ev, &clock_cache);
    CHECK(tree != NULL);
    CHECK(strcmp(fjson_object_to_json_string(parsed), fjson_object_to_json_string(tree)) == 0);
    fjson_object_put(parsed);
    fjson_object_put(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < PACCT_RECORD_MIN || size < pacct_record_length(data)) {
        return 0;
    }
    prepare();
    const size_t len = pacct_record_length(data);
    const struct pacct_dialect dialect = {.ahz = size > len ? 1u + data[len] : 100u,
                                          .v0_big_endian = size > len + 1 && data[len + 1] % 2 != 0};
    const struct pacct_origin origin = {
        .hostname = "box", .hostname_len = 3, .host_id = "id", .host_id_len = 2, .wanted = pacct_set_full()};
    struct pacct_record rec;
    struct pacct_event_storage room;
    struct pacct_event ev;
    const enum pacct_verdict verdict = pacct_record_check(data, &dialect);
    if (!pacct_record_decode(data, &dialect, &rec)) {
        CHECK(verdict == PACCT_IMPOSSIBLE);
        return 0;
    }
    pacct_event_make(&origin, data, &rec, pacct_event_about(&rec), 0, &room, &ev);
    check_json(&plans[size > len + 1 ? data[len + 1] / 2 % PACCT_SCHEMA_COUNT : 0], &ev);
    buf.len = 0;
    CHECK(pacct_line_write(&ev, &clock_cache, &buf));
    for (size_t i = 0; i < buf.len; i++) {
        CHECK(buf.p[i] >= ' ' && buf.p[i] < 0x7f);
    }
    return 0;
}
