/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct.c
 * @brief Input module for Linux process accounting: rsyslog's side of it.
 *
 * Algorithm: the entry points that rsyslog calls. Each input() statement
 * becomes an instance; one thread serves them all in turns, and waits for
 * changes of any of their files.
 *
 * Concurrency and locking: configuration is loaded by rsyslog's main thread,
 * everything else happens in the input thread. SIGTTIN, by which rsyslog asks
 * the thread to end, is blocked but for the wait, so it cannot be missed.
 *
 * Failure model: an input whose configuration is wrong is refused with a
 * message, the others run.
 */
#include "impacct_input.h"
#include "impacct_abi.h"
#include "impacct_ready.h"

#include "event/id.h"
#include "base/sys.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

MODULE_TYPE_INPUT;
MODULE_TYPE_KEEP;
MODULE_CNFNAME("impacct")

DEF_IMOD_STATIC_DATA;
DEFobjCurrIf(datetime);
DEFobjCurrIf(glbl);
DEFobjCurrIf(prop);
DEFobjCurrIf(ruleset);
DEFobjCurrIf(statsobj);

/* Above so many records a second, seen over this time, changes are let add up for a while before the next look. */
#define PACE_BUSY 500
#define PACE_WINDOW_MS 100
#define PACE_PAUSE_MS 100

#define STATE_PREFIX "impacct-state:"

/* rsyslog's name for it */
#define DEFAULT_RULESET "RSYSLOG_DefaultRuleset"

struct instanceConf_s {
    struct instanceConf_s* next;
    struct impacct_settings settings;
    struct impacct_route route;
    char* state_path;
    bool refused; /* said why; does not run */
    struct impacct_owner* owner; /* until there is an input */
    struct impacct_exec* exec; /* NULL: not asked for, or cannot be had */
    struct impacct_usage* usage; /* the same */
    struct impacct_ring* ring; /* NULL: reads a file */
    struct impacct_input* input;
};
typedef struct instanceConf_s instanceConf_t;

struct modConfData_s {
    rsconf_t* pConf;
    instanceConf_t *first, *last;
};

static modConfData_t* load_conf = NULL; /* being loaded */
static modConfData_t* run_conf = NULL; /* running */
static bool unready = false; /* rsyslogd waits for this module before it calls itself ready */
static const struct impacct_host host = {&datetime, &glbl, &prop, &statsobj};
/* at the first records of a slow name service; short enough for a stop */
#define NAMES_PATIENCE_MS 1000

static struct pacct_name_patience names_patience;
static struct impacct_shared shared = {.host = &host, .patience = &names_patience};
/* instances whose messages may still be in queues; see freeCnf */
static instanceConf_t* retired = NULL;

static void free_instance(instanceConf_t* inst) {
    pacct_plan_free(&inst->route.text);
    pacct_plan_free(&inst->route.summary_text);
    pacct_plan_free(&inst->route.tree);
    pacct_plan_free(&inst->route.state_tree);
    pacct_plan_free(&inst->route.summary_tree);
    impacct_params_free(&inst->settings);
    free(inst->state_path);
    free(inst);
}

static rsRetVal make_plans(instanceConf_t* inst) {
    static const struct pacct_set none;
    const struct pacct_set all = pacct_set_of_others(), of_summary = pacct_set_of_summaries();
    const enum pacct_schema schema = (enum pacct_schema)inst->settings.schema;
    struct pacct_set some = inst->settings.properties;
    /* state messages and summaries are rare, and of little use by halves: they have all their properties or none */
    const bool any = memcmp(&some, &none, sizeof(none)) != 0;
    pacct_set_keep(&some, &all);
    if (pacct_plan_make(schema, &all, &inst->route.text) != 0 ||
        pacct_plan_make(schema, &some, &inst->route.tree) != 0 ||
        pacct_plan_make(schema, any ? &all : &none, &inst->route.state_tree) != 0 ||
        pacct_plan_make(schema, &of_summary, &inst->route.summary_text) != 0 ||
        pacct_plan_make(schema, any ? &of_summary : &none, &inst->route.summary_tree) != 0) {
        return RS_RET_OUT_OF_MEMORY;
    }
    return RS_RET_OK;
}

