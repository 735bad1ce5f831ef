/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_sender.c
 * @brief From an event to a message in a batch on its way to a ruleset.
 *
 * Algorithm: event to text and to a tree of properties, both into a message,
 * which goes into the batch.
 *
 * The rate limiter is only asked whether there may be another message. Its
 * ratelimitAddMsg() would also look for repeated messages, which records never
 * are, and for that keep the last message, and with it the position, back.
 *
 * Concurrency and locking: used by the input thread. A message belongs to
 * rsyslog from multiSubmitFlush() on, whatever that returns.
 *
 * Failure model: what cannot be made for want of memory is returned as such,
 * and the event is not lost: the caller keeps its position.
 */
#include "impacct_sender.h"
#include "base/fmt.h"
#include "output/json.h"
#include "output/line.h"
#include "output/properties.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CEE_COOKIE "@cee: "
#define LOCAL_IP "127.0.0.1"
/* Messages made ahead of being handed over: a worker that is quicker than the input has to be woken each time it has
 * run out of them, which costs both threads as much as several messages do. Not more, because what is ahead is to stay
 * in the cache of a processor. */
#define SUBMIT_BATCH 64
/* Messages handed to the queue at once. Few, because rsyslog wakes the queue's workers only after the last of them: in
 * a smaller queue the first ones would fill it, and wait for ever for workers that nobody wakes. */
#define SLICE 32
/* Messages that are done with and destroyed for each one that is made: its memory is just what the next one needs. More
 * than one, so that they do not pile up. */
#define TAKE_BACK 2
/* tag, bracket, process id, bracket, colon */
#define TAG_MAX 80

struct impacct_sender {
    const struct impacct_host* host;
    const struct impacct_settings* settings;
    const struct impacct_route* route;
    const struct pacct_origin* origin;
    ratelimit_t* limiter;
    prop_t* local_ip;
    smsg_t* messages[SUBMIT_BATCH];
    unsigned count; /* of them */
    ruleset_t* batch_ruleset; /* that all of them go to */
    struct impacct_recycle* recycle;
    struct pacct_buf text;
    struct pacct_rfc3339 clock;
    time_t second; /* that "broken_down" holds */
    struct syslogTime broken_down;
    char tag[TAG_MAX];
    size_t tag_len; /* of the part that is the same for all */
};

struct impacct_attributes impacct_attributes_of_notice(const struct impacct_route* route,
                                                       const struct pacct_notice* n) {
    return (struct impacct_attributes){.second = n->time.tv_sec,
                                       .severity = (int)pacct_notice_severity(n->id),
                                       .ruleset = route->state_ruleset,
                                       .text = &route->text,
                                       .tree = &route->state_tree};
}

struct impacct_attributes impacct_attributes_of_summary(const struct impacct_settings* settings,
                                                        const struct impacct_route* route,
                                                        time_t second) {
    return (struct impacct_attributes){.second = second,
                                       .severity = settings->severity,
                                       .ruleset = route->summary_ruleset,
                                       .text = &route->summary_text,
                                       .tree = &route->summary_tree};
}

rsRetVal impacct_limiter_make(ratelimit_t** limiter, const struct impacct_settings* settings, rsconf_t* conf) {
    DEFiRet;
    *limiter = NULL;
    if (settings->ratelimit_name[0] != '\0') {
        CHKiRet(IMPACCT_RATELIMIT_OF(limiter, conf, settings->ratelimit_name, settings->file));
    } else {
        CHKiRet(ratelimitNew(limiter, "impacct", settings->file));
        ratelimitSetLinuxLike(*limiter, (unsigned)settings->ratelimit_interval, (unsigned)settings->ratelimit_burst);
    }
    ratelimitSetNoTimeCache(*limiter); /* the time of a message is not when it came in */

finalize_it:
    RETiRet;
}

rsRetVal impacct_sender_new(struct impacct_sender** sender,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const struct impacct_route* route,
                            const struct pacct_origin* origin,
                            struct impacct_recycle* recycle) {
    DEFiRet;
    struct impacct_sender* s;
    CHKmalloc(s = calloc(1, sizeof(*s)));
    s->host = host;
    s->settings = settings;
    s->route = route;
    s->origin = origin;
    s->recycle = recycle;
    s->second = -1;
    s->tag_len = (size_t)snprintf(s->tag, sizeof(s->tag), "%s", settings->tag);
    CHKiRet(host->prop->CreateStringProp(&s->local_ip, UCHAR_CONSTANT(LOCAL_IP), sizeof(LOCAL_IP) - 1));
    CHKiRet(impacct_limiter_make(&s->limiter, settings, route->conf));

finalize_it:
    if (iRet != RS_RET_OK) {
        impacct_sender_free(s);
        s = NULL;
    }
    *sender = s;
    RETiRet;
}

void impacct_sender_free(struct impacct_sender* s) {
    if (s == NULL) {
        return;
    }
    if (s->limiter != NULL) {
        ratelimitDestruct(s->limiter);
    }
    if (s->local_ip != NULL) {
        s->host->prop->Destruct(&s->local_ip);
    }
    pacct_buf_free(&s->text);
    free(s);
}

