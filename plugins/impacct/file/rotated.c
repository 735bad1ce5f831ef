/**
 * @file pacct_rotated.c
 * @brief The files that an accounting file became when it was rotated.
 *
 * Algorithm: passes over the directory until two in a row see the same: a pass
 * during which files are renamed, as savelog shifts a whole row of them, may
 * miss one. A file that was rotated is not written any more, and gzip keeps the time of its original: the times of last
 * modification give the order. Where they are equal, the names do: the larger
 * number is the older file, the smaller date likewise.
 *
 * Concurrency and locking: pure but for the file system.
 *
 * Failure model: files that vanish meanwhile are left out.
 */
#include "config.h"

#include "pacct_rotated.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GZIP_SUFFIX ".gz"
/* passes that see different things before we give up */
#define TRIES 20
/* a number with so many digits is a date */
#define DATE_DIGITS 8u
#define DIGITS "0123456789"

/* What stands behind the live file's name: a separator, then digits with separators between; *len without ".gz". */
static bool is_rotated(const char* suffix, size_t* len, bool* gzip) {
    static const char separators[] = ".-_";
    *len = strlen(suffix);
    *gzip = *len > sizeof(GZIP_SUFFIX) && strcmp(suffix + *len - (sizeof(GZIP_SUFFIX) - 1), GZIP_SUFFIX) == 0;
    if (*gzip) {
        *len -= sizeof(GZIP_SUFFIX) - 1;
    }
    return *len >= 2 && strchr(separators, suffix[0]) != NULL && strspn(suffix, DIGITS ".-_T") >= *len &&
           suffix[*len - 1] >= '0' && suffix[*len - 1] <= '9';
}

/* By what stands behind the live file's name and a separator. */
static int compare_names(const struct pacct_rotated* a, const struct pacct_rotated* b) {
    const char *const x = a->path + a->suffix + 1, *const y = b->path + b->suffix + 1;
    if (strspn(x, DIGITS) >= DATE_DIGITS || strspn(y, DIGITS) >= DATE_DIGITS) {
        return strcmp(x, y);
    }
    const unsigned long m = strtoul(x, NULL, 10), n = strtoul(y, NULL, 10);
    return m != n ? (m > n ? -1 : 1) : strcmp(x, y);
}

static int compare(const void* x, const void* y) {
    const struct pacct_rotated *const a = x, *const b = y;
    if (a->mtime.tv_sec != b->mtime.tv_sec) {
        return a->mtime.tv_sec < b->mtime.tv_sec ? -1 : 1;
    }
    if (a->mtime.tv_nsec != b->mtime.tv_nsec) {
        return a->mtime.tv_nsec < b->mtime.tv_nsec ? -1 : 1;
    }
    return compare_names(a, b);
}

static int add(struct pacct_rotated_list* list, const char* path, size_t suffix, bool gzip, const struct stat* st) {
    struct pacct_rotated* const files = realloc(list->files, (list->count + 1) * sizeof(*files));
    if (files == NULL) {
        return ENOMEM;
    }
    list->files = files;
    files[list->count] = (struct pacct_rotated){.path = strdup(path),
                                                .suffix = suffix,
                                                .gzip = gzip,
                                                .dev = st->st_dev,
                                                .ino = st->st_ino,
                                                .size = (uint64_t)st->st_size,
                                                .mtime = st->st_mtim};
    if (files[list->count].path == NULL) {
        return ENOMEM;
    }
    list->count++;
    return 0;
}

/* Look at one name in the directory, given by the length of its path. */
static int consider(
    struct pacct_rotated_list* list, const char* dir, const char* name, size_t base_len, time_t not_before) {
    struct stat st;
    size_t suffix_len;
    bool gzip;
    char* path;
    int error = 0;
    if (!is_rotated(name + base_len, &suffix_len, &gzip)) {
        return 0;
    }
    if (asprintf(&path, "%s/%s", dir, name) < 0) {
        return ENOMEM;
    }
    bool taken = lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && st.st_mtime >= not_before;
    if (taken && gzip) {
        struct stat original;
        char* const dot = path + strlen(path) - (sizeof(GZIP_SUFFIX) - 1);
        *dot = '\0';
        taken = lstat(path, &original) != 0;
        *dot = '.';
    }
    if (taken) {
        error = add(list, path, strlen(dir) + 1 + base_len, gzip, &st);
    }
    free(path);
    return error;
}

/* One pass over the directory. Names that change meanwhile may be missed. */
static int find_once(const char* live, time_t not_before, struct pacct_rotated_list* list) {
    const char* const slash = strrchr(live, '/');
    const char* const base = slash == NULL ? live : slash + 1;
    const size_t base_len = strlen(base);
    struct pacct_rotated_list found = {0};
    char* const dir = slash == NULL ? strdup(".") : strndup(live, (size_t)(slash - live) + (slash == live));
    DIR* const d = dir == NULL ? NULL : opendir(dir);
    int error = dir == NULL ? ENOMEM : d == NULL && errno != ENOENT ? errno : 0;
    for (struct dirent* entry; d != NULL && error == 0 && (entry = readdir(d)) != NULL;) {
        if (strncmp(entry->d_name, base, base_len) == 0) {
            error = consider(&found, dir, entry->d_name, base_len, not_before);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    free(dir);
    if (error != 0) {
        pacct_rotated_free(&found);
        return error;
    }
    if (found.count > 0) {
        qsort(found.files, found.count, sizeof(*found.files), compare);
    }
    *list = found;
    return 0;
}

static bool is_same(const struct pacct_rotated_list* a, const struct pacct_rotated_list* b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) {
        const struct pacct_rotated *const x = &a->files[i], *const y = &b->files[i];
        same = x->dev == y->dev && x->ino == y->ino && compare(x, y) == 0 && strcmp(x->path, y->path) == 0;
    }
    return same;
}

int pacct_rotated_find(const char* live, time_t not_before, struct pacct_rotated_list* list) {
    struct pacct_rotated_list found, before = {0};
    int error = find_once(live, not_before, &before);
    for (int tries = 0; error == 0; tries++) {
        error = find_once(live, not_before, &found);
        if (error != 0) {
            break;
        }
        if (is_same(&before, &found)) {
            pacct_rotated_free(&before);
            *list = found;
            return 0;
        }
        pacct_rotated_free(&before);
        before = found;
        error = tries == TRIES ? EAGAIN : 0;
    }
    pacct_rotated_free(&before);
    return error;
}

void pacct_rotated_free(struct pacct_rotated_list* list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->files[i].path);
    }
    free(list->files);
    memset(list, 0, sizeof(*list));
}