/* Name of the state file: as configured, else made from the path, with slashes and percent signs escaped. */
static char* make_state_name(const struct impacct_settings* s) {
    char* name;
    if (s->state_file[0] != '\0') {
        return strdup(s->state_file);
    }
    name = malloc(sizeof(STATE_PREFIX) + 3 * strlen(s->file));
    if (name != NULL) {
        char* out = name + sprintf(name, STATE_PREFIX);
        for (const char* p = s->file; *p != '\0'; p++) {
            if (*p == '/' || *p == '%') {
                out += sprintf(out, "%%%02X", (unsigned char)*p);
            } else {
                *out++ = *p;
            }
        }
        *out = '\0';
    }
    return name;
}

/* NULL on failure; said why then */
static char* make_state_path(const instanceConf_t* inst, const char* directory) {
    char* path = NULL;
    char* const name = make_state_name(&inst->settings);
    if (name == NULL || asprintf(&path, "%s/%s", directory, name) < 0) {
        LogError(0, RS_RET_OUT_OF_MEMORY, "impacct: out of memory; input for '%s' is not started", inst->settings.file);
        path = NULL;
    } else if (strlen(name) > IMPACCT_STATE_NAME_MAX) {
        LogError(0, RS_RET_PARAM_ERROR,
                 "impacct: the path '%s' is too long to make the name of a state file from it; give its input a "
                 "parameter 'stateFile'; it is not started",
                 inst->settings.file);
        free(path);
        path = NULL;
    }
    free(name);
    return path;
}

static void refuse_shared_state(instanceConf_t* inst) {
    for (const instanceConf_t* other = load_conf->first; other != inst; other = other->next) {
        if (!other->refused && other->state_path != NULL && pacct_state_clash(other->state_path, inst->state_path)) {
            LogError(0, RS_RET_PARAM_ERROR,
                     "impacct: two inputs would overwrite each other's state file, '%s' and '%s'; give the second one, "
                     "for '%s', a parameter 'stateFile' of its own; it is not started",
                     other->state_path, inst->state_path, inst->settings.file);
            inst->refused = true;
            return;
        }
    }
}

/* The kernel has one accounting file: two owners would take it away from each other. */
static void refuse_second_owner(instanceConf_t* inst) {
    for (const instanceConf_t* other = load_conf->first; other != inst; other = other->next) {
        if (!other->refused && other->settings.accounting == IMPACCT_ACCOUNTING_OWN &&
            inst->settings.accounting == IMPACCT_ACCOUNTING_OWN) {
            LogError(
                0, RS_RET_PARAM_ERROR,
                "impacct: two inputs have accounting=\"own\", for '%s' and '%s', but the kernel writes to one file "
                "only; give the second one accounting=\"follow\"; it is not started",
                other->settings.file, inst->settings.file);
            inst->refused = true;
            return;
        }
    }
}

/* Whether anything beside records is asked of the kernel. */
static bool captures(const struct impacct_settings* s) {
    return s->command_line != IMPACCT_COMMAND_OFF ||
           (s->usage != IMPACCT_USAGE_OFF && s->source == IMPACCT_SOURCE_PACCT);
}

/* The kernel writes the records of one pid namespace, rsyslogd's, into one file only. */
static void refuse_second_capture(instanceConf_t* inst) {
    for (const instanceConf_t* other = load_conf->first; other != inst; other = other->next) {
        if (!other->refused && captures(&other->settings)) {
            LogError(0, RS_RET_PARAM_ERROR,
                     "impacct: two inputs, for '%s' and '%s', have a parameter 'commandLine' or 'usage'; only the one "
                     "whose file the kernel writes can have it; the second one is not started",
                     other->settings.file, inst->settings.file);
            inst->refused = true;
            return;
        }
    }
}

