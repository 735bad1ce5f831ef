/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/join.c
 * @brief Joins what processes executed to the records of their ends.
 *
 * Algorithm: processes are in lists by id (a table of buckets), each from the
 * oldest to the newest, and in lists by whose they are, each by last use. Where
 * there is no room, the oldest of whoever takes the most is forgotten, so that
 * nobody can make those of others be. What concerns all that is kept is one
 * number each, which a process remembers: how often events were lost (its
 * command is uncertain), how often all places became uncertain. An uncertain
 * process that was matched stays as a mark until the next one with its id
 * begins, since that may have to be uncertain as well.
 *
 * Proof, with the words and numbers of the header: let the record r of a
 * process x take the command of another one, p. Both have its id (1), x is in
 * reach of r by K2, K4 and 8, and p by 1.
 * - x began after p. It began before r was written (K1), so its events were
 *   added, or lost, which makes p uncertain (4). The list is gone through from
 *   the oldest on, so that x cannot have been taken off while p was there; if
 *   it was forgotten, p is uncertain (4). So it is there, and is in reach of
 *   r: 5 forbids it.
 * - x began before p, and was never known: its events were lost, or it began
 *   before anything was known. As r is in reach of both, p began within reach
 *   of that, and is uncertain (4).
 * - x began before p and is there: then it is in reach of r and comes first (3).
 * - x began before p and was forgotten: p is uncertain (4).
 * - x began before p and was taken off by r, which comes again: 4.
 * - x began before p and was taken off by the record s of a third process y.
 *   If y began before x, then by the above x was uncertain, or y was taken off
 *   by another record before, and so on; the first of these was uncertain. If
 *   y began after x, both were uncertain (5).
 *   What follows an uncertain one within reach is uncertain: so is p (4).
 * The command is that of p: whatever it executed was heard of (6), or else its
 * number would be another one (K6). That of an exec is told with the arguments,
 * and what p inherited counts as heard of if its number at the beginning is the
 * one that its creator had with the command.
 *
 * Concurrency and locking: none; the caller's.
 *
 * Failure model: what memory does not suffice for counts as lost.
 */
#include "config.h"

#include "capture/join.h"
#include "base/sys.h"

#include <stdlib.h>
#include <string.h>

#define BUCKETS 16384u /* a power of two */
/* Root shares with nobody. Other users are told apart by so many numbers, and ranges of 65536 ids, such as one user may
 * have below him (subuid(5)), by so many. One more is for those that are not known. */
#define USERS 1023u
#define RANGES 128u
#define NOBODY (1 + USERS + RANGES)
/* the day's clock is slewed a little between the exit and the reading */
#define SLACK_NS UINT64_C(200000000)
/* how far a start may be from the ac_btime of its record, either way */
#define REACH_NS (PACCT_SECOND_NS + SLACK_NS)
/* of how far apart two starts may be, to be within reach of one record */
#define APART_NS (2 * REACH_NS)
/* a record's end is known to a second, and to some ticks less after many days */
#define LATE_NS (2 * PACCT_SECOND_NS)

/* the day's clock was set, if it differs by more */
#define CLOCK_SET_NS ((int64_t)SLACK_NS / 2)

struct process {
    struct process *older, *newer; /* of the same owner, by last use */
    struct owner* owner;
    struct process *before, *after; /* in the bucket, by start */
    struct pacct_process info;
    uint32_t pid;
    uint32_t doubts, losses; /* what the table had had when this was last known to be free of it */
    uint64_t start, last_event; /* monotonic clock */
    uint64_t executions; /* as the event that told of the command had it; 0: that cannot be compared */
    bool executed, uncertain, matched;
};

struct bucket {
    struct process *first, *last;
    uint64_t doubt_until; /* what begins before is uncertain: one was forgotten */
};

struct owner {
    struct process *oldest, *newest;
    size_t bytes;
};

struct pacct_join {
    struct bucket buckets[BUCKETS];
    struct owner owners[NOBODY + 1];
    size_t count, bytes, max_count, max_bytes;
    uint32_t doubts; /* how often all places became uncertain */
    uint32_t losses; /* how often events were lost, and with them perhaps an exec of anybody */
    uint64_t doubt_until; /* monotonic clock */
    uint64_t lost_until; /* the same, of events alone */
    bool parents; /* what a creator's program was is wanted */
    bool timed; /* the next is known */
    int64_t offset; /* of the day's clock, when all records were taken last, or the first one was */
    struct pacct_join_counts counts;
};

