/* SPDX-License-Identifier: Apache-2.0 */
/* Prints doc/source/reference/impacct-fields.rst, made from the table of fields: make docs. */
#include "config.h"

#include "output/plan.h"

#include <ctype.h>
#include <stdio.h>

static const char* const symbols[] = {
#define SYMBOL(symbol, ...) #symbol,
    PACCT_FIELDS(SYMBOL)
#undef SYMBOL
};

static const char intro[] =
    ".. This page is made from the table in plugins/impacct/event/fields.h by \"make docs\". Do not edit it.\n"
    "\n"
    ".. _impacct-fields:\n"
    "\n"
    ".. meta::\n"
    "   :description: Every field of impacct's messages: meaning, type, unit, precision, and its name in each schema.\n"
    "   :keywords: rsyslog, impacct, process accounting, fields, ECS, OpenTelemetry, syslog-ng pacct\n"
    "\n"
    "Fields of impacct\n"
    "=================\n"
    "\n"
    ".. index::\n"
    "   single: impacct; fields\n"
    "\n"
    ".. summary-start\n"
    "\n"
    "Every field of a message: what it means, in which unit and how precise it is, and its name in each schema.\n"
    "\n"
    ".. summary-end\n"
    "\n"
    "Every message has the fields that its record knows; what it cannot know is left out. The parameter\n"
    ":doc:`schema <parameters/impacct-schema>` chooses the names. They are the same in the text of a message\n"
    "and in its properties.\n"
    "\n"
    "Versions are those of the record: 3 is what distributions write today, 2 comes from kernels without\n"
    "``CONFIG_BSD_PROCESS_ACCT_V3``, 1 from m68k, 0 from Linux 2.6.7 and before. *state* marks the fields of\n"
    "messages about accounting itself, *exec* those of messages about a program that starts, *summary* those of\n"
    ":doc:`summaries <impacct-summaries>`.\n"
    "\n"
    "A field that has no name in the default schema is shown in *italics*.\n"
    "\n";

static const char* type_of(enum pacct_type type) {
    switch (type) {
        case PACCT_T_INT:
            return "integer";
        case PACCT_T_CENTI:
            return "number with two decimals";
        case PACCT_T_TIME:
            return "time, RFC 3339 in UTC";
        case PACCT_T_BOOL:
            return "true or false";
        case PACCT_T_STRINGS:
            return "list of strings";
        case PACCT_T_MEMBERS:
            return "object";
        case PACCT_T_CODES:
            return "list of objects";
        case PACCT_T_STRING:
        case PACCT_T_TOKEN:
        default:
            return "string";
    }
}

/* How a suffix of a name in the table changes the type. */
static const char* form_of(const char* suffix, size_t len) {
    static const struct {
        const char *suffix, *text;
    } forms[] = {{"str", "string of digits"},
                 {"ns", "integer, nanoseconds"},
                 {"sec", "integer, whole seconds"},
                 {"list", "list of one string"},
                 {"first", "string, the first of them"},
                 {"base", "string, what follows the last slash"}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strlen(forms[i].suffix) == len && memcmp(forms[i].suffix, suffix, len) == 0) {
            return forms[i].text;
        }
    }
    return "?";
}

static void print_label(enum pacct_field_id id) {
    if (strcmp(pacct_fields[id].native, "-") != 0) {
        printf("``%s``", pacct_fields[id].native);
        return;
    }
    putchar('*');
    for (const char* p = symbols[id]; *p != '\0'; p++) {
        putchar(*p == '_' ? ' ' : tolower((unsigned char)*p));
    }
    putchar('*');
}

static void print_names(enum pacct_schema schema, enum pacct_field_id id) {
    const char* const column = pacct_schema_names_of(schema, id);
    if (strcmp(column, "-") == 0) {
        printf("     -\n");
        return;
    }
    printf("     -");
    for (const char* p = column; *p != '\0';) {
        const size_t word = strcspn(p, " ");
        const char* const colon = memchr(p, ':', word);
        const size_t len = colon == NULL ? word : (size_t)(colon - p);
        printf("%s ``%.*s``", p == column ? "" : ",", (int)len, p);
        if (colon != NULL) {
            printf(" (%s)", form_of(colon + 1, word - len - 1));
        }
        p += word;
        p += strspn(p, " ");
    }
    printf("\n");
}

/* A cell of a table; "-" stands for nothing. */
static void print_cell(const char* text) {
    printf(strcmp(text, "-") == 0 ? "     -\n" : "     - %s\n", text);
}

int main(void) {
    printf("%s", intro);
    printf("Meaning\n-------\n\n.. list-table::\n   :header-rows: 1\n\n");
    printf("   * - field\n     - type\n     - unit\n     - precision\n     - versions\n     - meaning\n");
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        const struct pacct_field* const f = &pacct_fields[i];
        printf("   * - ");
        print_label((enum pacct_field_id)i);
        printf("\n     - %s\n", type_of(f->type));
        print_cell(f->unit);
        print_cell(f->precision);
        print_cell(f->versions);
        print_cell(f->meaning);
    }
    printf(
        "\nNames\n-----\n\nIn schema ``ecs`` a dot nests objects; in the others it is a part of the name. Where a type "
        "is given it\n"
        "differs from the one above.\n\n.. list-table::\n   :header-rows: 1\n\n   * - field");
    for (int schema = 0; schema < PACCT_SCHEMA_COUNT; schema++) {
        printf("\n     - %s", pacct_schema_names[schema]);
    }
    printf("\n");
    for (int i = 0; i < PACCT_F_COUNT; i++) {
        printf("   * - ");
        print_label((enum pacct_field_id)i);
        printf("\n");
        for (int schema = 0; schema < PACCT_SCHEMA_COUNT; schema++) {
            print_names((enum pacct_schema)schema, (enum pacct_field_id)i);
        }
    }
    return 0;
}
