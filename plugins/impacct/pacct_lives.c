/**
 * @file pacct_lives.c
 * @brief Joins what processes executed to the records of their ends.
 *
 * Algorithm: lives are in lists by process id (a table of buckets), each from
 * the oldest to the newest, and in one list by last use. A loss puts every life
 * of that time in doubt by one number, the epoch. A life in doubt that was
 * taken stays as a mark until the next one with its id begins, since that may
 * have to be in doubt as well.
 *
 * Why no wrong command can come out, if losses are told: let a life not in
 * doubt be taken by a record that is not its own. That record is an earlier one
 * of the same id, within reach of the start. Its own life was told, or it
 * started before the loss, and then the start would be out of reach. So its own
 * life was taken by somebody else, and by the same argument by a record still
 * earlier; the first of them cannot exist. A life between that is in doubt or
 * evicted puts in doubt what follows within reach.
 *
 * Concurrency and locking: none; the caller's.
 *
 * Failure model: what memory does not suffice for counts as lost.
 */
#include "config.h"

#include "pacct_lives.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384u /* a power of two */
#define SECOND_NS UINT64_C(1000000000)
/* the day's clock is slewed a little between the exit and the reading */
#define SLACK_NS UINT64_C(200000000)
/* how far a start may be from the ac_btime of its record, either way */
#define REACH_NS (SECOND_NS + SLACK_NS)
/* of how far apart two starts may be, to be within reach of one record */
#define APART_NS (2 * REACH_NS)
/* a record's end is known to a second, and to some ticks less after many days */
#define LATE_NS (2 * SECOND_NS)

struct life {
    struct life *older, *newer; /* by last use */
    struct life *before, *after; /* in the bucket, by start */
    struct pacct_life info;
    uint32_t pid, epoch;
    uint64_t start, heard; /* monotonic clock */
    bool executed, doubt, taken;
};

struct bucket {
    struct life *first, *last;
};

struct pacct_lives {
    struct bucket buckets[BUCKETS];
    struct life *oldest, *newest;
    size_t count, bytes, max_count, max_bytes;
    uint32_t epoch;
    uint64_t lost_until, latest; /* monotonic clock */
    struct pacct_lives_counts counts;
};

struct pacct_lives* pacct_lives_new(size_t max_lives, size_t max_bytes) {
    struct pacct_lives* const l = calloc(1, sizeof(*l));
    if (l != NULL) {
        l->max_count = max_lives;
        l->max_bytes = max_bytes;
    }
    return l;
}

static struct bucket* bucket_of(struct pacct_lives* l, uint32_t pid) {
    return &l->buckets[pid & (BUCKETS - 1)];
}

/* ---- lists ---- */

static void set_command(struct pacct_lives* l, struct life* life, struct pacct_command* command) {
    if (life->info.command != NULL) {
        l->bytes -= pacct_command_size(life->info.command);
        pacct_command_unref(life->info.command);
    }
    life->info.command = command;
    if (command != NULL) {
        l->bytes += pacct_command_size(command);
    }
}

static void use_end(struct pacct_lives* l, struct life* life) {
    *(life->older == NULL ? &l->oldest : &life->older->newer) = life->newer;
    *(life->newer == NULL ? &l->newest : &life->newer->older) = life->older;
}

static void use_begin(struct pacct_lives* l, struct life* life) {
    life->older = l->newest;
    life->newer = NULL;
    *(l->newest == NULL ? &l->oldest : &l->newest->newer) = life;
    l->newest = life;
}

static void used(struct pacct_lives* l, struct life* life) {
    use_end(l, life);
    use_begin(l, life);
}

static void drop(struct pacct_lives* l, struct life* life) {
    struct bucket* const b = bucket_of(l, life->pid);
    *(life->before == NULL ? &b->first : &life->before->after) = life->after;
    *(life->after == NULL ? &b->last : &life->after->before) = life->before;
    use_end(l, life);
    set_command(l, life, NULL);
    l->count--;
    l->bytes -= sizeof(*life);
    free(life);
}

void pacct_lives_free(struct pacct_lives* l) {
    if (l != NULL) {
        while (l->oldest != NULL) {
            drop(l, l->oldest);
        }
        free(l);
    }
}

/* The next life with the same id, beginning with "life" itself. */
static struct life* onwards(struct life* life, uint32_t pid) {
    while (life != NULL && life->pid != pid) {
        life = life->after;
    }
    return life;
}

