/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the documents say of parameters, made from their table; tests/tools/docs puts it into its places.
 *
 *   params_pages names         the parameters, one a line, as they are in names of pages
 *   params_pages page NAME     the page of that parameter
 *   params_pages list          the table of all parameters for the module's page
 *   params_pages toctree       the pages for the module's page
 *   params_pages readme        the table for README.md
 *   params_pages man           the list for impacct(5)
 *
 * Ends with 1 and a message where a row of the table cannot become a page. */
#include "config.h"

#define IMPACCT_PARAMS_WITH_DOC
#include "impacct_params_table.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* what is in front of a summary in the description for search engines takes some of its 160 characters */
#define SUMMARY_MAX 120

_Noreturn static void fail(const struct param* p, const char* what) {
    fprintf(stderr, "impacct_params_table.h: %s: %s\n", p->name, what);
    exit(1);
}

/* The name as in labels and names of files: "accounting-atstop" */
static const char* slug(const struct param* p) {
    static char text[64];
    size_t i = 0;
    for (; p->name[i] != '\0' && i + 1 < sizeof(text); i++) {
        text[i] = p->name[i] == '.' ? '-' : (char)tolower((unsigned char)p->name[i]);
    }
    text[i] = '\0';
    return text;
}

/* The same as in rsyslog's other labels: "accounting.atstop" */
static const char* label(const struct param* p) {
    static char text[64];
    size_t i = 0;
    for (; p->name[i] != '\0' && i + 1 < sizeof(text); i++) {
        text[i] = (char)tolower((unsigned char)p->name[i]);
    }
    text[i] = '\0';
    return text;
}

static const char* type_of(const struct param* p) {
    switch (p->kind) {
        case CHOICE:
        case FACILITY:
        case SEVERITY:
            return "word";
        case SWITCH:
            return "binary";
        case NUMBER:
            return "integer";
        case SIZE:
            return "size";
        case DURATION:
        case ALARM:
            return "number";
        case FIELDS:
        case BY:
        case REDACT:
            return "array";
        case TEXT:
        case PATH:
        case NAME:
        case HOST:
        case TAG:
        case IDENTIFIER:
        case CONTAINER:
        case INTERVAL:
        default:
            return "string";
    }
}

/* The values that a kind takes, where its columns say them */
static void print_values(const struct param* p) {
    switch (p->kind) {
        case PATH:
            printf("An absolute path.\n");
            break;
        case NUMBER:
            if (p->max >= INT_MAX) {
                printf("A whole number of at least %ld.\n", p->min);
            } else {
                printf("A whole number from %ld to %ld.\n", p->min, p->max);
            }
            break;
        case DURATION:
            printf("Seconds from %g to %g; fractions are allowed.\n", (double)p->min / 1000, (double)p->max / 1000);
            break;
        case ALARM:
            printf("Seconds from %g to %g, fractions are allowed, or ``\"off\"``.\n", (double)p->min / 1000,
                   (double)p->max / 1000);
            break;
        case INTERVAL:
            printf("A whole number from %ld to %ld that divides %ld, or ``\"off\"``.\n", p->min, p->max, p->max);
            break;
        case SIZE:
            printf(
                "A size of at least %ld bytes; ``k``, ``m`` and ``g`` stand for powers of 1024, ``K``, ``M`` and\n"
                "``G`` for powers of 1000.\n",
                p->min);
            break;
        case FACILITY:
        case SEVERITY:
            printf("A %s by name or by number, 0 to %ld.\n", p->name, p->max);
            break;
        case TEXT:
        case NAME:
        case HOST:
        case TAG:
        case IDENTIFIER:
        case CONTAINER:
        case CHOICE:
        case SWITCH:
        case FIELDS:
        case BY:
        case REDACT:
        default:
            break;
    }
}

/* Text without the marks of literal text, or with one instead of two */
static void print_plain(const char* text, const char* mark) {
    for (; *text != '\0'; text++) {
        if (text[0] == '`' && text[1] == '`') {
            printf("%s", mark);
            text++;
        } else {
            putchar(*text);
        }
    }
}