static bool same_groups(const struct pacct_summary_by* a, const struct pacct_summary_by* b) {
    bool same = a->count == b->count;
    for (unsigned i = 0; same && i < a->count; i++) {
        same = a->field[i] == b->field[i];
    }
    return same;
}

/* The id of a summary says nothing of the file: of two for the same window and group, a store would keep one. */
static void refuse_same_summaries(instanceConf_t* inst) {
    const struct impacct_settings* const s = &inst->settings;
    for (const instanceConf_t* other = load_conf->first; other != inst; other = other->next) {
        const struct impacct_settings* const o = &other->settings;
        if (!other->refused && s->summary_interval > 0 && s->summary_interval == o->summary_interval &&
            same_groups(&s->summary_by, &o->summary_by) && strcmp(s->host_id, o->host_id) == 0 &&
            strcmp(s->file, o->file) != 0) {
            LogError(
                0, RS_RET_PARAM_ERROR,
                "impacct: the summaries of two inputs, for '%s' and '%s', would have the same ids; give the second "
                "one a parameter 'hostId' of its own; it is not started",
                o->file, s->file);
            inst->refused = true;
            return;
        }
    }
}

static void set_state_path(instanceConf_t* inst) {
    const uchar* directory = (const uchar*)inst->settings.state_directory;
    if (directory[0] == '\0') {
        directory = IMPACCT_WORK_DIRECTORY(glbl, load_conf->pConf);
    }
    if (directory == NULL || directory[0] == '\0') {
        LogMsg(0, RS_RET_ERR, LOG_WARNING,
               "impacct: neither 'stateFile.directory' nor rsyslog's workDirectory is set: the position in '%s' is not "
               "kept, after a restart it is read again",
               inst->settings.file);
        return;
    }
    inst->state_path = make_state_path(inst, (const char*)directory);
    inst->refused = inst->state_path == NULL;
}

static void find_ruleset(instanceConf_t* inst, const char* param, char* name, ruleset_t** found) {
    if (name[0] != '\0' && rulesetGetRuleset(load_conf->pConf, found, (uchar*)name) != RS_RET_OK) {
        LogError(0, RS_RET_RULESET_NOT_FOUND,
                 "impacct: parameter '%s' is \"%s\", but there is no such ruleset; input for '%s' is not started",
                 param, name, inst->settings.file);
        inst->refused = true;
    }
}

static void find_rulesets(instanceConf_t* inst) {
    const struct impacct_settings* const s = &inst->settings;
    find_ruleset(inst, "ruleset", s->ruleset, &inst->route.ruleset);
    inst->route.state_ruleset = inst->route.ruleset;
    find_ruleset(inst, "stateRuleset", s->state_ruleset, &inst->route.state_ruleset);
    inst->route.summary_ruleset = inst->route.ruleset;
    find_ruleset(inst, "summary.ruleset", s->summary_ruleset, &inst->route.summary_ruleset);
}

/* rsyslog has said what is wrong; that it is of this input only now */
static void find_limit(instanceConf_t* inst) {
    ratelimit_t* limiter;
    inst->route.conf = load_conf->pConf;
    if (inst->settings.ratelimit_name[0] == '\0') {
        return;
    }
    if (impacct_limiter_make(&limiter, &inst->settings, load_conf->pConf) != RS_RET_OK) {
        LogError(
            0, RS_RET_NOT_FOUND,
            "impacct: parameter 'ratelimit.name' is \"%s\", but there is no such ratelimit() for inputs; input for "
            "'%s' is not started",
            inst->settings.ratelimit_name, inst->settings.file);
        inst->refused = true;
        return;
    }
    ratelimitDestruct(limiter);
}

static rsRetVal make_inputs(void) {
    DEFiRet;
    unsigned slot = 0;
    CHKmalloc(shared.watch = pacct_watch_new());
    CHKmalloc(shared.ttys = pacct_ttys_new("/proc"));
    names_patience = (struct pacct_name_patience)PACCT_NAME_PATIENCE(NAMES_PATIENCE_MS);
    for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        if (!inst->refused) {
            CHKiRet(impacct_input_new(&inst->input, &shared, slot++, &inst->settings, &inst->route, inst->owner,
                                      inst->exec, inst->usage, inst->ring, inst->state_path));
            inst->owner = NULL;
        }
    }

