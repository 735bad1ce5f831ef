/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_owner.c
 * @brief accounting="own": keeps accounting on, its files rotated, and gives up old ones before space runs out.
 *
 * Algorithm: after each batch, and not more often than each LOOK_MS, see
 * whether accounting still is where it should be, and whether the file has
 * grown too large or space too little. A file is removed only when the stored
 * position is in a newer one; as long as there is space, only when what is held
 * is, too.
 *
 * Concurrency and locking: made by rsyslogd's main thread, used by the input
 * thread then. A lock file keeps a second rsyslogd away.
 *
 * Failure model: what cannot be done is said once and tried again, and the
 * file is read as if it were somebody else's.
 */
#include "impacct_owner.h"
#include "impacct_notices.h"
#include "accounting/acct.h"
#include "accounting/space.h"
#include "base/confinement.h"
#include "base/fmt.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_MS 1000
/* how long to leave alone what could not be done, and how long to do without a look where nothing happens */
#define RETRY_MS 10000
/* a live file smaller than this is not worth giving up */
#define GIVE_UP_MIN (1024 * 1024)

struct impacct_owner {
    const struct impacct_settings* settings;
    int lock; /* -1: not held */
    bool on; /* we have switched it on, or found it on */
    dev_t dev; /* the file that it went to then */
    ino_t ino;
    bool lost; /* it was on, but not at the last look; the guard says so, and when it is back */
    bool powerless; /* and will stay so */
    bool checked; /* the rights, after rsyslogd has given up privileges */
    bool error_logged; /* what cannot be done */
    const char* previous; /* file that accounting was taken from; NULL: none known */
    bool was_left_on; /* by whom had the lock before; asked until it was seen whether it still is */
    bool found_off; /* notice that it was not is to be sent */
    time_t off_since; /* 0: not known */
    bool started; /* notice that accounting was switched on is to be sent */
    bool pinned; /* it was said that accounting does not outlive rsyslogd */
    int64_t doubt_at; /* not before then to find out again whether accounting still goes to our file */
    bool hurried; /* little space: look again even if nothing happens */
    int64_t look_at;
};

/* ---- taking hold ---- */

static bool has_right(struct impacct_owner* o) {
    const char* why;
    struct pacct_confinement confinement;
    const enum pacct_right right = pacct_acct_right();
    switch (right) {
        case PACCT_RIGHT_GRANTED:
            return true;
        case PACCT_RIGHT_UNKNOWN:
            return false; /* asked again */
        case PACCT_RIGHT_NO_KERNEL:
            why = "this kernel was built without process accounting (CONFIG_BSD_PROCESS_ACCT)";
            break;
        case PACCT_RIGHT_FATAL:
        case PACCT_RIGHT_DENIED:
        default:
            why = o->checked
                      ? "rsyslogd may not call acct(2): it has given up its privileges; run it without "
                        "$PrivDropToUser, or with accounting=\"follow\" and another program that rotates the file"
                      : "rsyslogd may not call acct(2): it lacks the capability CAP_SYS_PACCT, or its system call "
                        "filter refuses it. Where systemd confines it, contrib/systemd/install grants both; a rsyslogd "
                        "built with libcap-ng gives the capability up by itself, unless its configuration says "
                        "global(libcapng.enable=\"off\")";
            break;
    }
    o->powerless = true;
    LogError(0, RS_RET_ERR,
             "impacct: accounting=\"own\" of '%s' cannot be done: %s%s. Records that come into this file are read",
             o->settings->file, why,
             pacct_confinement(PACCT_CONFINED_CALL, right == PACCT_RIGHT_NO_KERNEL ? ENOSYS : EPERM, &confinement));
    return false;
}

static void tell_failure(struct impacct_owner* o, int error, const char* call) {
    if (o->error_logged) {
        return;
    }
    o->error_logged = true;
    if (error == EWOULDBLOCK) {
        LogError(0, RS_RET_ERR,
                 "impacct: accounting=\"own\" of '%s': another rsyslogd owns accounting; give one of the two "
                 "accounting=\"follow\". It is tried again",
                 o->settings->file);
    } else if (error == EPERM) {
        LogError(0, RS_RET_ERR,
                 "impacct: accounting=\"own\" of '%s': %s failed: the file must be a regular file with one link, and "
                 "it and its directory owned by root or rsyslogd's user, and not writable by group or others. It is "
                 "tried again",
                 o->settings->file, call);
    } else {
        LogError(error, RS_RET_ERR, "impacct: accounting=\"own\" of '%s': %s failed; it is tried again",
                 o->settings->file, call);
    }
}

