/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_source_file.c
 * @brief An accounting file as a source: its records become events.
 *
 * Algorithm: what the follower gives out is decoded, shown to the guard, joined
 * with what its process executed, and made an event. What else it finds is
 * logged, and becomes a notice where it concerns the records.
 *
 * A stretch that ends is history: it was read before, and is only to be sent
 * again. The guard is not given it, and what is not there any more is not
 * waited for.
 *
 * Before it rests, everything that may change is watched, and only then looked
 * at a last time: no change falls between the two.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: what cannot be read is said once by the follower and tried
 * again. What can only be watched at intervals is said once, too.
 */
#include "impacct_source_file.h"
#include "impacct_notices.h"
#include "base/fmt.h"
#include "file/follow.h"

#include <stdlib.h>

/* how long to stay with a file that was rotated: the kernel needs microseconds, unless it has to wait for the disk */
#define LINGER_MS 200

struct source_file {
    struct impacct_source head;
    struct impacct_source_file_parts parts;
    struct pacct_dialect dialect;
    struct pacct_follow* follow;
    uint64_t number; /* of records before the position */
    uint64_t end; /* number of the position where to stop; UINT64_MAX: nowhere */
    uint64_t known_gap; /* number of the position where files were missing before; UINT64_MAX: nowhere */
    bool begun; /* the path is watched */
    bool watched; /* since something was found */
    bool watch_error_logged;
    struct pacct_item item;
    struct pacct_event event;
    struct pacct_event_storage storage;
    struct pacct_notice notice;
};

static bool uses_inotify(const struct source_file* s) {
    return s->parts.settings->mode == IMPACCT_MODE_INOTIFY;
}

static void log_watch_error(struct source_file* s, int error) {
    if (error != 0 && !s->watch_error_logged) {
        s->watch_error_logged = true;
        LogMsg(error, RS_RET_ERR, LOG_WARNING,
               "impacct: inotify does not report changes of '%s'; it is looked at every %g seconds instead",
               s->parts.settings->file, s->parts.settings->polling_ms / 1000.0);
    }
}

static void watch(struct source_file* s) {
    if (uses_inotify(s)) {
        const int path_error = pacct_watch_path(s->parts.watch, s->parts.slot, s->parts.settings->file);
        const int error = pacct_watch_file(s->parts.watch, s->parts.slot, pacct_follow_fd(s->follow));
        log_watch_error(s, error != 0 ? error : path_error);
    }
}

/* ---- what is found ---- */

static bool is_history(const struct source_file* s) {
    return s->end != UINT64_MAX;
}

/* What was captured of the process that a record is of. */
static rsRetVal join(struct source_file* s, const struct pacct_record* rec, bool may_live, time_t now) {
    DEFiRet;
    if (s->parts.exec != NULL) {
        CHKiRet(impacct_exec_join(s->parts.exec, rec, may_live, now, &s->event));
    }
    if (s->parts.usage != NULL) {
        impacct_usage_join(s->parts.usage, rec, may_live, &s->event);
    }

finalize_it:
    RETiRet;
}

static rsRetVal take_record(struct source_file* s,
                            time_t now,
                            struct impacct_counts* counts,
                            struct impacct_item* item) {
    DEFiRet;
    struct pacct_record rec;
    enum pacct_about about;
    s->number++;
    counts->read++;
    counts->bytes += s->item.len;
    if (!pacct_record_decode(s->item.raw, &s->dialect, &rec)) {
        counts->invalid++;
        item->found = IMPACCT_FOUND_NOTHING;
        FINALIZE;
    }
    about = pacct_event_about(&rec);
    if (about == PACCT_ABOUT_UNCERTAIN && s->parts.guard != NULL && impacct_guard_sees_alive(s->parts.guard, &rec)) {
        about = PACCT_ABOUT_SYNTHETIC;
    }
    if (s->parts.guard != NULL && !is_history(s)) {
        impacct_guard_record(s->parts.guard, &rec, about);
    }
    pacct_event_make(s->parts.origin, s->item.raw, &rec, about, now, &s->storage, &s->event);
    if (about != PACCT_ABOUT_SYNTHETIC) {
        CHKiRet(join(s, &rec, about == PACCT_ABOUT_UNCERTAIN, now));
    }
    item->found = IMPACCT_FOUND_EVENT;
    item->event = &s->event;
    item->number = s->number - 1;
    item->attributes =
        impacct_attributes_of_record(s->parts.settings, s->parts.route, (time_t)s->event.v[PACCT_F_TIME].u);

finalize_it:
    RETiRet;
}

