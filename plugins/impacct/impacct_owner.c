/**
 * @file impacct_owner.c
 * @brief accounting="own": keeps accounting on, its files rotated, and gives up old ones before space runs out.
 *
 * Algorithm: whenever the file has been read to its end, and not more often
 * than each LOOK_MS, see whether accounting still is where it should be, and
 * whether the file has grown too large or space too little. A file is removed
 * only when the stored position is in a newer one.
 *
 * Concurrency and locking: made by rsyslogd's main thread, used by the input
 * thread then. A lock file keeps a second rsyslogd away.
 *
 * Failure model: what cannot be done is said once and tried again, and the
 * file is read as if it were somebody else's.
 */
#include "impacct_owner.h"
#include "impacct_tell.h"
#include "pacct_control.h"
#include "pacct_disk.h"
#include "pacct_now.h"

#include <errno.h>
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
    bool told; /* what cannot be done */
    const char* previous; /* file that accounting was taken from; NULL: none known */
    bool started; /* notice that accounting was switched on is to be sent */
    int64_t doubt_at; /* not before then to find out again whether accounting still goes to our file */
    bool hurried; /* little space: look again even if nothing happens */
    int64_t look_at;
};

/* ---- taking hold ---- */

static bool has_right(struct impacct_owner* o) {
    const char* why;
    switch (pacct_control_right()) {
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
                      : "rsyslogd may not call acct(2): it lacks the capability CAP_SYS_PACCT, or its system "
                        "call filter refuses it. For systemd, contrib/systemd/rsyslog-accounting.conf grants both";
            break;
    }
    o->powerless = true;
    LogError(0, RS_RET_ERR,
             "impacct: accounting=\"own\" of '%s' cannot be done: %s. Records that come into this file are read",
             o->settings->file, why);
    return false;
}

static void tell_failure(struct impacct_owner* o, int error, const char* call) {
    if (o->told) {
        return;
    }
    o->told = true;
    if (error == EWOULDBLOCK) {
        LogError(0, RS_RET_ERR,
                 "impacct: accounting=\"own\" of '%s': another rsyslogd owns accounting; give one of the two "
                 "accounting=\"follow\". It is tried again",
                 o->settings->file);
    } else if (error == EPERM) {
        LogError(0, RS_RET_ERR,
                 "impacct: accounting=\"own\" of '%s': %s failed: others may write to it, or it belongs to somebody "
                 "else, or is no regular file of one name. It is tried again",
                 o->settings->file, call);
    } else {
        LogError(error, RS_RET_ERR, "impacct: accounting=\"own\" of '%s': %s failed; it is tried again",
                 o->settings->file, call);
    }
}

