/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: every row of the table of fields can be written in every schema.
 * Invariant: each column parses; within a schema no name comes twice, and none is both a value and an object; a plan
 * writes exactly what was wanted, in blocks that together are all of it; a suffix is used on a type that it can
 * convert. Oracle: the columns of the table, taken apart here by strtok. */
#include "config.h"

#include "check.h"
#include "output/plan.h"

#include <errno.h>
#include <stdbool.h>

#define PATHS_MAX 512
#define PATH_LEN 128

struct path {
    char text[PATH_LEN];
    enum pacct_field_id field;
    enum pacct_form form;
};

static size_t paths_of_table(enum pacct_schema schema, struct path* paths) {
    size_t count = 0;
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        char column[256], *rest = NULL;
        snprintf(column, sizeof(column), "%s", pacct_schema_names_of(schema, (enum pacct_field_id)i));
        for (char* word = strtok_r(column, " ", &rest); word != NULL && strcmp(word, "-") != 0;
             word = strtok_r(NULL, " ", &rest)) {
            char* const colon = strchr(word, ':');
            const char* const suffix = colon == NULL ? "" : colon + 1;
            const enum pacct_type type = pacct_fields[i].type;
            struct path* const p = &paths[count++];
            if (colon != NULL) {
                *colon = '\0';
            }
            CHECK(strlen(word) > 0 && strlen(word) < PATH_LEN && count < PATHS_MAX);
            memcpy(p->text, word, strlen(word) + 1);
            p->field = (enum pacct_field_id)i;
            if (strcmp(suffix, "") == 0) {
                p->form = PACCT_FORM_PLAIN;
            } else if (strcmp(suffix, "str") == 0) {
                CHECK(type == PACCT_T_INT);
                p->form = PACCT_FORM_STR;
            } else if (strcmp(suffix, "ns") == 0) {
                CHECK(type == PACCT_T_CENTI);
                p->form = PACCT_FORM_NS;
            } else if (strcmp(suffix, "sec") == 0) {
                CHECK(type == PACCT_T_CENTI);
                p->form = PACCT_FORM_SEC;
            } else if (strcmp(suffix, "first") == 0) {
                CHECK(type == PACCT_T_STRINGS);
                p->form = PACCT_FORM_FIRST;
            } else if (strcmp(suffix, "base") == 0) {
                CHECK(type == PACCT_T_STRING);
                p->form = PACCT_FORM_BASE;
            } else {
                CHECK(strcmp(suffix, "list") == 0);
                CHECK(type == PACCT_T_TOKEN || type == PACCT_T_STRING);
                p->form = PACCT_FORM_LIST;
            }
        }
    }
    return count;
}

/* The same from a plan; checks its nesting and its JSON text on the way. */
static size_t paths_of_plan(const struct pacct_plan* plan, bool nested, struct path* paths) {
    size_t count = 0, depth = 0, lens[PACCT_PLAN_DEPTH + 1] = {0};
    char at[PATH_LEN] = "";
    for (size_t i = 0; i < plan->count; i++) {
        const struct pacct_step* const s = &plan->steps[i];
        if (s->kind == PACCT_STEP_CLOSE) {
            CHECK(depth > 0);
            depth--;
            continue;
        }
        char lead[PATH_LEN];
        const int lead_len = snprintf(lead, sizeof(lead), "\"%s\":", s->key);
        CHECK(strlen(s->key) > 0 && (!nested || strchr(s->key, '.') == NULL));
        CHECK_TEXT(s->lead, s->lead_len, lead);
        CHECK_EQ(strlen(lead), lead_len);
        const int len = snprintf(at + lens[depth], sizeof(at) - lens[depth], "%s%s", depth > 0 ? "." : "", s->key);
        if (s->kind == PACCT_STEP_OPEN) {
            CHECK(nested && depth + 1 < PACCT_PLAN_DEPTH);
            CHECK(plan->steps[i + 1].kind != PACCT_STEP_CLOSE);
            lens[depth + 1] = lens[depth] + (size_t)len;
            depth++;
            continue;
        }
        CHECK(pacct_set_has(&plan->fields, s->field));
        CHECK_EQ(s->type, pacct_fields[s->field].type);
        memcpy(paths[count].text, at, sizeof(at));
        paths[count].field = s->field;
        paths[count++].form = s->form;
    }
    CHECK_EQ(depth, 0);
    return count;
}

/* An event is passed over by a block only if it has nothing that the block writes. */
static void check_blocks(const struct pacct_plan* plan) {
    size_t at = 0;
    for (size_t n = 0; n < plan->block_count; n++) {
        const struct pacct_block* const b = &plan->blocks[n];
        const bool values = plan->steps[at].kind == PACCT_STEP_VALUE;
        CHECK_EQ(b->first, at);
        CHECK(b->count > 0 && b->count <= PACCT_BLOCK_MAX);
        for (; at < b->first + b->count; at++) {
            CHECK_EQ(plan->steps[at].kind == PACCT_STEP_VALUE, values);
            CHECK(!values || pacct_set_has(&b->fields, plan->steps[at].field));
        }
        for (int field = 0; field < PACCT_F_COUNT; field++) { /* what opens an object is not passed over */
            CHECK(values || pacct_set_has(&b->fields, (enum pacct_field_id)field));
        }
    }
    CHECK_EQ(at, plan->count);
}

