/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_params.c
 * @brief Reads the parameters of input(type="impacct") into one struct of settings.
 *
 * Algorithm: a row of the table (impacct_params_table.h) says name, kind, range
 * or choices, default, and where the value goes. A default is text and takes
 * the same way as what a user writes; those that depend on something else are
 * worked out at the end.
 *
 * rsyslog is asked for every value as a list of strings, and the kinds are
 * checked here: its own checks do not name the value, and accept an unknown
 * facility or severity without a word.
 *
 * Concurrency and locking: used while the configuration is loaded, by one
 * thread.
 *
 * Failure model: the first wrong value ends the reading of its input.
 */
#include "impacct_params_table.h"
#include "impacct_host.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <libestr.h>

static struct cnfparamdescr descriptions[PARAM_COUNT];
static struct cnfparamblk block = {CNFPARAMBLK_VERSION, PARAM_COUNT, descriptions};

/* rsyslog compares names without regard to case */
static void describe(void) {
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        descriptions[i] = (struct cnfparamdescr){.name = params[i].name, .type = eCmdHdlrArray};
    }
}

/* text that says what a value would have to be: the choices of any parameter fit in */
#define WANTED_MAX 160u
#define IDENTIFIER_MAX 64
#define WANTED_FIELDS "\"all\", \"none\" or names of fields"
#define WANTED_BY "one to eight names of fields that records have, but not args"
#define WANTED_REDACT "\"off\" alone, or \"default\" and regular expressions in any number"

static bool parse_long(const char* text, long* n) {
    char* end;
    errno = 0;
    *n = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static const char* set_number(const struct param* p, const char* text, int* n, char* wanted) {
    long value;
    if (!parse_long(text, &value) || value < p->min || value > p->max) {
        snprintf(wanted, WANTED_MAX, "a whole number from %ld to %ld", p->min, p->max);
        return wanted;
    }
    *n = (int)value;
    return NULL;
}

static const char* set_seconds(const struct param* p, const char* text, int* ms, char* wanted) {
    char* end;
    const double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(seconds) || seconds * 1000 < (double)p->min ||
        seconds * 1000 > (double)p->max) {
        snprintf(wanted, WANTED_MAX, "seconds from %g to %g", (double)p->min / 1000, (double)p->max / 1000);
        return wanted;
    }
    *ms = (int)lround(seconds * 1000);
    return NULL;
}

/* As rsyslog reads sizes: k, m, g are powers of 1024, K, M, G of 1000. */
static const char* set_size(const struct param* p, const char* text, uint64_t* size, char* wanted) {
    static const struct {
        char suffix[2];
        uint64_t factor;
    } units[] = {{"", 1},     {"k", 1024},    {"m", 1048576},   {"g", 1073741824},
                 {"K", 1000}, {"M", 1000000}, {"G", 1000000000}};
    char* end;
    errno = 0;
    const unsigned long n = text[0] >= '0' && text[0] <= '9' ? strtoul(text, &end, 10) : 0;
    for (size_t i = 0; n > 0 && errno == 0 && i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].suffix) == 0 && n <= (unsigned long)p->max / units[i].factor &&
            n * units[i].factor >= (unsigned long)p->min) {
            *size = n * units[i].factor;
            return NULL;
        }
    }
    snprintf(wanted, WANTED_MAX, "a size of at least %ld bytes, such as \"64m\" or \"1g\"", p->min);
    return wanted;
}

static const char* set_alarm(const struct param* p, const char* text, int* ms, char* wanted) {
    if (strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0) {
        *ms = IMPACCT_OFF;
        return NULL;
    }
    if (set_seconds(p, text, ms, wanted) == NULL) {
        return NULL;
    }
    const size_t len = strlen(wanted);
    snprintf(wanted + len, WANTED_MAX - len, ", or \"off\"");
    return wanted;
}

static const char* set_choice(const struct param* p, const char* text, int* n, char* wanted) {
    size_t len = 0;
    for (int i = 0; p->choices[i] != NULL; i++) {
        if (strcasecmp(text, p->choices[i]) == 0) {
            *n = i;
            return NULL;
        }
        len += (size_t)snprintf(wanted + len, WANTED_MAX - len, "%s\"%s\"", i == 0 ? "" : " or ", p->choices[i]);
    }
    return wanted;
}

