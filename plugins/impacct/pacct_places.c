/**
 * @file pacct_places.c
 * @brief Where records of one accounting file lie: at its path, and in rotated files; which of them to open.
 *
 * Algorithm: what follows a file is looked for by time, not by name: the
 * rotated file that was last written next after this one, else the file at the
 * path. So it makes no difference whether the file was rotated once or several
 * times, a moment ago or while nobody was reading. A copy of the file just
 * read (copytruncate, or the compressed one beside it) is known by its content
 * and passed over.
 *
 * Concurrency and locking: one thread; files may be renamed meanwhile.
 *
 * Failure model: errors are returned.
 */
#include "config.h"

#include "pacct_places.h"
#include "pacct_rotated.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* how often to choose the next file while files are being renamed, before waiting for the next change */
#define CHOICES 20

bool pacct_places_init(struct pacct_places* p, const char* path) {
    *p = (struct pacct_places){.path = strdup(path), .real = strdup(path)};
    return p->path != NULL && p->real != NULL;
}

void pacct_places_release(struct pacct_places* p) {
    free(p->path);
    free(p->real);
}

/* The rotated files that may be read; none where that is switched off. They are the caller's to release. */
static int list_rotated(const struct pacct_places* p, struct pacct_rotated_list* list) {
    memset(list, 0, sizeof(*list));
    return p->rotated ? pacct_rotated_find(p->real, time(NULL) - p->max_age, list) : 0;
}

int pacct_places_open_live(struct pacct_places* p, struct pacct_source* src, const char** call) {
    const int error = pacct_source_open(src, p->path, false, true, call);
    char* const real = error == 0 ? realpath(p->path, NULL) : NULL;
    if (real != NULL) {
        free(p->real);
        p->real = real;
    }
    return error == ENOTDIR ? ENOENT : error;
}

/* NULL: none does. */
static const struct pacct_rotated* find_holder(const struct pacct_rotated_list* list,
                                               const struct pacct_position* pos,
                                               struct pacct_source* src) {
    const char* call;
    for (int any = 0; any < 2; any++) {
        for (size_t i = 0; i < list->count; i++) {
            const struct pacct_rotated* const r = &list->files[i];
            const bool same = r->dev == pos->dev && r->ino == pos->ino;
            if (same == (any == 0) && pacct_source_open(src, r->path, r->gzip, false, &call) == 0) {
                if (pacct_source_holds(src, pos)) {
                    return r;
                }
                pacct_source_close(src);
            }
        }
    }
    return NULL;
}

int pacct_places_open_holder(const struct pacct_places* p,
                             const struct pacct_position* pos,
                             struct pacct_source* src,
                             char path[PATH_MAX],
                             bool* any) {
    struct pacct_rotated_list list;
    const int error = list_rotated(p, &list);
    if (error != 0) {
        return error;
    }
    const struct pacct_rotated* const r = find_holder(&list, pos, src);
    if (r != NULL) {
        snprintf(path, PATH_MAX, "%s", r->path);
    }
    *any = list.count > 0;
    pacct_rotated_free(&list);
    return r != NULL ? 0 : ENOENT;
}

static bool before(const struct timespec* a, const struct timespec* b) {
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Whether a rotated file is the one just read, under another name, as a copy or compressed. Only what may be a twin
 * is looked into: reading a compressed file up to a position takes its time, and gzip keeps the original's time. */
static bool is_twin(const struct pacct_rotated* r, const struct pacct_position* pos, const struct timespec* mtime) {
    struct pacct_source src;
    const char* call;
    if (r->dev == pos->dev && r->ino == pos->ino) {
        return true;
    }
    if ((r->gzip && r->mtime.tv_sec != mtime->tv_sec) || pos->head_len == 0 ||
        pacct_source_open(&src, r->path, r->gzip, false, &call) != 0) {
        return false;
    }
    const bool twin = pacct_source_holds(&src, pos);
    pacct_source_close(&src);
    return twin;
}

/* The rotated file next after the one that ended at pos; NULL: none, the live file is next. */
static const struct pacct_rotated* find_next(const struct pacct_rotated_list* list,
                                             const struct pacct_position* pos,
                                             const struct timespec* mtime) {
    size_t first = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->files[i].dev == pos->dev && list->files[i].ino == pos->ino) {
            first = i + 1;
        }
    }
    for (size_t i = first; i < list->count; i++) {
        if (!before(&list->files[i].mtime, mtime) && !is_twin(&list->files[i], pos, mtime)) {
            return &list->files[i];
        }
    }
    return NULL;
}

/* As pacct_places_open_next(), once. Files may be renamed at any moment: that what is open now is what was chosen, and
 * that nothing comes before it, is seen by its inode and by looking again. EAGAIN: it was not. */
static int choose_next(struct pacct_places* p,
                       const struct pacct_position* pos,
                       const struct timespec* mtime,
                       struct pacct_source* src,
                       char* path,
                       const char** call) {
    struct pacct_rotated_list list;
    *call = "opendir";
    int error = list_rotated(p, &list);
    if (error != 0) {
        return error;
    }
    const struct pacct_rotated* const r = find_next(&list, pos, mtime);
    snprintf(path, PATH_MAX, "%s", r != NULL ? r->path : p->path);
    error = r != NULL ? pacct_source_open(src, r->path, r->gzip, false, call) : pacct_places_open_live(p, src, call);
    const bool chosen = error == 0 && (r == NULL || (src->dev == r->dev && src->ino == r->ino));
    const bool vanished = r != NULL && (error == ENOENT || error == ELOOP);
    pacct_rotated_free(&list);
    if (error == 0 && chosen && r == NULL) {
        const int list_error = list_rotated(p, &list);
        const struct pacct_rotated* const missed = list_error == 0 ? find_next(&list, pos, mtime) : NULL;
        error = list_error != 0 ? list_error : missed != NULL ? EAGAIN : 0;
        if (list_error == 0) {
            pacct_rotated_free(&list);
        }
        if (error != 0) {
            pacct_source_close(src);
        }
    } else if (error == 0 && !chosen) {
        pacct_source_close(src);
        error = EAGAIN;
    }
    return vanished ? EAGAIN : error;
}

int pacct_places_open_next(struct pacct_places* p,
                           const struct pacct_position* pos,
                           const struct timespec* mtime,
                           struct pacct_source* src,
                           char path[PATH_MAX],
                           const char** call) {
    int error = EAGAIN;
    for (int tries = 0; tries < CHOICES && error == EAGAIN; tries++) {
        error = choose_next(p, pos, mtime, src, path, call);
    }
    return error;
}

bool pacct_places_have_next(const struct pacct_places* p,
                            const struct pacct_position* pos,
                            const struct timespec* mtime) {
    struct pacct_rotated_list list;
    bool found = false;
    if (list_rotated(p, &list) == 0) {
        found = find_next(&list, pos, mtime) != NULL;
        pacct_rotated_free(&list);
    }
    return found;
}