struct pacct_join* pacct_join_new(size_t max_processes, size_t max_bytes) {
    struct pacct_join* const j = calloc(1, sizeof(*j));
    if (j != NULL) {
        j->max_count = max_processes;
        j->max_bytes = max_bytes;
    }
    return j;
}

void pacct_join_keep_parents(struct pacct_join* j) {
    j->parents = true;
}

static struct bucket* bucket_of(struct pacct_join* j, uint32_t pid) {
    return &j->buckets[pid & (BUCKETS - 1)];
}

/* ---- lists ---- */

static void take_room(struct pacct_join* j, struct owner* owner, size_t bytes) {
    j->bytes += bytes;
    owner->bytes += bytes;
}

static void give_room(struct pacct_join* j, struct owner* owner, size_t bytes) {
    j->bytes -= bytes;
    owner->bytes -= bytes;
}

static size_t size_of(const struct process* process) {
    return sizeof(*process) + pacct_process_size(&process->info);
}

static void set_command(struct pacct_join* j, struct process* process, struct pacct_command* command) {
    give_room(j, process->owner, size_of(process));
    pacct_command_unref(process->info.command);
    process->info.command = command;
    take_room(j, process->owner, size_of(process));
}

static void set_parent_command(struct pacct_join* j, struct process* process, struct pacct_command* command) {
    give_room(j, process->owner, size_of(process));
    pacct_command_unref(process->info.parent_command);
    process->info.parent_command = command;
    take_room(j, process->owner, size_of(process));
}

static void use_end(struct process* process) {
    struct owner* const o = process->owner;
    *(process->older == NULL ? &o->oldest : &process->older->newer) = process->newer;
    *(process->newer == NULL ? &o->newest : &process->newer->older) = process->older;
}

static void use_begin(struct process* process) {
    struct owner* const o = process->owner;
    process->older = o->newest;
    process->newer = NULL;
    *(o->newest == NULL ? &o->oldest : &o->newest->newer) = process;
    o->newest = process;
}

static void used(struct process* process) {
    use_end(process);
    use_begin(process);
}

static struct owner* owner_of(struct pacct_join* j, uint32_t uid) {
    if (uid == PACCT_ID_UNSET) {
        return &j->owners[NOBODY];
    }
    if (uid == 0) {
        return &j->owners[0];
    }
    return &j->owners[uid >> 16 == 0 ? 1 + uid % USERS : 1 + USERS + (uid >> 16) % RANGES];
}

static void set_owner(struct pacct_join* j, struct process* process, struct owner* owner) {
    use_end(process);
    give_room(j, process->owner, size_of(process));
    process->owner = owner;
    take_room(j, process->owner, size_of(process));
    use_begin(process);
}

static void drop(struct pacct_join* j, struct process* process) {
    struct bucket* const b = bucket_of(j, process->pid);
    *(process->before == NULL ? &b->first : &process->before->after) = process->after;
    *(process->after == NULL ? &b->last : &process->after->before) = process->before;
    use_end(process);
    give_room(j, process->owner, size_of(process));
    pacct_process_unref(&process->info);
    j->count--;
    free(process);
}

void pacct_join_free(struct pacct_join* j) {
    if (j != NULL) {
        for (size_t i = 0; i <= NOBODY; i++) {
            for (struct process *process = j->owners[i].oldest, *newer; process != NULL; process = newer) {
                newer = process->newer;
                pacct_process_unref(&process->info);
                free(process);
            }
        }
        free(j);
    }
}

/* The next process with the same id, beginning with "process" itself. */
static struct process* onwards(struct process* process, uint32_t pid) {
    while (process != NULL && process->pid != pid) {
        process = process->after;
    }
    return process;
}

static struct process* last_of(struct pacct_join* j, uint32_t pid) {
    struct process* process = bucket_of(j, pid)->last;
    while (process != NULL && process->pid != pid) {
        process = process->before;
    }
    return process;
}

/* Whether it is not certain which record is its own. */
static bool is_misplaced(const struct pacct_join* j, const struct process* process) {
    return process->uncertain || process->doubts != j->doubts;
}

/* Whether it may have executed something that was not heard of. */
static bool is_unheard(const struct pacct_join* j, const struct process* process) {
    return process->losses != j->losses;
}

