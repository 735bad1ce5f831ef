/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/exits.c
 * @brief Ends of processes, told by the kernel into a ring that it keeps while nobody reads.
 *
 * Algorithm: what belongs together is pinned in a directory whose name tells
 * the layout of the events, with the link last: what has a link is whole. The
 * directory around it is locked while the ring is open. An old ring that cannot
 * be used is moved aside, and thrown away once a new one is pinned and written
 * into, so that all ends are in one of the two.
 *
 * Concurrency and locking: one thread, after it was opened by another. The
 * kernel is the producer of the ring.
 *
 * Failure model: what is missing is said in a sentence. A ring that cannot be
 * opened just now, for want of memory or the like, stays. What a crash leaves
 * while a ring is made has no link, and is replaced; an old ring that it leaves
 * is thrown away by the next who opens one. What did not fit into the
 * ring is counted by the program, and for what the kernel left the program out
 * by the kernel.
 */
#include "config.h"

#include "capture/exits.h"
#include "base/confinement.h"
#include "base/sys.h"
#include "capture/exit_program.h"
#include "capture/ktime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/magic.h>

/* Of the directories that hold one ring each: the layout of its events follows. */
#define RING_DIRECTORY "exits-"
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define RING_NAME RING_DIRECTORY STRING(PACCT_USAGE_LAYOUT)
#define PROGRAM "program"
#define LINK "link"
#define NOT_OURS "it must be a directory, owned by rsyslogd's user, of mode 0700"

struct pacct_exits {
    int lock; /* the directory */
    int ring_fd, program_fd;
    struct pacct_bpf_ring ring;
    struct pacct_usage_shared* shared;
    uint64_t id;
};

/* ---- paths ---- */

/* What is found of a ring. */
enum found {
    OPENED,
    NONE, /* it was not made to its end */
    UNFIT, /* it is another version's or another pid namespace's */
    FAILED /* errno; another time it may go */
};

/* What is being opened. */
struct place {
    char directory[PATH_MAX];
    char ring[PATH_MAX]; /* directory of the ring of this layout */
    uint32_t ring_size;
    uint64_t ring_id;
    struct pacct_exit_program program; /* of a ring that is made */
    struct bpf_link* link;
    struct pacct_exits* exits;
    enum found found;
    struct pacct_exits_opened* how;
};

/* Without slashes behind it: with them, a symbolic link would be followed, and what is above it would not be found. */
static void set_directory(struct place* p, const char* directory) {
    size_t len = strlen(directory);
    while (len > 1 && directory[len - 1] == '/') {
        len--;
    }
    snprintf(p->directory, sizeof(p->directory), "%.*s", (int)len, directory);
}

static bool join_path(char out[PATH_MAX], const char* directory, const char* name) {
    return snprintf(out, PATH_MAX, "%s/%s", directory, name) < PATH_MAX;
}

static int get(const char* directory, const char* name) {
    char path[PATH_MAX];
    return join_path(path, directory, name) ? bpf_obj_get(path) : -1;
}

static bool is_ours(const struct stat* st) {
    return S_ISDIR(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

/* Is the directory ours, or may it be made? NULL, or why not */
static const char* look_at(const char* directory) {
    char parent[PATH_MAX];
    struct stat st;
    struct statfs fs;
    if (lstat(directory, &st) == 0) {
        if (!is_ours(&st)) {
            return NOT_OURS;
        }
        return statfs(directory, &fs) == 0 && fs.f_type == BPF_FS_MAGIC ? NULL : "it is not in a BPF file system";
    }
    snprintf(parent, sizeof(parent), "%s", directory);
    char* const slash = strrchr(parent, '/');
    slash[slash == parent ? 1 : 0] = '\0';
    if (statfs(parent, &fs) != 0) {
        return "the directory that it is to be made in does not exist";
    }
    return fs.f_type == BPF_FS_MAGIC ? NULL
                                     : "no BPF file system is mounted there (mount -t bpf bpf /sys/fs/bpf; systemd "
                                       "does so at boot)";
}

/* ---- a ring that is there ---- */

static bool map_info(int fd, struct bpf_map_info* info) {
    uint32_t len = sizeof(*info);
    memset(info, 0, sizeof(*info));
    return bpf_obj_get_info_by_fd(fd, info, &len) == 0;
}

static void* map_shared(const char* directory, size_t page) {
    const int fd = get(directory, PACCT_EXIT_SHARED);
    void* const p = fd < 0 ? MAP_FAILED : mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) {
        close(fd);
    }
    return p == MAP_FAILED ? NULL : p;
}

static void unlink_in(const char* directory, const char* name) {
    char path[PATH_MAX];
    if (join_path(path, directory, name)) {
        unlink(path);
    }
}

static void remove_ring(const char* directory) {
    static const char* const names[] = {LINK, PROGRAM, PACCT_EXIT_RING, PACCT_EXIT_SHARED, PACCT_EXIT_CONFIG};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        unlink_in(directory, names[i]);
    }
    rmdir(directory);
}

