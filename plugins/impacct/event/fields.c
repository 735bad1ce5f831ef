/**
 * @file pacct_fields.c
 * @brief The table of fields as data.
 *
 * Algorithm: none; the rows are in pacct_fields.h.
 * Concurrency and locking: constant data.
 * Failure model: none.
 */
#include "config.h"

#include "pacct_fields.h"

const struct pacct_field pacct_fields[PACCT_F_COUNT] = {
#define PACCT_ROW(symbol, native, type, ecs, otel, acct, unit, precision, versions, meaning) \
    [PACCT_F_##symbol] = {native, PACCT_T_##type, ecs, otel, acct, unit, precision, versions, meaning},
    PACCT_FIELDS(PACCT_ROW)
#undef PACCT_ROW
};

enum pacct_field_id pacct_field_find(const char* name, size_t len) {
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const char* const native = pacct_fields[i].native;
        if (native[0] != '-' && strlen(native) == len && memcmp(native, name, len) == 0) {
            return (enum pacct_field_id)i;
        }
    }
    return PACCT_F_COUNT;
}
