/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file imfloor.c
 * @brief The least an input module can do: what rsyslogd costs per message.
 *
 * Algorithm: count messages with one constant text, made and handed over in
 * batches and slices as large as impacct's, with the same calls to make a
 * message, to the ruleset "records". They are destroyed by the worker, as
 * those of other inputs are, and not taken back (impacct_recycle.h).
 * What is above this is impacct's own cost; what is below is rsyslog's and the
 * output's.
 *
 * Concurrency and locking: one input thread.
 *
 * Failure model: none; for the benchmark only.
 */
#include "impacct_host.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* as in impacct_sender.c */
#define BATCH 64
#define SLICE 32

MODULE_TYPE_INPUT;
MODULE_TYPE_NOKEEP;
MODULE_CNFNAME("imfloor")

DEF_IMOD_STATIC_DATA;
DEFobjCurrIf(datetime);
DEFobjCurrIf(glbl);
DEFobjCurrIf(prop);

struct modConfData_s {
    rsconf_t* pConf;
    int64_t count, length; /* of messages, of the text */
};

static modConfData_t* conf = NULL;
static ruleset_t* ruleset = NULL;
static prop_t *input_name = NULL, *local_ip = NULL;
static const uchar* hostname = NULL;
static size_t hostname_len = 0;

static struct cnfparamdescr params[] = {{"count", eCmdHdlrPositiveInt, 1}, {"length", eCmdHdlrPositiveInt, 1}};
static struct cnfparamblk param_block = {CNFPARAMBLK_VERSION, sizeof(params) / sizeof(params[0]), params};

static rsRetVal make(const struct syslogTime* time, const char* text, smsg_t** message) {
    DEFiRet;
    smsg_t* msg;
    CHKiRet(msgConstructWithTime(&msg, time, 0));
    *message = msg;
    MsgSetFlowControlType(msg, eFLOWCTL_FULL_DELAY);
    MsgSetInputName(msg, input_name);
    MsgSetRawMsg(msg, text, (size_t)conf->length);
    MsgSetMSGoffs(msg, 0);
    MsgSetHOSTNAME(msg, hostname, (int)hostname_len);
    MsgSetRcvFrom(msg, glbl.GetLocalHostNameProp());
    CHKiRet(MsgSetRcvFromIP(msg, local_ip));
    MsgSetTAG(msg, UCHAR_CONSTANT("floor:"), sizeof("floor:") - 1);
    msgSetPRI(msg, LOG_USER | LOG_INFO);
    MsgSetRuleset(msg, ruleset);

finalize_it:
    RETiRet;
}

static rsRetVal hand_over(smsg_t** messages, int64_t count) {
    DEFiRet;
    for (int64_t at = 0; at < count; at += SLICE) {
        multi_submit_t slice = {.maxElem = SLICE, .ppMsgs = messages + at};
        slice.nElem = (short)(count - at < SLICE ? count - at : SLICE);
        CHKiRet(multiSubmitFlush(&slice));
    }

finalize_it:
    RETiRet;
}

static rsRetVal run(void) {
    DEFiRet;
    smsg_t* messages[BATCH];
    struct syslogTime now;
    struct timeval tv = {.tv_sec = time(NULL)};
    char* const text = malloc((size_t)conf->length);
    CHKmalloc(text);
    memset(text, 'x', (size_t)conf->length);
    hostname = glbl.GetLocalHostName();
    hostname_len = strlen((const char*)hostname);
    datetime.timeval2syslogTime(&tv, &now, TIME_IN_LOCALTIME);
    for (int64_t left = conf->count, n; left > 0 && !glbl.GetGlobalInputTermState(); left -= n) {
        for (n = 0; n < BATCH && n < left; n++) {
            CHKiRet(make(&now, text, &messages[n]));
        }
        CHKiRet(hand_over(messages, n));
    }

finalize_it:
    free(text);
    RETiRet;
}

BEGINbeginCnfLoad
    CODESTARTbeginCnfLoad;
    conf = pModConf;
    pModConf->pConf = pConf;
ENDbeginCnfLoad

BEGINsetModCnf
    struct cnfparamvals* vals;
    CODESTARTsetModCnf;
    CHKmalloc(vals = nvlstGetParams(lst, &param_block, NULL));
    conf->count = vals[cnfparamGetIdx(&param_block, "count")].val.d.n;
    conf->length = vals[cnfparamGetIdx(&param_block, "length")].val.d.n;
    cnfparamvalsDestruct(vals, &param_block);

finalize_it:
ENDsetModCnf

BEGINendCnfLoad
    CODESTARTendCnfLoad;
ENDendCnfLoad

BEGINcheckCnf
    CODESTARTcheckCnf;
    iRet = rulesetGetRuleset(conf->pConf, &ruleset, UCHAR_CONSTANT("records"));
ENDcheckCnf

BEGINactivateCnf
    CODESTARTactivateCnf;
    CHKiRet(prop.CreateStringProp(&input_name, UCHAR_CONSTANT("imfloor"), sizeof("imfloor") - 1));
    CHKiRet(prop.CreateStringProp(&local_ip, UCHAR_CONSTANT("127.0.0.1"), sizeof("127.0.0.1") - 1));

finalize_it:
ENDactivateCnf

BEGINfreeCnf
    CODESTARTfreeCnf;
ENDfreeCnf

BEGINwillRun
    CODESTARTwillRun;
ENDwillRun

BEGINrunInput
    CODESTARTrunInput;
    iRet = run();
    while (!glbl.GetGlobalInputTermState()) {
        srSleep(1, 0);
    }
ENDrunInput

BEGINafterRun
    CODESTARTafterRun;
    prop.Destruct(&input_name);
    prop.Destruct(&local_ip);
ENDafterRun

BEGINmodExit
    CODESTARTmodExit;
    objRelease(datetime, CORE_COMPONENT);
    objRelease(glbl, CORE_COMPONENT);
    objRelease(prop, CORE_COMPONENT);
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
    CODEqueryEtryPt_STD_CONF2_setModCnf_QUERIES CODEqueryEtryPt_IsCompatibleWithFeature_IF_OMOD_QUERIES
ENDqueryEtryPt

BEGINmodInit()
    CODESTARTmodInit;
    *ipIFVersProvided = CURR_MOD_IF_VERSION;
    CHKiRet(objUse(datetime, CORE_COMPONENT));
    CHKiRet(objUse(glbl, CORE_COMPONENT));
    CHKiRet(objUse(prop, CORE_COMPONENT));
ENDmodInit
