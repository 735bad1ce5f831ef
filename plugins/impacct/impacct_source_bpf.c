/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source_bpf.c
 * @brief Ends of processes, told by the kernel without records, as a source.
 *
 * Algorithm: what the kernel tells of an end becomes what a record would have
 * said of it, and then the same event. The ring is the store: what was read
 * stays in there until the actions are through with it, wherever the reading is.
 *
 * A position is that of a file whose device is 0, which no file has: its inode
 * is made from the boot, its birth is the ring's number, its offset is the place
 * in the ring; where another one has the time of the last record, it has how
 * many lost ends were told before it. So what was lost is told once, with its
 * number, in the stream; when it is told again after a crash, with the same id.
 *
 * Concurrency and locking: the input thread only, after the ring was opened by
 * rsyslog's main thread.
 *
 * Failure model: what does not fit into the ring is counted by the kernel, and
 * told. A position in another ring is worth nothing: all that is in this one is
 * read.
 */
#include "impacct_source_bpf.h"
#include "base/attribute.h"
#include "base/sys.h"
#include "capture/exits.h"
#include "capture/ktime.h"
#include "capture/usage_values.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* how often it is asked whether anything was lost; and after something was, as that may last */
#define ASK_MS 1000
#define ASK_AGAIN_MS 10000
/* as a record has it */
#define TICK_NS (PACCT_SECOND_NS / PACCT_AHZ_DEFAULT)
/* a state file has numbers below 2^63 */
#define INODE_BITS (UINT64_MAX >> 2)

struct impacct_ring {
    const struct impacct_settings* settings;
    struct pacct_exits* exits;
    struct pacct_exits_opened how;
    char boot_id[PACCT_BOOT_ID_LEN + 1];
};

struct source_bpf {
    struct impacct_source head;
    struct impacct_source_bpf_parts parts;
    struct pacct_exits* exits;
    uint64_t inode; /* that positions have */
    uint64_t at; /* place in the ring */
    uint64_t number; /* of ends before it */
    uint64_t end; /* number of the position where to stop; UINT64_MAX: nowhere */
    uint64_t lost; /* ends that were told to be lost */
    uint64_t settled; /* of these, those that will not be told again, whatever happens */
    int64_t ask_ms; /* when to ask how many are */
    bool begun; /* the first place was told */
    bool gone; /* the position asked for is in another ring */
    bool removed; /* that one was of this boot */
    bool opened_said; /* how the ring was found */
    bool armed; /* since something was found */
    int64_t offset; /* of the day's clock to the monotonic one */
    struct pacct_usage_clock clock;
    struct pacct_event event;
    struct pacct_event_storage storage;
    struct pacct_notice notice;
};

/* ---- the ring ---- */

struct impacct_ring* impacct_ring_new(const struct impacct_settings* settings) {
    char reason[PACCT_EXITS_REASON_MAX];
    struct impacct_ring* const r = calloc(1, sizeof(*r));
    snprintf(reason, sizeof(reason), "out of memory");
    if (r != NULL) {
        r->settings = settings;
        r->exits = pacct_exits_open(settings->file, settings->bpf_ring_size, &r->how, reason);
    }
    if (r == NULL || r->exits == NULL) {
        LogError(0, RS_RET_ERR, "impacct: source=\"bpf\" cannot be had, the input for '%s' is not started: %s",
                 settings->file, reason);
        free(r);
        return NULL;
    }
    pacct_sys_boot_id(r->boot_id);
    LogMsg(0, NO_ERRCODE, LOG_INFO,
           "impacct: ends of processes are told by bpf into a ring of %" PRIu64 " bytes, which %s in '%s'", r->how.size,
           r->how.made ? "was made" : "goes on", settings->file);
    return r;
}

void impacct_ring_free(struct impacct_ring* r) {
    if (r != NULL) {
        pacct_exits_close(r->exits);
        free(r);
    }
}

int impacct_ring_fd(const struct impacct_ring* r) {
    return pacct_exits_fd(r->exits);
}

/* ---- what is found ---- */

static struct source_bpf* of(struct impacct_source* source) {
    return (struct source_bpf*)source;
}

static const struct source_bpf* of_const(const struct impacct_source* source) {
    return (const struct source_bpf*)source;
}

/* What a record of the end would say; the status is wait(2)'s, also where the first thread's is another. */
static void make_record(const struct source_bpf* s, const struct pacct_usage_wire* w, struct pacct_record* rec) {
    const uint64_t ran = w->time > w->start ? w->time - w->start : 0;
    const int64_t end = (int64_t)w->time + s->offset;
    *rec = (struct pacct_record){
        .version = 3,
        .flag = (uint8_t)w->record_flags,
        .has_pid = true,
        .etime_valid = true,
        .tty = (uint16_t)w->tty,
        .ahz = PACCT_AHZ_DEFAULT,
        .exitcode = w->status,
        .uid = w->uid,
        .gid = w->gid,
        .pid = w->pid,
        .ppid = w->ppid,
        .btime = (uint32_t)((uint64_t)end / PACCT_SECOND_NS - ran / PACCT_SECOND_NS),
        .etime = ran / TICK_NS,
        .utime = w->record_user / TICK_NS,
        .stime = w->record_system / TICK_NS,
        .mem = w->record_mem,
        .minflt = w->record_minor_faults,
        .majflt = w->record_major_faults,
        .comm_len = (uint8_t)strnlen(w->comm, sizeof(w->comm)),
    };
    memcpy(rec->comm, w->comm, rec->comm_len);
}