static const char* set_switch(const char* text, int* n) {
    if (strcasecmp(text, "on") != 0 && strcasecmp(text, "off") != 0) {
        return "\"on\" or \"off\"";
    }
    *n = strcasecmp(text, "on") == 0;
    return NULL;
}

/* A name from one of rsyslog's tables, or a number up to max; -1: neither. rsyslog's own look-up takes any text that
 * begins with a digit for a number, and its tables hold names for its own use beyond the largest number. */
static int find_code(const char* text, syslogName_t* names, long max, int shift) {
    long number;
    if (parse_long(text, &number)) {
        return number >= 0 && number <= max ? (int)number << shift : -1;
    }
    const int code = text[0] >= '0' && text[0] <= '9' ? -1 : decodeSyslogName((uchar*)text, names);
    return code >= 0 && code <= (int)max << shift ? code : -1;
}

/* kept as in a PRI: times 8 */
static const char* set_facility(const char* text, int* n) {
    *n = find_code(text, syslogFacNames, FACILITY_MAX, 3);
    return *n >= 0 ? NULL : "a facility: a name such as \"local0\" or \"authpriv\", or a number from 0 to 23";
}

static const char* set_severity(const char* text, int* n) {
    *n = find_code(text, syslogPriNames, SEVERITY_MAX, 0);
    return *n >= 0 ? NULL : "a severity: a name such as \"info\" or \"notice\", or a number from 0 to 7";
}

static const char* copy_text(const char* text, char** value) {
    free(*value);
    *value = strdup(text);
    return *value == NULL ? "copied: out of memory" : NULL;
}

static const char* set_text(const char* text, char** value) {
    return text[0] == '\0' ? "more than nothing" : copy_text(text, value);
}

static const char* set_path(const char* text, char** value) {
    return text[0] == '/' && strlen(text) < PATH_MAX ? copy_text(text, value) : "an absolute path";
}

static const char* set_name(const char* text, char** value, char* wanted) {
    const size_t len = strlen(text);
    if (len == 0 || len > IMPACCT_STATE_NAME_MAX || strchr(text, '/') != NULL || strcmp(text, ".") == 0 ||
        strcmp(text, "..") == 0) {
        snprintf(wanted, WANTED_MAX, "the name of a file: 1 to %d bytes without slashes", IMPACCT_STATE_NAME_MAX);
        return wanted;
    }
    return copy_text(text, value);
}

/* 255 is RFC 5424's limit */
static const char* set_host(const char* text, char** value) {
    const size_t len = strlen(text);
    bool ok = len > 0 && len <= 255;
    for (size_t i = 0; i < len; i++) {
        ok = ok && (unsigned char)text[i] > ' ' && text[i] != 0x7f;
    }
    return ok ? copy_text(text, value) : "a host name: 1 to 255 printable characters without blanks";
}

/* rsyslog cuts a program name out of the tag: up to a colon, a bracket or a slash. 48 is RFC 5424's limit. */
static const char* set_tag(const char* text, char** value) {
    size_t len = strlen(text);
    if (len > 0 && text[len - 1] == ':') {
        len--; /* as users of imfile write it */
    }
    bool ok = len > 0 && len <= 48;
    for (size_t i = 0; i < len; i++) {
        ok = ok && text[i] > ' ' && text[i] < 0x7f && strchr(":[]/", text[i]) == NULL;
    }
    if (!ok) {
        return "1 to 48 printable characters without blanks, colons, brackets and slashes";
    }
    char tag[49];
    memcpy(tag, text, len);
    tag[len] = '\0';
    return copy_text(tag, value);
}

/* so that names of metrics can be made from it */
static const char* set_identifier(const char* text, char** value) {
    const size_t len = strlen(text);
    bool ok = len > 0 && len <= IDENTIFIER_MAX && (text[0] < '0' || text[0] > '9');
    for (size_t i = 0; ok && i < len; i++) {
        ok = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
             (text[i] >= '0' && text[i] <= '9') || text[i] == '_';
    }
    return ok ? copy_text(text, value) : "1 to 64 letters, digits and underscores, not beginning with a digit";
}

