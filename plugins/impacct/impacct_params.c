/**
 * @file impacct_params.c
 * @brief The parameters of input(type="impacct"): one table, one struct of settings.
 *
 * Algorithm: a row says name, kind, range or choices, default, and where the
 * value goes. A default is text and takes the same way as what a user writes.
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
#include "impacct_params.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libestr.h>

enum kind {
    TEXT,
    PATH,
    NAME,
    HOST,
    TAG,
    CONTAINER,
    CHOICE,
    SWITCH,
    NUMBER,
    SIZE,
    SECONDS,
    ALARM,
    FACILITY,
    SEVERITY,
    FIELDS,
    REDACT
};

struct param {
    const char* name;
    enum kind kind;
    size_t offset; /* in struct impacct_settings */
    const char* dflt; /* "": none */
    long min, max; /* NUMBER; SIZE in bytes; SECONDS and ALARM in milliseconds */
    const char* const* choices; /* CHOICE: terminated by NULL, in the order of their numbers */
};

static const char* const modes[] = {"inotify", "polling", NULL};
static const char* const formats[] = {"json", "cee", "text", NULL};
static const char* const schemas[] = {"native", "ecs", "otel", "acct", NULL};
static const char* const accountings[] = {"follow", "own", NULL};
static const char* const at_stops[] = {"leave", "off", NULL};
static const char* const captures[] = {"off", "auto", "bpf", "connector", NULL};
static const char* const byte_orders[] = {"native", "little", "big", NULL};

#define DAY_MS 86400000L
/* silence that is an alarm, unless the file is another host's */
#define SILENCE_ALARM_MS 60000
/* local7 (RFC 5424, table 1) */
#define FACILITY_MAX 23
#define AT(member) offsetof(struct impacct_settings, member)

/* The names are written as in the documents; doc/source/reference/parameters has a page for each. */
static const struct param params[] = {
    {.name = "file", .kind = PATH, .offset = AT(file), .dflt = ""},
    {.name = "mode", .kind = CHOICE, .offset = AT(mode), .dflt = "inotify", .choices = modes},
    {.name = "pollingInterval", .kind = SECONDS, .offset = AT(polling_ms), .dflt = "", .min = 1, .max = DAY_MS},
    {.name = "tag", .kind = TAG, .offset = AT(tag), .dflt = "pacct"},
    {.name = "facility", .kind = FACILITY, .offset = AT(facility), .dflt = "local0"},
    {.name = "severity", .kind = SEVERITY, .offset = AT(severity), .dflt = "info"},
    {.name = "ruleset", .kind = TEXT, .offset = AT(ruleset), .dflt = ""},
    {.name = "stateRuleset", .kind = TEXT, .offset = AT(state_ruleset), .dflt = ""},
    {.name = "ratelimit.interval", .kind = NUMBER, .offset = AT(ratelimit_interval), .dflt = "0", .max = INT_MAX},
    {.name = "ratelimit.burst",
     .kind = NUMBER,
     .offset = AT(ratelimit_burst),
     .dflt = "10000",
     .min = 1,
     .max = INT_MAX},
    {.name = "format", .kind = CHOICE, .offset = AT(format), .dflt = "json", .choices = formats},
    {.name = "schema", .kind = CHOICE, .offset = AT(schema), .dflt = "native", .choices = schemas},
    {.name = "properties", .kind = FIELDS, .offset = AT(properties), .dflt = "all"},
    {.name = "container", .kind = CONTAINER, .offset = AT(container), .dflt = "$!pacct"},
    {.name = "freshStartTail", .kind = SWITCH, .offset = AT(fresh_start_tail), .dflt = "off"},
    {.name = "persistStateInterval",
     .kind = NUMBER,
     .offset = AT(persist_state_interval),
     .dflt = "1000",
     .min = 1,
     .max = INT_MAX},
    {.name = "stateFile.directory", .kind = PATH, .offset = AT(state_directory), .dflt = ""},
    {.name = "stateFile", .kind = NAME, .offset = AT(state_file), .dflt = ""},
    {.name = "rotatedFiles", .kind = SWITCH, .offset = AT(rotated_files), .dflt = "on"},
    {.name = "rotatedFiles.maxAge",
     .kind = NUMBER,
     .offset = AT(rotated_max_age),
     .dflt = "604800",
     .min = 1,
     .max = INT_MAX},
    {.name = "resolveNames", .kind = SWITCH, .offset = AT(resolve_names), .dflt = "on"},
    {.name = "resolveNames.cacheTime",
     .kind = NUMBER,
     .offset = AT(resolve_names_cache_time),
     .dflt = "300",
     .min = 1,
     .max = INT_MAX},
    {.name = "silenceAlarm", .kind = ALARM, .offset = AT(silence_alarm), .dflt = "", .min = 1000, .max = 7 * DAY_MS},
    {.name = "accounting", .kind = CHOICE, .offset = AT(accounting), .dflt = "follow", .choices = accountings},
    {.name = "accounting.maxFileSize",
     .kind = SIZE,
     .offset = AT(accounting_max_file_size),
     .dflt = "64m",
     .min = 4096,
     .max = LONG_MAX},
    {.name = "accounting.keep", .kind = NUMBER, .offset = AT(accounting_keep), .dflt = "4", .max = 1000},
    {.name = "accounting.atStop",
     .kind = CHOICE,
     .offset = AT(accounting_at_stop),
     .dflt = "leave",
     .choices = at_stops},
    {.name = "accounting.force", .kind = SWITCH, .offset = AT(accounting_force), .dflt = "off"},
    {.name = "commandLine", .kind = CHOICE, .offset = AT(command_line), .dflt = "off", .choices = captures},
    {.name = "commandLine.maxLength",
     .kind = NUMBER,
     .offset = AT(command_max_length),
     .dflt = "4096",
     .min = 64,
     .max = PACCT_WIRE_ARGS_MAX},
    {.name = "commandLine.redact", .kind = REDACT, .offset = AT(redact), .dflt = "default"},
    {.name = "origin", .kind = SWITCH, .offset = AT(origin), .dflt = "off"},
    {.name = "execMessages", .kind = SWITCH, .offset = AT(exec_messages), .dflt = "off"},
    {.name = "execMessages.skipRoot", .kind = SWITCH, .offset = AT(skip_root), .dflt = "off"},
    {.name = "execMessages.skipKernelHelpers", .kind = SWITCH, .offset = AT(skip_kernel_helpers), .dflt = "off"},
    {.name = "ahz", .kind = NUMBER, .offset = AT(ahz), .dflt = "100", .min = 1, .max = USHRT_MAX},
    {.name = "v0.byteOrder", .kind = CHOICE, .offset = AT(v0_byte_order), .dflt = "native", .choices = byte_orders},
    {.name = "hostname", .kind = HOST, .offset = AT(hostname), .dflt = ""},
    {.name = "hostId", .kind = TEXT, .offset = AT(host_id), .dflt = ""},
};
#define PARAM_COUNT (sizeof(params) / sizeof(params[0]))

