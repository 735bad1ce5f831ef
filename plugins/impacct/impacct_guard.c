/**
 * @file impacct_guard.c
 * @brief Sees to it that accounting does not go silent unnoticed: silence, stop, free space.
 *
 * Algorithm: gathers what pacct_silence and pacct_disk want to know, does what
 * they ask for, and puts into words what they find.
 *
 * Concurrency and locking: the input thread only.
 *
 * Failure model: what cannot be found out is not claimed; no alarm rests on
 * anything but a child of our own whose record did not come.
 */
#include "impacct_guard.h"
#include "impacct_tell.h"
#include "pacct_disk.h"
#include "pacct_event.h"
#include "pacct_now.h"
#include "pacct_probe.h"
#include "pacct_silence.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* how often to look at the free space while there is little of it */
#define LOOK_LOW_MS 2000
/* a look that is almost due is taken along when the thread is awake anyway */
#define LOOK_SLACK_MS 500
/* a record that says of the switching process that it still lives may be followed by those of others (pacct_follow.h),
 * but not for longer than this, in seconds: what ends later shows that accounting goes on */
#define LEFT_LATE 2

struct impacct_guard {
    const struct impacct_settings* settings;
    bool watches_silence;
    struct pacct_silence silence;
    char probe[PACCT_PROBE_NAME + 1]; /* name of the one that is out; "": none */
    pid_t probe_pid;
    uint64_t since; /* seconds since the epoch; what was before is history, and not told of */
    uint64_t ends; /* records of ended processes */
    uint32_t left_pid; /* of the process that made accounting leave the file; 0: none, or the record of its end came */
    bool left_gone; /* it was when the probe was made */
    uint64_t left_end;

    struct pacct_disk_watch disk_watch;
    struct pacct_disk disk;
    bool disk_known;
    int64_t looked; /* when */
};

struct impacct_guard* impacct_guard_new(const struct impacct_settings* settings) {
    struct impacct_guard* const g = calloc(1, sizeof(*g));
    if (g != NULL) {
        g->settings = settings;
        g->since = (uint64_t)time(NULL);
        g->looked = pacct_now_ms() - PACCT_SILENCE_CALLED_MS;
        g->watches_silence = settings->silence_alarm > 0;
        if (g->watches_silence) {
            pacct_silence_begin(&g->silence, settings->silence_alarm, pacct_now_ms());
        }
    }
    return g;
}

void impacct_guard_free(struct impacct_guard* g) {
    free(g);
}

/* ---- what is seen ---- */

void impacct_guard_record(struct impacct_guard* g, const struct pacct_record* rec) {
    if (pacct_event_is_synthetic(rec)) {
        g->left_pid = rec->pid;
        g->left_gone = false;
        g->left_end = pacct_record_end(rec);
        pacct_silence_left(&g->silence, pacct_now_ms());
        return;
    }
    g->ends++;
    if (g->probe[0] != '\0' && rec->comm_len == strlen(g->probe) && memcmp(rec->comm, g->probe, rec->comm_len) == 0) {
        g->probe[0] = '\0';
        /* with another number, it is not the accounting of our pid namespace, and what was gone is somebody else */
        pacct_silence_answered(&g->silence, g->left_gone && rec->pid == (uint32_t)g->probe_pid);
    }
    const bool left_ended = g->left_pid != 0 && rec->pid == g->left_pid;
    if (left_ended) {
        g->left_pid = 0;
        g->left_gone = false;
    }
    if (g->silence.left != 0 && (left_ended || pacct_record_end(rec) > g->left_end + LEFT_LATE)) {
        pacct_silence_not_left(&g->silence);
    }
}

static void read_disk(struct impacct_guard* g, int fd) {
    g->disk_known = fd >= 0 && pacct_disk_read(fd, &g->disk) == 0;
}