static const char* set_container(const char* text, char** value) {
    bool ok = text[0] == '$' && (text[1] == '!' || text[1] == '.');
    for (size_t i = 2; ok && text[i] != '\0'; i++) {
        const bool separator = text[i] == '!' && text[i - 1] != '!' && text[i - 1] != '.' && text[i + 1] != '\0';
        ok = separator || (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
             (text[i] >= '0' && text[i] <= '9') || strchr("_-@.", text[i]) != NULL;
    }
    return ok ? copy_text(text + 1, value) : "a property, such as \"$!pacct\", \"$!\" or \"$.pacct\"";
}

/* Names: several values, or several in one with blanks or commas between them */
static const char* set_fields(const char* text, bool alone, struct pacct_set* fields, char* wanted) {
    if (alone && strcasecmp(text, "all") == 0) {
        *fields = pacct_set_full();
        return NULL;
    }
    if (alone && strcasecmp(text, "none") == 0) {
        return NULL;
    }
    bool any = false;
    for (const char* p = text + strspn(text, " ,"); *p != '\0'; p += strspn(p, " ,")) {
        const size_t len = strcspn(p, " ,");
        const enum pacct_field_id id = pacct_field_find(p, len);
        if (id == PACCT_F_COUNT) {
            snprintf(wanted, WANTED_MAX, WANTED_FIELDS "; \"%.*s\" is none", len > 32 ? 32 : (int)len, p);
            return wanted;
        }
        pacct_set_add(fields, id);
        any = true;
        p += len;
    }
    return any ? NULL : WANTED_FIELDS;
}

/* The same in their order */
static const char* set_by(const char* text, struct pacct_summary_by* by, char* wanted) {
    bool any = false;
    for (const char* p = text + strspn(text, " ,"); *p != '\0'; p += strspn(p, " ,")) {
        const size_t len = strcspn(p, " ,");
        const enum pacct_field_id id = pacct_field_find(p, len);
        const char* wrong = id == PACCT_F_COUNT || !pacct_summary_groups_by(id) ? "none"
                            : by->count == PACCT_MEMBERS_MAX                    ? "the ninth"
                                                                                : NULL;
        for (unsigned i = 0; i < by->count; i++) {
            wrong = by->field[i] == id ? "there twice" : wrong;
        }
        if (wrong != NULL) {
            snprintf(wanted, WANTED_MAX, WANTED_BY "; \"%.*s\" is %s", len > 32 ? 32 : (int)len, p, wrong);
            return wanted;
        }
        by->field[by->count++] = id;
        any = true;
        p += len;
    }
    return any ? NULL : WANTED_BY;
}

static const char* set_interval(const struct param* p, const char* text, int* n, char* wanted) {
    long value;
    if (strcasecmp(text, "off") == 0) {
        *n = 0;
        return NULL;
    }
    if (!parse_long(text, &value) || value < p->min || value > p->max || p->max % value != 0) {
        snprintf(wanted, WANTED_MAX, "\"off\", or whole seconds from %ld to %ld that divide a day, such as 60 or 3600",
                 p->min, p->max);
        return wanted;
    }
    *n = (int)value;
    return NULL;
}

static const char* set_redact(const char* text, bool alone, struct pacct_redact** redact, char* wanted) {
    /* As regular expressions they would silently take the place of "default": YAML's words for nothing, yes and no. */
    static const char* const slips[] = {"",      "~",    "null", "off", "on",   "no", "yes",
                                        "false", "true", "0",    "1",   "none", "all"};
    char reason[PACCT_REDACT_WHY];
    if (alone && strcasecmp(text, "off") == 0) {
        return NULL;
    }
    if (*redact == NULL && (*redact = pacct_redact_new()) == NULL) {
        return "copied: out of memory";
    }
    if (strcasecmp(text, "default") == 0) {
        return pacct_redact_known(*redact) ? NULL : "copied: out of memory";
    }
    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
        if (strcasecmp(text, slips[i]) == 0) {
            return WANTED_REDACT;
        }
    }
    if (!pacct_redact_pattern(*redact, text, reason)) {
        snprintf(wanted, WANTED_MAX, WANTED_REDACT ": %s", reason);
        return wanted;
    }
    return NULL;
}