/* Accounting that goes to somebody else's file is not taken away, nor where it cannot be found out. */
static bool is_taken(struct impacct_owner* o) {
    const char* other;
    const enum pacct_reach reach = pacct_control_find(o->settings->file, &other);
    if (reach == PACCT_REACH_NO) {
        return false;
    }
    if (reach == PACCT_REACH_YES && o->settings->accounting_force) {
        o->previous = other;
        return false;
    }
    if (!o->told) {
        o->told = true;
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
    o->on = true;
    o->lost = o->told = false;
    if (lstat(o->settings->file, &st) == 0) {
        o->dev = st.st_dev;
        o->ino = st.st_ino;
    }
}

static void take_hold(struct impacct_owner* o) {
    const char* const file = o->settings->file;
    const char* call = "";
    int error = o->lock >= 0 ? 0 : pacct_control_lock(&o->lock, &call);
    if (error == 0) {
        error = pacct_control_prepare(file, &call);
    }
    const bool there = error == 0 && pacct_control_reaches(file) == PACCT_REACH_YES;
    if (there) {
        LogMsg(
            0, NO_ERRCODE, LOG_NOTICE,
            "impacct: accounting goes to '%s' already, and is owned by impacct from now on. If a service such as acct "
            "or psacct, cron or logrotate look after this file, too, switch those off",
            file);
    } else if (error == 0) {
        if (is_taken(o)) {
            return;
        }
        error = pacct_control_on(file, &call);
    }
    if (error != 0) {
        tell_failure(o, error, call);
        return;
    }
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
static bool has_left(const struct impacct_owner* o, const struct pacct_disk* disk) {
    const bool suspended = disk != NULL && !disk->may_resume;
    return !suspended && pacct_control_reaches(o->settings->file) == PACCT_REACH_NO;
}

/* The guard says what becomes of it. */
static void take_hold_again(struct impacct_owner* o, const struct impacct_owner_view* v) {
    LogMsg(0, NO_ERRCODE, LOG_WARNING, "impacct: accounting does not go to '%s' any more; taking hold of it again",
           o->settings->file);
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
    const int error = pacct_control_rotate(o->settings->file, &call);
    if (error != 0) {
        tell_failure(o, error, call);
        o->look_at = pacct_now_ms() + RETRY_MS;
        return;
    }
    set_on(o);
}

/* Remove the oldest file with a number above keep. @return whether one is gone */
static bool remove_oldest(struct impacct_owner* o, unsigned keep, char* removed) {
    int error;
    if (!pacct_control_remove_oldest(o->settings->file, keep, removed, &error)) {
        return false;
    }
    if (error != 0) {
        tell_failure(o, error, "removal of an old file");
        return false;
    }
    LogMsg(0, NO_ERRCODE, LOG_INFO, "impacct: '%s' was removed; rsyslog is done with its records", removed);
    return true;
}

/* Little space: give up the oldest file. Without any, the live one is made such a file, but only as long as the kernel
 * would write to a new one at once. */
static bool give_up(struct impacct_owner* o, const struct pacct_disk* disk, unsigned unread, struct pacct_notice* n) {
    struct stat st;
    char removed[PATH_MAX];
    const char* const file = o->settings->file;
    if (!remove_oldest(o, unread, removed)) {
        if (unread == 0 && disk->may_resume && stat(file, &st) == 0 && st.st_size >= GIVE_UP_MIN) {
            rotate(o);
        }
        return false;
    }
    pacct_notice_begin(n, PACCT_N_DISK_LOW, file);
    strcpy(n->old_file, removed);
    pacct_notice_number(n, PACCT_F_FREE_PERCENT, disk->free_centi);
    pacct_notice_number(n, PACCT_F_FREE_BYTES, disk->free_bytes);
    impacct_notice_say(n,
                       "the file system of '%s' had %u.%02u %% free: '%s' was removed, whose records rsyslog is done "
                       "with, so that the kernel goes on with accounting",
                       file, disk->free_centi / 100, disk->free_centi % 100, removed);
    return true;
}

static bool say_started(struct impacct_owner* o, struct pacct_notice* n) {
    o->started = false;
    pacct_notice_begin(n, PACCT_N_ACCOUNTING_STARTED, o->settings->file);
    if (o->previous != NULL) {
        strcpy(n->old_file, o->previous);
    }
    impacct_notice_say(n, "accounting was switched on, into '%s'%s%s", o->settings->file,
                       o->previous == NULL ? "" : ", and taken from ", o->previous == NULL ? "" : o->previous);
    return true;
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
    struct pacct_disk free_now;
    char removed[PATH_MAX];
    const char* const file = o->settings->file;
    const int64_t now = pacct_now_ms();
    if (o->started) {
        return say_started(o, n);
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
        return o->started && say_started(o, n);
    }
    const bool exists = lstat(file, &st) == 0;
    /* read each time: what was removed at the last look may have been enough */
    const struct pacct_disk* const disk = v->fd >= 0 && pacct_disk_read(v->fd, &free_now) == 0 ? &free_now : NULL;
    if (exists && (st.st_dev != o->dev || st.st_ino != o->ino)) {
        take_hold_of_new(o);
        return o->started && say_started(o, n);
    }
    if (!exists || (is_doubtful(o, v, now) && has_left(o, disk))) {
        take_hold_again(o, v);
        return o->started && say_started(o, n);
    }
    /* files with numbers up to this one may still be needed */
    const unsigned unread = pacct_control_number(file, v->done->dev, v->done->ino);
    o->hurried = disk != NULL && disk->tight;
    if (o->hurried) {
        return unread != UINT_MAX && give_up(o, disk, unread, n);
    }
    /* a rotation switches accounting on: where somebody has switched it off, that is to be noticed first */
    if (unread == 0 && (uint64_t)st.st_size >= o->settings->accounting_max_file_size &&
        pacct_control_reaches(file) == PACCT_REACH_YES) {
        rotate(o);
    }
    const unsigned keep = (unsigned)o->settings->accounting_keep;
    while (unread != UINT_MAX && remove_oldest(o, unread > keep ? unread : keep, removed)) {
    }
    return false;
}

int impacct_owner_timeout(const struct impacct_owner* o) {
    return o->started ? 0 : o->hurried ? LOOK_MS : RETRY_MS;
}

bool impacct_owner_stop(struct impacct_owner* o, struct pacct_notice* n) {
    const char* const file = o->settings->file;
    const char* call;
    if (!o->on || o->powerless || o->settings->accounting_at_stop != IMPACCT_AT_STOP_OFF ||
        pacct_control_reaches(file) != PACCT_REACH_YES) {
        return false;
    }
    if (o->previous != NULL && pacct_control_give(o->previous, &call) != 0) {
        o->previous = NULL; /* it is not there any more */
    }
    const int error = o->previous != NULL ? 0 : pacct_control_off(&call);
    if (error != 0) {
        LogError(error, RS_RET_ERR, "impacct: accounting into '%s' could not be switched off (%s)", file, call);
        return false;
    }
    pacct_notice_begin(n, PACCT_N_ACCOUNTING_STOPPED, file);
    if (o->previous != NULL) {
        strcpy(n->old_file, o->previous);
    }
    impacct_notice_say(n, "accounting into '%s' was switched %s%s, as accounting.atStop says", file,
                       o->previous == NULL ? "off" : "back to ", o->previous == NULL ? "" : o->previous);
    return true;
}