static const char* default_of(const struct param* p) {
    return p->dflt[0] != '\0' ? p->dflt : p->doc.dflt;
}

static void print_underlined(const char* text, char mark) {
    printf("%s\n", text);
    for (size_t i = 0; i < strlen(text); i++) {
        putchar(mark);
    }
    printf("\n\n");
}

#define EXAMPLE_MAX (sizeof(params[0].doc.example) / sizeof(params[0].doc.example[0]))
#define VALUES_MAX (sizeof(params[0].doc.example[0].values) / sizeof(params[0].doc.example[0].values[0]))

static void print_rainerscript(const struct param* p) {
    printf(".. code-block:: rsyslog\n\n   input(type=\"impacct\"");
    if (strcmp(p->name, "ruleset") != 0) {
        printf("\n         ruleset=\"processes\"");
    }
    for (size_t i = 0; i < EXAMPLE_MAX && p->doc.example[i].name != NULL; i++) {
        const char* const* const values = p->doc.example[i].values;
        printf("\n         %s=%s", p->doc.example[i].name, values[1] != NULL ? "[" : "");
        for (size_t k = 0; k < VALUES_MAX && values[k] != NULL; k++) {
            printf("%s\"%s\"", k > 0 ? ", " : "", values[k]);
        }
        printf("%s", values[1] != NULL ? "]" : "");
    }
    printf(")\n\n");
}

static void print_yaml(const struct param* p) {
    printf(".. code-block:: yaml\n\n   inputs:\n     - type: impacct\n");
    if (strcmp(p->name, "ruleset") != 0) {
        printf("       ruleset: \"processes\"\n");
    }
    for (size_t i = 0; i < EXAMPLE_MAX && p->doc.example[i].name != NULL; i++) {
        const char* const* const values = p->doc.example[i].values;
        printf("       %s:", p->doc.example[i].name);
        if (values[1] == NULL) {
            printf(" \"%s\"\n", values[0]);
            continue;
        }
        printf("\n");
        for (size_t k = 0; k < VALUES_MAX && values[k] != NULL; k++) {
            printf("         - \"%s\"\n", values[k]);
        }
    }
    printf("\n");
}

static void print_page(const struct param* p) {
    printf(
        ".. This page is made from the table in plugins/impacct/impacct_params_table.h by \"make docs\". Do not edit "
        "it.\n\n");
    printf(".. _param-impacct-%s:\n.. _impacct.parameter.input.%s:\n\n", slug(p), label(p));
    printf(".. meta::\n   :description: impacct, parameter %s: ", p->name);
    print_plain(p->doc.summary, "");
    printf("\n   :keywords: rsyslog, impacct, process accounting, %s\n\n", p->name);
    print_underlined(p->name, '=');
    printf(".. index::\n   single: impacct; %s\n   single: %s\n\n", p->name, p->name);
    printf(".. summary-start\n\n%s\n\n.. summary-end\n\n", p->doc.summary);
    printf("This parameter applies to :doc:`../../configuration/modules/impacct`.\n\n");
    printf(":Name: %s\n:Scope: input\n:Type: %s\n:Default: %s\n:Required?: no\n:Introduced: %s\n\n", p->name,
           type_of(p), default_of(p), p->doc.since);
    printf("Description\n-----------\n");
    print_values(p);
    printf("%s\n", p->doc.text);
    printf("Input usage\n-----------\n");
    printf(".. _param-impacct-input-%s:\n.. _impacct.parameter.input.%s-usage:\n\n", slug(p), label(p));
    print_rainerscript(p);
    print_yaml(p);
    printf("See also\n--------\nSee also :doc:`../../configuration/modules/impacct`.\n");
}

static void print_list(void) {
    printf(".. list-table::\n   :widths: 30 70\n   :header-rows: 1\n\n   * - Parameter\n     - Summary\n");
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        printf("   * - :ref:`param-impacct-%s`\n", slug(&params[i]));
        printf("     - .. include:: ../../reference/parameters/impacct-%s.rst\n", slug(&params[i]));
        printf("        :start-after: .. summary-start\n        :end-before: .. summary-end\n");
    }
}