/* NULL, or what the value would have to be, which may be in "wanted" */
static const char* set(const struct param* p, const char* text, bool alone, struct impacct_settings* s, char* wanted) {
    void* const at = (char*)s + p->offset;
    switch (p->kind) {
        case PATH:
            return set_path(text, at);
        case NAME:
            return set_name(text, at, wanted);
        case HOST:
            return set_host(text, at);
        case TAG:
            return set_tag(text, at);
        case IDENTIFIER:
            return set_identifier(text, at);
        case CONTAINER:
            return set_container(text, at);
        case CHOICE:
            return set_choice(p, text, at, wanted);
        case SWITCH:
            return set_switch(text, at);
        case NUMBER:
            return set_number(p, text, at, wanted);
        case DURATION:
            return set_seconds(p, text, at, wanted);
        case SIZE:
            return set_size(p, text, at, wanted);
        case ALARM:
            return set_alarm(p, text, at, wanted);
        case FACILITY:
            return set_facility(text, at);
        case SEVERITY:
            return set_severity(text, at);
        case FIELDS:
            return set_fields(text, alone, at, wanted);
        case BY:
            return set_by(text, at, wanted);
        case INTERVAL:
            return set_interval(p, text, at, wanted);
        case REDACT:
            return set_redact(text, alone, at, wanted);
        case TEXT:
        default:
            return set_text(text, at);
    }
}

/* A list without members can be written in YAML only. Taken as no value at all it would switch redaction off. */
static bool set_from(const struct param* p, const struct cnfarray* values, struct impacct_settings* s, char* why) {
    if (values->nmemb == 0) {
        snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' is an empty list, but has to be %s", p->name,
                 p->kind == FIELDS   ? WANTED_FIELDS
                 : p->kind == BY     ? WANTED_BY
                 : p->kind == REDACT ? WANTED_REDACT
                                     : "one value");
        return false;
    }
    if (values->nmemb != 1 && p->kind != FIELDS && p->kind != BY && p->kind != REDACT) {
        snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' takes one value, not a list of %d", p->name, values->nmemb);
        return false;
    }
    char buf[WANTED_MAX];
    for (int i = 0; i < values->nmemb; i++) {
        char* const text = es_str2cstr(values->arr[i], NULL);
        const char* const wanted = text == NULL ? "read: out of memory" : set(p, text, values->nmemb == 1, s, buf);
        if (wanted != NULL) {
            snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' is \"%.128s\", but has to be %s", p->name,
                     text == NULL ? "" : text, wanted);
        }
        free(text);
        if (wanted != NULL) {
            return false;
        }
    }
    return true;
}

static bool is_text(enum kind kind) {
    return kind == TEXT || kind == PATH || kind == NAME || kind == HOST || kind == TAG || kind == IDENTIFIER ||
           kind == CONTAINER;
}

/* "" stands for none, which nobody can write */
static bool set_default(const struct param* p, struct impacct_settings* s) {
    char buf[WANTED_MAX];
    if (p->dflt[0] != '\0') {
        return set(p, p->dflt, true, s, buf) == NULL;
    }
    return !is_text(p->kind) || copy_text("", (char**)(void*)((char*)s + p->offset)) == NULL;
}

/* The first that exists of the paths where distributions keep the file. */
static const char* default_file(void) {
    return access(IMPACCT_FILE_DEBIAN, F_OK) != 0 && access(IMPACCT_FILE_RED_HAT, F_OK) == 0 ? IMPACCT_FILE_RED_HAT
                                                                                             : IMPACCT_FILE_DEBIAN;
}

/* The defaults that depend on something else */
static bool set_late_defaults(struct impacct_settings* s) {
    if (s->silence_alarm == 0) {
        s->silence_alarm = s->hostname[0] != '\0' ? IMPACCT_OFF : IMPACCT_SILENCE_ALARM * 1000;
    }
    if (s->polling_ms == 0) {
        s->polling_ms = (s->mode == IMPACCT_MODE_INOTIFY ? IMPACCT_POLL_BEHIND_INOTIFY : IMPACCT_POLL_ALONE) * 1000;
    }
    if (s->ratelimit_name[0] == '\0' && s->ratelimit_burst == 0) {
        s->ratelimit_burst = IMPACCT_RATELIMIT_BURST;
    }
    const char* const file = s->source == IMPACCT_SOURCE_BPF ? s->bpf_directory : default_file();
    return s->file[0] != '\0' || copy_text(file, &s->file) == NULL;
}