/* Accounting that goes to somebody else's file is not taken away, nor where it cannot be found out. */
static bool is_taken(struct impacct_owner* o) {
    const char* other;
    const enum pacct_reach reach = pacct_acct_find(o->settings->file, &other);
    if (reach == PACCT_REACH_NO) {
        return false;
    }
    if (reach == PACCT_REACH_YES && o->settings->accounting_force) {
        o->previous = other;
        return false;
    }
    if (!o->error_logged) {
        o->error_logged = true;
        if (reach == PACCT_REACH_UNKNOWN) {
            LogError(0, RS_RET_ERR,
                     "impacct: accounting=\"own\" of '%s': it cannot be found out whether another program owns "
                     "accounting, because rsyslogd may start no process. It is tried again",
                     o->settings->file);
        } else {
            LogError(0, RS_RET_ERR,
                     "impacct: accounting=\"own\" of '%s': accounting goes to '%s', so another program owns it. Switch "
                     "that one off (the service acct or psacct, or atopacctd), follow its file with "
                     "accounting=\"follow\", or take it over with accounting.force=\"on\". It is tried again",
                     o->settings->file, other);
        }
    }
    return true;
}

static void set_on(struct impacct_owner* o) {
    struct stat st;
    pacct_acct_remember(o->lock, o->settings->file);
    o->on = true;
    o->lost = o->error_logged = false;
    if (lstat(o->settings->file, &st) == 0) {
        o->dev = st.st_dev;
        o->ino = st.st_ino;
    }
}

static int lock(struct impacct_owner* o, const char** call) {
    const int error = o->lock >= 0 ? 0 : pacct_acct_lock(&o->lock, call);
    if (error == 0 && !o->on && !o->lost) {
        o->was_left_on = pacct_acct_was_left_on(o->lock, o->settings->file);
    }
    return error;
}

/* Accounting does not go to our file. If it was left on, and the kernel has not suspended it, it was off since the file
 * was last written. */
