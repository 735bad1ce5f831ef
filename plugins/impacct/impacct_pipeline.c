/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_pipeline.c
 * @brief One batch of an input: what it consists of, from where that comes to rsyslog.
 *
 * Algorithm: what the source finds is sent, summed up, or both, as its purpose
 * is (impacct_delivery_purpose). A batch ends where it is full, where nothing
 * more is found, and where something else has to be done first: summaries that
 * are due, a position to be stored.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: what was executed is not sent again, since it comes from no
 * file. Of anything else nothing is lost when rsyslog does not take it.
 */
#include "impacct_pipeline.h"
#include "impacct_ack.h"

#include <string.h>
#include <time.h>

static rsRetVal send_notice(struct impacct_pipeline* p, const struct pacct_notice* n, prop_t* prop) {
    DEFiRet;
    const struct impacct_attributes attributes = impacct_attributes_of_notice(p->route, n);
    CHKiRet(impacct_sender_add(p->sender, impacct_notices_event(p->notices, n), &attributes, prop));
    p->sent.states++;
    p->counts.states++;

finalize_it:
    RETiRet;
}

static rsRetVal send_queued(struct impacct_pipeline* p, prop_t* prop) {
    DEFiRet;
    const struct pacct_notice* n;
    for (unsigned i = 0; (n = impacct_notices_at(p->notices, i)) != NULL; i++) {
        CHKiRet(send_notice(p, n, prop));
    }

finalize_it:
    RETiRet;
}

/* Send what was executed. It comes from no file: what rsyslog does not take is not sent again. */
static rsRetVal send_execs(struct impacct_pipeline* p, time_t now, prop_t* prop) {
    DEFiRet;
    for (unsigned i = 0; i < IMPACCT_ACK_BATCH; i++) {
        const struct pacct_event* ev;
        CHKiRet(impacct_exec_next(p->exec, now, &ev));
        if (ev == NULL) {
            break;
        }
        const struct impacct_attributes attributes =
            impacct_attributes_of_record(p->settings, p->route, (time_t)ev->v[PACCT_F_TIME].u);
        iRet = impacct_sender_add(p->sender, ev, &attributes, prop);
        p->sent.records += iRet == RS_RET_OK;
        impacct_exec_count_sent(p->exec, iRet == RS_RET_OK);
        CHKiRet(iRet == RS_RET_DISCARDMSG ? RS_RET_OK : iRet);
    }

finalize_it:
    RETiRet;
}

static rsRetVal send_event(struct impacct_pipeline* p, const struct impacct_item* item, prop_t* prop) {
    DEFiRet;
    iRet = impacct_sender_add(p->sender, item->event, &item->attributes, prop);
    if (iRet == RS_RET_OK) {
        p->sent.records++;
        p->counts.submitted++;
    } else if (iRet == RS_RET_DISCARDMSG) {
        p->counts.discarded++;
        iRet = RS_RET_OK;
    }
    RETiRet;
}

/* What an event is for depends on whether this run or another one did something with it already. */
static rsRetVal take_event(struct impacct_pipeline* p,
                           const struct impacct_item* item,
                           enum impacct_purpose purpose,
                           prop_t* prop) {
    DEFiRet;
    if (purpose == IMPACCT_TO_SEND || (purpose == IMPACCT_TO_SEND_AND_SUM_UP && impacct_sends_records(p->settings))) {
        CHKiRet(send_event(p, item, prop));
    }
    if (p->summary != NULL && purpose != IMPACCT_TO_SEND) {
        CHKiRet(impacct_summary_add(p->summary, item));
    }

finalize_it:
    RETiRet;
}

static rsRetVal take_notice(struct impacct_pipeline* p,
                            const struct impacct_item* item,
                            enum impacct_purpose purpose,
                            prop_t* prop) {
    DEFiRet;
    CHKiRet(send_notice(p, item->notice, prop));
    if (p->summary != NULL && purpose != IMPACCT_TO_SEND) {
        struct impacct_position pos;
        p->source->type->position(p->source, &pos);
        impacct_summary_notice(p->summary, item->notice, pos.number);
    }

finalize_it:
    RETiRet;
}