/* Whether two starts are the same; /proc rounds down, and netlink is a little late. */
static bool same_start(uint64_t a, uint64_t b) {
    const bool rounded = a % PACCT_TICK_NS == 0 || b % PACCT_TICK_NS == 0;
    return a == b || (rounded && (a < b ? b - a : a - b) < 2 * PACCT_TICK_NS);
}

/* ---- events ---- */

void pacct_join_records_again(struct pacct_join* j, uint64_t until) {
    j->doubts++;
    j->counts.doubts++;
    j->doubt_until = until > j->doubt_until ? until : j->doubt_until;
}

void pacct_join_events_lost(struct pacct_join* j, uint64_t until) {
    j->losses++;
    j->lost_until = until > j->lost_until ? until : j->lost_until;
    pacct_join_records_again(j, until);
}

void pacct_join_uncounted(struct pacct_join* j) {
    for (size_t i = 0; i <= NOBODY; i++) {
        for (struct process* process = j->owners[i].oldest; process != NULL; process = process->newer) {
            process->executions = 0;
        }
    }
}

/* Make uncertain a process and those that follow it with its id; NULL: none. */
static void set_uncertain(struct process* process, uint32_t pid) {
    for (; process != NULL; process = onwards(process->after, pid)) {
        process->uncertain = true;
    }
}

/* Without this process, another one of its id may be taken for it: the next, or, if its record was lost, the one
 * before. */
static void evict(struct pacct_join* j, struct process* process) {
    struct bucket* const b = bucket_of(j, process->pid);
    if (!process->matched) {
        j->counts.evicted++;
    }
    set_uncertain(onwards(b->first, process->pid), process->pid);
    if (b->doubt_until < process->start + APART_NS) {
        b->doubt_until = process->start + APART_NS; /* the next one may be still to come */
    }
    drop(j, process);
}

static void evict_oldest(struct pacct_join* j, const struct process* except) {
    while (j->count > j->max_count || j->bytes > j->max_bytes) {
        const struct owner* most = j->owners;
        for (const struct owner* o = j->owners; o <= &j->owners[NOBODY]; o++) {
            most = o->bytes > most->bytes ? o : most;
        }
        struct process* const process = most->oldest != except ? most->oldest : most->oldest->newer;
        if (process == NULL) {
            break;
        }
        evict(j, process);
    }
}

/* Whether the event is of something that was seen of a running process. */
static bool is_look(const struct pacct_process_event* ev) {
    return ev->kind == PACCT_PROCESS_SCAN || ev->kind == PACCT_PROCESS_READ || ev->kind == PACCT_PROCESS_COUNT;
}

static bool begins_uncertain(struct pacct_join* j,
                             const struct pacct_process_event* ev,
                             const struct process* previous) {
    if (is_look(ev)) {
        /* no record is for it that ended before it was found; so if it was old then, none of a predecessor is */
        return ev->start + LATE_NS + APART_NS > ev->time;
    }
    return ev->start <= j->doubt_until + APART_NS || ev->start <= bucket_of(j, ev->pid)->doubt_until ||
           (previous != NULL && is_misplaced(j, previous) && ev->start <= previous->start + APART_NS);
}

static struct process* add_process(struct pacct_join* j,
                                   const struct pacct_process_event* ev,
                                   struct process* previous) {
    struct bucket* const b = bucket_of(j, ev->pid);
    struct process* const process = calloc(1, sizeof(*process));
    if (process == NULL) {
        pacct_join_events_lost(j, ev->time);
        return NULL;
    }
    process->pid = ev->pid;
    process->start = ev->start;
    process->info.start_boot = ev->start_boot;
    process->uncertain = begins_uncertain(j, ev, previous);
    process->doubts = j->doubts;
    process->losses = j->losses;
    process->before = b->last;
    *(b->last == NULL ? &b->first : &b->last->after) = process;
    b->last = process;
    process->owner = owner_of(j, PACCT_ID_UNSET);
    use_begin(process);
    j->count++;
    take_room(j, process->owner, size_of(process));
    if (previous != NULL && previous->matched) {
        drop(j, previous);
    }
    return process;
}

static void set_parent(struct process* process, const struct pacct_process_event* ev) {
    process->info.ppid = ev->ppid;
    process->info.parent_boot = ev->parent_boot;
    memcpy(process->info.parent_comm, ev->parent_comm, sizeof(process->info.parent_comm));
}