static rsRetVal take_end(struct source_bpf* s,
                         const struct pacct_usage_wire* w,
                         time_t now,
                         struct impacct_counts* counts,
                         struct impacct_item* item) {
    DEFiRet;
    struct pacct_record rec;
    const struct pacct_life life = {s->parts.ring->boot_id, w->start_boot, w->first_pid};
    const uint64_t running = pacct_usage_running(&s->clock, w);
    s->armed = false;
    s->number++;
    counts->read++;
    counts->bytes += sizeof(*w);
    pacct_ktime_day(&s->offset);
    make_record(s, w, &rec);
    if (s->end == UINT64_MAX) {
        impacct_guard_record(s->parts.guard, &rec, PACCT_ABOUT_EXIT);
    }
    pacct_event_make_told(s->parts.origin, &life, &rec, now, &s->storage, &s->event);
    if (s->parts.settings->usage != IMPACCT_USAGE_OFF) {
        struct pacct_usage usage;
        pacct_usage_of(w, running, s->offset, &usage);
        pacct_usage_set(&usage, &s->event);
    }
    if (s->parts.exec != NULL) {
        CHKiRet(impacct_exec_join(s->parts.exec, &rec, false, now, &s->event));
    }
    item->found = IMPACCT_FOUND_EVENT;
    item->event = &s->event;
    item->number = s->number - 1;
    item->attributes =
        impacct_attributes_of_record(s->parts.settings, s->parts.route, (time_t)s->event.v[PACCT_F_TIME].u);

finalize_it:
    RETiRet;
}

static void say(struct source_bpf* s, struct impacct_item* item) {
    impacct_log_notice(&s->notice, 0);
    item->found = IMPACCT_FOUND_NOTICE;
    item->notice = &s->notice;
}

/* Where a message has to be sent again, it has all that was lost by then: so there is no second one before the first is
 * settled, or some would be told twice. @return whether anything was lost that was not told yet */
static bool see_lost(struct source_bpf* s, struct impacct_item* item) {
    const int64_t ms = pacct_monotonic_ms();
    if (s->end != UINT64_MAX || ms < s->ask_ms || s->lost > s->settled) {
        return false;
    }
    const uint64_t lost = pacct_exits_lost(s->exits);
    s->ask_ms = ms + (lost > s->lost ? ASK_AGAIN_MS : ASK_MS);
    if (lost <= s->lost) {
        return false;
    }
    impacct_notice_ring_lost(&s->notice, s->parts.settings->file, lost - s->lost);
    s->notice.key[0] = pacct_exits_id(s->exits);
    s->notice.key[1] = s->lost;
    s->lost = lost;
    say(s, item);
    return true;
}

/* @return whether there is something to say of how the ring was found */
static bool see_opened(struct source_bpf* s, struct impacct_item* item) {
    const struct pacct_exits_opened* const how = &s->parts.ring->how;
    if (s->opened_said || s->end != UINT64_MAX || (!how->discarded && !s->removed)) {
        return false;
    }
    s->opened_said = true;
    impacct_notice_ring_replaced(&s->notice, s->parts.settings->file, how->discarded, how->discarded_ends);
    s->notice.key[0] = pacct_exits_id(s->exits);
    s->notice.key[1] = UINT64_MAX; /* lost ends are never so many */
    say(s, item);
    return true;
}

/* Nothing more for now: whoever waits is woken by what comes. */
static void rest(struct source_bpf* s, struct impacct_item* item) {
    if (s->end != UINT64_MAX) {
        item->found = IMPACCT_FOUND_END;
    } else if (!s->armed) {
        s->armed = true;
        pacct_exits_wake(s->exits);
        item->found = IMPACCT_FOUND_NOTHING;
    } else {
        s->armed = false;
        item->found = IMPACCT_FOUND_IDLE;
        if (s->parts.exec != NULL) {
            impacct_exec_all_joined(s->parts.exec);
        }
    }
}

/* ---- the interface ---- */

static rsRetVal next(struct impacct_source* source,
                     time_t now,
                     struct impacct_counts* counts,
                     struct impacct_item* item) {
    struct source_bpf* const s = of(source);
    if (s->number == s->end || (s->gone && s->end != UINT64_MAX)) {
        item->found = IMPACCT_FOUND_END;
        return RS_RET_OK;
    }
    if (!s->begun) {
        s->begun = true;
        item->found = IMPACCT_FOUND_OPENED;
        return RS_RET_OK;
    }
    if (see_opened(s, item) || see_lost(s, item)) {
        return RS_RET_OK;
    }
    const struct pacct_usage_wire* const w = pacct_exits_next(s->exits, &s->at);
    if (w != NULL) {
        return take_end(s, w, now, counts, item);
    }
    rest(s, item);
    return RS_RET_OK;
}