static struct cnfparamdescr descriptions[PARAM_COUNT];
static struct cnfparamblk block = {CNFPARAMBLK_VERSION, PARAM_COUNT, descriptions};

/* rsyslog compares names without regard to case */
static void describe(void) {
    for (size_t i = 0; i < PARAM_COUNT; i++) {
        descriptions[i] = (struct cnfparamdescr){.name = params[i].name, .type = eCmdHdlrArray};
    }
}

/* room for what a value would have to be: the choices of any parameter fit in */
#define WANTED_SIZE 160u

static bool parse_long(const char* text, long* n) {
    char* end;
    errno = 0;
    *n = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static const char* set_number(const struct param* p, const char* text, int* n, char* room) {
    long value;
    if (!parse_long(text, &value) || value < p->min || value > p->max) {
        snprintf(room, WANTED_SIZE, "a whole number from %ld to %ld", p->min, p->max);
        return room;
    }
    *n = (int)value;
    return NULL;
}

static const char* set_seconds(const struct param* p, const char* text, int* ms, char* room) {
    char* end;
    const double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(seconds) || seconds * 1000 < (double)p->min ||
        seconds * 1000 > (double)p->max) {
        snprintf(room, WANTED_SIZE, "seconds from %g to %g", (double)p->min / 1000, (double)p->max / 1000);
        return room;
    }
    *ms = (int)lround(seconds * 1000);
    return NULL;
}

/* As rsyslog reads sizes: k, m, g are powers of 1024, K, M, G of 1000. */
static const char* set_size(const struct param* p, const char* text, uint64_t* size, char* room) {
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
    snprintf(room, WANTED_SIZE, "a size of at least %ld bytes, such as \"64m\" or \"1g\"", p->min);
    return room;
}

static const char* set_alarm(const struct param* p, const char* text, int* ms, char* room) {
    if (strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0) {
        *ms = IMPACCT_OFF;
        return NULL;
    }
    if (set_seconds(p, text, ms, room) == NULL) {
        return NULL;
    }
    const size_t len = strlen(room);
    snprintf(room + len, WANTED_SIZE - len, ", or \"off\"");
    return room;
}