/* When to look at the file again */
static int64_t next_look(const struct impacct_guard* g) {
    const int64_t quarter = g->watches_silence ? g->settings->silence_alarm / 4 : PACCT_SILENCE_CALLED_MS;
    const int64_t interval = g->disk_watch.low ? LOOK_LOW_MS : PACCT_SILENCE_CALLED_MS;
    return g->looked + (quarter < interval ? quarter : interval);
}

static void look(struct impacct_guard* g, int fd, int64_t now) {
    struct stat st;
    if (now + LOOK_SLACK_MS < next_look(g)) {
        return;
    }
    g->looked = now;
    pacct_silence_deleted(&g->silence, fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0, now);
    read_disk(g, fd);
    g->disk_watch.asked = false;
}

static void make_probe(struct impacct_guard* g) {
    /* the record of what has been waited for was written before that of a child that does not exist yet */
    g->left_gone = g->left_pid != 0 && g->left_end >= g->since && getpgid((pid_t)g->left_pid) < 0 && errno == ESRCH;
    if (pacct_probe(g->probe, &g->probe_pid) != 0) {
        g->probe[0] = '\0';
        pacct_silence_answered(&g->silence, false);
        return;
    }
    pacct_silence_probed(&g->silence, pacct_now_ms());
}

static void count_ended(struct impacct_guard* g, int64_t now) {
    uint64_t ended = 0;
    const bool known = pacct_probe_ended(&ended);
    pacct_silence_ended(&g->silence, known, ended, now);
}

/* ---- what is said ---- */

static const char* cause(const struct impacct_guard* g, int fd, char* room, size_t size) {
    if (g->silence.deleted != 0) {
        return "it was deleted; what the kernel still writes to it is read, but will be lost when rsyslogd or the "
               "machine stops. Rename the file to rotate it, and call accton with the new one";
    }
    if (fd < 0) {
        return "it does not exist, or cannot be read";
    }
    if (g->disk_known && !g->disk.may_resume) {
        snprintf(room, size, "only %u.%02u %% of its file system is free, and the kernel resumes at %u %%",
                 g->disk.free_centi / 100, g->disk.free_centi % 100, g->disk.resume);
        return room;
    }
    return g->silence.stopped ? "accounting was switched off, or over to another file"
                              : "accounting is off, or goes to another file";
}

static void number_silence(const struct impacct_guard* g, struct pacct_notice* n, int64_t now) {
    pacct_notice_number(n, PACCT_F_SILENT_SECONDS, (uint64_t)((now - g->silence.last) / 1000));
    uint64_t ended;
    if (g->silence.counted && pacct_probe_ended(&ended)) {
        pacct_notice_number(n, PACCT_F_ENDED_PROCESSES, ended > g->silence.base ? ended - g->silence.base : 0);
    }
}

static void number_disk(const struct impacct_guard* g, struct pacct_notice* n) {
    if (g->disk_known) {
        pacct_notice_number(n, PACCT_F_FREE_PERCENT, g->disk.free_centi);
        pacct_notice_number(n, PACCT_F_FREE_BYTES, g->disk.free_bytes);
        pacct_notice_number(n, PACCT_F_SUSPEND_PERCENT, g->disk.suspend);
        pacct_notice_number(n, PACCT_F_RESUME_PERCENT, g->disk.resume);
    }
}

static void say_silence(
    const struct impacct_guard* g, enum pacct_silence_verdict verdict, int fd, int64_t now, struct pacct_notice* n) {
    const char* const file = g->settings->file;
    char room[128];
    switch (verdict) {
        case PACCT_SILENCE_SILENT:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_SILENT, file);
            number_silence(g, n, now);
            if (!g->disk.may_resume) {
                number_disk(g, n);
            }
            if (g->silence.deleted != 0) {
                impacct_notice_say(n, "accounting has no file: '%s' is read, but %s", file,
                                   cause(g, fd, room, sizeof(room)));
            } else {
                impacct_notice_say(
                    n,
                    "accounting is silent: for %lld seconds no record of a process came into '%s', although "
                    "processes end, one of our own among them: %s. If it is not meant for this machine's "
                    "processes, set silenceAlarm=\"off\"",
                    (long long)(now - g->silence.last) / 1000, file, cause(g, fd, room, sizeof(room)));
            }
            break;
        case PACCT_SILENCE_RECOVERED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_RECOVERED, file);
            number_silence(g, n, now);
            impacct_notice_say(n, "records come into '%s' again, after %lld seconds", file,
                               (long long)(now - g->silence.last) / 1000);
            break;
        case PACCT_SILENCE_STOPPED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_STOPPED, file);
            impacct_notice_say(n, "accounting has left '%s': it was switched off, or over to another file", file);
            break;
        case PACCT_SILENCE_STARTED:
        default:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_STARTED, file);
            impacct_notice_say(n, "accounting has come back to '%s'", file);
            break;
    }
}