/* Parameters that speak of a file, or of a record, where there is none */
static bool fits_source(const struct impacct_settings* s, char* why) {
    const struct {
        const char* name;
        bool set;
    } of_files[] = {
        {"file", strcmp(s->file, s->bpf_directory) != 0},
        {"accounting", s->accounting != IMPACCT_ACCOUNTING_FOLLOW},
        {"rotatedFiles.directory", s->rotated_directory[0] != '\0'},
        {"hostname", s->hostname[0] != '\0'},
    };
    for (size_t i = 0; s->source == IMPACCT_SOURCE_BPF && i < sizeof(of_files) / sizeof(of_files[0]); i++) {
        if (of_files[i].set) {
            snprintf(why, IMPACCT_PARAMS_WHY,
                     "parameter '%s' is of accounting files, and does not go with source=\"bpf\", which has none",
                     of_files[i].name);
            return false;
        }
    }
    return true;
}

/* Values that are right by themselves, but not with each other */
static bool fit_together(const struct impacct_settings* s, char* why) {
    if (s->command_line == IMPACCT_COMMAND_OFF && (s->origin || s->exec_messages)) {
        snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' is \"on\", which takes a 'commandLine' that is not \"off\"",
                 s->origin ? "origin" : "execMessages");
        return false;
    }
    if (!IMPACCT_NAMED_RATELIMITS && s->ratelimit_name[0] != '\0') {
        snprintf(
            why, IMPACCT_PARAMS_WHY,
            "parameter 'ratelimit.name' is \"%.128s\", but this rsyslog has no ratelimit() objects; they came with "
            "8.2602; use 'ratelimit.interval' and 'ratelimit.burst'",
            s->ratelimit_name);
        return false;
    }
    if (s->ratelimit_name[0] != '\0' && (s->ratelimit_interval != 0 || s->ratelimit_burst != 0)) {
        snprintf(why, IMPACCT_PARAMS_WHY,
                 "parameter 'ratelimit.name' is \"%.128s\", which does not go with 'ratelimit.interval' and "
                 "'ratelimit.burst'",
                 s->ratelimit_name);
        return false;
    }
    if (s->summary_interval == 0 && s->summary_records == IMPACCT_RECORDS_DROP) {
        snprintf(why, IMPACCT_PARAMS_WHY,
                 "parameter 'summary.records' is \"drop\", which takes a 'summary.interval' that is not \"off\": "
                 "nothing would be sent");
        return false;
    }
    if (s->accounting == IMPACCT_ACCOUNTING_OWN && !s->rotated_files) {
        snprintf(why, IMPACCT_PARAMS_WHY,
                 "parameter 'rotatedFiles' is \"off\", which does not go with accounting=\"own\": after a crash, the "
                 "rest of a file that it has rotated would not be read");
        return false;
    }
    return true;
}

bool impacct_params_read(struct nvlst* lst, struct impacct_settings* s, char why[IMPACCT_PARAMS_WHY]) {
    memset(s, 0, sizeof(*s));
    why[0] = '\0';
    describe();
    struct cnfparamvals* const values = nvlstGetParams(lst, &block, NULL);
    if (values == NULL) {
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < PARAM_COUNT && ok; i++) {
        ok = values[i].bUsed ? set_from(&params[i], values[i].val.d.ar, s, why) : set_default(&params[i], s);
    }
    cnfparamvalsDestruct(values, &block);
    ok = ok && set_late_defaults(s);
    if (!ok && why[0] == '\0') {
        snprintf(why, IMPACCT_PARAMS_WHY, "out of memory"); /* all else that a default can fail for */
    }
    return ok && fits_source(s, why) && fit_together(s, why);
}

void impacct_params_free(struct impacct_settings* s) {
    pacct_redact_free(s->redact);
    s->redact = NULL;
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        if (is_text(params[i].kind)) {
            char** const text = (char**)(void*)((char*)s + params[i].offset);
            free(*text);
            *text = NULL;
        }
    }
}
