/**
 * @file impacct_tell.c
 * @brief What an input has to say: sentences, in rsyslog's own log and as state messages.
 *
 * Algorithm: one sentence per thing that can happen. What concerns the records
 * becomes a notice, which is both logged and sent.
 *
 * Concurrency and locking: none.
 *
 * Failure model: a sentence that is too long is cut.
 */
#include "impacct_tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void impacct_notice_say(struct pacct_notice* n, const char* format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(n->detail, sizeof(n->detail), format, args);
    va_end(args);
}

void impacct_tell_notice(const struct pacct_notice* n, int error) {
    LogMsg(error, NO_ERRCODE, (int)pacct_notice_severity(n->id), "impacct: %s", n->detail);
}

bool impacct_tell_found(const char* file,
                        enum pacct_found found,
                        const struct pacct_item* item,
                        struct pacct_notice* n) {
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
            LogError(item->error, RS_RET_IO_ERROR, "impacct: '%s' cannot be read (%s); it is tried again", file,
                     item->call);
            return false;
        case PACCT_FOUND_STRANGE:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            impacct_notice_say(n,
                               "neither '%s' nor a rotated file beside it holds what was read up to the stored "
                               "position; everything written since then is read, and records may be sent a second time "
                               "with the same ids. If anything followed that position in its file, it is lost",
                               file);
            break;
        case PACCT_FOUND_BROKEN:
            pacct_notice_begin(n, PACCT_N_RECORDS_LOST, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            impacct_notice_say(n,
                               "a rotated, compressed file of '%s' cannot be read beyond offset %llu; the records that "
                               "follow in it are lost, reading goes on with the next file",
                               file, (unsigned long long)item->from);
            break;
        case PACCT_FOUND_ROTATED:
            pacct_notice_begin(n, PACCT_N_FILE_ROTATED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            impacct_notice_say(n, "'%s' was rotated; the old file was read to its end", file);
            break;
        case PACCT_FOUND_TRUNCATED:
            pacct_notice_begin(n, PACCT_N_FILE_TRUNCATED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            impacct_notice_say(n, "'%s' was truncated; it is read from its start", file);
            break;
        case PACCT_FOUND_DAMAGED:
            pacct_notice_begin(n, PACCT_N_FILE_DAMAGED, file);
            pacct_notice_number(n, PACCT_F_POSITION, item->from);
            pacct_notice_number(n, PACCT_F_SKIPPED_BYTES, item->to - item->from);
            impacct_notice_say(n, "'%s' is damaged: %llu bytes from offset %llu on are no records; they were skipped",
                               file, (unsigned long long)(item->to - item->from), (unsigned long long)item->from);
            break;
        case PACCT_FOUND_RECORD:
        case PACCT_FOUND_IDLE:
        case PACCT_FOUND_REPLACED:
        default:
            return false;
    }
    impacct_tell_notice(n, found == PACCT_FOUND_BROKEN ? item->error : 0);
    return true;
}

void impacct_tell_state_file(const char* file, const char* state_path, enum pacct_state_result result, int error) {
    const char* why = NULL;
    switch (result) {
        case PACCT_STATE_UNREADABLE:
            why = "cannot be read";
            break;
        case PACCT_STATE_FOREIGN:
            why = "is no regular file, or others than its owner may write to it, or its owner is a stranger";
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
             "impacct: state file '%s' %s; '%s' is read from its start, and records may be sent a second time with "
             "the same ids",
             state_path, why, file);
}
