/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_guard.c
 * @brief Sees to it that accounting does not go silent unnoticed: silence, stop, free space.
 *
 * Algorithm: gathers what pacct_silence and pacct_space want to know, does what
 * they ask for, and puts into words what they find.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: what cannot be found out is not claimed; no alarm rests on
 * anything but a child of our own whose record did not come.
 */
#include "impacct_guard.h"
#include "impacct_notices.h"
#include "accounting/alive.h"
#include "accounting/space.h"
#include "event/event.h"
#include "base/sys.h"
#include "accounting/canary.h"
#include "accounting/silence.h"
#include "accounting/tasks.h"
#include "accounting/written.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* how often to look at the free space while there is little of it */
#define LOOK_LOW_MS 2000
/* a look that is almost due is taken along when the thread is awake anyway */
#define LOOK_SLACK_MS 500
/* seconds between two looks of a kernel whose settings cannot be read; kernel/acct.c, ACCT_TIMEOUT */
#define KERNEL_INTERVAL 30u
/* a record that says of the switching process that it still lives may be followed by those of others (file/follow.h),
 * but not for longer than this, in seconds: what ends later shows that accounting goes on */
#define SWITCH_LATE 2

struct impacct_guard {
    const struct impacct_settings* settings;
    bool watches_silence;
    struct pacct_silence silence;
    char canary[PACCT_CANARY_NAME + 1]; /* name of the one that is out; "": none */
    pid_t canary_pid;
    bool files; /* records come from a file, which may be deleted, and whose file system full */
    bool same_pids; /* records have the process ids of our own pid namespace */
    uint64_t since; /* seconds since the epoch; what was before is history, and not reported */
    uint64_t ends; /* records of ended processes */
    bool reached; /* one of them since then was in the file that is read, and nothing says that accounting left it */
    bool reached_before; /* the doubtful record of a switch */
    uint32_t switcher; /* process that made accounting leave the file; 0: none that is certain, or its record came */
    bool switcher_gone; /* it was when the canary was sent */
    uint64_t switched_at;

    struct pacct_space_watch space_watch;
    struct pacct_space space;
    bool space_known;
    int64_t suspended_since; /* when the last record came before it was */
    int64_t looked; /* when */
    int64_t looked_behind; /* when that was, while there was more to read */
    bool counted; /* the two are known */
    uint64_t ended_at_look, ends_at_look; /* tasks that had ended on the machine then, and "ends" */
};

struct impacct_guard* impacct_guard_new(const struct impacct_settings* settings) {
    struct impacct_guard* const g = calloc(1, sizeof(*g));
    if (g != NULL) {
        g->settings = settings;
        g->since = (uint64_t)time(NULL);
        g->looked = pacct_monotonic_ms() - PACCT_SILENCE_CALLED_MS;
        g->watches_silence = settings->silence_alarm > 0;
        g->files = settings->source == IMPACCT_SOURCE_PACCT;
        /* acct(2) switches that of the caller's, and the kernel tells those of ours */
        g->same_pids = settings->accounting == IMPACCT_ACCOUNTING_OWN || !g->files;
        if (g->watches_silence) {
            pacct_silence_begin(&g->silence, settings->silence_alarm, pacct_monotonic_ms());
        }
    }
    return g;
}

void impacct_guard_free(struct impacct_guard* g) {
    free(g);
}

/* ---- what is seen ---- */

bool impacct_guard_sees_alive(const struct impacct_guard* g, const struct pacct_record* rec) {
    return g->same_pids && rec->has_pid && pacct_alive_since(rec->pid, pacct_record_end(rec));
}

/* Accounting may have left the file: certainly by a call of this process, or perhaps (0), which any user can cause. */
static void see_switch(struct impacct_guard* g, uint32_t switcher, uint64_t second) {
    g->switcher = switcher;
    g->switcher_gone = false;
    g->switched_at = second;
    g->reached = false;
    pacct_silence_switched_away(&g->silence, pacct_monotonic_ms());
}

void impacct_guard_opened(struct impacct_guard* g) {
    g->reached = false;
}

/* Did it happen since we began? A damaged record may be from the future. */
static bool is_of_now(const struct impacct_guard* g, uint64_t second) {
    return second >= g->since && second <= (uint64_t)time(NULL) + 1;
}

