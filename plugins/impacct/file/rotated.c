/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/rotated.c
 * @brief The files that an accounting file became when it was rotated.
 *
 * Algorithm: passes over the directories until two in a row see the same: a
 * pass during which files are renamed, as savelog shifts a whole row of them,
 * may miss one. A file that was rotated is not written any more, and who
 * compresses it keeps the time of the original: the times of last modification
 * give the order. Where they are equal, the names do: the larger number is the
 * older file, the smaller date likewise.
 *
 * Concurrency and locking: pure but for the file system.
 *
 * Failure model: files that vanish meanwhile are left out.
 */
#include "config.h"

#include "file/rotated.h"
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* passes that see different things before we give up */
#define TRIES 20
/* a number with so many digits is a date */
#define DATE_DIGITS 8u
#define DIGITS "0123456789"

/* What stands behind the live file's name: a separator, then digits with separators between, and how it is compressed.
 * *len: without that */
static bool is_rotated(const char* suffix, size_t* len, enum pacct_compression* how) {
    static const char separators[] = ".-_";
    *len = strlen(suffix);
    *how = pacct_compression_of(suffix, len);
    return *len >= 2 && strchr(separators, suffix[0]) != NULL && strspn(suffix, DIGITS ".-_T") >= *len &&
           suffix[*len - 1] >= '0' && suffix[*len - 1] <= '9';
}

/* Of a suffix without that of compression. */
static uint64_t number_of(const char* suffix, size_t len) {
    const size_t digits = strspn(suffix + 1, DIGITS);
    return digits + 1 >= len && digits < DATE_DIGITS ? strtoul(suffix + 1, NULL, 10) : PACCT_NO_NUMBER;
}

static int compare_names(const struct pacct_rotated* a, const struct pacct_rotated* b) {
    if (a->number != b->number && a->number != PACCT_NO_NUMBER && b->number != PACCT_NO_NUMBER) {
        return a->number > b->number ? -1 : 1;
    }
    return strcmp(a->path + a->suffix + 1, b->path + b->suffix + 1);
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

static int add(struct pacct_rotated_list* list, const struct pacct_rotated* file) {
    struct pacct_rotated* const files = realloc(list->files, (list->count + 1) * sizeof(*files));
    if (files == NULL) {
        return ENOMEM;
    }
    list->files = files;
    files[list->count] = *file;
    files[list->count].path = strdup(file->path);
    return files[list->count].path == NULL ? ENOMEM : (list->count++, 0);
}

/* Look at one name in a directory; the live file's has base_len bytes. */
static int consider(
    struct pacct_rotated_list* list, const char* dir, const char* name, size_t base_len, time_t not_before) {
    struct stat st, original;
    struct pacct_rotated file = {.suffix = strlen(dir) + 1 + base_len};
    size_t len;
    int error = 0;
    if (!is_rotated(name + base_len, &len, &file.how)) {
        return 0;
    }
    if (asprintf(&file.path, "%s/%s", dir, name) < 0) {
        return ENOMEM;
    }
    bool taken = lstat(file.path, &st) == 0 && S_ISREG(st.st_mode) && st.st_mtime >= not_before;
    if (taken && file.how != PACCT_PLAIN) {
        char* const end = file.path + file.suffix + len;
        const char cut = *end;
        *end = '\0';
        taken = lstat(file.path, &original) != 0;
        *end = cut;
    }
    if (taken) {
        file.number = number_of(name + base_len, len);
        file.dev = st.st_dev;
        file.ino = st.st_ino;
        file.size = (uint64_t)st.st_size;
        file.mtime = st.st_mtim;
        error = add(list, &file);
    }
    free(file.path);
    return error;
}

static int find_in(const char* dir, const char* base, time_t not_before, struct pacct_rotated_list* list) {
    const size_t base_len = strlen(base);
    DIR* const d = opendir(dir);
    int error = d == NULL && errno != ENOENT ? errno : 0;
    for (struct dirent* entry; d != NULL && error == 0 && (entry = readdir(d)) != NULL;) {
        if (strncmp(entry->d_name, base, base_len) == 0) {
            error = consider(list, dir, entry->d_name, base_len, not_before);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
    return error;
}

/* One pass over the directories. Names that change meanwhile may be missed. */
static int find_once(const char* live, const char* other, time_t not_before, struct pacct_rotated_list* list) {
    const char* const slash = strrchr(live, '/');
    const char* const base = slash == NULL ? live : slash + 1;
    struct pacct_rotated_list found = {0};
    char* const dir = pacct_sys_dirname(live);
    int error = dir == NULL ? ENOMEM : find_in(dir, base, not_before, &found);
    if (error == 0 && other != NULL) {
        error = find_in(other, base, not_before, &found);
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

int pacct_rotated_find(const char* live, const char* other, time_t not_before, struct pacct_rotated_list* list) {
    struct pacct_rotated_list found, before = {0};
    int error = find_once(live, other, not_before, &before);
    for (int tries = 0; error == 0; tries++) {
        error = find_once(live, other, not_before, &found);
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