static void print_toctree(void) {
    printf(".. toctree::\n   :hidden:\n\n");
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        printf("   ../../reference/parameters/impacct-%s\n", slug(&params[i]));
    }
}

static void print_readme(void) {
    printf("| name | default | what |\n|---|---|---|\n");
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        printf("| `%s` | ", params[i].name);
        print_plain(default_of(&params[i]), "`");
        printf(" | ");
        print_plain(params[i].doc.summary, "`");
        printf(" |\n");
    }
}

/* Text for roff; what is literal becomes bold */
static void print_roff(const char* text) {
    bool bold = false;
    for (; *text != '\0'; text++) {
        if (text[0] == '`' && text[1] == '`') {
            bold = !bold;
            printf("%s", bold ? "\\fB" : "\\fP");
            text++;
        } else if (*text == '\\') {
            printf("\\e");
        } else {
            printf("%s%c", *text == '-' ? "\\" : "", *text);
        }
    }
}

static void print_man(void) {
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        printf(".TP\n\\fB%s\\fP (default: ", params[i].name);
        print_roff(default_of(&params[i]));
        printf(")\n");
        print_roff(params[i].doc.summary);
        printf("\n");
    }
}

/* What a reader of the pages relies on */
static void check(const struct param* p) {
    char choice[64];
    bool shown = false;
    if (p->doc.since == NULL) {
        fail(p, "it is not said which release has it first");
    }
    if (p->doc.summary == NULL || p->doc.text == NULL || p->doc.example[0].name == NULL) {
        fail(p, "there is no summary, no text or no example");
    }
    if (strlen(p->doc.summary) > SUMMARY_MAX || strchr(p->doc.summary, '\n') != NULL) {
        fail(p, "the summary is too long, or has several lines");
    }
    if ((p->dflt[0] == '\0') == (p->doc.dflt == NULL)) {
        fail(p, "a default in words goes with an empty one, and only with that");
    }
    for (const char* c = p->doc.text; *c != '\0'; c++) {
        if (*c != '\n' && (*c < ' ' || *c > '~')) {
            fail(p, "the text is not plain ASCII");
        }
    }
    for (size_t i = 0; p->choices != NULL && p->choices[i] != NULL; i++) {
        snprintf(choice, sizeof(choice), "``%s``", p->choices[i]);
        if (strstr(p->doc.summary, choice) == NULL) {
            snprintf(choice, sizeof(choice), "``\"%s\"``", p->choices[i]);
            if (strstr(p->doc.text, choice) == NULL) {
                fail(p, "neither summary nor text names each choice");
            }
        }
    }
    for (size_t i = 0; i < EXAMPLE_MAX && p->doc.example[i].name != NULL; i++) {
        shown = shown || strcmp(p->doc.example[i].name, p->name) == 0;
        for (size_t k = 0; k < VALUES_MAX && p->doc.example[i].values[k] != NULL; k++) {
            if (strpbrk(p->doc.example[i].values[k], "\"\\") != NULL) {
                fail(p, "a value in the example would have to be quoted");
            }
        }
    }
    if (!shown) {
        fail(p, "the example does not show it");
    }
}

int main(int argc, char** argv) {
    const char* const what = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        check(&params[i]);
    }
    if (strcmp(what, "names") == 0) {
        for (size_t i = 0; i < PARAM_COUNT; i++) {
            printf("%s\n", slug(&params[i]));
        }
    } else if (strcmp(what, "page") == 0 && argc == 3) {
        for (size_t i = 0; i < PARAM_COUNT; i++) {
            if (strcmp(argv[2], slug(&params[i])) == 0) {
                print_page(&params[i]);
            }
        }
    } else if (strcmp(what, "list") == 0) {
        print_list();
    } else if (strcmp(what, "toctree") == 0) {
        print_toctree();
    } else if (strcmp(what, "readme") == 0) {
        print_readme();
    } else if (strcmp(what, "man") == 0) {
        print_man();
    } else {
        fprintf(stderr, "usage: %s names | page NAME | list | toctree | readme | man\n", argv[0]);
        return 1;
    }
    return 0;
}