void impacct_guard_record(struct impacct_guard* g, const struct pacct_record* rec, enum pacct_about about) {
    if (about == PACCT_ABOUT_SYNTHETIC) {
        see_switch(g, rec->pid, pacct_record_end(rec));
        return;
    }
    if (about == PACCT_ABOUT_UNCERTAIN && g->silence.switched_away == 0) {
        g->reached_before = g->reached;
        see_switch(g, 0, pacct_record_end(rec));
    }
    g->ends++;
    g->reached = g->reached || is_of_now(g, pacct_record_end(rec));
    if (g->canary[0] != '\0' && rec->comm_len == strlen(g->canary) &&
        memcmp(rec->comm, g->canary, rec->comm_len) == 0) {
        g->canary[0] = '\0';
        /* with another number, it is not the accounting of our pid namespace, and what was gone is somebody else */
        g->same_pids = rec->has_pid && rec->pid == (uint32_t)g->canary_pid;
        pacct_silence_canary_seen(&g->silence, g->switcher_gone && g->same_pids);
    }
    const bool left_ended = g->switcher != 0 && rec->pid == g->switcher;
    if (left_ended) {
        g->switcher = 0;
        g->switcher_gone = false;
    }
    if (g->silence.switched_away != 0 && (left_ended || pacct_record_end(rec) > g->switched_at + SWITCH_LATE)) {
        pacct_silence_stayed(&g->silence);
    }
}

static void read_space(struct impacct_guard* g, int fd) {
    g->space_known = fd >= 0 && pacct_space_read(fd, &g->space) == 0;
}