/* Bytes that are no records count as the records that might have been there. */
static void count_damage(const struct pacct_item* item, struct impacct_counts* counts) {
    const uint64_t bytes = item->to - item->from;
    const uint64_t records = (bytes + PACCT_RECORD_MAX - 1) / PACCT_RECORD_MAX;
    counts->bytes += bytes;
    counts->read += records;
    counts->invalid += records;
}

/* Nothing more is found for now. */
static bool is_rest(enum pacct_found found) {
    return found == PACCT_FOUND_IDLE || found == PACCT_FOUND_IDLE_ROTATED || found == PACCT_FOUND_MISSING ||
           found == PACCT_FOUND_ERROR;
}

/* All was read that there is now, in the file at the path or in one after which nothing comes yet. */
static bool is_at_end(const struct source_file* s, enum pacct_found found) {
    return (found == PACCT_FOUND_IDLE || found == PACCT_FOUND_IDLE_ROTATED) && pacct_follow_fd(s->follow) >= 0 &&
           pacct_follow_timeout(s->follow) < 0;
}

static void take_other(struct source_file* s,
                       enum pacct_found found,
                       struct impacct_counts* counts,
                       struct impacct_item* item) {
    const bool in_place = found == PACCT_FOUND_IDLE && pacct_follow_fd(s->follow) >= 0;
    const bool logged = impacct_log_found(s->parts.settings->file, found, &s->item, &s->notice);
    item->found = logged                        ? IMPACCT_FOUND_NOTICE
                  : found == PACCT_FOUND_OPENED ? IMPACCT_FOUND_OPENED
                                                : IMPACCT_FOUND_NOTHING;
    item->notice = &s->notice;
    if (found == PACCT_FOUND_OPENED && s->parts.guard != NULL) {
        impacct_guard_opened(s->parts.guard);
    }
    if (found == PACCT_FOUND_DAMAGED) {
        count_damage(&s->item, counts);
    }
    if (found == PACCT_FOUND_POSITION_LOST && s->parts.exec != NULL) {
        impacct_exec_records_again(s->parts.exec);
    }
    if (found == PACCT_FOUND_POSITION_LOST && s->parts.usage != NULL) {
        impacct_usage_records_again(s->parts.usage);
    }
    if (is_at_end(s, found) && s->parts.exec != NULL) {
        impacct_exec_all_joined(s->parts.exec);
    }
    if (is_rest(found) && (in_place || s->watched)) {
        item->found = pacct_follow_timeout(s->follow) >= 0 ? IMPACCT_FOUND_LINGER : IMPACCT_FOUND_IDLE;
        s->watched = false;
        return;
    }
    s->watched = is_rest(found);
    if (found != PACCT_FOUND_DAMAGED && found != PACCT_FOUND_SKIPPING) {
        watch(s);
    }
}

/* Whether what was truncated is read on in the copy that was made before: its position stays what it was. */
static bool is_in_copy(const struct source_file* s) {
    struct pacct_position pos;
    pacct_follow_position(s->follow, &pos);
    return s->item.from > 0 && pos.offset == s->item.from;
}

static bool is_missing(enum pacct_found found) {
    return found == PACCT_FOUND_BAD_ARCHIVE || found == PACCT_FOUND_UNREADABLE || found == PACCT_FOUND_FILES_LOST;
}

/* The same in a stretch that ends. */
static enum impacct_found stop_in_history(struct source_file* s, enum pacct_found found) {
    switch (found) {
        case PACCT_FOUND_MISSING:
        case PACCT_FOUND_ERROR:
            impacct_log_found(s->parts.settings->file, found, &s->item, &s->notice);
            return IMPACCT_FOUND_BLOCKED;
        case PACCT_FOUND_IDLE:
        case PACCT_FOUND_IDLE_ROTATED:
            if (pacct_follow_timeout(s->follow) >= 0) {
                return IMPACCT_FOUND_LINGER;
            }
            return pacct_follow_fd(s->follow) < 0 ? IMPACCT_FOUND_BLOCKED : IMPACCT_FOUND_END;
        case PACCT_FOUND_TRUNCATED:
            return is_in_copy(s) ? IMPACCT_FOUND_NOTHING : IMPACCT_FOUND_END;
        case PACCT_FOUND_BAD_ARCHIVE:
        case PACCT_FOUND_UNREADABLE:
        case PACCT_FOUND_FILES_LOST:
            return s->number == s->known_gap ? IMPACCT_FOUND_NOTHING : IMPACCT_FOUND_END;
        case PACCT_FOUND_POSITION_LOST:
            return IMPACCT_FOUND_END;
        case PACCT_FOUND_SKIPPING:
        case PACCT_FOUND_RECORD:
        case PACCT_FOUND_OPENED:
        case PACCT_FOUND_ROTATED:
        case PACCT_FOUND_DAMAGED:
        default:
            return IMPACCT_FOUND_NOTHING;
    }
}