static void position(const struct impacct_source* source, struct impacct_position* pos) {
    const struct source_bpf* const s = of_const(source);
    const struct pacct_position place = {
        .ino = s->inode,
        .born = pacct_exits_id(s->exits),
        .offset = s->at,
        .until = s->lost,
        .head_len = PACCT_MARK_LEN,
    };
    impacct_position_set_file(pos, &place, s->number);
}

static bool is_here(const struct source_bpf* s, const struct impacct_position* pos) {
    return pos->file.dev == 0 && pos->file.ino == s->inode && pos->file.born == pacct_exits_id(s->exits) &&
           pos->file.offset >= pacct_exits_oldest(s->exits) && pos->file.offset <= pacct_exits_end(s->exits);
}

static void begin_with_oldest(struct source_bpf* s) {
    s->at = pacct_exits_oldest(s->exits);
    s->lost = pacct_exits_lost_before(s->exits);
}

static void rewind_to(struct impacct_source* source, const struct impacct_position* pos, uint64_t end) {
    struct source_bpf* const s = of(source);
    s->number = pos->number;
    s->end = end;
    s->armed = false;
    s->opened_said = false; /* what is sent again may have been that */
    s->gone = !is_here(s, pos);
    if (!s->gone) {
        s->at = pos->file.offset;
        s->lost = pos->file.until;
    } else if (end == UINT64_MAX) {
        begin_with_oldest(s);
    }
    if (!s->gone || end != UINT64_MAX || pos->kind == IMPACCT_POSITION_NONE) {
        return;
    }
    if (pos->file.dev == 0 && pos->file.ino == s->inode) {
        s->removed = pos->file.born != pacct_exits_id(s->exits); /* else it was an older one of this ring */
    } else {
        LogMsg(0, NO_ERRCODE, LOG_NOTICE,
               "impacct: the stored position was in a ring of '%s' before the machine was started, or in a file; all "
               "that is in the ring now is read. What the other one held behind that position is lost",
               s->parts.settings->file);
    }
}

static void from_end(struct impacct_source* source) {
    struct source_bpf* const s = of(source);
    s->lost = pacct_exits_lost(s->exits);
    s->at = pacct_exits_end(s->exits);
}

/* What is held, and what a window was summed up from, takes half of the ring at most: one output that hangs for long,
 * or a long window, shall not cost the ends of all. */
static bool is_kept(const struct source_bpf* s, const struct impacct_position* pos) {
    return is_here(s, pos) && pacct_exits_end(s->exits) - pos->file.offset <= s->parts.ring->how.size / 2;
}

static void release(struct impacct_source* source,
                    const struct impacct_position* pos,
                    const struct impacct_position* oldest,
                    const struct impacct_position* sums) {
    struct source_bpf* const s = of(source);
    const struct impacct_position* first = pos;
    if (!is_here(s, pos)) {
        return;
    }
    s->settled = pos->file.until;
    first = is_kept(s, oldest) && oldest->file.offset < first->file.offset ? oldest : first;
    first = is_kept(s, sums) && sums->file.offset < first->file.offset ? sums : first;
    if (first->file.offset > pacct_exits_oldest(s->exits) || first->file.until > pacct_exits_lost_before(s->exits)) {
        pacct_exits_free(s->exits, first->file.offset, first->file.until);
    }
}

static int timeout(const struct impacct_source* source) {
    return of_const(source)->parts.settings->polling_ms;
}

static int fd(const struct impacct_source* source __attribute__((unused))) {
    return -1;
}

static void free_source(struct impacct_source* source) {
    free(source);
}

static const struct impacct_source_type type = {
    .next = next,
    .position = position,
    .rewind = rewind_to,
    .from_end = from_end,
    .release = release,
    .timeout = timeout,
    .fd = fd,
    .free = free_source,
};

/* A number of the boot. The id is hexadecimal, with dashes. */
UNSIGNED_WRAPS static uint64_t boot_number(const char* boot_id) {
    uint64_t number = 0;
    for (const char* p = boot_id; *p != '\0'; p++) {
        number = number * 31 + (unsigned char)*p;
    }
    return (number & INODE_BITS) | 1;
}

struct impacct_source* impacct_source_bpf_new(const struct impacct_source_bpf_parts* parts) {
    struct source_bpf* const s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    s->head.type = &type;
    s->parts = *parts;
    s->exits = parts->ring->exits;
    s->inode = boot_number(parts->ring->boot_id);
    s->end = UINT64_MAX;
    begin_with_oldest(s);
    s->settled = s->lost;
    while (!pacct_ktime_day(&s->offset)) { /* a tick was between */
    }
    return &s->head;
}