finalize_it:
    RETiRet;
}

static void free_inputs(void) {
    for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        impacct_input_free(inst->input);
        inst->input = NULL;
        impacct_owner_free(inst->owner);
        inst->owner = NULL;
        impacct_exec_free(inst->exec);
        inst->exec = NULL;
        impacct_usage_free(inst->usage);
        inst->usage = NULL;
        impacct_ring_free(inst->ring);
        inst->ring = NULL;
    }
    pacct_ttys_free(shared.ttys);
    shared.ttys = NULL;
    pacct_watch_free(shared.watch);
    shared.watch = NULL;
}

static void tell_ready(void) {
    if (unready) {
        unready = false;
        impacct_ready_tell();
    }
}

/* Serve every input until none has more to do at once. Returns how long to wait, in milliseconds. */
static int serve_all(void) {
    bool more = true;
    int wait = INT_MAX;
    while (more && !glbl.GetGlobalInputTermState()) {
        more = false;
        wait = INT_MAX;
        for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
            if (inst->input != NULL) {
                more = impacct_input_serve(inst->input) == IMPACCT_MORE || more;
                const int timeout = impacct_input_timeout(inst->input);
                wait = timeout < wait ? timeout : wait;
            }
        }
        tell_ready();
    }
    return wait;
}

struct pace {
    int64_t since_ms; /* start of the time that is looked at */
    uint64_t records; /* read before that */
    bool busy;
};

/* Whether records come so fast that being woken for each would cost more than they do themselves. */
static bool is_busy(struct pace* pace) {
    const int64_t now = pacct_monotonic_ms();
    uint64_t records = 0;
    for (const instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        records += inst->input != NULL ? impacct_input_records(inst->input) : 0;
    }
    const int64_t elapsed = now - pace->since_ms;
    if (elapsed >= PACE_WINDOW_MS) {
        pace->busy = (int64_t)(records - pace->records) * 1000 > PACE_BUSY * elapsed;
        pace->since_ms = now;
        pace->records = records;
    }
    return pace->busy;
}

static void run(void) {
    struct pace pace = {0};
    sigset_t blocked, during;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTTIN);
    pthread_sigmask(SIG_BLOCK, &blocked, &during);
    sigdelset(&during, SIGTTIN);
    while (!glbl.GetGlobalInputTermState()) {
        const int wait = serve_all();
        if (is_busy(&pace)) {
            pacct_watch_pause(PACE_PAUSE_MS, &during);
        }
        if (!glbl.GetGlobalInputTermState() && !pacct_watch_wait(shared.watch, wait, &during)) {
            for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
                if (inst->input != NULL) {
                    impacct_input_waited(inst->input);
                }
            }
        }
    }
}

BEGINnewInpInst
    instanceConf_t* inst = NULL;
    char why[IMPACCT_PARAMS_WHY];
    CODESTARTnewInpInst;
    CHKmalloc(inst = calloc(1, sizeof(*inst)));
    if (!impacct_params_read(lst, &inst->settings, why)) {
        if (why[0] != '\0') {
            LogError(0, RS_RET_PARAM_ERROR, "impacct: %s; this input is not started", why);
        }
        ABORT_FINALIZE(RS_RET_PARAM_ERROR);
    }
    CHKiRet(make_plans(inst));
    if (load_conf->last == NULL) {
        load_conf->first = inst;
    } else {
        load_conf->last->next = inst;
    }
    load_conf->last = inst;
    inst = NULL;

finalize_it:
    if (iRet == RS_RET_OUT_OF_MEMORY) {
        LogError(0, iRet, "impacct: out of memory; %s%s is not started", inst == NULL ? "an input" : "input for ",
                 inst == NULL ? "" : inst->settings.file);
    }
    if (inst != NULL) {
        free_instance(inst);
    }
    CODE_STD_FINALIZERnewInpInst
