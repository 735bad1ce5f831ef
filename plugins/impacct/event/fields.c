/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/fields.c
 * @brief The table of fields as data.
 *
 * Algorithm: none; the rows are in event/fields.h.
 * Concurrency and locking: constant data.
 * Failure model: none.
 */
#include "config.h"

#include "event/fields.h"

const struct pacct_field pacct_fields[PACCT_F_COUNT] = {
#define PACCT_ROW(symbol, native, type, ecs, otel, acct, unit, precision, versions, meaning) \
    [PACCT_F_##symbol] = {native, PACCT_T_##type, ecs, otel, acct, unit, precision, versions, meaning},
    PACCT_FIELDS(PACCT_ROW)
#undef PACCT_ROW
};

struct pacct_set pacct_set_of_summaries(void) {
    struct pacct_set set = {{0}};
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        if (strstr(pacct_fields[i].versions, "summary") != NULL) {
            pacct_set_add(&set, (enum pacct_field_id)i);
        }
    }
    return set;
}

struct pacct_set pacct_set_of_others(void) {
    struct pacct_set set = {{0}};
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        if (strcmp(pacct_fields[i].versions, "summary") != 0) {
            pacct_set_add(&set, (enum pacct_field_id)i);
        }
    }
    return set;
}

enum pacct_field_id pacct_field_find(const char* name, size_t len) {
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const char* const native = pacct_fields[i].native;
        if (native[0] != '-' && strlen(native) == len && memcmp(native, name, len) == 0) {
            return (enum pacct_field_id)i;
        }
    }
    return PACCT_F_COUNT;
}