static int64_t earlier(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* When to look at the file again: while the kernel has suspended accounting, or may, thrice until it looks itself */
static int64_t next_look(const struct impacct_guard* g) {
    const int64_t quarter = g->watches_silence ? g->settings->silence_alarm / 4 : PACCT_SILENCE_CALLED_MS;
    const int64_t third = g->space_known ? g->space.interval * INT64_C(1000) / 3 : PACCT_SILENCE_CALLED_MS;
    const bool often = g->space_watch.low || g->space_watch.suspended || third < LOOK_LOW_MS;
    const int64_t interval = often ? LOOK_LOW_MS : earlier(third, PACCT_SILENCE_CALLED_MS);
    return g->looked + earlier(quarter, interval);
}

/* Is it suspended, as far as the records tell? */
static bool is_cut_off(const struct impacct_guard* g) {
    return g->watches_silence && g->silence.down && !g->silence.stopped && g->silence.deleted == 0;
}

/* Since the last look, has anything ended on the machine and left no record? Or is it to be seen whether the kernel has
 * resumed? */
static void ask_if_suspended(struct impacct_guard* g) {
    uint64_t ended = 0;
    const bool known = pacct_tasks_ended(&ended);
    const bool unrecorded = known && g->counted && ended > g->ended_at_look && g->ends == g->ends_at_look;
    if (g->space_watch.suspended || (unrecorded && g->reached && !g->silence.down)) {
        pacct_silence_request_canary(&g->silence);
    }
    g->counted = known;
    g->ended_at_look = ended;
    g->ends_at_look = g->ends;
}

static void look(struct impacct_guard* g, int fd, int64_t now) {
    struct stat st;
    if (now + LOOK_SLACK_MS < next_look(g)) {
        return;
    }
    g->looked = now;
    pacct_silence_deleted(&g->silence, fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0, now);
    read_space(g, fd);
    g->space_watch.canary_requested = false;
    if (g->watches_silence) {
        ask_if_suspended(g);
    }
}

static void send_canary(struct impacct_guard* g) {
    /* the record of what has been waited for was written before that of a child that does not exist yet */
    g->switcher_gone = g->switcher != 0 && g->switched_at >= g->since && pacct_alive_gone(g->switcher);
    if (pacct_canary(g->canary, &g->canary_pid) != 0) {
        g->canary[0] = '\0';
        pacct_silence_canary_seen(&g->silence, false);
        return;
    }
    pacct_silence_canary_sent(&g->silence, pacct_monotonic_ms());
}

/* The canary has no record, after one that may say that accounting left the file: is it so? Any user can make such a
 * record, and then have accounting suspended. Where the record is certain, or the kernel cannot be asked, it is. */
static bool has_stopped(struct impacct_guard* g, int fd) {
    if (g->switcher != 0 || pacct_written(fd) != PACCT_WRITTEN_YES) {
        return true;
    }
    pacct_silence_not_stopped(&g->silence);
    g->reached = g->reached || g->reached_before;
    return false;
}

static void count_ended(struct impacct_guard* g, int64_t now) {
    uint64_t ended = 0;
    const bool known = pacct_tasks_ended(&ended);
    pacct_silence_ended(&g->silence, known, ended, now);
}

/* ---- what is said ---- */

static const char* cause(const struct impacct_guard* g, int fd, char* text, size_t size) {
    if (g->silence.deleted != 0) {
        return "it was deleted; what the kernel still writes to it is read, but will be lost when rsyslogd or the "
               "machine stops. Rename the file to rotate it, and call accton with the new one";
    }
    if (fd < 0) {
        return "it does not exist, or cannot be read";
    }
    if (g->space_known && !g->space.may_resume) {
        snprintf(text, size, "only %u.%02u %% of its file system is free, and the kernel resumes at %u %%",
                 g->space.free_centi / 100, g->space.free_centi % 100, g->space.resume);
        return text;
    }
    return g->silence.stopped ? "accounting was switched off, or over to another file"
                              : "accounting is off, or goes to another file";
}

static void number_silence(const struct impacct_guard* g, struct pacct_notice* n, int64_t now) {
    pacct_notice_number(n, PACCT_F_SILENT_SECONDS, (uint64_t)((now - g->silence.last) / 1000));
    uint64_t ended;
    if (g->silence.counted && pacct_tasks_ended(&ended)) {
        pacct_notice_number(n, PACCT_F_ENDED_PROCESSES, ended > g->silence.base ? ended - g->silence.base : 0);
    }
}

static void number_space(const struct impacct_guard* g, struct pacct_notice* n) {
    if (g->space_known) {
        pacct_notice_number(n, PACCT_F_FREE_PERCENT, g->space.free_centi);
        pacct_notice_number(n, PACCT_F_FREE_BYTES, g->space.free_bytes);
        pacct_notice_number(n, PACCT_F_SUSPEND_PERCENT, g->space.suspend);
        pacct_notice_number(n, PACCT_F_RESUME_PERCENT, g->space.resume);
    }
}

static void say_silence(
    const struct impacct_guard* g, enum pacct_silence_verdict verdict, int fd, int64_t now, struct pacct_notice* n) {
    const char* const file = g->settings->file;
    char text[128];
    switch (verdict) {
        case PACCT_SILENCE_SILENT:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_SILENT, file);
            number_silence(g, n, now);
            if (!g->space.may_resume) {
                number_space(g, n);
            }
            if (!g->files) {
                impacct_notice_detail(n,
                                      "the kernel is silent: for %lld seconds it told no end of a process into the "
                                      "ring in '%s', although processes end, one of our own among them. Was the "
                                      "directory removed? The next start of rsyslogd makes it again",
                                      (long long)(now - g->silence.last) / 1000, file);
            } else if (g->silence.deleted != 0) {
                impacct_notice_detail(n, "accounting has no file: '%s' is read, but %s", file,
                                      cause(g, fd, text, sizeof(text)));
            } else {
                impacct_notice_detail(
                    n,
                    "accounting is silent: for %lld seconds no record of a process came into '%s', although "
                    "processes end, one of our own among them: %s. If it is not meant for this machine's "
                    "processes, set silenceAlarm=\"off\"",
                    (long long)(now - g->silence.last) / 1000, file, cause(g, fd, text, sizeof(text)));
            }
            break;
        case PACCT_SILENCE_RECOVERED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_RECOVERED, file);
            number_silence(g, n, now);
            impacct_notice_detail(n, "records come into '%s' again, after %lld seconds", file,
                                  (long long)(now - g->silence.last) / 1000);
            break;
        case PACCT_SILENCE_STOPPED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_STOPPED, file);
            impacct_notice_detail(n, "accounting has left '%s': it was switched off, or over to another file", file);
            break;
        case PACCT_SILENCE_STARTED:
        case PACCT_SILENCE_NONE: /* these three are not said */
        case PACCT_SILENCE_COUNT:
        case PACCT_SILENCE_CANARY:
        default:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_STARTED, file);
            impacct_notice_detail(n, "accounting has come back to '%s'", file);
            break;
    }
}