ENDnewInpInst

BEGINbeginCnfLoad
    CODESTARTbeginCnfLoad;
    load_conf = pModConf;
    pModConf->pConf = pConf;
ENDbeginCnfLoad

BEGINendCnfLoad
    CODESTARTendCnfLoad;
ENDendCnfLoad

BEGINcheckCnf
    CODESTARTcheckCnf;
    for (instanceConf_t* inst = load_conf->first; inst != NULL; inst = inst->next) {
        find_rulesets(inst);
        find_limit(inst);
        if (!inst->refused) {
            set_state_path(inst);
        }
        if (!inst->refused && inst->state_path != NULL) {
            refuse_shared_state(inst);
        }
        refuse_second_owner(inst);
        refuse_same_summaries(inst);
        if (!inst->refused && captures(&inst->settings)) {
            refuse_second_capture(inst);
        }
    }
    if (load_conf->first == NULL) {
        LogMsg(0, RS_RET_NO_LISTNERS, LOG_WARNING,
               "impacct: module is loaded, but there is no valid input(type=\"impacct\"): nothing is read");
        iRet = RS_RET_NO_LISTNERS;
    }
ENDcheckCnf

/* What is asked of the kernel here takes privileges that rsyslogd may be about to give up. */
BEGINactivateCnfPrePrivDrop
    CODESTARTactivateCnfPrePrivDrop;
    for (instanceConf_t* inst = pModConf->first; inst != NULL; inst = inst->next) {
        if (!inst->refused && inst->settings.source == IMPACCT_SOURCE_BPF) {
            inst->ring = impacct_ring_new(&inst->settings);
            inst->refused = inst->ring == NULL;
        }
        if (!inst->refused && inst->settings.accounting == IMPACCT_ACCOUNTING_OWN) {
            CHKmalloc(inst->owner = impacct_owner_new(&inst->settings));
        }
        if (!inst->refused && inst->settings.command_line != IMPACCT_COMMAND_OFF) {
            inst->exec = impacct_exec_new(&host, &inst->settings);
        }
        if (!inst->refused && inst->settings.usage != IMPACCT_USAGE_OFF && inst->ring == NULL) {
            inst->usage = impacct_usage_new(&host, &inst->settings);
        }
    }

finalize_it:
ENDactivateCnfPrePrivDrop

BEGINactivateCnf
    CODESTARTactivateCnf;
    run_conf = pModConf;
    pacct_id_init();
    iRet = make_inputs();
    if (iRet != RS_RET_OK) {
        free_inputs(); /* rsyslog will not run the module, nor tell it to clean up */
    }
ENDactivateCnf

BEGINfreeCnf
    instanceConf_t *inst, *next;
    CODESTARTfreeCnf;
    /* The names of properties in messages that still wait in queues of rulesets belong to the plans
     * (output/properties.h). rsyslog empties these queues after this call: the plans stay until the module is unloaded.
     */
    for (inst = pModConf->first; inst != NULL; inst = next) {
        next = inst->next;
        inst->next = retired;
        retired = inst;
    }
ENDfreeCnf

/* rsyslog hands the messages of a ruleset without a queue to its main queue, as it does with those of its default
 * ruleset.
 */
static void warn_of_shared_queue(const instanceConf_t* inst) {
    ruleset_t* others;
    if (inst->refused || inst->route.ruleset == NULL ||
        rulesetGetRuleset(inst->route.conf, &others, UCHAR_CONSTANT(DEFAULT_RULESET)) != RS_RET_OK ||
        ruleset.GetRulesetQueue(inst->route.ruleset) != ruleset.GetRulesetQueue(others)) {
        return;
    }
    LogMsg(0, NO_ERRCODE, LOG_WARNING,
           "impacct: ruleset \"%s\" has no queue of its own, so that the input for '%s' shares rsyslog's main queue: "
           "while "
           "an output of it is slow, all other inputs have to wait; give the ruleset queue.type=\"LinkedList\"",
           inst->settings.ruleset, inst->settings.file);
}

