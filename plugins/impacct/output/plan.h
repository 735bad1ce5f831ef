/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/plan.h
 * @brief From the table of fields to a list of steps that writes one schema.
 *
 * A plan is made once per input, when the configuration is read. Its steps
 * are in the order of the output, with nested objects opened and closed, so
 * that the writers (output/json.c, output/properties.c) walk it without decisions.
 */
#ifndef PACCT_PLAN_H
#define PACCT_PLAN_H

#include "event/fields.h"
#include "base/text.h"

/** The schemas: symbol, name, and column of the table of fields. */
#define PACCT_SCHEMAS(X) X(NATIVE, native) X(ECS, ecs) X(OTEL, otel) X(ACCT, acct)

enum pacct_schema {
#define PACCT_SCHEMA_ENUM(symbol, column) PACCT_SCHEMA_##symbol,
    PACCT_SCHEMAS(PACCT_SCHEMA_ENUM)
#undef PACCT_SCHEMA_ENUM
        PACCT_SCHEMA_COUNT
};

/** Their names, by enum pacct_schema; ends with NULL. */
extern const char* const pacct_schema_names[PACCT_SCHEMA_COUNT + 1];

/** How a value is changed on its way out. */
enum pacct_form {
    PACCT_FORM_PLAIN,
    PACCT_FORM_STR,
    PACCT_FORM_NS,
    PACCT_FORM_SEC,
    PACCT_FORM_LIST,
    PACCT_FORM_FIRST,
    PACCT_FORM_BASE
};

/**
 * The part of a value that a form writes as a string: the first of several, or the last of a path.
 *
 * @param form PACCT_FORM_FIRST or PACCT_FORM_BASE
 * @return a part of v's string, without length where there is no such part
 */
struct pacct_bytes pacct_form_part(enum pacct_form form, const struct pacct_value* v);

enum pacct_step_kind { PACCT_STEP_VALUE, PACCT_STEP_OPEN, PACCT_STEP_CLOSE };

/** Longest lead. Leads are copied as a whole, or the first piece of them. */
#define PACCT_LEAD_MAX 48u
#define PACCT_LEAD_PIECE 16u

/** One step of a plan. */
struct pacct_step {
    enum pacct_step_kind kind;
    enum pacct_form form; /**< VALUE */
    enum pacct_field_id field; /**< VALUE */
    enum pacct_type type; /**< VALUE */
    char* key; /**< VALUE and OPEN: the member's name, terminated */
    size_t lead_len;
    char lead[PACCT_LEAD_MAX]; /**< VALUE and OPEN: the same as JSON text: the quoted name and a colon */
};

/** Steps of one block, at most. */
#define PACCT_BLOCK_MAX 8u

/** Some steps in a row, which do nothing for an event that has none of their fields. */
struct pacct_block {
    size_t first, count;
    struct pacct_set fields; /**< all, where objects are opened or closed in between */
};

/** Deepest nesting of objects in any schema. */
#define PACCT_PLAN_DEPTH 8

struct pacct_plan {
    struct pacct_step* steps;
    size_t count;
    struct pacct_block* blocks; /**< together all steps; most events have few of all fields */
    size_t block_count;
    struct pacct_set fields; /**< the fields that the plan writes */
    size_t fixed_size; /**< bytes of JSON text that suffice for everything but the strings of an event */
    size_t string_copies; /**< how often the longest-copied string may be written */
};

/**
 * Make the plan of a schema.
 *
 * @param wanted the fields to be written; others are left out
 * @param plan set on success, to be released by pacct_plan_free(); untouched on failure
 * @return 0, or ENOMEM; EINVAL would mean that a row of the table has a malformed column, or too long a name
 */
int pacct_plan_make(enum pacct_schema schema, const struct pacct_set* wanted, struct pacct_plan* plan);

void pacct_plan_free(struct pacct_plan* plan);

/** The names of a field in a schema, as the table has them, with "=" resolved; "-": none. */
const char* pacct_schema_names_of(enum pacct_schema schema, enum pacct_field_id id);

#endif
