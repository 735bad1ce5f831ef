/**
 * @file impacct_msg.c
 * @brief From a record, or a notice, to a message in a batch on its way to a ruleset.
 *
 * Algorithm: record or notice to event, event to text and to a tree of properties, both
 * into a message, which goes into the batch.
 *
 * The rate limiter is only asked whether there may be another message. Its
 * ratelimitAddMsg() would also look for repeated messages, which records never
 * are, and for that keep the last message, and with it the position, back.
 *
 * Concurrency and locking: used by the input thread. A message belongs to
 * rsyslog from multiSubmitFlush() on, whatever that returns.
 *
 * Failure model: what cannot be made for want of memory is told, and the
 * record is not lost: the caller keeps its position.
 */
#include "impacct_msg.h"
#include "impacct_lent.h"
#include "pacct_digits.h"
#include "pacct_json.h"
#include "pacct_text.h"
#include "pacct_tree.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CEE_COOKIE "@cee: "
#define LOCAL_IP "127.0.0.1"
/* Messages made ahead of being handed over: a worker that is quicker than the input has to be woken each time it has
 * run out of them, which costs both threads as much as several messages do. Not more, because what is ahead is to stay
 * in the cache of a processor. */
#define BATCH 64
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
    struct pacct_who* who; /* NULL: nobody asked */
    ratelimit_t* limiter;
    prop_t* local_ip;
    smsg_t* messages[BATCH];
    unsigned count; /* of them */
    ruleset_t* batch_ruleset; /* that all of them go to */
    struct impacct_lent lent;
    struct pacct_buf text;
    struct pacct_clock clock;
    struct pacct_event event;
    struct pacct_room room;
    struct pacct_notice_room notice_room;
    time_t second; /* that "broken_down" holds */
    struct syslogTime broken_down;
    char tag[TAG_MAX];
    size_t tag_len; /* of the part that is the same for all */
};