/* What it means that something pinned beside a link was not got. */
static enum found without(void) {
    return errno == ENOENT ? UNFIT : FAILED;
}

static enum found look_at_config(const char* directory, uint64_t* ring_id) {
    const uint32_t zero = 0;
    struct pacct_usage_config config;
    struct bpf_map_info info;
    enum found found = OPENED;
    const int fd = get(directory, PACCT_EXIT_CONFIG);
    if (fd < 0) {
        return without();
    }
    if (!map_info(fd, &info)) {
        found = FAILED;
    } else if (info.value_size != sizeof(config)) {
        found = UNFIT;
    } else if (bpf_map_lookup_elem(fd, &zero, &config) != 0) {
        found = FAILED;
    } else if (config.pid_ns != pacct_exit_program_pid_ns()) {
        found = UNFIT;
    } else {
        *ring_id = config.ring_id;
    }
    close(fd);
    return found;
}

static void close_fd(int* fd) {
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void close_ring(struct pacct_exits* e) {
    if (e->shared != NULL) {
        munmap(e->shared, e->ring.page);
        e->shared = NULL;
    }
    pacct_bpf_ring_unmap(&e->ring);
    memset(&e->ring, 0, sizeof(e->ring));
    close_fd(&e->program_fd);
    close_fd(&e->ring_fd);
}

/* What is the same in all layouts. */
static enum found open_maps(struct pacct_exits* e, const char* directory) {
    struct bpf_map_info info;
    e->ring_fd = get(directory, PACCT_EXIT_RING);
    if (e->ring_fd < 0) {
        return without();
    }
    if (!map_info(e->ring_fd, &info) || !pacct_bpf_ring_map(&e->ring, e->ring_fd, info.max_entries)) {
        return FAILED;
    }
    e->shared = map_shared(directory, e->ring.page);
    return e->shared == NULL ? without() : OPENED;
}

/* Open what is pinned. */
static enum found open_ring(struct pacct_exits* e, const char* directory) {
    const int link = get(directory, LINK);
    if (link < 0) {
        return errno == ENOENT ? NONE : FAILED;
    }
    close(link);
    const enum found found = look_at_config(directory, &e->id);
    if (found != OPENED) {
        return found;
    }
    e->program_fd = get(directory, PROGRAM);
    return e->program_fd < 0 ? without() : open_maps(e, directory);
}

/* ---- one that is not used ---- */

/* Ends in a ring that were not read, and that it had not held. */
static uint64_t count_ends(const struct pacct_exits* e) {
    const unsigned long end = pacct_bpf_ring_end(&e->ring);
    const uint64_t lost = e->shared->lost, before = e->shared->lost_before;
    unsigned long at = *e->ring.consumer;
    uint64_t ends = before < lost ? lost - before : 0;
    size_t size;
    for (; pacct_bpf_ring_next(&e->ring, &at, end, &size) != NULL; ends++) {
    }
    return ends;
}

static void discard(const char* directory, struct pacct_exits_opened* how) {
    struct pacct_exits old = {.lock = -1, .ring_fd = -1, .program_fd = -1};
    const enum found found = open_maps(&old, directory);
    if (found != FAILED) { /* else it can be counted another time */
        unlink_in(directory, LINK); /* the kernel stops to write */
        if (old.shared != NULL) { /* else somebody has removed a part of it */
            how->discarded = true;
            how->discarded_ends += count_ends(&old);
        }
        remove_ring(directory);
    }
    close_ring(&old);
}

/* Throw away all rings but the one that is used. */
static void discard_others(const struct place* p, struct pacct_exits_opened* how) {
    char path[PATH_MAX], link[PATH_MAX];
    DIR* const dir = opendir(p->directory);
    for (const struct dirent* entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_type == DT_DIR && strncmp(entry->d_name, RING_DIRECTORY, sizeof(RING_DIRECTORY) - 1) == 0 &&
            strcmp(entry->d_name, RING_NAME) != 0 && join_path(path, p->directory, entry->d_name) &&
            join_path(link, path, LINK)) {
            if (access(link, F_OK) == 0) {
                discard(path, how);
            } else {
                remove_ring(path);
            }
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

/* ---- making one ---- */

static const char* load(void* context) {
    struct place* const p = context;
    p->ring_id = pacct_ktime_monotonic();
    const char* const failed = pacct_exit_program_load(&p->program, p->ring_size, p->ring_id);
    if (failed != NULL) {
        return failed;
    }
    p->link = bpf_program__attach(p->program.program);
    return p->link == NULL ? "attaching the program" : NULL;
}

static bool pin(const char* directory, const char* name, int fd) {
    char path[PATH_MAX];
    return join_path(path, directory, name) && bpf_obj_pin(fd, path) == 0;
}

static const char* pin_all(void* context) {
    struct place* const p = context;
    const struct pacct_exit_program* const x = &p->program;
    return mkdir(p->ring, 0700) == 0 && pin(p->ring, PACCT_EXIT_RING, pacct_exit_program_map(x, PACCT_EXIT_RING)) &&
                   pin(p->ring, PACCT_EXIT_SHARED, pacct_exit_program_map(x, PACCT_EXIT_SHARED)) &&
                   pin(p->ring, PACCT_EXIT_CONFIG, pacct_exit_program_map(x, PACCT_EXIT_CONFIG)) &&
                   pin(p->ring, PROGRAM, bpf_program__fd(x->program)) && pin(p->ring, LINK, bpf_link__fd(p->link))
               ? NULL
               : "pinning the ring";
}

/* A ring that cannot be used makes way for the new one: "to" is a name that no other ring has. */
static bool move_aside(const struct place* p, char to[PATH_MAX]) {
    char name[64];
    snprintf(name, sizeof(name), RING_DIRECTORY "before-%llu", (unsigned long long)p->ring_id);
    return join_path(to, p->directory, name) && rename(p->ring, to) == 0;
}

static const char* open_made(void* context) {
    struct place* const p = context;
    return open_ring(p->exits, p->ring) == OPENED ? NULL : "opening the ring that was made";
}

static bool make(struct place* p, char* reason) {
    char old[PATH_MAX];
    bool made = pacct_bpf_try(load, p, reason);
    if (made) {
        const bool moved = move_aside(p, old);
        made = pacct_bpf_try(pin_all, p, reason) && pacct_bpf_try(open_made, p, reason);
        if (!made) {
            remove_ring(p->ring);
        }
        if (!made && moved) {
            rename(old, p->ring);
        }
    }
    bpf_link__destroy(p->link); /* what is pinned stays */
    pacct_exit_program_close(&p->program);
    p->how->made = made;
    return made;
}

/* ---- opening ---- */

static uint32_t round_up(uint64_t size) {
    uint32_t power = 1;
    while (power < size) {
        power *= 2;
    }
    return power;
}

static bool lock(struct pacct_exits* e, const char* directory, char* reason) {
    struct stat st;
    struct pacct_confinement confinement;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        const int error = errno;
        snprintf(reason, PACCT_EXITS_REASON_MAX, "the directory '%s' cannot be made: %s%s", directory, strerror(error),
                 pacct_confinement(PACCT_CONFINED_FILE, error, &confinement));
        return false;
    }
    /* where others may write into the one around it, it may not be any more what was looked at */
    e->lock = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (e->lock >= 0 && (fstat(e->lock, &st) != 0 || !is_ours(&st))) {
        snprintf(reason, PACCT_EXITS_REASON_MAX, "the directory '%s' cannot be used: %s", directory, NOT_OURS);
        close_fd(&e->lock);
        return false;
    }
    if (e->lock < 0 || flock(e->lock, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        snprintf(reason, PACCT_EXITS_REASON_MAX, "the directory '%s' cannot be used: %s%s", directory,
                 e->lock >= 0 && error == EWOULDBLOCK ? "another input, or another rsyslogd, reads the ring in there"
                                                      : strerror(error),
                 pacct_confinement(PACCT_CONFINED_FILE, error, &confinement));
        close_fd(&e->lock); /* it is not ours to be removed: he may not have made anything in it yet */
        return false;
    }
    return true;
}

static const char* why_not(const char* directory, char* text, size_t size) {
    const char* const lack = pacct_bpf_missing();
    const char* const unfit = lack == NULL ? look_at(directory) : NULL;
    if (unfit == NULL) {
        return lack;
    }
    snprintf(text, size, "the directory '%s' cannot be used: %s", directory, unfit);
    return text;
}

static const char* open_kept(void* context) {
    struct place* const p = context;
    p->found = open_ring(p->exits, p->ring);
    return p->found == FAILED ? "opening the ring that there is, which stays as it is," : NULL;
}

static bool open_or_make(struct place* p, char* reason) {
    char text[PACCT_EXITS_REASON_MAX];
    struct pacct_exits* const e = p->exits;
    const char* const lack = why_not(p->directory, text, sizeof(text));
    if (lack != NULL) {
        snprintf(reason, PACCT_EXITS_REASON_MAX, "%s", lack);
        return false;
    }
    if (!join_path(p->ring, p->directory, RING_NAME)) {
        snprintf(reason, PACCT_EXITS_REASON_MAX, "the path '%s' is too long", p->directory);
        return false;
    }
    if (!lock(e, p->directory, reason)) {
        return false;
    }
    if (!pacct_bpf_try(open_kept, p, reason)) {
        return false;
    }
    if (p->found == NONE) {
        remove_ring(p->ring);
    }
    if (p->found != OPENED) {
        close_ring(e);
        if (!make(p, reason)) {
            return false;
        }
    }
    p->how->size = e->ring.size;
    discard_others(p, p->how);
    return true;
}

struct pacct_exits* pacct_exits_open(const char* directory,
                                     uint64_t ring_size,
                                     struct pacct_exits_opened* how,
                                     char reason[PACCT_EXITS_REASON_MAX]) {
    struct pacct_exits* const e = calloc(1, sizeof(*e));
    struct place* const p = calloc(1, sizeof(*p));
    bool opened = false;
    memset(how, 0, sizeof(*how));
    snprintf(reason, PACCT_EXITS_REASON_MAX, "out of memory");
    if (e != NULL && p != NULL) {
        e->lock = e->ring_fd = e->program_fd = -1;
        set_directory(p, directory);
        p->ring_size = round_up(ring_size);
        p->exits = e;
        p->how = how;
        opened = open_or_make(p, reason);
    }
    if (!opened) {
        if (e != NULL && p != NULL && e->lock >= 0) {
            rmdir(p->directory); /* unless there is anything in it */
        }
        pacct_exits_close(e);
    }
    free(p);
    return opened ? e : NULL;
}

void pacct_exits_close(struct pacct_exits* e) {
    if (e != NULL) {
        close_ring(e);
        close_fd(&e->lock);
        free(e);
    }
}

/* ---- reading ---- */

uint64_t pacct_exits_id(const struct pacct_exits* e) {
    return e->id;
}

uint64_t pacct_exits_oldest(const struct pacct_exits* e) {
    return *e->ring.consumer;
}

uint64_t pacct_exits_end(const struct pacct_exits* e) {
    return pacct_bpf_ring_end(&e->ring);
}

const struct pacct_usage_wire* pacct_exits_next(const struct pacct_exits* e, uint64_t* at) {
    unsigned long place = *at;
    size_t size;
    const struct pacct_usage_wire* const w = pacct_bpf_ring_next(&e->ring, &place, pacct_bpf_ring_end(&e->ring), &size);
    *at = place;
    return w;
}

/* In this order: if the process is killed between, what was lost is told again, and not left out. */
void pacct_exits_free(struct pacct_exits* e, uint64_t until, uint64_t lost) {
    pacct_bpf_ring_free(&e->ring, until);
    __atomic_store_n(&e->shared->lost_before, lost, __ATOMIC_RELEASE);
}

uint64_t pacct_exits_lost_before(const struct pacct_exits* e) {
    return e->shared->lost_before;
}

uint64_t pacct_exits_lost(const struct pacct_exits* e) {
    uint64_t left_out = 0;
    pacct_exit_program_left_out(e->program_fd, &left_out);
    return __atomic_load_n(&e->shared->lost, __ATOMIC_ACQUIRE) + left_out;
}

/* The program reserves the place of its event and looks at this then; so what does not wake anybody is there now. */
void pacct_exits_wake(struct pacct_exits* e) {
    __atomic_store_n(&e->shared->wake, 1, __ATOMIC_SEQ_CST);
}

int pacct_exits_fd(const struct pacct_exits* e) {
    return e->ring_fd;
}