BEGINwillRun
    CODESTARTwillRun;
    for (const instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        warn_of_shared_queue(inst);
    }
    unready = true;
    impacct_ready_announce();
ENDwillRun

static void stop_all(void* arg __attribute__((unused))) {
    const int64_t deadline = impacct_input_stop_deadline();
    for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        if (inst->input != NULL) {
            impacct_input_stop(inst->input, deadline);
        }
    }
    /* last: where an output hangs, the thread may not come back from it */
    for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        if (inst->input != NULL) {
            impacct_input_send_stopped(inst->input);
        }
    }
}

BEGINrunInput
    int cancel_state;
    CODESTARTrunInput;
    /* rsyslog cancels inputs that do not end in time. Here that is only let happen where rsyslog itself may wait for
     * ever, for a direct queue's output (impacct_sender.c): elsewhere it could leave locks held. */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    pthread_cleanup_push(stop_all, NULL);
    for (instanceConf_t* inst = run_conf->first; inst != NULL; inst = inst->next) {
        if (inst->input != NULL) {
            impacct_input_start(inst->input);
        }
    }
    run();
    tell_ready();

    pthread_cleanup_pop(1);
    pthread_setcancelstate(cancel_state, NULL);
ENDrunInput

BEGINafterRun
    CODESTARTafterRun;
    free_inputs();
ENDafterRun

BEGINmodExit
    CODESTARTmodExit;
    while (retired != NULL) {
        instanceConf_t* const next = retired->next;
        free_instance(retired);
        retired = next;
    }
    objRelease(datetime, CORE_COMPONENT);
    objRelease(glbl, CORE_COMPONENT);
    objRelease(prop, CORE_COMPONENT);
    objRelease(ruleset, CORE_COMPONENT);
    objRelease(statsobj, CORE_COMPONENT);
ENDmodExit

BEGINisCompatibleWithFeature
    CODESTARTisCompatibleWithFeature;
    if (eFeat == sFEATURENonCancelInputTermination) {
        iRet = RS_RET_OK;
    }
ENDisCompatibleWithFeature

BEGINqueryEtryPt
    CODESTARTqueryEtryPt;
    CODEqueryEtryPt_STD_IMOD_QUERIES
    CODEqueryEtryPt_STD_CONF2_QUERIES
    CODEqueryEtryPt_STD_CONF2_PREPRIVDROP_QUERIES CODEqueryEtryPt_STD_CONF2_IMOD_QUERIES
    CODEqueryEtryPt_IsCompatibleWithFeature_IF_OMOD_QUERIES
ENDqueryEtryPt

/* differs: set to what hinders it, a part of a sentence */
static rsRetVal use_interfaces(const char** differs) {
    DEFiRet;
    *differs = "the interface 'datetime' has another version";
    CHKiRet(objUse(datetime, CORE_COMPONENT));
    *differs = "the interface 'glbl' has another version";
    CHKiRet(objUse(glbl, CORE_COMPONENT));
    *differs = "the interface 'prop' has another version";
    CHKiRet(objUse(prop, CORE_COMPONENT));
    *differs = "the interface 'ruleset' has another version";
    CHKiRet(objUse(ruleset, CORE_COMPONENT));
    *differs = "the interface 'statsobj' has another version";
    CHKiRet(objUse(statsobj, CORE_COMPONENT));

finalize_it:
    RETiRet;
}

BEGINmodInit()
    const char* differs;
    CODESTARTmodInit;
    *ipIFVersProvided = CURR_MOD_IF_VERSION;
    iRet = use_interfaces(&differs);
    if (iRet == RS_RET_OK) {
        iRet = impacct_abi_prove(&host, &differs);
    }
    if (iRet != RS_RET_OK) {
        impacct_abi_refuse(iRet, differs);
        FINALIZE;
    }
    impacct_abi_compare_versions();
ENDmodInit