/* What is known of the creator's program goes for what it makes. */
static void inherit(struct pacct_join* j, struct process* process, const struct pacct_process_event* ev) {
    struct process* const parent = ev->ppid == 0 ? NULL : last_of(j, ev->ppid);
    if (parent == NULL || parent == process || !same_start(parent->info.start_boot, ev->parent_boot)) {
        return;
    }
    used(parent);
    set_owner(j, process, parent->owner);
    if (parent->executions != 0 && parent->executions != ev->executions) {
        return; /* it has executed something that was not heard of */
    }
    if (parent->info.command != NULL && !is_unheard(j, parent)) {
        process->executions = parent->executions;
        process->info.known = PACCT_KNOWN_INHERITED;
        set_command(j, process, pacct_command_ref(parent->info.command));
        if (j->parents) {
            process->info.parent_known = parent->info.known;
            set_parent_command(j, process, pacct_command_ref(parent->info.command));
        }
    }
}

static void execute(struct pacct_join* j, struct process* process, const struct pacct_process_event* ev) {
    struct pacct_command* const command = ev->args.p == NULL ? NULL : pacct_command_new(ev);
    if (ev->start_boot != 0) { /* else nothing is known of it but that it was */
        set_owner(j, process, owner_of(j, ev->uid));
    }
    set_command(j, process, command);
    process->info.known = PACCT_KNOWN_NOT;
    process->executed = true;
    process->executions = ev->executions;
    process->losses = j->losses;
    if (command != NULL) {
        process->info.known = ev->kind == PACCT_PROCESS_SCAN ? PACCT_KNOWN_SCAN : PACCT_KNOWN_EXEC;
    }
    if (process->info.ppid == 0) {
        set_parent(process, ev);
    }
}

/* What is uncertain by now may be certain of a process that is old and runs. */
static void find_place(struct pacct_join* j, struct process* process, const struct pacct_process_event* ev) {
    if (is_misplaced(j, process)) {
        process->uncertain = begins_uncertain(j, ev, NULL);
        process->doubts = j->doubts;
    }
}

/* The kernel's word on a running process. If it has executed nothing since its command was heard of, no loss concerns
 * that; if it has, what it is now can only be seen from what it shows. The count may be older than the last event. */
static const struct pacct_process* compare(struct pacct_join* j,
                                           struct process* process,
                                           const struct pacct_process_event* ev) {
    if (process == NULL || process->matched || !same_start(process->info.start_boot, ev->start_boot)) {
        return NULL;
    }
    if (process->executions != 0 && ev->executions > process->executions) {
        process->losses = ~j->losses; /* any other: it is not free of the last one */
        process->executions = 0;
        process->executed = true;
    } else if (process->info.command == NULL) {
        process->executions = 0;
    } else if (process->executions != 0 && ev->executions == process->executions) {
        process->losses = j->losses;
    }
    process->last_event = ev->time > process->last_event ? ev->time : process->last_event;
    find_place(j, process, ev);
    return &process->info;
}

/* What was captured when it was executed is what it is; what a process shows, it can change. It is believed only once
 * the kernel has told that the process has executed something else, or cannot tell. */
static void find_running(struct pacct_join* j,
                         struct process* process,
                         const struct pacct_process_event* ev,
                         bool begins) {
    if (begins || (is_unheard(j, process) && process->executions == 0) || ev->kind == PACCT_PROCESS_READ) {
        execute(j, process, ev);
    }
    find_place(j, process, ev);
}

const struct pacct_process* pacct_join_add(struct pacct_join* j, const struct pacct_process_event* ev) {
    struct process* process = last_of(j, ev->pid);
    if (is_look(ev) && ev->time < j->lost_until) {
        return NULL; /* it may have executed something since, which was lost */
    }
    if (ev->kind == PACCT_PROCESS_COUNT) {
        return compare(j, process, ev);
    }
    const bool begins = process == NULL || process->matched ||
                        (ev->start_boot != 0 && !same_start(process->info.start_boot, ev->start_boot));
    if (begins && ev->start_boot == 0) {
        return NULL;
    }
    if (is_look(ev) && process != NULL && (begins ? process->start > ev->start : process->last_event > ev->time)) {
        return NULL; /* more is known by now */
    }
    if (ev->kind == PACCT_PROCESS_READ && !begins && process->info.command != NULL) {
        return NULL; /* it was read twice, for two programs, of which this is the second */
    }
    if (begins) {
        process = add_process(j, ev, process);
        if (process == NULL) {
            return NULL;
        }
    } else {
        used(process);
    }
    process->last_event = ev->time > process->last_event ? ev->time : process->last_event;
    switch (ev->kind) {
        case PACCT_PROCESS_FORK:
            set_parent(process, ev);
            if (begins) {
                inherit(j, process, ev);
            }
            break;
        case PACCT_PROCESS_SCAN:
        case PACCT_PROCESS_READ:
            find_running(j, process, ev, begins);
            break;
        case PACCT_PROCESS_EXEC:
        case PACCT_PROCESS_COUNT:
        default:
            execute(j, process, ev);
            break;
    }
    evict_oldest(j, process);
    return &process->info;
}