rsRetVal impacct_sender_new(struct impacct_sender** sender,
                            const struct impacct_host* host,
                            const struct impacct_settings* settings,
                            const struct impacct_route* route,
                            const struct pacct_origin* origin) {
    DEFiRet;
    struct impacct_sender* s;
    CHKmalloc(s = calloc(1, sizeof(*s)));
    s->host = host;
    s->settings = settings;
    s->route = route;
    s->origin = origin;
    if (settings->command_line != IMPACCT_COMMAND_OFF) {
        CHKmalloc(s->who = pacct_who_new(origin, settings->redact, settings->origin != 0));
    }
    s->second = -1;
    s->tag_len = (size_t)snprintf(s->tag, sizeof(s->tag), "%s", settings->tag);
    CHKiRet(host->prop->CreateStringProp(&s->local_ip, UCHAR_CONSTANT(LOCAL_IP), sizeof(LOCAL_IP) - 1));
    CHKiRet(ratelimitNew(&s->limiter, "impacct", settings->file));
    ratelimitSetLinuxLike(s->limiter, (unsigned)settings->ratelimit_interval, (unsigned)settings->ratelimit_burst);
    ratelimitSetNoTimeCache(s->limiter); /* the time of a message is not when it came in */

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
    impacct_lent_leave(&s->lent);
    pacct_who_free(s->who);
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

static bool write_text(struct impacct_sender* s) {
    s->text.len = 0;
    switch (s->settings->format) {
        case IMPACCT_FORMAT_TEXT:
            return pacct_text_write(&s->event, &s->clock, &s->text);
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
    return pacct_json_write(&s->route->text, &s->event, &s->clock, &s->text);
}

/* rsyslog takes program name and process id from a tag of the form "name[pid]:". */
static void set_tag(struct impacct_sender* s, smsg_t* msg) {
    char* end = s->tag + s->tag_len;
    if (pacct_event_has(&s->event, PACCT_F_PID)) {
        *end++ = '[';
        end = pacct_write_uint(end, s->event.v[PACCT_F_PID].u);
        *end++ = ']';
    }
    *end++ = ':';
    MsgSetTAG(msg, (const uchar*)s->tag, (size_t)(end - s->tag));
}

static rsRetVal add_properties(struct impacct_sender* s, const struct pacct_plan* plan, smsg_t* msg) {
    DEFiRet;
    struct fjson_object* tree;
    if (plan->count == 0) {
        FINALIZE;
    }
    CHKmalloc(tree = pacct_tree_make(plan, &s->event, &s->clock));
    iRet = msgAddJSON(msg, (uchar*)s->settings->container, tree, 0, 0);

finalize_it:
    RETiRet;
}

/* A direct queue has its actions work here, and these may try again for ever. When the input has to end, rsyslog
 * cancels the thread, which needs to be let. Other queues see to it that nothing is cancelled in them. */
static rsRetVal flush(struct impacct_sender* s) {
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
        impacct_lent_leave(&s->lent); /* rsyslog keeps for ever some of the messages that it could not take */
    }
    RETiRet;
}

/* How the message of an event is to be. */
struct kind {
    time_t second;
    int severity;
    ruleset_t* ruleset;
    const struct pacct_plan* tree;
};

/* Put the event into the batch as a message. */
static rsRetVal add_message(struct impacct_sender* s, const struct kind* kind, prop_t* input_name) {
    DEFiRet;
    smsg_t* msg = NULL;
    if (s->count > 0 && s->batch_ruleset != kind->ruleset) {
        CHKiRet(flush(s)); /* rsyslog puts a batch as a whole into the queue of its first message */
    }
    if (!write_text(s)) {
        ABORT_FINALIZE(RS_RET_OUT_OF_MEMORY);
    }
    impacct_lent_take_back(&s->lent, TAKE_BACK);
    CHKiRet(msgConstructWithTime(&msg, time_of(s, kind->second), kind->second));
    MsgSetFlowControlType(msg, eFLOWCTL_FULL_DELAY); /* whatever waits is safe in the file */
    MsgSetInputName(msg, input_name);
    MsgSetRawMsg(msg, s->text.p, s->text.len);
    MsgSetMSGoffs(msg, 0);
    MsgSetHOSTNAME(msg, (const uchar*)s->origin->hostname, (int)s->origin->hostname_len);
    MsgSetRcvFrom(msg, s->host->glbl->GetLocalHostNameProp());
    CHKiRet(MsgSetRcvFromIP(msg, s->local_ip));
    set_tag(s, msg);
    msgSetPRI(msg, s->settings->facility | kind->severity);
    if (kind->ruleset != NULL) {
        MsgSetRuleset(msg, kind->ruleset);
    }
    CHKiRet(add_properties(s, kind->tree, msg));
    s->batch_ruleset = kind->ruleset;
    s->messages[s->count++] = msg;
    impacct_lent_add(&s->lent, msg);
    msg = NULL;
    if (s->count == BATCH) {
        iRet = flush(s);
    }

finalize_it:
    if (msg != NULL) {
        msgDestruct(&msg);
    }
    RETiRet;
}

rsRetVal impacct_sender_add(struct impacct_sender* s,
                            const uint8_t* raw,
                            const struct pacct_record* rec,
                            const struct pacct_life* life,
                            time_t now,
                            prop_t* input_name) {
    DEFiRet;
    CHKiRet(ratelimitMsgCount(s->limiter, 0, s->settings->tag)); /* it looks at the clock itself */
    pacct_event_make(s->origin, raw, rec, now, &s->room, &s->event);
    if (life != NULL && !pacct_who_add(s->who, life, rec->pid, now, &s->event)) {
        ABORT_FINALIZE(RS_RET_OUT_OF_MEMORY);
    }
    const uint64_t end = pacct_record_end(rec);
    const struct kind kind = {.second = (time_t)(end <= PACCT_CLOCK_MAX ? end : rec->btime),
                              .severity = s->settings->severity,
                              .ruleset = s->route->ruleset,
                              .tree = &s->route->tree};
    iRet = add_message(s, &kind, input_name);

finalize_it:
    RETiRet;
}

rsRetVal impacct_sender_add_started(struct impacct_sender* s,
                                    const struct pacct_started* started,
                                    time_t now,
                                    prop_t* input_name) {
    DEFiRet;
    CHKiRet(ratelimitMsgCount(s->limiter, 0, s->settings->tag));
    if (!pacct_who_event(s->who, started, now, &s->event)) {
        ABORT_FINALIZE(RS_RET_OUT_OF_MEMORY);
    }
    const struct kind kind = {.second = (time_t)s->event.v[PACCT_F_TIME].u,
                              .severity = s->settings->severity,
                              .ruleset = s->route->ruleset,
                              .tree = &s->route->tree};
    iRet = add_message(s, &kind, input_name);

finalize_it:
    RETiRet;
}

rsRetVal impacct_sender_add_notice(struct impacct_sender* s, const struct pacct_notice* n, prop_t* input_name) {
    const struct kind kind = {.second = n->time.tv_sec,
                              .severity = (int)pacct_notice_severity(n->id),
                              .ruleset = s->route->state_ruleset,
                              .tree = &s->route->state_tree};
    pacct_notice_event(s->origin, n, &s->notice_room, &s->event);
    return add_message(s, &kind, input_name);
}

rsRetVal impacct_sender_flush(struct impacct_sender* s) {
    return flush(s);
}

void impacct_sender_take_back(struct impacct_sender* s) {
    impacct_lent_take_back(&s->lent, IMPACCT_LENT_MAX);
}