static void say_disk(const struct impacct_guard* g, enum pacct_disk_verdict verdict, struct pacct_notice* n) {
    const char* const file = g->settings->file;
    const struct pacct_disk* const d = &g->disk;
    switch (verdict) {
        case PACCT_DISK_LOW:
            pacct_notice_begin(n, PACCT_N_DISK_LOW, file);
            impacct_notice_say(n,
                               "the file system of '%s' has %u.%02u %% free; the kernel suspends accounting at %u %% "
                               "and records are lost then",
                               file, d->free_centi / 100, d->free_centi % 100, d->suspend);
            break;
        case PACCT_DISK_SUSPENDED:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_SUSPENDED, file);
            impacct_notice_say(n,
                               "the kernel has suspended accounting to '%s': its file system has %u.%02u %% free, and "
                               "records are lost until there is %u %%",
                               file, d->free_centi / 100, d->free_centi % 100, d->resume);
            break;
        case PACCT_DISK_RESUMED:
        default:
            pacct_notice_begin(n, PACCT_N_ACCOUNTING_RESUMED, file);
            impacct_notice_say(n, "the kernel has resumed accounting to '%s'", file);
            break;
    }
    number_disk(g, n);
}

bool impacct_guard_next(struct impacct_guard* g, int fd, struct pacct_notice* n) {
    const int64_t now = pacct_now_ms();
    look(g, fd, now);
    while (g->watches_silence) {
        const enum pacct_silence_verdict verdict = pacct_silence_next(&g->silence, g->ends, now);
        if (verdict == PACCT_SILENCE_NONE) {
            break;
        }
        if (verdict == PACCT_SILENCE_COUNT) {
            count_ended(g, now);
        } else if (verdict == PACCT_SILENCE_PROBE) {
            make_probe(g);
        } else {
            say_silence(g, verdict, fd, now, n);
            return true;
        }
    }
    /* without probes, the free space has to tell, by the kernel's own limits */
    const bool short_of_space =
        g->disk_known && (g->disk.may_suspend || (g->disk_watch.suspended && !g->disk.may_resume));
    const bool down = g->watches_silence ? g->silence.down && !g->silence.stopped : short_of_space;
    const enum pacct_disk_verdict verdict =
        pacct_disk_next(&g->disk_watch, g->disk_known ? &g->disk : NULL, down, g->ends);
    if (verdict == PACCT_DISK_ASK && g->watches_silence) {
        pacct_silence_ask(&g->silence);
    }
    if (verdict == PACCT_DISK_NONE || verdict == PACCT_DISK_ASK) {
        return false;
    }
    if (verdict == PACCT_DISK_RESUMED) { /* the last look was while there was no space */
        read_disk(g, fd);
    }
    say_disk(g, verdict, n);
    return true;
}

bool impacct_guard_down(const struct impacct_guard* g) {
    return g->watches_silence && g->silence.down;
}

int impacct_guard_timeout(const struct impacct_guard* g) {
    const int64_t now = pacct_now_ms();
    const int64_t at = next_look(g);
    int64_t ms = at > now ? at - now : 0;
    if (g->watches_silence) {
        const int64_t silence = pacct_silence_timeout(&g->silence, now);
        ms = silence < ms ? silence : ms;
    }
    return (int)ms;
}