static struct life* last_of(struct pacct_lives* l, uint32_t pid) {
    struct life* life = bucket_of(l, pid)->last;
    while (life != NULL && life->pid != pid) {
        life = life->before;
    }
    return life;
}

static bool in_doubt(const struct pacct_lives* l, const struct life* life) {
    return life->doubt || life->epoch != l->epoch;
}

/* Whether two starts are the same; /proc rounds down, and netlink is a little late. */
static bool same_start(uint64_t a, uint64_t b) {
    const bool rounded = a % PACCT_EXEC_TICK_NS == 0 || b % PACCT_EXEC_TICK_NS == 0;
    return a == b || (rounded && (a < b ? b - a : a - b) < 2 * PACCT_EXEC_TICK_NS);
}

/* ---- events ---- */

void pacct_lives_lost(struct pacct_lives* l, uint64_t until) {
    l->epoch++;
    l->counts.losses++;
    l->lost_until = until > l->lost_until ? until : l->lost_until;
}

/* Put in doubt a life and those that follow it with its id; NULL: none. */
static void doubt_from(struct life* life, uint32_t pid) {
    for (; life != NULL; life = onwards(life->after, pid)) {
        life->doubt = true;
    }
}

/* Without this life, the next one of its id may be taken for it. */
static void evict(struct pacct_lives* l, struct life* life) {
    struct life* const next = onwards(life->after, life->pid);
    if (!life->taken) {
        l->counts.evicted++;
    }
    doubt_from(next, life->pid);
    if (next == NULL && l->latest < life->start + APART_NS) {
        pacct_lives_lost(l, l->latest); /* the next one is still to come */
    }
    drop(l, life);
}

static void make_room(struct pacct_lives* l, const struct life* except) {
    while (l->count > l->max_count || l->bytes > l->max_bytes) {
        struct life* const life = l->oldest != except ? l->oldest : l->oldest->newer;
        if (life == NULL) {
            break;
        }
        evict(l, life);
    }
}

static bool begins_in_doubt(const struct pacct_lives* l, const struct pacct_exec* ev, const struct life* previous) {
    if (ev->kind == PACCT_EXEC_SCAN) {
        /* no record is for it that ended before it was found; so if it was old then, none of a predecessor is */
        return ev->start + LATE_NS + APART_NS > ev->time;
    }
    return ev->start <= l->lost_until + APART_NS ||
           (previous != NULL && in_doubt(l, previous) && ev->start <= previous->start + APART_NS);
}

static struct life* begin_life(struct pacct_lives* l, const struct pacct_exec* ev, struct life* previous) {
    struct bucket* const b = bucket_of(l, ev->pid);
    struct life* const life = calloc(1, sizeof(*life));
    if (life == NULL) {
        pacct_lives_lost(l, ev->time);
        return NULL;
    }
    life->pid = ev->pid;
    life->start = ev->start;
    life->info.start_boot = ev->start_boot;
    life->doubt = begins_in_doubt(l, ev, previous);
    life->epoch = l->epoch;
    life->before = b->last;
    *(b->last == NULL ? &b->first : &b->last->after) = life;
    b->last = life;
    use_begin(l, life);
    l->count++;
    l->bytes += sizeof(*life);
    if (previous != NULL && previous->taken) {
        drop(l, previous);
    }
    return life;
}

static void set_parent(struct life* life, const struct pacct_exec* ev) {
    life->info.ppid = ev->ppid;
    life->info.parent_boot = ev->parent_boot;
    memcpy(life->info.parent_comm, ev->parent_comm, sizeof(life->info.parent_comm));
}

/* What is known of the creator's program goes for what it makes. */
static void inherit(struct pacct_lives* l, struct life* life, const struct pacct_exec* ev) {
    struct life* const parent = ev->ppid == 0 ? NULL : last_of(l, ev->ppid);
    if (parent == NULL || parent == life || !same_start(parent->info.start_boot, ev->parent_boot)) {
        return;
    }
    used(l, parent);
    if (parent->info.command != NULL && !in_doubt(l, parent)) {
        life->info.known = PACCT_KNOWN_INHERITED;
        set_command(l, life, pacct_command_ref(parent->info.command));
    }
}