/* The group of a process, and that of a summary: never in one event, nor in one plan of the module. */
static bool share_a_name(enum pacct_field_id a, enum pacct_field_id b) {
    return (a == PACCT_F_GROUP && b == PACCT_F_MEMBERS) || (a == PACCT_F_MEMBERS && b == PACCT_F_GROUP);
}

static void unique(const struct path* paths, size_t count, bool nested) {
    for (size_t i = 0; i < count; i++) {
        const size_t len = strlen(paths[i].text);
        for (size_t k = 0; k < count; k++) {
            if (i == k) {
                continue;
            }
            if (strcmp(paths[i].text, paths[k].text) == 0 && !share_a_name(paths[i].field, paths[k].field)) {
                fprintf(stderr, "%s comes twice\n", paths[i].text);
                exit(1);
            }
            if (nested && strncmp(paths[i].text, paths[k].text, len) == 0 && paths[k].text[len] == '.') {
                fprintf(stderr, "%s is a value and an object\n", paths[i].text);
                exit(1);
            }
        }
    }
}

static void same_paths(const struct path* a, size_t a_count, const struct path* b, size_t b_count) {
    CHECK_EQ(a_count, b_count);
    for (size_t i = 0; i < a_count; i++) {
        bool found = false;
        for (size_t k = 0; k < b_count; k++) {
            found = found || (strcmp(a[i].text, b[k].text) == 0 && a[i].field == b[k].field && a[i].form == b[k].form);
        }
        if (!found) {
            fprintf(stderr, "%s is not in both\n", a[i].text);
            exit(1);
        }
    }
}

static void check_schema(enum pacct_schema schema) {
    static struct path table[PATHS_MAX], plan_paths[PATHS_MAX];
    const bool nested = schema == PACCT_SCHEMA_ECS;
    const struct pacct_set full = pacct_set_full();
    struct pacct_plan plan;
    const size_t count = paths_of_table(schema, table);
    unique(table, count, nested);
    CHECK_EQ(pacct_plan_make(schema, &full, &plan), 0);
    same_paths(table, count, plan_paths, paths_of_plan(&plan, nested, plan_paths));
    check_blocks(&plan);
    pacct_plan_free(&plan);

    for (int i = 0; i < PACCT_F_COUNT; i++) {
        struct pacct_set one = {{0}};
        struct path wanted[8];
        size_t wanted_count = 0;
        pacct_set_add(&one, (enum pacct_field_id)i);
        for (size_t k = 0; k < count; k++) {
            if (table[k].field == (enum pacct_field_id)i) {
                wanted[wanted_count++] = table[k];
            }
        }
        CHECK_EQ(pacct_plan_make(schema, &one, &plan), 0);
        same_paths(wanted, wanted_count, plan_paths, paths_of_plan(&plan, nested, plan_paths));
        check_blocks(&plan);
        pacct_plan_free(&plan);
    }
}

/* Native names can be found; every row says for the reference page what it has to. */
static void rows(void) {
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const struct pacct_field* const f = &pacct_fields[i];
        const bool named = strcmp(f->native, "-") != 0;
        CHECK_EQ(pacct_field_find(f->native, strlen(f->native)), !named                 ? PACCT_F_COUNT
                                                                 : i == PACCT_F_MEMBERS ? PACCT_F_GROUP
                                                                                        : i);
        CHECK(strspn(f->native, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(f->native));
        CHECK(strcmp(f->acct, "=") != 0 || named);
        CHECK(strlen(f->unit) > 0 && strlen(f->precision) > 0 && strlen(f->versions) > 0 && strlen(f->meaning) > 0);
    }
    CHECK_EQ(pacct_field_find("pi", 2), PACCT_F_COUNT);
    CHECK_EQ(pacct_field_find("pid", 2), PACCT_F_COUNT);
    CHECK_EQ(pacct_field_find("PID", 3), PACCT_F_COUNT);
    CHECK_EQ(pacct_field_find("", 0), PACCT_F_COUNT);
}

int main(int argc, char** argv) {
    static const char* const names[] = {"native", "ecs", "otel", "acct"};
    CHECK_EQ(sizeof(names) / sizeof(names[0]), PACCT_SCHEMA_COUNT);
    check_begin(argc, argv);
    CASE("rows of the table") {
        rows();
    }
    for (int i = 0; i < PACCT_SCHEMA_COUNT; i++) {
        CASE(names[i]) {
            CHECK(strcmp(names[i], pacct_schema_names[i]) == 0);
            check_schema((enum pacct_schema)i);
        }
    }
    return check_end();
}