static void say_space(const struct impacct_guard* g,
                      enum pacct_space_verdict verdict,
                      int64_t now,
                      struct pacct_notice* n) {
    const char* const file = g->settings->file;
    const struct pacct_space* const d = &g->space;
    switch (verdict) {
        case PACCT_SPACE_LOW:
            pacct_notice_begin(n, PACCT_N_DISK_LOW, file);
            impacct_notice_detail(
                n,
                "the file system of '%s' has %u.%02u %% free; the kernel suspends accounting at %u %% "
                "and records are lost then",
                file, d->free_centi / 100, d->free_centi % 100, d->suspend);
            break;
        case PACCT_SPACE_SUSPENDED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_SUSPENDED, file);
            impacct_notice_detail(
                n,
                "the kernel has suspended accounting to '%s': its file system has %u.%02u %% free, and "
                "records are lost until there is %u %%",
                file, d->free_centi / 100, d->free_centi % 100, d->resume);
            if (!g->space_known || d->may_resume) {
                impacct_notice_detail(
                    n,
                    "the kernel has suspended accounting to '%s': accounting has not left it, but one of our own "
                    "processes ended and has no record in it. Its file system was full for a moment, or is frozen; "
                    "records are lost until the kernel looks at it again, which takes up to %u seconds. If the file is "
                    "not meant for this machine's processes, set silenceAlarm=\"off\"",
                    file, g->space_known ? d->interval : KERNEL_INTERVAL);
            }
            number_silence(g, n, now);
            break;
        case PACCT_SPACE_RESUMED:
        case PACCT_SPACE_NONE: /* these two are not said */
        case PACCT_SPACE_CANARY:
        default:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_RESUMED, file);
            impacct_notice_detail(n, "the kernel has resumed accounting to '%s'", file);
            pacct_notice_number(n, PACCT_F_SILENT_SECONDS, (uint64_t)(now - g->suspended_since) / 1000);
            break;
    }
    number_space(g, n);
}

bool impacct_guard_next(struct impacct_guard* g, int fd, struct pacct_notice* n) {
    const int64_t now = pacct_monotonic_ms();
    if (g->files) {
        look(g, fd, now);
    }
    while (g->watches_silence) {
        const enum pacct_silence_verdict verdict = pacct_silence_next(&g->silence, g->ends, now);
        if (verdict == PACCT_SILENCE_NONE) {
            break;
        }
        if (verdict == PACCT_SILENCE_COUNT) {
            count_ended(g, now);
        } else if (verdict == PACCT_SILENCE_CANARY) {
            send_canary(g);
        } else if (verdict != PACCT_SILENCE_STOPPED || has_stopped(g, fd)) {
            say_silence(g, verdict, fd, now, n);
            return true;
        }
    }
    if (!g->files) {
        return false;
    }
    /* without canaries, the free space has to tell, by the kernel's own limits */
    const bool short_of_space =
        g->space_known && (g->space.may_suspend || (g->space_watch.suspended && !g->space.may_resume));
    const bool down = g->watches_silence ? is_cut_off(g) : short_of_space;
    const enum pacct_space_verdict verdict =
        pacct_space_next(&g->space_watch, g->space_known ? &g->space : NULL, down, g->reached, g->ends);
    if (verdict == PACCT_SPACE_CANARY && g->watches_silence) {
        pacct_silence_request_canary(&g->silence);
    }
    if (verdict == PACCT_SPACE_NONE || verdict == PACCT_SPACE_CANARY) {
        return false;
    }
    if (verdict == PACCT_SPACE_RESUMED) { /* the last look was while there was no space */
        read_space(g, fd);
    }
    if (verdict == PACCT_SPACE_SUSPENDED) {
        g->suspended_since = g->silence.last;
    }
    say_space(g, verdict, now, n);
    return true;
}

bool impacct_guard_next_behind(struct impacct_guard* g, struct pacct_notice* n) {
    const int64_t now = pacct_monotonic_ms();
    if (!g->files || now - g->looked_behind < LOOK_LOW_MS) {
        return false;
    }
    g->looked_behind = now;
    const int fd = open(g->settings->file, O_PATH | O_CLOEXEC); /* what is being read may lie elsewhere */
    read_space(g, fd);
    if (fd >= 0) {
        close(fd);
    }
    if (!g->space_known || !pacct_space_low(&g->space_watch, &g->space)) {
        return false;
    }
    say_space(g, PACCT_SPACE_LOW, now, n);
    return true;
}

bool impacct_guard_down(const struct impacct_guard* g) {
    return g->watches_silence && g->silence.down;
}

int impacct_guard_timeout(const struct impacct_guard* g) {
    const int64_t now = pacct_monotonic_ms();
    const int64_t at = next_look(g);
    int64_t ms = !g->files ? INT_MAX : at > now ? at - now : 0;
    if (g->watches_silence) {
        const int64_t silence = pacct_silence_timeout(&g->silence, now);
        ms = silence < ms ? silence : ms;
    }
    return (int)ms;
}