static void execute(struct pacct_lives* l, struct life* life, const struct pacct_exec* ev) {
    struct pacct_command* const command = ev->args.p == NULL ? NULL : pacct_command_new(ev);
    set_command(l, life, command);
    life->info.known = PACCT_KNOWN_NOT;
    life->executed = true;
    if (command != NULL) {
        life->info.known = ev->kind == PACCT_EXEC_EXEC ? PACCT_KNOWN_EXEC : PACCT_KNOWN_SCAN;
    }
    if (life->info.ppid == 0) {
        set_parent(life, ev);
    }
}

const struct pacct_life* pacct_lives_tell(struct pacct_lives* l, const struct pacct_exec* ev) {
    struct life* life = last_of(l, ev->pid);
    const bool begins =
        life == NULL || life->taken || (ev->start_boot != 0 && !same_start(life->info.start_boot, ev->start_boot));
    if (begins && ev->start_boot == 0) {
        return NULL;
    }
    if (ev->kind == PACCT_EXEC_SCAN && life != NULL && (begins ? life->start > ev->start : life->heard > ev->time)) {
        return NULL; /* more is known by now */
    }
    l->latest = ev->time > l->latest ? ev->time : l->latest;
    if (begins) {
        life = begin_life(l, ev, life);
        if (life == NULL) {
            return NULL;
        }
    } else {
        used(l, life);
    }
    life->heard = ev->time > life->heard ? ev->time : life->heard;
    switch (ev->kind) {
        case PACCT_EXEC_FORK:
            set_parent(life, ev);
            if (begins) {
                inherit(l, life, ev);
            }
            break;
        case PACCT_EXEC_SCAN:
            if (begins || in_doubt(l, life)) {
                life->doubt = begins_in_doubt(l, ev, NULL);
                life->epoch = l->epoch;
                execute(l, life, ev);
            }
            break;
        case PACCT_EXEC_EXEC:
        default:
            execute(l, life, ev);
            break;
    }
    make_room(l, life);
    return &life->info;
}

/* ---- records ---- */

static struct life* find(struct pacct_lives* l, const struct pacct_record* rec, int64_t offset) {
    /* on the monotonic clock; of a record from before the machine was started they are negative */
    const int64_t start = (int64_t)(rec->btime * SECOND_NS) - offset;
    const int64_t last_word = (int64_t)(pacct_record_end(rec) * SECOND_NS + LATE_NS) - offset;
    struct life* life = onwards(bucket_of(l, rec->pid)->first, rec->pid);
    while (life != NULL) {
        struct life* const next = onwards(life->after, rec->pid);
        if (life->taken || (int64_t)life->start < start - (int64_t)REACH_NS) {
            if (!life->taken) {
                drop(l, life); /* its record never came */
            }
            life = next;
            continue;
        }
        const bool younger = (int64_t)life->start > start + (int64_t)REACH_NS || (int64_t)life->heard > last_word;
        return younger ? NULL : life;
    }
    return NULL;
}

/* The kernel sets AFORK for a thread that never called exec, of whatever process; without it there was an exec. */
static bool contradicts(const struct life* life, const struct pacct_record* rec) {
    return (rec->flag & PACCT_AFORK) == 0 && !life->executed;
}

static void count(struct pacct_lives* l, enum pacct_known known) {
    switch (known) {
        case PACCT_KNOWN_EXEC:
            l->counts.exec++;
            break;
        case PACCT_KNOWN_INHERITED:
            l->counts.inherited++;
            break;
        case PACCT_KNOWN_SCAN:
            l->counts.scan++;
            break;
        case PACCT_KNOWN_NOT:
        default:
            l->counts.missing++;
            break;
    }
}

void pacct_lives_take(struct pacct_lives* l, const struct pacct_record* rec, int64_t offset, struct pacct_life* life) {
    struct life* const found = find(l, rec, offset);
    memset(life, 0, sizeof(*life));
    if (found != NULL) {
        if (contradicts(found, rec)) {
            doubt_from(found, rec->pid);
        }
        const bool doubt = in_doubt(l, found);
        if (!doubt && found->info.known != PACCT_KNOWN_NOT) {
            *life = found->info;
            pacct_command_ref(life->command);
        }
        if (doubt && onwards(found->after, rec->pid) == NULL) {
            found->taken = true;
            set_command(l, found, NULL);
        } else {
            drop(l, found);
        }
    }
    count(l, life->known);
}

size_t pacct_lives_kept(const struct pacct_lives* l) {
    return l->count;
}

const struct pacct_lives_counts* pacct_lives_counts(const struct pacct_lives* l) {
    return &l->counts;
}