/* Records come mostly in the order of time: break one second of a minute down, and count from it to the others. */
static const struct syslogTime* time_of(struct impacct_sender* s, time_t second) {
    const time_t in_minute = s->broken_down.second + (second - s->second);
    if (s->second >= 0 && in_minute >= 0 && in_minute < 60) {
        s->broken_down.second = (intTiny)in_minute;
    } else {
        struct timeval tv = {.tv_sec = second};
        s->host->datetime->timeval2syslogTime(&tv, &s->broken_down, TIME_IN_LOCALTIME);
    }
    s->second = second;
    return &s->broken_down;
}

static bool write_text(struct impacct_sender* s, const struct pacct_plan* plan, const struct pacct_event* ev) {
    s->text.len = 0;
    switch (s->settings->format) {
        case IMPACCT_FORMAT_TEXT:
            return pacct_line_write(ev, &s->clock, &s->text);
        case IMPACCT_FORMAT_CEE:
            if (!pacct_buf_reserve(&s->text, sizeof(CEE_COOKIE))) {
                return false;
            }
            memcpy(s->text.p, CEE_COOKIE, sizeof(CEE_COOKIE) - 1);
            s->text.len = sizeof(CEE_COOKIE) - 1;
            break;
        case IMPACCT_FORMAT_JSON:
        default:
            break;
    }
    return pacct_json_write(plan, ev, &s->clock, &s->text);
}

/* rsyslog takes program name and process id from a tag of the form "name[pid]:". */
static void set_tag(struct impacct_sender* s, const struct pacct_event* ev, smsg_t* msg) {
    char* end = s->tag + s->tag_len;
    if (pacct_event_has(ev, PACCT_F_PID)) {
        *end++ = '[';
        end = pacct_write_uint(end, ev->v[PACCT_F_PID].u);
        *end++ = ']';
    }
    *end++ = ':';
    MsgSetTAG(msg, (const uchar*)s->tag, (size_t)(end - s->tag));
}

static rsRetVal add_properties(struct impacct_sender* s,
                               const struct pacct_plan* plan,
                               const struct pacct_event* ev,
                               smsg_t* msg) {
    DEFiRet;
    struct fjson_object* tree;
    if (plan->count == 0) {
        FINALIZE;
    }
    CHKmalloc(tree = pacct_properties_make(plan, ev, &s->clock));
    iRet = msgAddJSON(msg, (uchar*)s->settings->container, tree, 0, 0);

finalize_it:
    RETiRet;
}

/* The thread cannot be canceled anywhere but here (see runInput in impacct.c). A direct queue has its actions work in
 * this call, and these may try again for ever: when the input has to end, rsyslog cancels the thread, which needs to be
 * let. Other queues see to it that nothing is canceled in them. */
rsRetVal impacct_sender_flush(struct impacct_sender* s) {
    DEFiRet;
    int before;
    unsigned at = 0;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
    while (at < s->count && iRet == RS_RET_OK) {
        const unsigned n = s->count - at < SLICE ? s->count - at : SLICE;
        multi_submit_t slice = {.maxElem = SLICE, .nElem = (short)n, .ppMsgs = s->messages + at};
        at += n;
        iRet = multiSubmitFlush(&slice);
    }
    pthread_setcancelstate(before, NULL);
    for (; at < s->count; at++) {
        msgDestruct(&s->messages[at]);
    }
    s->count = 0;
    if (iRet != RS_RET_OK) {
        impacct_recycle_release(s->recycle); /* rsyslog keeps for ever some of the messages that it could not take */
    }
    RETiRet;
}

rsRetVal impacct_sender_add(struct impacct_sender* s,
                            const struct pacct_event* ev,
                            const struct impacct_attributes* attributes,
                            prop_t* input_name) {
    DEFiRet;
    smsg_t* msg = NULL;
    if (attributes->limited) {
        CHKiRet(ratelimitMsgCount(s->limiter, 0, s->settings->tag)); /* it looks at the clock itself */
    }
    if (s->count > 0 && s->batch_ruleset != attributes->ruleset) {
        CHKiRet(impacct_sender_flush(s)); /* rsyslog puts a batch as a whole into the queue of its first message */
    }
    if (!write_text(s, attributes->text, ev)) {
        ABORT_FINALIZE(RS_RET_OUT_OF_MEMORY);
    }
    impacct_recycle_collect(s->recycle, TAKE_BACK);
    CHKiRet(msgConstructWithTime(&msg, time_of(s, attributes->second), attributes->second));
    MsgSetFlowControlType(msg, eFLOWCTL_FULL_DELAY); /* whatever waits is safe in the file */
    MsgSetInputName(msg, input_name);
    MsgSetRawMsg(msg, s->text.p, s->text.len);
    MsgSetMSGoffs(msg, 0);
    MsgSetHOSTNAME(msg, (const uchar*)s->origin->hostname, (int)s->origin->hostname_len);
    MsgSetRcvFrom(msg, s->host->glbl->GetLocalHostNameProp());
    CHKiRet(MsgSetRcvFromIP(msg, s->local_ip));
    set_tag(s, ev, msg);
    msgSetPRI(msg, s->settings->facility | attributes->severity);
    if (attributes->ruleset != NULL) {
        MsgSetRuleset(msg, attributes->ruleset);
    }
    CHKiRet(add_properties(s, attributes->tree, ev, msg));
    s->batch_ruleset = attributes->ruleset;
    s->messages[s->count++] = msg;
    impacct_recycle_add(s->recycle, msg);
    msg = NULL;
    if (s->count == SUBMIT_BATCH) {
        iRet = impacct_sender_flush(s);
    }

finalize_it:
    if (msg != NULL) {
        msgDestruct(&msg);
    }
    RETiRet;
}
