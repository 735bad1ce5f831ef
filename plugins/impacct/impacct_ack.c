/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_ack.c
 * @brief Which of the submitted batches are done with: the position that may be stored, and the holes before it.
 *
 * Algorithm: two lists, oldest first. What is in flight is taken off at its
 * front as soon as it is done with. Once a second it is looked at as a whole:
 * what is in front of a batch that is done with, even in part, is overtaken,
 * and if it still is PATIENCE_MS later, it goes over to those that are held,
 * which are taken off wherever they are done with. So the position is at most
 * two seconds behind, whatever a few messages wait for.
 *
 * The more batches there are, the larger the open one has to become before it
 * ends. At the limit the oldest held one is not looked at any more, and stays
 * a hole; where none is held, all wait in order for a slow output, and the open
 * batch grows.
 *
 * Concurrency and locking: the lists belong to the input thread. Reference
 * counts are changed by rsyslog's threads, atomically; a count of one means
 * that only we are left, and nobody can take a new reference from us.
 *
 * Failure model: when no property can be made the reader has to wait.
 */
#include "impacct_ack.h"
#include "impacct_abi.h"

#include <stdlib.h>
#include <string.h>

/* how often what is held, and whether something is overtaken, is looked at */
#define LOOK_MS 1000
/* how long a batch may be overtaken before the position goes on without it: a queue may have several workers */
#define PATIENCE_MS 1000
/* no batch needs to be larger: the position goes on in steps of this */
#define LARGE (16 * IMPACCT_ACK_BATCH)

struct impacct_ack_batch {
    struct impacct_ack_batch* next;
    prop_t* prop;
    struct impacct_batch is;
    int64_t ended; /* when */
    int64_t overtaken; /* when that was seen; 0: not yet */
    unsigned* unsettled; /* of who counts it; NULL: nobody */
};

struct list {
    struct impacct_ack_batch *first, **end; /* end: where to put the next one */
    unsigned count;
};

struct impacct_ack {
    const struct impacct_host* host;
    const char* name;
    struct impacct_ack_batch* open; /* being filled; NULL: none */
    struct list flight, held;
    struct impacct_holes forgotten; /* not looked at any more */
    bool overtaking; /* a batch was done with: all that are held are overtaken */
    int64_t looked;
    unsigned version;
};

static void append(struct list* list, struct impacct_ack_batch* b) {
    b->next = NULL;
    *list->end = b;
    list->end = &b->next;
    list->count++;
}

/* Take off the batch that *at points to. */
static struct impacct_ack_batch* take(struct list* list, struct impacct_ack_batch** at) {
    struct impacct_ack_batch* const b = *at;
    *at = b->next;
    if (list->end == &b->next) {
        list->end = at;
    }
    list->count--;
    return b;
}

static void free_batch(struct impacct_ack* a, struct impacct_ack_batch* b) {
    if (b->unsettled != NULL) {
        --*b->unsettled;
    }
    a->host->prop->Destruct(&b->prop);
    free(b);
}

struct impacct_ack* impacct_ack_new(const struct impacct_host* host, const char* name) {
    struct impacct_ack* const a = calloc(1, sizeof(*a));
    if (a != NULL) {
        a->host = host;
        a->name = name;
        a->flight.end = &a->flight.first;
        a->held.end = &a->held.first;
    }
    return a;
}

static void free_list(struct impacct_ack* a, struct list* list) {
    while (list->count > 0) {
        struct impacct_ack_batch* const b = take(list, &list->first);
        b->unsettled = NULL; /* it was not done with */
        free_batch(a, b);
    }
}

void impacct_ack_free(struct impacct_ack* a) {
    if (a != NULL) {
        impacct_ack_abandon(a);
        free_list(a, &a->held);
        free_list(a, &a->flight);
        free(a);
    }
}

prop_t* impacct_ack_prop(struct impacct_ack* a) {
    if (a->open == NULL) {
        struct impacct_ack_batch* const b = calloc(1, sizeof(*b));
        if (b == NULL ||
            a->host->prop->CreateStringProp(&b->prop, (const uchar*)a->name, (int)strlen(a->name)) != RS_RET_OK) {
            free(b);
            return NULL;
        }
        a->open = b;
    }
    return a->open->prop;
}

/* ---- ending ---- */

/* Messages that make a batch worth its place: more and more in each half of the room that is left. */
static unsigned worth(const struct impacct_ack* a) {
    const unsigned used = a->flight.count + a->held.count;
    unsigned room = used < IMPACCT_ACK_MAX ? IMPACCT_ACK_MAX - used : 0;
    unsigned messages = 0;
    for (; room <= IMPACCT_ACK_MAX / 2 && messages < LARGE; room *= 2) {
        messages = messages == 0 ? IMPACCT_ACK_BATCH : messages * 4;
    }
    return messages < LARGE ? messages : LARGE;
}

static struct impacct_hole hole_of(const struct impacct_ack_batch* b) {
    const uint64_t records = b->is.end.number - b->is.start.number;
    return (struct impacct_hole){.start = b->is.start, .records = records, .held = records};
}

