/**
 * @file pacct_schema.h
 * @brief From the table of fields to a list of steps that writes one schema.
 *
 * A plan is made once per input, when the configuration is read. Its steps
 * are in the order of the output, with nested objects opened and closed, so
 * that the writers (pacct_json.c, pacct_tree.c) walk it without thinking.
 */
#ifndef PACCT_SCHEMA_H
#define PACCT_SCHEMA_H

#include "pacct_fields.h"

/** The schemas; pacct_schema_names has their names in the same order. */
enum pacct_schema { PACCT_SCHEMA_NATIVE, PACCT_SCHEMA_ECS, PACCT_SCHEMA_OTEL, PACCT_SCHEMA_ACCT, PACCT_SCHEMA_COUNT };
extern const char* const pacct_schema_names[PACCT_SCHEMA_COUNT];

/** How a value is changed on its way out. */
enum pacct_form { PACCT_FORM_PLAIN, PACCT_FORM_STR, PACCT_FORM_NS, PACCT_FORM_SEC, PACCT_FORM_LIST };

enum pacct_step_kind { PACCT_STEP_VALUE, PACCT_STEP_OPEN, PACCT_STEP_CLOSE };

/** Room for the longest lead. Leads are copied as a whole, or the first piece of them. */
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

/** Deepest nesting of objects in any schema. */
#define PACCT_PLAN_DEPTH 8

struct pacct_plan {
    struct pacct_step* steps;
    size_t count;
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