/* ---- records ---- */

static struct process* find(struct pacct_join* j, const struct pacct_record* rec, int64_t offset) {
    /* on the monotonic clock; of a record from before the machine was started they are negative */
    const int64_t start = (int64_t)(rec->btime * PACCT_SECOND_NS) - offset;
    const int64_t last_word = (int64_t)(pacct_record_end(rec) * PACCT_SECOND_NS + LATE_NS) - offset;
    struct process* process = onwards(bucket_of(j, rec->pid)->first, rec->pid);
    while (process != NULL) {
        struct process* const next = onwards(process->after, rec->pid);
        if (process->matched || (int64_t)process->start < start - (int64_t)REACH_NS) {
            if (!process->matched) {
                drop(j, process); /* its record never came */
            }
            process = next;
            continue;
        }
        const bool younger =
            (int64_t)process->start > start + (int64_t)REACH_NS || (int64_t)process->last_event > last_word;
        return younger ? NULL : process;
    }
    return NULL;
}

/* The kernel sets AFORK for a thread that never called exec, of whatever process; without it there was an exec. */
static bool contradicts(const struct process* process, const struct pacct_record* rec) {
    return (rec->flag & PACCT_AFORK) == 0 && !process->executed;
}

/* Whether the record may be of a later process of this id. */
static bool has_rival(const struct process* process, const struct pacct_record* rec, int64_t offset) {
    const int64_t start = (int64_t)(rec->btime * PACCT_SECOND_NS) - offset;
    const int64_t ended = (int64_t)((pacct_record_end(rec) + 1) * PACCT_SECOND_NS + SLACK_NS) - offset; /* or before */
    const struct process* next = onwards(process->after, rec->pid);
    while (next != NULL && ((int64_t)next->last_event > ended || contradicts(next, rec))) {
        next = onwards(next->after, rec->pid);
    }
    return next != NULL && (int64_t)next->start <= start + (int64_t)REACH_NS;
}

static void count(struct pacct_join* j, enum pacct_known known) {
    switch (known) {
        case PACCT_KNOWN_EXEC:
            j->counts.exec++;
            break;
        case PACCT_KNOWN_INHERITED:
            j->counts.inherited++;
            break;
        case PACCT_KNOWN_SCAN:
            j->counts.scan++;
            break;
        case PACCT_KNOWN_NOT:
        default:
            j->counts.missing++;
            break;
    }
}

void pacct_join_all_taken(struct pacct_join* j, int64_t offset) {
    j->timed = true;
    j->offset = offset;
}

/* Whether a record may have been written before the day's clock was set. */
static bool is_timed_otherwise(struct pacct_join* j, int64_t offset) {
    if (!j->timed) {
        pacct_join_all_taken(j, offset);
    }
    return llabs(offset - j->offset) > CLOCK_SET_NS;
}

void pacct_join_take(struct pacct_join* j,
                     const struct pacct_record* rec,
                     bool may_live,
                     int64_t offset,
                     struct pacct_process* process) {
    struct process* const found = is_timed_otherwise(j, offset) ? NULL : find(j, rec, offset);
    memset(process, 0, sizeof(*process));
    if (found != NULL) {
        if (contradicts(found, rec) || has_rival(found, rec, offset)) {
            set_uncertain(found, rec->pid);
        }
        const bool uncertain = is_misplaced(j, found);
        if (!uncertain && !is_unheard(j, found) && found->info.known != PACCT_KNOWN_NOT) {
            *process = found->info;
            pacct_process_ref(process);
        }
        if (!may_live && uncertain && onwards(found->after, rec->pid) == NULL) {
            found->matched = true;
            set_command(j, found, NULL);
            set_parent_command(j, found, NULL);
        } else if (!may_live) {
            drop(j, found);
        }
    }
    count(j, process->known);
}

size_t pacct_join_size(const struct pacct_join* j) {
    return j->count;
}

const struct pacct_join_counts* pacct_join_counts(const struct pacct_join* j) {
    return &j->counts;
}
