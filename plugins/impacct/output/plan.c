/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file output/plan.c
 * @brief From the table of fields to a list of steps that writes one schema.
 *
 * Algorithm: the names of all wanted fields are listed in the order of the
 * table; a recursion over the parts of the names groups those that share a
 * parent object behind the first of them.
 *
 * Concurrency and locking: a plan is constant once made.
 *
 * Failure model: out of memory leaves nothing behind.
 */
#include "config.h"

#include "output/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char* const pacct_schema_names[PACCT_SCHEMA_COUNT + 1] = {
#define SCHEMA_NAME(symbol, column) [PACCT_SCHEMA_##symbol] = #column,
    PACCT_SCHEMAS(SCHEMA_NAME)
#undef SCHEMA_NAME
};

/* names per field: more than any row has */
#define NAMES_MAX 4
/* text of a number, a time or a truth value with its quotes, brackets and comma, at most; at least PACCT_LEAD_MAX,
 * since leads are copied as a whole */
#define VALUE_TEXT_MAX PACCT_LEAD_MAX

struct name {
    const char* text; /* into the table */
    size_t len;
    size_t done; /* length of the parents already opened, with their dots */
    enum pacct_form form;
    enum pacct_field_id field;
};

const char* pacct_schema_names_of(enum pacct_schema schema, enum pacct_field_id id) {
    static const size_t columns[PACCT_SCHEMA_COUNT] = {
#define SCHEMA_COLUMN(symbol, column) [PACCT_SCHEMA_##symbol] = offsetof(struct pacct_field, column),
        PACCT_SCHEMAS(SCHEMA_COLUMN)
#undef SCHEMA_COLUMN
    };
    const struct pacct_field* const f = &pacct_fields[id];
    const char* const names = *(const char* const*)(const void*)((const char*)f + columns[schema]);
    return names[0] == '=' ? f->native : names;
}

static bool parse_form(const char* text, size_t len, enum pacct_form* form) {
    static const struct {
        const char* suffix;
        enum pacct_form form;
    } forms[] = {{"str", PACCT_FORM_STR},   {"ns", PACCT_FORM_NS},       {"sec", PACCT_FORM_SEC},
                 {"list", PACCT_FORM_LIST}, {"first", PACCT_FORM_FIRST}, {"base", PACCT_FORM_BASE}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strlen(forms[i].suffix) == len && memcmp(forms[i].suffix, text, len) == 0) {
            *form = forms[i].form;
            return true;
        }
    }
    return false;
}

/* Append the names of one field; false where the column is malformed. */
static bool list_names(const char* column, enum pacct_field_id id, struct name* names, size_t* count) {
    for (const char* p = column; *p != '\0' && strcmp(column, "-") != 0;) {
        const size_t word = strcspn(p, " ");
        const char* const colon = memchr(p, ':', word);
        struct name* const n = &names[(*count)++];
        n->text = p;
        n->len = colon == NULL ? word : (size_t)(colon - p);
        n->done = 0;
        n->field = id;
        n->form = PACCT_FORM_PLAIN;
        if (n->len == 0 || (colon != NULL && !parse_form(colon + 1, word - n->len - 1, &n->form))) {
            return false;
        }
        p += word;
        p += strspn(p, " ");
    }
    return true;
}

struct pacct_bytes pacct_form_part(enum pacct_form form, const struct pacct_value* v) {
    if (form == PACCT_FORM_FIRST) {
        return (struct pacct_bytes){v->s, v->len == 0 ? 0 : strnlen(v->s, v->len)};
    }
    const char* const slash = v->len == 0 ? NULL : memrchr(v->s, '/', v->len);
    const char* const part = slash == NULL ? v->s : slash + 1;
    return (struct pacct_bytes){part, v->len - (size_t)(part - v->s)};
}

static int add_step(struct pacct_plan* plan, enum pacct_step_kind kind, const char* key, size_t len) {
    struct pacct_step* const steps = realloc(plan->steps, (plan->count + 1) * sizeof(*steps));
    if (steps == NULL) {
        return ENOMEM;
    }
    plan->steps = steps;
    struct pacct_step* const s = &steps[plan->count];
    memset(s, 0, sizeof(*s));
    s->kind = kind;
    if (key != NULL) {
        s->lead_len = len + sizeof("\"\":") - 1;
        if (s->lead_len >= sizeof(s->lead)) {
            return EINVAL;
        }
        s->key = strndup(key, len);
        if (s->key == NULL) {
            return ENOMEM;
        }
        sprintf(s->lead, "\"%s\":", s->key);
    }
    plan->count++;
    plan->fixed_size += s->lead_len + VALUE_TEXT_MAX;
    return 0;
}

