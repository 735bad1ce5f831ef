/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file file/locate.c
 * @brief Where records of one accounting file lie: at its path, and in rotated files; which of them to open.
 *
 * Algorithm: what follows the file read last is looked for among the rotated
 * files, by evidence of two kinds, since either may mislead: clocks are set,
 * times are cut to whole seconds by who copies, and names follow no one rule.
 *
 * A rotated file follows the one read last (is_after)
 *  1. if both have numbers, and those of all of their kind agree with the
 *     times of most in which way they run: by its number; or if its time and
 *     that of its first record both say that it was written between the one
 *     read last and that of the next number, as where two programs number in
 *     two ways;
 *  2. else, if its number is smaller, as logrotate and savelog shift them;
 *  3. or if it was last written no earlier than the one read last, in whole
 *     seconds where it has no more;
 *  4. or if it was last written after the first record of the one read last
 *     was: what came before that one had been left by then. This holds when
 *     the clock was set back, as long as that was by less than the life of
 *     the file. (Where that life is longer than files are of interest, the
 *     first record is rather one of a clock that had not been set yet.)
 * One that was read before, under another name, as a copy or compressed, is
 * known by its content and passed over; so is one that cannot be read, by its
 * time. When in doubt, a file is read a second time: its records have the same
 * ids.
 *
 * A file may be taken for one that was followed by another while the kernel
 * still writes to it, until who rotated it switches accounting over. What has
 * grown since it was read comes first, from there on (find_grown).
 *
 * Of several, those with numbers come in the order of these, others in that of
 * their times. Then comes the live file. Numbers that no file has any more
 * are counted (count_missing).
 *
 * Concurrency and locking: one thread; files may be renamed meanwhile.
 *
 * Failure model: errors are returned.
 */
#include "config.h"

#include "file/locate.h"
#include "file/rotated.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* how often to choose the next file while files are being renamed, before waiting for the next change */
#define CHOICES 20
/* the kernel may still write to the old file after the first record of the new one, and times of records are whole */
#define SLACK_S 2
/* pairs of neighbors that make sure which way numbers run */
#define SURE 2u
/* where that is not sure: larger numbers are not taken to be the end of a row */
#define SHORT_ROW 9u
/* the longest row of numbers in which missing ones are looked for */
#define LONG_ROW 1000u

bool pacct_locate_init(struct pacct_locate* p, const char* path, const struct pacct_dialect* dialect) {
    *p = (struct pacct_locate){.path = strdup(path),
                               .real = strdup(path),
                               .dialect = *dialect,
                               .known = calloc(PACCT_LOCATE_KNOWN, sizeof(*p->known))};
    return p->path != NULL && p->real != NULL && p->known != NULL;
}

void pacct_locate_release(struct pacct_locate* p) {
    free(p->path);
    free(p->real);
    free(p->directory);
    free(p->known);
}

/* The rotated files that may be read; none where that is switched off. They are the caller's to release. */
static int list_rotated(const struct pacct_locate* p, struct pacct_rotated_list* list) {
    memset(list, 0, sizeof(*list));
    return p->rotated ? pacct_rotated_find(p->real, p->directory, time(NULL) - p->max_age, list) : 0;
}

int pacct_locate_open_live(struct pacct_locate* p, struct pacct_reader* src, const char** call) {
    const int error = pacct_reader_open(src, p->path, PACCT_PLAIN, true, call);
    char* const real = error == 0 ? realpath(p->path, NULL) : NULL;
    if (real != NULL) {
        free(p->real);
        p->real = real;
    }
    return error == ENOTDIR ? ENOENT : error;
}

static bool is_inode(const struct pacct_rotated* r, const struct pacct_position* pos) {
    return r->dev == pos->dev && r->ino == pos->ino;
}

/* ---- the file that holds a position ---- */

/* NULL: none does. */
static const struct pacct_rotated* find_holder(const struct pacct_rotated_list* list,
                                               const struct pacct_position* pos,
                                               struct pacct_reader* src) {
    const char* call;
    for (int any = 0; any < 2; any++) {
        for (size_t i = 0; i < list->count; i++) {
            const struct pacct_rotated* const r = &list->files[i];
            if (is_inode(r, pos) == (any == 0) && pacct_decompress_can(r->how) &&
                pacct_reader_open(src, r->path, r->how, false, &call) == 0) {
                if (pacct_reader_holds(src, pos)) {
                    return r;
                }
                pacct_reader_close(src);
            }
        }
    }
    return NULL;
}

