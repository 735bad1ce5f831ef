/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_notices.c
 * @brief What an input has to say: sentences, in rsyslog's own log and as state messages; those that wait to be sent.
 *
 * Algorithm: one sentence per thing that can happen. What concerns the records
 * becomes a notice, which is both logged and sent.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: a sentence that is too long is cut.
 */
#include "impacct_notices.h"
#include "base/confinement.h"
#include "file/decompress.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* notices that wait while rsyslog takes nothing */
#define QUEUE_MAX 32

struct impacct_notices {
    const struct pacct_origin* origin;
    struct pacct_notice* queue[QUEUE_MAX];
    unsigned count;
    struct pacct_event event;
    struct pacct_notice_storage storage;
};

struct impacct_notices* impacct_notices_new(const struct pacct_origin* origin) {
    struct impacct_notices* const q = calloc(1, sizeof(*q));
    if (q != NULL) {
        q->origin = origin;
    }
    return q;
}

void impacct_notices_free(struct impacct_notices* q) {
    if (q != NULL) {
        impacct_notices_clear(q);
        free(q);
    }
}

void impacct_notices_queue(struct impacct_notices* q, const struct pacct_notice* n) {
    struct pacct_notice* const copy = q->count < QUEUE_MAX ? malloc(sizeof(*copy)) : NULL;
    if (copy != NULL) {
        *copy = *n;
        q->queue[q->count++] = copy;
    }
}

const struct pacct_notice* impacct_notices_at(const struct impacct_notices* q, unsigned i) {
    return i < q->count ? q->queue[i] : NULL;
}

void impacct_notices_clear(struct impacct_notices* q) {
    while (q->count > 0) {
        free(q->queue[--q->count]);
    }
}

const struct pacct_event* impacct_notices_event(struct impacct_notices* q, const struct pacct_notice* n) {
    pacct_notice_event(q->origin, n, &q->storage, &q->event);
    return &q->event;
}

/* ---- sentences ---- */

void impacct_notice_detail(struct pacct_notice* n, const char* format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(n->detail, sizeof(n->detail), format, args);
    va_end(args);
}

void impacct_log_notice(const struct pacct_notice* n, int error) {
    LogMsg(error, NO_ERRCODE, (int)pacct_notice_severity(n->id), "impacct: %s", n->detail);
}