/* Length of the next part of a name: up to the dot, or to its end where the schema does not nest. */
static size_t part_length(const struct name* n, bool nested) {
    const char* const dot = nested ? memchr(n->text + n->done, '.', n->len - n->done) : NULL;
    return dot == NULL ? n->len - n->done : (size_t)(dot - (n->text + n->done));
}

static int add_names(struct pacct_plan* plan, struct name* names, size_t count, bool nested);

/* Open the object that names[first] lies in and put all names in there that share it. */
static int add_object(struct pacct_plan* plan, struct name* names, size_t count, size_t part) {
    const char* const key = names[0].text + names[0].done;
    struct name* const group = calloc(count, sizeof(*group));
    if (group == NULL) {
        return ENOMEM;
    }
    size_t grouped = 0;
    for (size_t i = 0; i < count; i++) {
        if (names[i].field != PACCT_F_COUNT && part_length(&names[i], true) == part &&
            names[i].done + part < names[i].len && memcmp(names[i].text + names[i].done, key, part) == 0) {
            group[grouped] = names[i];
            group[grouped++].done += part + 1;
            names[i].field = PACCT_F_COUNT; /* taken */
        }
    }
    int err = add_step(plan, PACCT_STEP_OPEN, key, part);
    if (err == 0) {
        err = add_names(plan, group, grouped, true);
    }
    if (err == 0) {
        err = add_step(plan, PACCT_STEP_CLOSE, NULL, 0);
    }
    free(group);
    return err;
}

static int add_names(struct pacct_plan* plan, struct name* names, size_t count, bool nested) {
    int err = 0;
    for (size_t i = 0; i < count && err == 0; i++) {
        if (names[i].field == PACCT_F_COUNT) {
            continue;
        }
        const size_t part = part_length(&names[i], nested);
        if (names[i].done + part < names[i].len) {
            err = add_object(plan, names + i, count - i, part);
            continue;
        }
        err = add_step(plan, PACCT_STEP_VALUE, names[i].text + names[i].done, part);
        if (err == 0) {
            struct pacct_step* const s = &plan->steps[plan->count - 1];
            s->field = names[i].field;
            s->form = names[i].form;
            s->type = pacct_fields[names[i].field].type;
            pacct_set_add(&plan->fields, names[i].field);
        }
    }
    return err;
}

/* The next steps up to PACCT_BLOCK_MAX, all of them of values or none. */
static struct pacct_block next_block(const struct pacct_plan* plan, size_t first) {
    struct pacct_block block = {.first = first};
    const bool values = plan->steps[first].kind == PACCT_STEP_VALUE;
    if (!values) {
        block.fields = pacct_set_full();
    }
    for (size_t i = first; i < plan->count && block.count < PACCT_BLOCK_MAX; i++) {
        if ((plan->steps[i].kind == PACCT_STEP_VALUE) != values) {
            break;
        }
        if (values) {
            pacct_set_add(&block.fields, plan->steps[i].field);
        }
        block.count++;
    }
    return block;
}

static int make_blocks(struct pacct_plan* plan) {
    plan->blocks = calloc(plan->count + 1, sizeof(*plan->blocks));
    if (plan->blocks == NULL) {
        return ENOMEM;
    }
    for (size_t at = 0; at < plan->count; plan->block_count++) {
        plan->blocks[plan->block_count] = next_block(plan, at);
        at += plan->blocks[plan->block_count].count;
    }
    return 0;
}

int pacct_plan_make(enum pacct_schema schema, const struct pacct_set* wanted, struct pacct_plan* plan) {
    struct name names[PACCT_F_COUNT * NAMES_MAX];
    struct pacct_plan p = {.fixed_size = sizeof("{}")};
    size_t count = 0;
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const size_t before = count;
        if (!pacct_set_has(wanted, (enum pacct_field_id)i)) {
            continue;
        }
        if (!list_names(pacct_schema_names_of(schema, (enum pacct_field_id)i), (enum pacct_field_id)i, names, &count)) {
            return EINVAL;
        }
        if (count - before > p.string_copies) {
            p.string_copies = count - before;
        }
    }
    int err = add_names(&p, names, count, schema == PACCT_SCHEMA_ECS);
    if (err == 0) {
        err = make_blocks(&p);
    }
    if (err != 0) {
        pacct_plan_free(&p);
        return err;
    }
    *plan = p;
    return 0;
}

void pacct_plan_free(struct pacct_plan* plan) {
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->steps[i].key);
    }
    free(plan->steps);
    free(plan->blocks);
    memset(plan, 0, sizeof(*plan));
}
