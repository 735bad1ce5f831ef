/**
 * @file impacct_ack.c
 * @brief Which of the submitted records are done with: the position that may be stored.
 *
 * Algorithm: a ring of batches, the oldest first, each with its property and
 * the position behind it.
 *
 * Concurrency and locking: the ring belongs to the input thread. Reference
 * counts are changed by rsyslog's threads, atomically; a count of one means
 * that only the ring is left, and nobody can take a new reference from it.
 *
 * Failure model: when no property can be made the reader has to wait.
 */
#include "impacct_ack.h"

#include <stdlib.h>
#include <string.h>

/* with so many batches in flight, small ones are kept open */
#define CROWDED (IMPACCT_ACK_MAX / 2)
/* records that make a batch worth a place in a crowded ring */
#define LARGE 1024u

struct batch {
    prop_t* prop;
    unsigned records;
    struct pacct_position end;
};

struct impacct_ack {
    const struct impacct_host* host;
    const char* name;
    unsigned first, count; /* ended batches in the ring */
    prop_t* open; /* of the batch that is being filled; NULL: none */
    struct batch ring[IMPACCT_ACK_MAX];
};

struct impacct_ack* impacct_ack_new(const struct impacct_host* host, const char* name) {
    struct impacct_ack* const a = calloc(1, sizeof(*a));
    if (a != NULL) {
        a->host = host;
        a->name = name;
    }
    return a;
}

void impacct_ack_free(struct impacct_ack* a) {
    if (a == NULL) {
        return;
    }
    for (; a->count > 0; a->count--) {
        a->host->prop->Destruct(&a->ring[a->first].prop);
        a->first = (a->first + 1) % IMPACCT_ACK_MAX;
    }
    impacct_ack_abandon(a);
    free(a);
}

prop_t* impacct_ack_prop(struct impacct_ack* a) {
    if (a->open == NULL && a->count < IMPACCT_ACK_MAX &&
        a->host->prop->CreateStringProp(&a->open, (const uchar*)a->name, (int)strlen(a->name)) != RS_RET_OK) {
        a->open = NULL;
    }
    return a->open;
}

bool impacct_ack_end(struct impacct_ack* a, const struct pacct_position* pos, unsigned records, bool force) {
    if (a->open == NULL || (!force && a->count >= CROWDED && records < LARGE)) {
        return false;
    }
    struct batch* const b = &a->ring[(a->first + a->count++) % IMPACCT_ACK_MAX];
    b->prop = a->open;
    b->records = records;
    b->end = *pos;
    a->open = NULL;
    return true;
}

void impacct_ack_abandon(struct impacct_ack* a) {
    if (a->open != NULL) {
        a->host->prop->Destruct(&a->open);
        a->open = NULL;
    }
}

static bool is_done(const struct batch* b) {
    return __atomic_load_n(&b->prop->iRefCount, __ATOMIC_ACQUIRE) == 1;
}

bool impacct_ack_collect(struct impacct_ack* a, struct pacct_position* pos, unsigned* records) {
    bool any = false;
    *records = 0;
    for (; a->count > 0 && is_done(&a->ring[a->first]); a->count--) {
        struct batch* const b = &a->ring[a->first];
        *pos = b->end;
        *records += b->records;
        any = true;
        a->host->prop->Destruct(&b->prop);
        a->first = (a->first + 1) % IMPACCT_ACK_MAX;
    }
    return any;
}

unsigned impacct_ack_in_flight(const struct impacct_ack* a) {
    return a->count;
}