bool impacct_log_found(const char* file,
                       enum pacct_found found,
                       const struct pacct_item* item,
                       struct pacct_notice* n) {
    struct pacct_confinement confinement;
    switch (found) {
        case PACCT_FOUND_MISSING:
            LogMsg(0, RS_RET_FILE_NOT_FOUND, LOG_WARNING,
                   "impacct: '%s' does not exist; it is read as soon as it does. Is accounting switched on (accton)?",
                   file);
            return false;
        case PACCT_FOUND_OPENED:
            if (strcmp(item->path, file) != 0) {
                LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: reading '%s' from offset %llu on, a rotated file of '%s'",
                       item->path, (unsigned long long)item->from, file);
            }
            return false;
        case PACCT_FOUND_ERROR:
            LogError(item->error, RS_RET_IO_ERROR, "impacct: '%s' cannot be read (%s)%s; it is tried again", file,
                     item->call, pacct_confinement(PACCT_CONFINED_FILE, item->error, &confinement));
            return false;
        case PACCT_FOUND_POSITION_LOST:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            impacct_notice_detail(
                n,
                "neither '%s' nor a rotated file beside it holds what was read up to the stored "
                "position; everything written since then is read, and records may be sent a second time "
                "with the same ids. If anything followed that position in its file, it is lost",
                file);
            break;
        case PACCT_FOUND_BAD_ARCHIVE:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            snprintf(n->old_file, sizeof(n->old_file), "%s", item->path);
            impacct_notice_detail(
                n,
                "'%s', a rotated file of '%s', %s beyond offset %llu of its content; the records that "
                "follow in it are lost, reading goes on with the next file",
                item->path, file,
                item->error == ENOMEM ? "takes more memory than is allowed to be decompressed"
                                      : "is damaged or cut off and cannot be decompressed",
                (unsigned long long)item->from);
            break;
        case PACCT_FOUND_UNREADABLE:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            snprintf(n->old_file, sizeof(n->old_file), "%s", item->path);
            impacct_notice_detail(
                n,
                "'%s', a rotated file of '%s', is compressed in a way that this build of impacct does "
                "not read (it reads %s); the records in it are lost, reading goes on with the next file",
                item->path, file, pacct_decompress_names());
            break;
        case PACCT_FOUND_FILES_LOST:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            pacct_notice_number(n, PACCT_F_LOST_FILES, item->files);
            impacct_notice_detail(
                n,
                "%llu file%s that '%s' became when it was rotated cannot be found, and had not been "
                "read: deleted, or moved to another directory (rotatedFiles.directory); the records in "
                "%s are lost, reading goes on with the next file",
                (unsigned long long)item->files, item->files == 1 ? "" : "s", file, item->files == 1 ? "it" : "them");
            break;
        case PACCT_FOUND_ROTATED:
            pacct_notice_begin(n, PACCT_N_FILE_ROTATED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            impacct_notice_detail(n, "'%s' was rotated; the old file was read to its end", file);
            break;
        case PACCT_FOUND_TRUNCATED:
            pacct_notice_begin(n, PACCT_N_FILE_TRUNCATED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            impacct_notice_detail(n, "'%s' was truncated; it is read from its start", file);
            break;
        case PACCT_FOUND_DAMAGED:
            pacct_notice_begin(n, PACCT_N_FILE_DAMAGED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            pacct_notice_number(n, PACCT_F_SKIPPED_BYTES, item->to - item->from);
            impacct_notice_detail(n,
                                  "'%s' is damaged: %llu bytes from offset %llu on are no records; they were skipped",
                                  file, (unsigned long long)(item->to - item->from), (unsigned long long)item->from);
            break;
        case PACCT_FOUND_RECORD:
        case PACCT_FOUND_IDLE:
        case PACCT_FOUND_IDLE_ROTATED:
        case PACCT_FOUND_SKIPPING:
        default:
            return false;
    }
    impacct_log_notice(n, found == PACCT_FOUND_BAD_ARCHIVE ? item->error : 0);
    return true;
}

void impacct_notice_started(struct pacct_notice* n,
                            const char* file,
                            enum impacct_begin begin,
                            const struct impacct_position* pos,
                            uint64_t again) {
    char held[128] = "";
    if (again > 0) {
        snprintf(held, sizeof(held),
                 "; before that, up to %llu records that were held when rsyslogd ended are read again",
                 (unsigned long long)again);
    }
    pacct_notice_begin(n, PACCT_N_MODULE_STARTED, file);
    n->built_for = BUILT_FOR_RSYSLOG;
    if (begin == IMPACCT_BEGIN_STORED) {
        pacct_notice_number(n, PACCT_F_POSITION, pos->file.offset);
        impacct_notice_detail(n, "impacct " PACKAGE_VERSION " started; '%s' is read on from offset %llu%s", file,
                              (unsigned long long)pos->file.offset, held);
    } else {
        impacct_notice_detail(
            n, "impacct " PACKAGE_VERSION " started; '%s' is read from its %s, without a stored position", file,
            begin == IMPACCT_BEGIN_END     ? "end"
            : begin == IMPACCT_BEGIN_START ? "start"
                                           : "start, and its rotated files before that");
    }
}

void impacct_notice_stopped(struct pacct_notice* n, const char* file, const struct impacct_position* pos) {
    pacct_notice_begin(n, PACCT_N_MODULE_STOPPED, file);
    if (pos->kind != IMPACCT_POSITION_NONE) {
        pacct_notice_number(n, PACCT_F_POSITION, pos->file.offset);
    }
    impacct_notice_detail(n, "impacct stopped; '%s' was dealt with up to offset %llu", file,
                          (unsigned long long)pos->file.offset);
}

/* Where messages went, as a part of a sentence. */
static void name_rulesets(const struct impacct_settings* s,
                          const struct impacct_ack_held* held,
                          char* text,
                          size_t size) {
    const struct {
        bool any;
        const char* own;
    } kinds[] = {{held->records, s->ruleset}, {held->states, s->state_ruleset}, {held->summaries, s->summary_ruleset}};
    const char* names[3];
    unsigned count = 0;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const char* const name = kinds[i].own[0] != '\0' ? kinds[i].own : s->ruleset;
        bool another = kinds[i].any;
        for (unsigned k = 0; k < count; k++) {
            another = another && strcmp(names[k], name) != 0;
        }
        names[count] = name;
        count += another;
    }
    if (count == 1 && names[0][0] == '\0') {
        snprintf(text, size, "rsyslog's default ruleset");
        return;
    }
    size_t len = (size_t)snprintf(text, size, "the ruleset%s ", count > 1 ? "s" : "");
    for (unsigned i = 0; i < count && len < size; i++) {
        len += (size_t)snprintf(text + len, size - len, "%s'%s'",
                                i == 0           ? ""
                                : i + 1 == count ? " and "
                                                 : ", ",
                                names[i][0] != '\0' ? names[i] : "(default)");
    }
}

void impacct_notice_held(struct pacct_notice* n,
                         const struct impacct_settings* settings,
                         const struct impacct_ack_held* held,
                         uint64_t seconds) {
    char rulesets[512];
    name_rulesets(settings, held, rulesets, sizeof(rulesets));
    pacct_notice_begin(n, PACCT_N_RECORDS_HELD, settings->file);
    pacct_notice_number(n, PACCT_F_POSITION, held->start.file.offset);
    pacct_notice_number(n, PACCT_F_HELD_MESSAGES, held->messages);
    pacct_notice_number(n, PACCT_F_HELD_SECONDS, seconds);
    impacct_notice_detail(
        n,
        "up to %llu message(s) of '%s', from offset %llu on, have been held for %llu seconds while later ones were "
        "done "
        "with: an action of %s, or of one that it calls, has a queue that does not get on. All others go on. What is "
        "held is in rsyslog's memory; if rsyslogd is killed, records are read again from the file, as far as it has "
        "them",
        (unsigned long long)held->messages, settings->file, (unsigned long long)held->start.file.offset,
        (unsigned long long)seconds, rulesets);
}

void impacct_notice_released(struct pacct_notice* n, const char* file, uint64_t messages, uint64_t seconds) {
    pacct_notice_begin(n, PACCT_N_RECORDS_RELEASED, file);
    pacct_notice_number(n, PACCT_F_HELD_MESSAGES, messages);
    pacct_notice_number(n, PACCT_F_HELD_SECONDS, seconds);
    impacct_notice_detail(n,
                          "no message of '%s' is held any more, after %llu seconds; there were up to %llu message(s)",
                          file, (unsigned long long)seconds, (unsigned long long)messages);
}

void impacct_notice_lost(struct pacct_notice* n,
                         const char* file,
                         uint64_t records,
                         const struct impacct_position* pos) {
    pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
    pacct_notice_number(n, PACCT_F_POSITION, pos->file.offset);
    impacct_notice_detail(n,
                          "up to %llu records of '%s', from offset %llu on, were held by rsyslog when it ended, and no "
                          "file has them any more; those that were not delivered are lost",
                          (unsigned long long)records, file, (unsigned long long)pos->file.offset);
}

void impacct_notice_ring_lost(struct pacct_notice* n, const char* file, uint64_t ends) {
    pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
    pacct_notice_number(n, PACCT_F_LOST_RECORDS, ends);
    impacct_notice_detail(
        n,
        "%llu processes ended that are not in the kernel's ring in '%s': it was full, since rsyslogd "
        "or its outputs were away for too long (see bpf.ringSize). Where the kernel is built to be preempted in the "
        "kernel, there are so many at most: it may leave the program out, also for threads, and counts that",
        (unsigned long long)ends, file);
}

void impacct_notice_ring_replaced(struct pacct_notice* n, const char* file, bool discarded, uint64_t ends) {
    pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
    if (!discarded) {
        impacct_notice_detail(n,
                              "the ring in '%s' is not the one that was read: somebody had removed it. The ends of "
                              "processes that it held, and those until now, are lost",
                              file);
        return;
    }
    pacct_notice_number(n, PACCT_F_LOST_RECORDS, ends);
    impacct_notice_detail(n,
                          "a ring in '%s' was of another version of impacct, or of another pid namespace, and was "
                          "replaced by a new one; up to %llu ends of processes in it had not been dealt with, and are "
                          "lost",
                          file, (unsigned long long)ends);
}

void impacct_log_state_file(const char* file, const char* state_path, enum pacct_state_result result, int error) {
    const char* why = NULL;
    switch (result) {
        case PACCT_STATE_UNREADABLE:
            why = "still cannot be read";
            break;
        case PACCT_STATE_FOREIGN:
            why =
                "was not used: it must be a regular file, owned by root or rsyslogd's user, not writable by group or "
                "others";
            break;
        case PACCT_STATE_DAMAGED:
            why = "is damaged";
            break;
        case PACCT_STATE_NEWER:
            why = "was written by a later version of impacct";
            break;
        case PACCT_STATE_OK:
        case PACCT_STATE_NONE:
        default:
            return;
    }
    LogError(result == PACCT_STATE_UNREADABLE ? error : 0, RS_RET_ERR,
             "impacct: state file '%s' %s; all that there is of '%s' is read, rotated files, too, and records may be "
             "sent a second time with the same ids",
             state_path, why, file);
}