/* Forget the oldest batch that is held. @return false where there is none */
static bool forget_oldest(struct impacct_ack* a) {
    if (a->held.count == 0) {
        return false;
    }
    const struct impacct_hole hole = hole_of(a->held.first);
    impacct_holes_add(&a->forgotten, &hole);
    a->held.first->unsettled = NULL;
    free_batch(a, take(&a->held, &a->held.first));
    a->version++;
    return true;
}

static void hold_back(struct impacct_ack* a, struct impacct_ack_batch* b) {
    append(&a->held, b);
    a->version++;
    DBGPRINTF("impacct: a batch of %u from offset %llu on is held\n", b->is.messages,
              (unsigned long long)b->is.start.file.offset);
}

bool impacct_ack_end(
    struct impacct_ack* a, const struct impacct_batch* batch, enum impacct_ack_when when, bool behind, int64_t now) {
    if (a->open == NULL || (when == IMPACCT_ACK_IF_WORTH && batch->messages < worth(a))) {
        return false;
    }
    if (a->flight.count + a->held.count >= IMPACCT_ACK_MAX && !forget_oldest(a) && when == IMPACCT_ACK_IF_WORTH) {
        return false;
    }
    a->open->is = *batch;
    a->open->ended = now;
    if (behind) {
        hold_back(a, a->open);
    } else {
        append(&a->flight, a->open);
    }
    a->open = NULL;
    return true;
}

void impacct_ack_abandon(struct impacct_ack* a) {
    if (a->open != NULL) {
        free_batch(a, a->open);
        a->open = NULL;
    }
}

/* ---- looking ---- */

/* Each message that is not done with holds one, and so do we. A copy of a message holds another. */
static unsigned references(const struct impacct_ack_batch* b) {
    return (unsigned)impacct_prop_references(b->prop);
}

static bool is_done(const struct impacct_ack_batch* b) {
    return references(b) == 1;
}

static void mark_overtaken(struct impacct_ack* a, int64_t now) {
    const struct impacct_ack_batch* last = NULL; /* that is done with, even in part */
    for (const struct impacct_ack_batch* b = a->flight.first; b != NULL; b = b->next) {
        last = references(b) <= b->is.messages ? b : last;
    }
    for (struct impacct_ack_batch* b = a->flight.first; last != NULL && b != last; b = b->next) {
        b->overtaken = b->overtaken == 0 ? now : b->overtaken;
    }
}

static void look_at_held(struct impacct_ack* a, int64_t now) {
    struct impacct_ack_batch** at = &a->held.first;
    while (*at != NULL) {
        if (is_done(*at)) {
            free_batch(a, take(&a->held, at));
            a->version++;
            continue;
        }
        if (a->overtaking && (*at)->overtaken == 0) {
            (*at)->overtaken = now;
            a->version++;
        }
        at = &(*at)->next;
    }
    a->overtaking = false;
}

unsigned impacct_ack_collect(struct impacct_ack* a, int64_t now, bool last, struct impacct_position* pos) {
    unsigned messages = 0;
    const bool look = last || now - a->looked >= LOOK_MS;
    if (look) {
        a->looked = now;
        look_at_held(a, now);
        mark_overtaken(a, now);
    }
    struct impacct_ack_batch* b;
    while ((b = a->flight.first) != NULL) {
        const bool done = is_done(b);
        if (!done && !(look && b->overtaken != 0 && (last || now - b->overtaken >= PATIENCE_MS))) {
            break;
        }
        take(&a->flight, &a->flight.first);
        *pos = b->is.end;
        messages += b->is.messages;
        if (done) {
            free_batch(a, b);
            a->overtaking = true;
        } else {
            hold_back(a, b);
        }
    }
    return messages;
}

unsigned impacct_ack_in_flight(const struct impacct_ack* a) {
    return a->flight.count;
}

void impacct_ack_held(const struct impacct_ack* a, struct impacct_ack_held* held) {
    memset(held, 0, sizeof(*held));
    for (const struct impacct_ack_batch* b = a->held.first; b != NULL; b = b->next) {
        if (is_done(b) || b->overtaken == 0) {
            continue;
        }
        if (held->batches == 0) {
            held->since = b->ended;
            held->start = b->is.start;
        }
        held->batches++;
        held->messages += b->is.messages;
        held->records = held->records || b->is.records;
        held->states = held->states || b->is.states;
        held->summaries = held->summaries || b->is.summaries;
    }
}

unsigned impacct_ack_holes_version(const struct impacct_ack* a) {
    return a->version;
}

void impacct_ack_holes(const struct impacct_ack* a, uint64_t before, struct impacct_holes* holes) {
    for (unsigned i = 0; i < a->forgotten.count; i++) {
        if (a->forgotten.hole[i].start.number < before) {
            impacct_holes_add(holes, &a->forgotten.hole[i]);
        }
    }
    for (const struct impacct_ack_batch* b = a->held.first; b != NULL; b = b->next) {
        const struct impacct_hole hole = hole_of(b);
        if (hole.start.number < before) {
            impacct_holes_add(holes, &hole);
        }
    }
}

void impacct_ack_count(struct impacct_ack* a, unsigned* unsettled) {
    a->open->unsettled = unsettled;
    ++*unsettled;
}