static void see_off(struct impacct_owner* o, time_t last_write) {
    struct pacct_space space;
    const int fd = open(o->settings->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const bool suspended = fd >= 0 && pacct_space_read(fd, &space) == 0 && !space.may_resume;
    o->found_off = o->was_left_on && !suspended;
    o->off_since = last_write;
    o->was_left_on = false;
    if (o->found_off) {
        pacct_acct_remember(o->lock, NULL);
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void log_pinned(struct impacct_owner* o, bool lasts) {
    if (!lasts && !o->pinned) {
        LogError(0, RS_RET_ERR,
                 "impacct: accounting=\"own\" of '%s': accounting ends whenever rsyslogd stops or is killed, and what "
                 "ends before it starts again leaves no record. rsyslogd runs in a mount namespace of its own "
                 "(PrivateTmp=, ProtectSystem= and others of its service), and may not use that of process 1: it lacks "
                 "the capability CAP_SYS_PTRACE, which contrib/systemd/install grants, or sees another file there",
                 o->settings->file);
    }
    o->pinned = !lasts;
}

static void take_hold(struct impacct_owner* o) {
    const char* const file = o->settings->file;
    const char* call = "";
    bool lasts = true;
    struct stat st;
    const time_t last_write = lstat(file, &st) == 0 ? st.st_mtime : 0;
    int error = lock(o, &call);
    if (error == 0) {
        error = pacct_acct_prepare(file, &call);
    }
    const bool there = error == 0 && pacct_acct_reaches(file) == PACCT_REACH_YES;
    if (there) {
        LogMsg(
            0, NO_ERRCODE, LOG_NOTICE,
            "impacct: accounting goes to '%s' already, and is owned by impacct from now on. If a service such as acct "
            "or psacct, cron or logrotate look after this file, too, switch those off",
            file);
    } else if (error == 0) {
        see_off(o, last_write);
        if (is_taken(o)) {
            return;
        }
        error = pacct_acct_on(file, &lasts, &call);
    }
    if (error != 0) {
        tell_failure(o, error, call);
        return;
    }
    log_pinned(o, lasts);
    o->started = !there && !o->lost;
    set_on(o);
}

struct impacct_owner* impacct_owner_new(const struct impacct_settings* settings) {
    struct impacct_owner* const o = calloc(1, sizeof(*o));
    if (o != NULL) {
        o->settings = settings;
        o->lock = -1;
        if (has_right(o)) {
            take_hold(o);
        }
    }
    return o;
}

void impacct_owner_free(struct impacct_owner* o) {
    if (o != NULL) {
        if (o->lock >= 0) {
            close(o->lock);
        }
        free(o);
    }
}

/* ---- keeping it ---- */

/* Whether accounting has gone elsewhere: not where it is only suspended, nor where it cannot be found out. */
static bool has_left(const struct impacct_owner* o, const struct pacct_space* space) {
    const bool suspended = space != NULL && !space->may_resume;
    return !suspended && pacct_acct_reaches(o->settings->file) == PACCT_REACH_NO;
}

/* The guard says what becomes of it. */
static void take_hold_again(struct impacct_owner* o, const struct impacct_owner_view* v) {
    LogMsg(0, NO_ERRCODE, LOG_WARNING, "impacct: accounting does not go to '%s' any more; taking hold of it again",
           o->settings->file);
    pacct_acct_remember(o->lock, NULL);
    o->on = false;
    o->lost = v->watched; /* else nobody says that it is back */
    take_hold(o);
}

/* The kernel goes on with the file that was renamed, until somebody calls acct(2). */
static void take_hold_of_new(struct impacct_owner* o) {
    LogMsg(0, NO_ERRCODE, LOG_WARNING,
           "impacct: accounting=\"own\" of '%s': another program has renamed the file and made a new one. Two that "
           "rotate it get in each other's way: switch that one off (Debian: /etc/cron.daily/acct, of the package acct; "
           "elsewhere logrotate's configuration for psacct), or set accounting=\"follow\". Accounting goes on into "
           "the new one",
           o->settings->file);
    o->on = false;
    o->lost = true;
    take_hold(o);
}

static void rotate(struct impacct_owner* o) {
    const char* call;
    bool lasts;
    const int error = pacct_acct_rotate(o->settings->file, &lasts, &call);
    if (error != 0) {
        tell_failure(o, error, call);
        o->look_at = pacct_monotonic_ms() + RETRY_MS;
        return;
    }
    set_on(o);
    log_pinned(o, lasts);
}

/* Remove the oldest file with a number above keep. @return whether one is gone */
static bool remove_oldest(struct impacct_owner* o, unsigned keep, char* removed) {
    int error;
    if (!pacct_acct_remove_oldest(o->settings->file, keep, removed, &error)) {
        return false;
    }
    if (error != 0) {
        tell_failure(o, error, "removal of an old file");
        return false;
    }
    LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: '%s' was removed; its records were sent", removed);
    return true;
}

/* Files with numbers up to this one have not been read and sent; UINT_MAX: it is not known. */
static unsigned newest_unread(const char* file, const struct impacct_owner_view* v) {
    return pacct_acct_number(file, v->done->dev, v->done->ino);
}

/* Files with numbers up to this one hold what would be read again after a crash; UINT_MAX: it is not known. */
static unsigned newest_needed(const char* file, const struct impacct_owner_view* v) {
    const unsigned unread = newest_unread(file, v);
    const struct pacct_position* const needed[] = {v->oldest, v->sums};
    unsigned newest = unread;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const unsigned number = pacct_acct_number(file, needed[i]->dev, needed[i]->ino);
        newest = number != UINT_MAX && number > newest ? number : newest;
    }
    return newest;
}

/* Little space: give up the oldest file, also where something in it is held: it is in rsyslog's memory, and accounting
 * matters more than what a crash would make of that. Without any, the live one is made such a file, but only as long as
 * the kernel would write to a new one at once. */
static bool give_up(struct impacct_owner* o,
                    const struct pacct_space* space,
                    const struct impacct_owner_view* v,
                    struct pacct_notice* n) {
    struct stat st;
    char removed[PATH_MAX];
    const char* const file = o->settings->file;
    const unsigned unread = newest_unread(file, v);
    const bool holds = newest_needed(file, v) > unread;
    if (!remove_oldest(o, unread, removed)) {
        if (unread == 0 && space->may_resume && stat(file, &st) == 0 && st.st_size >= GIVE_UP_MIN) {
            rotate(o);
        }
        return false;
    }
    pacct_notice_begin(n, PACCT_N_DISK_LOW, file);
    strcpy(n->old_file, removed);
    pacct_notice_number(n, PACCT_F_FREE_PERCENT, space->free_centi);
    pacct_notice_number(n, PACCT_F_FREE_BYTES, space->free_bytes);
    impacct_notice_detail(
        n,
        "the file system of '%s' had %u.%02u %% free: '%s' was removed, whose records were sent%s, so that the kernel "
        "goes on with accounting",
        file, space->free_centi / 100, space->free_centi % 100, removed,
        holds ? "; what rsyslog still holds of them would be lost with a crash" : "");
    return true;
}

static bool say_started(struct impacct_owner* o, struct pacct_notice* n) {
    o->started = false;
    pacct_notice_begin(n, PACCT_N_ACCOUNTING_STARTED, o->settings->file);
    if (o->previous != NULL) {
        strcpy(n->old_file, o->previous);
    }
    impacct_notice_detail(n, "accounting was switched on, into '%s'%s%s", o->settings->file,
                          o->previous == NULL ? "" : ", and taken from ", o->previous == NULL ? "" : o->previous);
    return true;
}

static bool say_found_off(struct impacct_owner* o, struct pacct_notice* n) {
    const char* const file = o->settings->file;
    struct pacct_rfc3339 clock = {0};
    char since[PACCT_RFC3339_LEN + 1] = "";
    const time_t now = time(NULL);
    o->found_off = false;
    pacct_notice_begin(n, PACCT_N_ACCOUNTING_STOPPED, file);
    if (o->off_since > 0) {
        pacct_rfc3339_write(&clock, (uint64_t)o->off_since, since);
        since[PACCT_RFC3339_LEN] = '\0';
        pacct_notice_number(n, PACCT_F_SILENT_SECONDS, (uint64_t)(now > o->off_since ? now - o->off_since : 0));
    }
    impacct_notice_detail(n,
                          "accounting into '%s' was off when rsyslogd started, although rsyslogd had left it on; what "
                          "ended since %s has left no record",
                          file, since[0] != '\0' ? since : "then");
    return true;
}

/* What is to be said of taking hold */
static bool say_taken(struct impacct_owner* o, struct pacct_notice* n) {
    return o->found_off ? say_found_off(o, n) : o->started && say_started(o, n);
}

/* Is it time to find out whether accounting still goes to our file? Where records do not come or nobody watches. */
static bool is_doubtful(struct impacct_owner* o, const struct impacct_owner_view* v, int64_t now) {
    if ((v->watched && !v->down) || now < o->doubt_at) {
        return false;
    }
    o->doubt_at = now + RETRY_MS;
    return true;
}

bool impacct_owner_next(struct impacct_owner* o, const struct impacct_owner_view* v, struct pacct_notice* n) {
    struct stat st;
    struct pacct_space free_now;
    char removed[PATH_MAX];
    const char* const file = o->settings->file;
    const int64_t now = pacct_monotonic_ms();
    if (say_taken(o, n)) {
        return true;
    }
    if (o->powerless || now < o->look_at) {
        return false;
    }
    o->look_at = now + (o->on ? LOOK_MS : RETRY_MS);
    if (!o->checked) {
        o->checked = true;
        if (!has_right(o)) {
            o->checked = o->powerless; /* else it could not be found out, and is asked again */
            return false;
        }
    }
    if (!o->on) {
        take_hold(o);
        return say_taken(o, n);
    }
    const bool exists = lstat(file, &st) == 0;
    /* read each time: what was removed at the last look may have been enough */
    const struct pacct_space* const space = v->fd >= 0 && pacct_space_read(v->fd, &free_now) == 0 ? &free_now : NULL;
    if (exists && (st.st_dev != o->dev || st.st_ino != o->ino)) {
        take_hold_of_new(o);
        return say_taken(o, n);
    }
    if (!exists || (is_doubtful(o, v, now) && has_left(o, space))) {
        take_hold_again(o, v);
        return say_taken(o, n);
    }
    o->hurried = space != NULL && space->tight;
    if (o->hurried) {
        return give_up(o, space, v, n);
    }
    /* a rotation switches accounting on: where somebody has switched it off, that is to be noticed first */
    if (newest_unread(file, v) == 0 && (uint64_t)st.st_size >= o->settings->accounting_max_file_size &&
        pacct_acct_reaches(file) == PACCT_REACH_YES) {
        rotate(o);
    }
    const unsigned keep = (unsigned)o->settings->accounting_keep;
    const unsigned needed = newest_needed(file, v); /* after a rotation, which changes the numbers */
    while (remove_oldest(o, needed > keep ? needed : keep, removed)) {
    }
    return false;
}

int impacct_owner_timeout(const struct impacct_owner* o) {
    return o->started || o->found_off ? 0 : o->hurried ? LOOK_MS : RETRY_MS;
}

bool impacct_owner_stop(struct impacct_owner* o, struct pacct_notice* n) {
    const char* const file = o->settings->file;
    const char* call;
    if (!o->on || o->powerless || o->settings->accounting_at_stop != IMPACCT_AT_STOP_OFF ||
        pacct_acct_reaches(file) != PACCT_REACH_YES) {
        return false;
    }
    if (o->previous != NULL && pacct_acct_give(o->previous, &call) != 0) {
        o->previous = NULL; /* it is not there any more */
    }
    const int error = o->previous != NULL ? 0 : pacct_acct_off(&call);
    if (error != 0) {
        LogError(error, RS_RET_ERR, "impacct: accounting into '%s' could not be switched off (%s)", file, call);
        return false;
    }
    pacct_acct_remember(o->lock, NULL);
    pacct_notice_begin(n, PACCT_N_ACCOUNTING_STOPPED, file);
    if (o->previous != NULL) {
        strcpy(n->old_file, o->previous);
    }
    impacct_notice_detail(n, "accounting into '%s' was switched %s%s, as accounting.atStop says", file,
                          o->previous == NULL ? "off" : "back to ", o->previous == NULL ? "" : o->previous);
    return true;
}
