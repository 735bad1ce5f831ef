/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file event/tty.c
 * @brief Names of terminals.
 *
 * Algorithm: the numbers that Linux assigns for ever come from a table (the
 * kernel's Documentation/admin-guide/devices.txt), all others from
 * /proc/tty/drivers, which is read again when an unknown number is met.
 *
 * pts/N is certain as long as there never were 2048 pseudo-terminals at a
 * time: the kernel gives out the lowest free number. How many there are is
 * looked at once a second while records with such a terminal are read.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: without /proc only the fixed table is known, and pseudo-
 * terminals, whose number cannot be checked then, get no name.
 */
#include "config.h"

#include "event/tty.h"
#include "base/fmt.h"
#include "base/sys.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PTS_MAJOR_FIRST 136u
#define PTS_MAJOR_LAST 143u
#define PTS_DISTINCT 2048u /* pts/N and pts/(N + 2048) are written alike */
#define PTS_BITS 0x8800u /* every pts/N has them; from N = 4096 on it looks like the terminals of other majors */
#define RELOAD_SECONDS 60
#define PTY_SECONDS 1
#define DRIVERS_MAX 256u

struct driver {
    char name[24];
    unsigned major, first, last; /* minors */
    unsigned number; /* of the first */
    bool numbered; /* the number is a part of the name */
};

/* kernel: Documentation/admin-guide/devices.txt, character devices 4, 5 and 229 */
static const struct driver fixed[] = {
    {"tty", 4, 0, 63, 0, true},     {"ttyS", 4, 64, 255, 0, true}, {"tty", 5, 0, 0, 0, false},
    {"console", 5, 1, 1, 0, false}, {"hvc", 229, 0, 127, 0, true}, /* hvsi begins at 128 */
};
#define FIXED_COUNT (sizeof(fixed) / sizeof(fixed[0]))

struct pacct_ttys {
    char proc[PATH_MAX];
    struct driver* drivers;
    size_t count;
    time_t loaded; /* when drivers was read */
    time_t counted; /* when the pseudo-terminals were counted */
    bool pts_certain, pts_exceeded;
};

/* Lines read "name /dev/prefix major minor[-minor] type". */
static void load_drivers(struct pacct_ttys* t) {
    char path[PATH_MAX + 32], line[256], device[64], range[32], type[32];
    unsigned major;
    t->count = 0;
    snprintf(path, sizeof(path), "%s/tty/drivers", t->proc);
    FILE* const f = fopen(path, "re");
    if (f == NULL) {
        return;
    }
    while (t->count < DRIVERS_MAX && fgets(line, sizeof(line), f) != NULL) {
        struct driver d = {.numbered = true};
        if (sscanf(line, "%*s /dev/%63s %u %31s %31s", device, &major, range, type) != 4 ||
            strlen(device) >= sizeof(d.name) || strncmp(type, "pty", 3) == 0 || strncmp(type, "system", 6) == 0) {
            continue;
        }
        const int numbers = sscanf(range, "%u-%u", &d.first, &d.last);
        if (numbers < 1) {
            continue;
        }
        if (numbers == 1) {
            d.last = d.first;
        }
        if (d.last > UINT8_MAX || major > UINT8_MAX) {
            continue; /* such numbers run into each other in 16 bits */
        }
        memcpy(d.name, device, strlen(device) + 1);
        d.major = major;
        t->drivers[t->count++] = d;
    }
    fclose(f);
}

static bool read_number(const struct pacct_ttys* t, const char* file, unsigned* n) {
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/sys/kernel/pty/%s", t->proc, file);
    return pacct_sys_scan(path, "%u", n) == 1;
}

static void count_pts(struct pacct_ttys* t) {
    unsigned max, nr;
    t->pts_certain = false;
    if (read_number(t, "max", &max) && max <= PTS_DISTINCT) {
        t->pts_certain = true;
    } else if (read_number(t, "nr", &nr)) {
        /* a terminal beyond the limit may outlive those below it: once exceeded stays exceeded */
        t->pts_exceeded = t->pts_exceeded || nr >= PTS_DISTINCT;
        t->pts_certain = !t->pts_exceeded;
    }
}

struct pacct_ttys* pacct_ttys_new(const char* proc) {
    struct pacct_ttys* const t = calloc(1, sizeof(*t));
    if (t == NULL) {
        return NULL;
    }
    t->drivers = calloc(DRIVERS_MAX, sizeof(*t->drivers));
    if (t->drivers == NULL) {
        free(t);
        return NULL;
    }
    snprintf(t->proc, sizeof(t->proc), "%s", proc);
    t->loaded = t->counted = -RELOAD_SECONDS;
    return t;
}

void pacct_ttys_free(struct pacct_ttys* ttys) {
    if (ttys != NULL) {
        free(ttys->drivers);
        free(ttys);
    }
}

static size_t name_from(const struct driver* rows, size_t count, unsigned major, unsigned minor, char* name) {
    char text[sizeof(rows->name) + 12];
    for (size_t i = 0; i < count; i++) {
        const struct driver* const d = &rows[i];
        if (d->major != major || minor < d->first || minor > d->last) {
            continue;
        }
        const int len = d->numbered ? snprintf(text, sizeof(text), "%s%u", d->name, minor - d->first + d->number)
                                    : snprintf(text, sizeof(text), "%s", d->name);
        if (len > 0 && (size_t)len <= PACCT_TTY_MAX) {
            memcpy(name, text, (size_t)len);
            return (size_t)len;
        }
    }
    return 0;
}

size_t pacct_tty_name(struct pacct_ttys* ttys, uint16_t tty, time_t now, char* name) {
    const unsigned major = tty >> 8, minor = tty & 0xffu;
    if ((tty & PTS_BITS) == PTS_BITS) {
        if (now - ttys->counted >= PTY_SECONDS || now < ttys->counted) {
            count_pts(ttys);
            ttys->counted = now;
        }
        if (!ttys->pts_certain) {
            return 0;
        }
    }
    if (major >= PTS_MAJOR_FIRST && major <= PTS_MAJOR_LAST) {
        memcpy(name, "pts/", 4);
        return (size_t)(pacct_write_uint(name + 4, (major - PTS_MAJOR_FIRST) * 256u + minor) - name);
    }
    size_t len = name_from(fixed, FIXED_COUNT, major, minor, name);
    if (len == 0) {
        len = name_from(ttys->drivers, ttys->count, major, minor, name);
    }
    if (len == 0 && (now - ttys->loaded >= RELOAD_SECONDS || now < ttys->loaded)) {
        load_drivers(ttys);
        ttys->loaded = now;
        len = name_from(ttys->drivers, ttys->count, major, minor, name);
    }
    return len;
}