int pacct_locate_open_holder(const struct pacct_locate* p,
                             const struct pacct_position* pos,
                             struct pacct_reader* src,
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

/* ---- files that were read ---- */

void pacct_locate_done(struct pacct_locate* p, const struct pacct_locate_read* read) {
    p->known[p->known_count++ % PACCT_LOCATE_KNOWN] = *read;
}

void pacct_locate_forget(struct pacct_locate* p) {
    p->known_count = 0;
}

/* Whether an open file has the content of one that was read. A compressed one is read up to the end of that only where
 * it has another time: who compresses keeps the original's. */
static bool is_content(struct pacct_reader* src, const struct pacct_rotated* r, const struct pacct_locate_read* read) {
    uint8_t head[PACCT_MARK_LEN];
    if (read->pos.head_len > 0 && r->how != PACCT_PLAIN && r->mtime.tv_sec == read->mtime.tv_sec) {
        return pacct_reader_read(src, head, read->pos.head_len, 0) == (ssize_t)read->pos.head_len &&
               memcmp(head, read->pos.head, read->pos.head_len) == 0;
    }
    return pacct_reader_holds(src, &read->pos);
}

static bool is_same_time(const struct timespec* a, const struct timespec* b) {
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Whether a rotated file, open for this unless it cannot be read, is this one that was read, or passed over. Where
 * there is no content to compare, it takes the time besides the inode, which may have been used again. */
static bool is_read(struct pacct_reader* src, const struct pacct_rotated* r, const struct pacct_locate_read* read) {
    if (src != NULL && read->pos.head_len > 0) {
        return is_content(src, r, read);
    }
    return (is_inode(r, &read->pos) && is_same_time(&r->mtime, &read->mtime)) ||
           (src == NULL && r->mtime.tv_sec == read->mtime.tv_sec);
}

/* NULL where the file cannot be read. */
static struct pacct_reader* open_to_compare(const struct pacct_rotated* r, struct pacct_reader* src) {
    const char* call;
    return pacct_decompress_can(r->how) && pacct_reader_open(src, r->path, r->how, false, &call) == 0 ? src : NULL;
}

static bool is_last(const struct pacct_rotated* r, const struct pacct_locate_read* last) {
    struct pacct_reader reader;
    struct pacct_reader* const src = open_to_compare(r, &reader);
    const bool same = is_read(src, r, last);
    if (src != NULL) {
        pacct_reader_close(src);
    }
    return same;
}

static bool is_known(const struct pacct_locate* p,
                     const struct pacct_rotated* r,
                     const struct pacct_locate_read* last) {
    struct pacct_reader reader;
    struct pacct_reader* const src = open_to_compare(r, &reader);
    const unsigned count = p->known_count < PACCT_LOCATE_KNOWN ? p->known_count : PACCT_LOCATE_KNOWN;
    bool known = is_read(src, r, last);
    for (unsigned i = 0; i < count && !known; i++) {
        known = is_read(src, r, &p->known[i]);
    }
    if (src != NULL) {
        pacct_reader_close(src);
    }
    return known;
}

/* The newest that is known of the very file; NULL: nothing, or no content. */
static const struct pacct_locate_read* last_reading(const struct pacct_locate* p, const struct pacct_rotated* r) {
    for (unsigned n = p->known_count; n > 0 && p->known_count - n < PACCT_LOCATE_KNOWN; n--) {
        const struct pacct_locate_read* const read = &p->known[(n - 1) % PACCT_LOCATE_KNOWN];
        if (is_inode(r, &read->pos)) {
            return read->pos.head_len > 0 ? read : NULL;
        }
    }
    return NULL;
}

/* A file that has grown since it was read up to an offset; NULL: none. Not the one that is read now, if any. */
static const struct pacct_rotated* find_grown(const struct pacct_locate* p,
                                              const struct pacct_rotated_list* list,
                                              const struct pacct_position* now,
                                              uint64_t* offset) {
    for (size_t i = 0; i < list->count; i++) {
        const struct pacct_rotated* const r = &list->files[i];
        const struct pacct_locate_read* const read = last_reading(p, r);
        struct pacct_reader src;
        if (read == NULL || r->size <= read->pos.offset || r->how != PACCT_PLAIN || (now != NULL && is_inode(r, now)) ||
            open_to_compare(r, &src) == NULL) {
            continue;
        }
        const bool same = pacct_reader_holds(&src, &read->pos);
        pacct_reader_close(&src);
        if (same) {
            *offset = read->pos.offset;
            return r;
        }
    }
    return NULL;
}

/* ---- what follows ---- */

/* Which way numbers run. */
struct row {
    enum { ROW_UNSURE, ROW_FALLING, ROW_RISING } runs; /* FALLING: the larger number is the older file */
    unsigned rising; /* pairs of neighbors that say otherwise */
};

/* separators before a number: each may have a row of its own (file/rotated.c) */
#define KINDS 3u

/* What is known when the next file is looked for. */
struct search {
    const struct pacct_rotated_list* list;
    const struct pacct_locate_read* last;
    const struct pacct_rotated* self; /* the file read last; NULL: it is not there any more */
    const struct pacct_rotated* beside; /* that of the next number, where this is sure; NULL: none */
    struct row rows[KINDS];
    uint64_t begin; /* when its first record was written; 0: not known */
};

static bool is_earlier(const struct timespec* a, const struct timespec* b) {
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Whether two files are numbered alike. */
static bool is_alike(const struct pacct_rotated* a, const struct pacct_rotated* b) {
    return a->number != PACCT_NO_NUMBER && b->number != PACCT_NO_NUMBER && a->path[a->suffix] == b->path[b->suffix];
}

static unsigned kind_of(const struct pacct_rotated* r) {
    const char separator = r->path[r->suffix];
    return separator == '.' ? 0 : separator == '-' ? 1 : 2;
}

static int compare_numbers(const void* x, const void* y) {
    const struct pacct_rotated *const a = *(const struct pacct_rotated* const*)x,
                                      *const b = *(const struct pacct_rotated* const*)y;
    if (kind_of(a) != kind_of(b)) {
        return kind_of(a) < kind_of(b) ? -1 : 1;
    }
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

static struct row row_of(const struct pacct_rotated* const* files, size_t count) {
    unsigned falling = 0, rising = 0;
    const struct pacct_rotated* larger = NULL; /* first of those with the next larger number */
    for (size_t n = count; n > 0; n--) {
        const size_t i = n - 1;
        if (i + 1 < count && files[i]->number != files[i + 1]->number) {
            larger = files[i + 1];
        }
        falling += larger != NULL && is_earlier(&larger->mtime, &files[i]->mtime);
        rising += larger != NULL && is_earlier(&files[i]->mtime, &larger->mtime);
    }
    struct row row = {.rising = rising, .runs = ROW_UNSURE};
    if (falling >= SURE && rising * 2 <= falling) {
        row.runs = ROW_FALLING;
    } else if (rising >= SURE && falling * 2 <= rising) {
        row.runs = ROW_RISING;
    }
    return row;
}

/* Sorted once, since there may be thousands of files. Without memory for that no row is sure. */
static void find_rows(const struct pacct_rotated_list* list, struct row rows[KINDS]) {
    const struct pacct_rotated** const numbered = malloc((list->count + 1) * sizeof(*numbered));
    size_t count = 0;
    for (size_t i = 0; i < list->count && numbered != NULL; i++) {
        if (list->files[i].number != PACCT_NO_NUMBER) {
            numbered[count++] = &list->files[i];
        }
    }
    if (count > 0) {
        qsort(numbered, count, sizeof(numbered[0]), compare_numbers);
    }
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && is_alike(numbered[begin], numbered[end]);) {
            end++;
        }
        rows[kind_of(numbered[begin])] = row_of(numbered + begin, end - begin);
    }
    free(numbered);
}

/* When the first record of a file was written; 0: not known. */
static uint64_t begin_of(const struct pacct_locate* p, const struct pacct_locate_read* file) {
    struct pacct_record rec;
    const uint8_t* const head = file->pos.head;
    const uint32_t len = file->pos.head_len;
    if (len < PACCT_RECORD_MIN || len < pacct_record_length(head) ||
        pacct_record_check(head, &p->dialect) != PACCT_PLAUSIBLE || !pacct_record_decode(head, &p->dialect, &rec)) {
        return 0;
    }
    const int64_t life = (int64_t)file->mtime.tv_sec - (int64_t)pacct_record_end(&rec);
    return life <= (int64_t)p->max_age ? pacct_record_end(&rec) : 0;
}

/* Whether a's number stands behind b's, of the same kind, in the order of a row that is sure. */
static bool is_behind(const struct search* s, const struct pacct_rotated* a, const struct pacct_rotated* b) {
    const struct row* const row = &s->rows[kind_of(a)];
    return row->runs != ROW_UNSURE && a->number != b->number && (a->number < b->number) == (row->runs == ROW_FALLING);
}

static const struct pacct_rotated* find_beside(const struct search* s) {
    const struct pacct_rotated* found = NULL;
    for (size_t i = 0; i < s->list->count && s->self != NULL; i++) {
        const struct pacct_rotated* const r = &s->list->files[i];
        if (is_alike(r, s->self) && is_behind(s, r, s->self) && (found == NULL || is_behind(s, found, r))) {
            found = r;
        }
    }
    return found;
}

static struct search begin_search(const struct pacct_locate* p,
                                  const struct pacct_rotated_list* list,
                                  const struct pacct_locate_read* last) {
    struct search s = {.list = list, .last = last, .begin = begin_of(p, last)};
    for (size_t i = 0; i < list->count && s.self == NULL && last->pos.ino != 0; i++) {
        s.self = is_last(&list->files[i], last) ? &list->files[i] : NULL;
    }
    find_rows(list, s.rows);
    s.beside = find_beside(&s);
    return s;
}

/* Whether it was last written before the file read last, where its time has more than whole seconds. */
static bool is_older(const struct search* s, const struct pacct_rotated* r) {
    const struct timespec *const last = &s->last->mtime, *const mtime = &r->mtime;
    return is_earlier(mtime, last) && (mtime->tv_nsec != 0 || mtime->tv_sec != last->tv_sec);
}

static bool is_after_by_time(const struct search* s, const struct pacct_rotated* r) {
    const struct timespec* const mtime = &r->mtime;
    return !is_older(s, r) || (s->begin != 0 && mtime->tv_sec > 0 && (uint64_t)mtime->tv_sec > s->begin + SLACK_S);
}

/* Whether all of a file was written between the file read last and that of the next number, if that is later at all. */
static bool is_written_between(const struct pacct_locate* p, const struct search* s, const struct pacct_rotated* r) {
    const struct timespec* const last = &s->last->mtime;
    if (!is_earlier(last, &r->mtime) ||
        (s->beside != NULL && is_earlier(last, &s->beside->mtime) && is_earlier(&s->beside->mtime, &r->mtime))) {
        return false;
    }
    struct pacct_locate_read file = {.mtime = r->mtime};
    struct pacct_reader reader;
    struct pacct_reader* const src = open_to_compare(r, &reader);
    const ssize_t n = src != NULL ? pacct_reader_read(src, file.pos.head, sizeof(file.pos.head), 0) : 0;
    if (src != NULL) {
        pacct_reader_close(src);
    }
    file.pos.head_len = n > 0 ? (uint32_t)n : 0;
    return begin_of(p, &file) + SLACK_S >= (uint64_t)last->tv_sec;
}

/* See the head of this file. */
static bool is_after(const struct pacct_locate* p, const struct search* s, const struct pacct_rotated* r) {
    if (s->self == NULL || !is_alike(s->self, r) || s->self->number == r->number) {
        return is_after_by_time(s, r);
    }
    if (s->rows[kind_of(r)].runs != ROW_UNSURE) {
        return is_behind(s, r, s->self) || is_written_between(p, s, r);
    }
    return r->number < s->self->number || is_after_by_time(s, r);
}

/* Of those that follow: whether a comes before b, which stands behind it in the order of times. */
static bool is_before(const struct search* s, const struct pacct_rotated* a, const struct pacct_rotated* b) {
    return !is_alike(a, b) || (a->number >= b->number) == (s->rows[kind_of(a)].runs != ROW_RISING);
}

/* NULL: there is none, the live file is next. */
static const struct pacct_rotated* find_next(const struct pacct_locate* p, const struct search* s) {
    const struct pacct_rotated* found = NULL;
    for (size_t i = 0; i < s->list->count; i++) {
        const struct pacct_rotated* const r = &s->list->files[i];
        if (r != s->self && r->size > 0 && is_after(p, s, r) && (found == NULL || !is_before(s, found, r)) &&
            !is_known(p, r, s->last)) {
            found = r;
        }
    }
    return found;
}

static bool has_number(const struct search* s, uint64_t number) {
    for (size_t i = 0; i < s->list->count; i++) {
        if (s->list->files[i].number == number && is_alike(&s->list->files[i], s->self)) {
            return true;
        }
    }
    return false;
}

/* When files are shifted, one that has come to a number has had each smaller one before, and so has another after it.
 * The smallest is 0 or 1: that 0 is missing means nothing. */
static unsigned count_missing(const struct search* s, const struct pacct_rotated* next) {
    const struct pacct_rotated* const self = s->self;
    unsigned missing = 0;
    if (self == NULL || self->number == PACCT_NO_NUMBER || (next != NULL && !is_alike(self, next))) {
        return 0;
    }
    const struct row* const row = &s->rows[kind_of(self)];
    if (row->runs == ROW_RISING || self->number > (row->runs == ROW_FALLING ? LONG_ROW : SHORT_ROW) ||
        (row->runs == ROW_UNSURE && row->rising > 0)) {
        return 0;
    }
    for (uint64_t n = next == NULL ? 1 : next->number + 1; n < self->number; n++) {
        missing += !has_number(s, n);
    }
    return missing;
}

static unsigned count_empty(const struct pacct_locate* p, const struct search* s) {
    unsigned empty = 0;
    for (size_t i = 0; i < s->list->count; i++) {
        empty += s->list->files[i].size == 0 && is_after(p, s, &s->list->files[i]);
    }
    return empty;
}

static int open_rotated(struct pacct_locate* p, const struct pacct_rotated* r, struct pacct_locate_next* next) {
    if (!pacct_decompress_can(r->how)) {
        const struct pacct_locate_read passed = {.pos = {.dev = r->dev, .ino = r->ino}, .mtime = r->mtime};
        pacct_locate_done(p, &passed);
        return ENOTSUP;
    }
    const int error = pacct_reader_open(&next->src, r->path, r->how, false, &next->call);
    if (error == 0 && (next->src.dev != r->dev || next->src.ino != r->ino)) {
        pacct_reader_close(&next->src);
        return EAGAIN;
    }
    return error == ENOENT || error == ELOOP ? EAGAIN : error;
}

/* The live file, unless a rotated one comes before it. */
static int open_live(struct pacct_locate* p, const struct pacct_locate_read* last, struct pacct_locate_next* next) {
    struct pacct_rotated_list list;
    int error = pacct_locate_open_live(p, &next->src, &next->call);
    if (error != 0) {
        return error;
    }
    error = list_rotated(p, &list);
    if (error == 0) {
        const struct search s = begin_search(p, &list, last);
        error = find_next(p, &s) != NULL || find_grown(p, &list, NULL, &next->offset) != NULL ? EAGAIN : 0;
        pacct_rotated_free(&list);
    }
    if (error != 0) {
        pacct_reader_close(&next->src);
    }
    return error;
}

/* As pacct_locate_open_next(), once. Files may be renamed at any moment: that what is open now is what was chosen, and
 * that nothing comes before it, is seen by its inode and by looking again. EAGAIN: it was not. */
static int choose_next(struct pacct_locate* p, const struct pacct_locate_read* last, struct pacct_locate_next* next) {
    struct pacct_rotated_list list;
    next->offset = 0;
    next->call = "opendir";
    int error = list_rotated(p, &list);
    if (error != 0) {
        return error;
    }
    const struct search s = begin_search(p, &list, last);
    const struct pacct_rotated* const grown = find_grown(p, &list, NULL, &next->offset);
    const struct pacct_rotated* const r = grown != NULL ? grown : find_next(p, &s);
    next->grown = grown != NULL;
    next->live = r == NULL;
    next->missing = next->grown ? 0 : count_missing(&s, r);
    next->empty = next->grown ? 0 : count_empty(p, &s);
    snprintf(next->path, sizeof(next->path), "%s", r != NULL ? r->path : p->path);
    error = r != NULL ? open_rotated(p, r, next) : open_live(p, last, next);
    pacct_rotated_free(&list);
    return error;
}

int pacct_locate_open_next(struct pacct_locate* p,
                           const struct pacct_locate_read* last,
                           struct pacct_locate_next* next) {
    int error = EAGAIN;
    for (int tries = 0; tries < CHOICES && error == EAGAIN; tries++) {
        error = choose_next(p, last, next);
    }
    return error;
}

bool pacct_locate_have_next(const struct pacct_locate* p, const struct pacct_locate_read* last, bool* older) {
    struct pacct_rotated_list list;
    const struct pacct_rotated* found = NULL;
    if (list_rotated(p, &list) == 0) {
        const struct search s = begin_search(p, &list, last);
        uint64_t offset;
        found = find_next(p, &s);
        *older = found != NULL && is_older(&s, found);
        found = found != NULL ? found : find_grown(p, &list, &last->pos, &offset);
        pacct_rotated_free(&list);
    }
    return found != NULL;
}