static const char* set_choice(const struct param* p, const char* text, int* n, char* room) {
    size_t len = 0;
    for (int i = 0; p->choices[i] != NULL; i++) {
        if (strcasecmp(text, p->choices[i]) == 0) {
            *n = i;
            return NULL;
        }
        len += (size_t)snprintf(room + len, WANTED_SIZE - len, "%s\"%s\"", i == 0 ? "" : " or ", p->choices[i]);
    }
    return room;
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
    *n = find_code(text, syslogPriNames, LOG_DEBUG, 0);
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

static const char* set_name(const char* text, char** value, char* room) {
    const size_t len = strlen(text);
    if (len == 0 || len > IMPACCT_STATE_NAME_MAX || strchr(text, '/') != NULL || strcmp(text, ".") == 0 ||
        strcmp(text, "..") == 0) {
        snprintf(room, WANTED_SIZE, "the name of a file: 1 to %d bytes without slashes", IMPACCT_STATE_NAME_MAX);
        return room;
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

static const char* set_container(const char* text, char** value) {
    bool ok = text[0] == '$' && (text[1] == '!' || text[1] == '.');
    for (size_t i = 2; ok && text[i] != '\0'; i++) {
        const bool separator = text[i] == '!' && text[i - 1] != '!' && text[i - 1] != '.' && text[i + 1] != '\0';
        ok = separator || (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
             (text[i] >= '0' && text[i] <= '9') || strchr("_-@.", text[i]) != NULL;
    }
    return ok ? copy_text(text + 1, value) : "a property, such as \"$!pacct\", \"$!\" or \"$.pacct\"";
}

/* "all", "none", or names: several values, or several in one with blanks or commas between them */
static const char* set_fields(const char* text, bool alone, struct pacct_set* fields, char* room) {
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
            snprintf(room, WANTED_SIZE, "\"all\", \"none\" or names of fields; \"%.*s\" is none",
                     len > 32 ? 32 : (int)len, p);
            return room;
        }
        pacct_set_add(fields, id);
        any = true;
        p += len;
    }
    return any ? NULL : "\"all\", \"none\" or names of fields";
}

/* "off", or "default" and patterns in any number */
static const char* set_redact(const char* text, bool alone, struct pacct_redact** redact, char* room) {
    char reason[PACCT_REDACT_WHY];
    if (alone && strcasecmp(text, "off") == 0) {
        return NULL;
    }
    if (*redact == NULL && (*redact = pacct_redact_new()) == NULL) {
        return "copied: out of memory";
    }
    if (strcasecmp(text, "default") == 0) {
        pacct_redact_known(*redact);
        return NULL;
    }
    if (text[0] == '\0') {
        return "\"off\", \"default\" or regular expressions";
    }
    if (!pacct_redact_pattern(*redact, text, reason)) {
        snprintf(room, WANTED_SIZE, "\"off\", \"default\" or regular expressions: %s", reason);
        return room;
    }
    return NULL;
}

/* NULL, or what the value would have to be, which may be put into room */
static const char* set(const struct param* p, const char* text, bool alone, struct impacct_settings* s, char* room) {
    void* const at = (char*)s + p->offset;
    switch (p->kind) {
        case PATH:
            return set_path(text, at);
        case NAME:
            return set_name(text, at, room);
        case HOST:
            return set_host(text, at);
        case TAG:
            return set_tag(text, at);
        case CONTAINER:
            return set_container(text, at);
        case CHOICE:
            return set_choice(p, text, at, room);
        case SWITCH:
            return set_switch(text, at);
        case NUMBER:
            return set_number(p, text, at, room);
        case SECONDS:
            return set_seconds(p, text, at, room);
        case SIZE:
            return set_size(p, text, at, room);
        case ALARM:
            return set_alarm(p, text, at, room);
        case FACILITY:
            return set_facility(text, at);
        case SEVERITY:
            return set_severity(text, at);
        case FIELDS:
            return set_fields(text, alone, at, room);
        case REDACT:
            return set_redact(text, alone, at, room);
        case TEXT:
        default:
            return set_text(text, at);
    }
}

static bool set_from(const struct param* p, const struct cnfarray* values, struct impacct_settings* s, char* why) {
    if (values->nmemb != 1 && p->kind != FIELDS && p->kind != REDACT) {
        snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' takes one value, not a list of %d", p->name, values->nmemb);
        return false;
    }
    char room[WANTED_SIZE];
    for (int i = 0; i < values->nmemb; i++) {
        char* const text = es_str2cstr(values->arr[i], NULL);
        const char* const wanted = text == NULL ? "read: out of memory" : set(p, text, values->nmemb == 1, s, room);
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
    return kind == TEXT || kind == PATH || kind == NAME || kind == HOST || kind == TAG || kind == CONTAINER;
}

/* "" stands for none, which nobody can write */
static bool set_default(const struct param* p, struct impacct_settings* s) {
    char room[WANTED_SIZE];
    if (p->dflt[0] != '\0') {
        return set(p, p->dflt, true, s, room) == NULL;
    }
    return !is_text(p->kind) || copy_text("", (char**)(void*)((char*)s + p->offset)) == NULL;
}

/* Values that are right by themselves, but not with each other */
static bool fit_together(const struct impacct_settings* s, char* why) {
    if (s->command_line == IMPACCT_COMMAND_OFF && (s->origin || s->exec_messages)) {
        snprintf(why, IMPACCT_PARAMS_WHY, "parameter '%s' is \"on\", which takes a 'commandLine' that is not \"off\"",
                 s->origin ? "origin" : "execMessages");
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
    if (s->silence_alarm == 0) {
        s->silence_alarm = s->hostname != NULL && s->hostname[0] != '\0' ? IMPACCT_OFF : SILENCE_ALARM_MS;
    }
    return ok && fit_together(s, why);
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