/* ---- the interface ---- */

static struct source_file* of(struct impacct_source* source) {
    return (struct source_file*)source;
}

static const struct source_file* of_const(const struct impacct_source* source) {
    return (const struct source_file*)source;
}

static rsRetVal next(struct impacct_source* source,
                     time_t now,
                     struct impacct_counts* counts,
                     struct impacct_item* item) {
    struct source_file* const s = of(source);
    if (s->number == s->end) {
        item->found = IMPACCT_FOUND_END;
        return RS_RET_OK;
    }
    if (!s->begun) {
        s->begun = true;
        watch(s); /* what goes from the path is counted from the first opening on */
    }
    const enum pacct_found found = pacct_follow_next(s->follow, &s->item);
    if (found == PACCT_FOUND_RECORD) {
        s->watched = false;
        return take_record(s, now, counts, item);
    }
    item->found = is_history(s) ? stop_in_history(s, found) : IMPACCT_FOUND_NOTHING;
    if (item->found == IMPACCT_FOUND_NOTHING && !(is_history(s) && is_missing(found))) { /* that was said then */
        take_other(s, found, counts, item);
    }
    return RS_RET_OK;
}

static void position(const struct impacct_source* source, struct impacct_position* pos) {
    struct pacct_position file;
    pacct_follow_position(of_const(source)->follow, &file);
    impacct_position_set_file(pos, &file, of_const(source)->number);
}

static void rewind_to(struct impacct_source* source, const struct impacct_position* pos, uint64_t end) {
    struct source_file* const s = of(source);
    pacct_follow_resume(s->follow, &pos->file);
    s->number = pos->number;
    s->end = end;
    s->watched = false;
}

static void known_gap(struct impacct_source* source, uint64_t number) {
    of(source)->known_gap = number;
}

static void from_end(struct impacct_source* source) {
    pacct_follow_from_end(of(source)->follow);
}

static int timeout(const struct impacct_source* source) {
    const struct source_file* const s = of_const(source);
    const int follow_ms = pacct_follow_timeout(s->follow);
    const int polling_ms = s->parts.settings->polling_ms;
    return follow_ms >= 0 && follow_ms < polling_ms ? follow_ms : polling_ms;
}

static int fd(const struct impacct_source* source) {
    return pacct_follow_fd(of_const(source)->follow);
}

static void free_source(struct impacct_source* source) {
    pacct_follow_free(of(source)->follow);
    free(source);
}

static const struct impacct_source_type type = {
    .next = next,
    .position = position,
    .rewind = rewind_to,
    .known_gap = known_gap,
    .from_end = from_end,
    .timeout = timeout,
    .fd = fd,
    .free = free_source,
};

struct impacct_source* impacct_source_file_new(const struct impacct_source_file_parts* parts) {
    const struct impacct_settings* const settings = parts->settings;
    struct source_file* const s = calloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    s->head.type = &type;
    s->parts = *parts;
    s->end = s->known_gap = UINT64_MAX;
    s->dialect.ahz = (uint32_t)settings->ahz;
    s->dialect.v0_big_endian = settings->v0_byte_order == IMPACCT_ORDER_NATIVE
                                   ? __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
                                   : settings->v0_byte_order == IMPACCT_ORDER_BIG;
    s->follow = pacct_follow_new(settings->file, &s->dialect);
    const char* const directory = settings->rotated_directory[0] != '\0' ? settings->rotated_directory : NULL;
    if (s->follow == NULL ||
        (settings->rotated_files && !pacct_follow_rotated(s->follow, directory, settings->rotated_max_age))) {
        pacct_follow_free(s->follow);
        free(s);
        return NULL;
    }
    if (uses_inotify(s)) {
        pacct_follow_watch(s->follow, parts->watch, parts->slot);
    }
    pacct_follow_linger(s->follow, LINGER_MS);
    return &s->head;
}
