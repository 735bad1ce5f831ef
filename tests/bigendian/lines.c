/* SPDX-License-Identifier: Apache-2.0 */
/* lines FILE: the records of a file as JSON lines, all schemas, and the text line; for s390x.sh. The ids are left out:
 * they need libgcrypt. */
#include "config.h"

#include "check.h"
#include "event/event.h"
#include "output/json.h"
#include "output/line.h"

int main(int argc, char** argv) {
    static uint8_t data[1u << 20];
    const struct pacct_dialect dialect = {.ahz = 100};
    struct pacct_origin origin = {.hostname = "box", .hostname_len = 3, .host_id = ""};
    struct pacct_set wanted = {{0}};
    struct pacct_rfc3339 clock_cache = {0};
    struct pacct_buf buf = {0};
    FILE* const f = argc == 2 ? fopen(argv[1], "rb") : NULL;
    CHECK(f != NULL);
    const size_t size = fread(data, 1, sizeof(data), f);
    fclose(f);
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        if (i != PACCT_F_ID) {
            pacct_set_add(&wanted, (enum pacct_field_id)i);
        }
    }
    origin.wanted = wanted;
    for (size_t at = 0; at + PACCT_RECORD_MIN <= size; at += pacct_record_length(data + at)) {
        struct pacct_record rec;
        struct pacct_event_storage room;
        struct pacct_event ev;
        CHECK(pacct_record_check(data + at, &dialect) == PACCT_PLAUSIBLE);
        CHECK(pacct_record_decode(data + at, &dialect, &rec));
        pacct_event_make(&origin, data + at, &rec, pacct_event_about(&rec), 0, &room, &ev);
        for (int schema = 0; schema < PACCT_SCHEMA_COUNT; schema++) {
            struct pacct_plan plan;
            CHECK(pacct_plan_make((enum pacct_schema)schema, &wanted, &plan) == 0);
            buf.len = 0;
            CHECK(pacct_json_write(&plan, &ev, &clock_cache, &buf));
            printf("%.*s\n", (int)buf.len, buf.p);
            pacct_plan_free(&plan);
        }
        buf.len = 0;
        CHECK(pacct_line_write(&ev, &clock_cache, &buf));
        printf("%.*s\n", (int)buf.len, buf.p);
    }
    pacct_buf_free(&buf);
    return 0;
}