/* @return whether the batch has to end now */
static bool take_opened(struct impacct_pipeline* p) {
    struct impacct_position pos;
    p->source->type->position(p->source, &pos);
    if (p->summary != NULL) {
        impacct_summary_at(p->summary, &pos);
    }
    return impacct_delivery_opened(p->delivery, &pos);
}

/* Put events into the batch until it is full or there are no more. */
static rsRetVal fill_batch(struct impacct_pipeline* p, prop_t* prop, enum impacct_found* found) {
    DEFiRet;
    struct timespec ts;
    struct impacct_item item;
    const enum impacct_purpose purpose = impacct_delivery_purpose(p->delivery);
    clock_gettime(CLOCK_MONOTONIC, &ts);
    *found = IMPACCT_FOUND_NOTHING;
    CHKiRet(send_queued(p, prop));
    if (p->sent.states > 0) {
        FINALIZE; /* a batch of their own: where their output is dead, no records are held with them */
    }
    if (p->exec != NULL) {
        CHKiRet(send_execs(p, ts.tv_sec, prop));
    }
    for (unsigned i = 0; i < IMPACCT_ACK_BATCH && !p->host->glbl->GetGlobalInputTermState(); i++) {
        CHKiRet(p->source->type->next(p->source, ts.tv_sec, &p->counts, &item));
        *found = item.found;
        switch (item.found) {
            case IMPACCT_FOUND_EVENT:
                CHKiRet(take_event(p, &item, purpose, prop));
                if (p->summary != NULL && impacct_summary_is_due(p->summary)) {
                    FINALIZE;
                }
                break;
            case IMPACCT_FOUND_NOTICE:
                CHKiRet(take_notice(p, &item, purpose, prop));
                break;
            case IMPACCT_FOUND_OPENED:
                if (take_opened(p)) {
                    FINALIZE;
                }
                break;
            case IMPACCT_FOUND_END:
            case IMPACCT_FOUND_BLOCKED:
            case IMPACCT_FOUND_LINGER:
            case IMPACCT_FOUND_IDLE:
                FINALIZE;
            case IMPACCT_FOUND_NOTHING:
            default:
                break;
        }
    }

finalize_it:
    RETiRet;
}

static void send_again(struct impacct_pipeline* p, rsRetVal why) {
    const struct impacct_position* from;
    const uint64_t end = impacct_delivery_refuse(p->delivery, why, &from);
    p->source->type->rewind(p->source, from, end);
    if (p->exec != NULL) {
        impacct_exec_records_again(p->exec);
    }
    if (p->usage != NULL) {
        impacct_usage_records_again(p->usage);
    }
}

/* @param filled how filling the batch ended @return whether rsyslog has taken it */
static bool hand_over(struct impacct_pipeline* p, rsRetVal filled) {
    const rsRetVal flushed = impacct_sender_flush(p->sender);
    const rsRetVal sent = filled == RS_RET_OK ? flushed : filled;
    if (sent != RS_RET_OK && !p->host->glbl->GetGlobalInputTermState()) {
        send_again(p, sent);
    }
    return sent == RS_RET_OK;
}

static void begin(struct impacct_pipeline* p) {
    memset(&p->sent, 0, sizeof(p->sent));
    memset(&p->counts, 0, sizeof(p->counts));
}

bool impacct_pipeline_send(struct impacct_pipeline* p, prop_t* prop, enum impacct_found* found) {
    begin(p);
    return hand_over(p, fill_batch(p, prop, found));
}

bool impacct_pipeline_send_summaries(struct impacct_pipeline* p, prop_t* prop) {
    begin(p);
    const bool taken = hand_over(p, impacct_summary_send(p->summary, p->sender, prop, &p->sent.summaries));
    impacct_summary_end(p->summary, taken);
    p->counts.summaries = p->sent.summaries;
    return taken;
}

bool impacct_pipeline_send_last(struct impacct_pipeline* p, prop_t* prop, const struct pacct_notice* last) {
    begin(p);
    return send_queued(p, prop) == RS_RET_OK && send_notice(p, last, prop) == RS_RET_OK &&
           impacct_sender_flush(p->sender) == RS_RET_OK;
}
