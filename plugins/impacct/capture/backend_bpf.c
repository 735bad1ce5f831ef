/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/backend_bpf.c
 * @brief Events of processes from a BPF program in the kernel (capture/exec.bpf.c).
 *
 * Algorithm: the program is part of this file as the compiler for BPF made it,
 * and is adapted to the running kernel by libbpf. How often what runs has
 * executed something is read from a file that the kernel writes by another
 * program, task by task.
 *
 * Concurrency and locking: the producer is the kernel, the consumer whoever
 * drains, one at a time.
 *
 * Failure model: what is missing to load it is said in a sentence. Lost events
 * are counted by the program; those for which the kernel left it out, by the
 * kernel, which any process may ask that has the program.
 */
#include "config.h"

#include "capture/backend.h"
#include "capture/bpf.h"
#include "capture/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "base/sys.h"

#include "capture/exec_object.h" /* PACCT_BPF_OBJECT: the path of what the compiler for BPF made of capture/exec.bpf.c */

__asm__(
    ".pushsection .rodata\n"
    ".balign 8\n"
    "pacct_bpf_object:\n"
    ".incbin \"" PACCT_BPF_OBJECT
    "\"\n"
    "pacct_bpf_object_end:\n"
    ".popsection\n");
extern const char pacct_bpf_object[] __attribute__((visibility("hidden")));
extern const char pacct_bpf_object_end[] __attribute__((visibility("hidden")));

_Static_assert(PACCT_BACKEND_REASON_MAX == PACCT_BPF_REASON_MAX, "one sentence");

/* processes of which it is read at once how often they have executed something */
#define COUNTS_AT_ONCE 256u
#define COUNTING "on_count"
#define PROGRAMS 4
static const struct {
    const char* name;
    bool second; /* only for kernels that leave out programs */
} programs[PROGRAMS] = {{"on_fork", false}, {"on_exec", false}, {"second_fork", true}, {"second_exec", true}};

struct bpf_backend {
    struct pacct_backend base;
    const struct pacct_backend_options* options; /* at the start */
    struct bpf_object* object;
    struct bpf_program* programs[PROGRAMS];
    struct bpf_link* links[PROGRAMS];
    struct bpf_link* counts; /* what is run for each task when it is asked; NULL: the kernel cannot */
    bool twice; /* the second programs are there, too */
    uint64_t retried; /* events that only those wrote, so far */
    uint64_t missed; /* events that none wrote */
    uint64_t looked, often_until; /* monotonic clock: when it was looked for those, and until when each time */
    struct pacct_wire_shared* shared;
    struct pacct_bpf_ring ring;
    pacct_backend_add* add; /* of the drain that goes on */
    void* context;
    struct pacct_wire_storage storage;
};

static void close_backend(struct pacct_backend* backend) {
    struct bpf_backend* const t = (struct bpf_backend*)(void*)backend;
    for (int i = 0; i < PROGRAMS; i++) {
        bpf_link__destroy(t->links[i]);
    }
    bpf_link__destroy(t->counts);
    if (t->shared != NULL) {
        munmap(t->shared, t->ring.page);
    }
    pacct_bpf_ring_unmap(&t->ring);
    bpf_object__close(t->object);
    free(t);
}

/* How often the kernel left out the first programs, or the second ones. false: it does not tell */
static bool left_out(const struct bpf_backend* t, bool second, uint64_t* count) {
    *count = 0;
    for (int i = 0; i < PROGRAMS; i++) {
        struct bpf_prog_info info = {0};
        uint32_t len = sizeof(info);
        if (programs[i].second != second || (second && !t->twice)) {
            continue;
        }
        if (bpf_obj_get_info_by_fd(bpf_program__fd(t->programs[i]), &info, &len) != 0) {
            return false;
        }
        *count += info.recursion_misses;
    }
    return true;
}

/* Events that no program wrote. Of two, both were left out for it: then the first were left out more often than the
 * second ones wrote something in their place, and so were the second ones. To look takes system calls: it is done once
 * a second, and each time when the second ones had to write something just now, since it is then that both can be left
 * out. */
static uint64_t count_missed(struct bpf_backend* t) {
    uint64_t first, both;
    const uint64_t now = pacct_clock_ns(CLOCK_MONOTONIC_COARSE);
    const uint64_t retried = __atomic_load_n(&t->shared->second, __ATOMIC_ACQUIRE);
    if (retried != t->retried) {
        t->retried = retried;
        t->often_until = now + PACCT_SECOND_NS;
    }
    if (now < t->often_until || now >= t->looked + PACCT_SECOND_NS) {
        t->looked = now;
        if (left_out(t, false, &first) && left_out(t, true, &both)) {
            const uint64_t instead = __atomic_load_n(&t->shared->second, __ATOMIC_ACQUIRE); /* later than the others */
            const uint64_t behind = first > instead ? first - instead : 0;
            const uint64_t missed = t->twice && both < behind ? both : behind;
            t->missed = missed > t->missed ? missed : t->missed;
        }
    }
    return t->missed;
}

static void take(void* context, const void* data, size_t size) {
    struct bpf_backend* const t = context;
    struct pacct_process_event ev;
    if (pacct_wire_parse(data, size, &t->storage, &ev)) {
        t->add(t->context, &ev);
    }
}

/* The lost ones are counted before: what is lost afterwards may concern who is told of behind the end, and is to be
 * told after that. */
static uint64_t drain(struct pacct_backend* backend, pacct_backend_add* add, void* context) {
    struct bpf_backend* const t = (struct bpf_backend*)(void*)backend;
    const uint64_t lost = __atomic_load_n(&t->shared->lost, __ATOMIC_ACQUIRE) + count_missed(t);
    t->add = add;
    t->context = context;
    pacct_bpf_ring_drain(&t->ring, take, t);
    backend->cut = __atomic_load_n(&t->shared->cut, __ATOMIC_ACQUIRE);
    return lost;
}

/* The program writes its event and looks at this then; so an event that did not wake anybody is there now. */
static void await(struct pacct_backend* backend) {
    struct bpf_backend* const t = (struct bpf_backend*)(void*)backend;
    __atomic_store_n(&t->shared->wake, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* As much as there is, up to "size"; -1: errno. EAGAIN: there were very many tasks of which nothing is told. */
static ssize_t read_up_to(int fd, char* to, size_t size) {
    size_t len = 0;
    ssize_t n = -1;
    while (len < size && n != 0) {
        n = read(fd, to + len, size - len);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return -1;
        }
        len += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)len;
}

static bool count(struct pacct_backend* backend, pacct_backend_add* add, void* context) {
    struct bpf_backend* const t = (struct bpf_backend*)(void*)backend;
    char counts[COUNTS_AT_ONCE * PACCT_WIRE_SHORT_SIZE] __attribute__((aligned(8)));
    /* up to Linux 5.18 it takes a privilege, which may have been given up */
    const int fd = t->counts == NULL ? -1 : bpf_iter_create(bpf_link__fd(t->counts));
    ssize_t len = fd < 0 ? -1 : (ssize_t)sizeof(counts);
    while (len == (ssize_t)sizeof(counts)) {
        struct pacct_process_event ev;
        len = read_up_to(fd, counts, sizeof(counts));
        for (ssize_t at = 0; at + (ssize_t)PACCT_WIRE_SHORT_SIZE <= len; at += (ssize_t)PACCT_WIRE_SHORT_SIZE) {
            if (pacct_wire_parse(counts + at, PACCT_WIRE_SHORT_SIZE, NULL, &ev)) {
                add(context, &ev);
            }
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return len >= 0;
}

static const struct pacct_backend_ops ops = {"bpf", true, drain, count, await, close_backend};

static int fd_of(const struct bpf_backend* t, const char* map) {
    return bpf_object__find_map_fd_by_name(t->object, map);
}

/* Each returns NULL, or which step failed, with errno. */
static const char* map_memory(struct bpf_backend* t) {
    const struct bpf_map* const ring = bpf_object__find_map_by_name(t->object, "ring");
    t->base.fd = fd_of(t, "ring");
    if (!pacct_bpf_ring_map(&t->ring, t->base.fd, bpf_map__max_entries(ring))) {
        return "mapping the ring";
    }
    void* const p = mmap(NULL, t->ring.page, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(t, "shared"), 0);
    if (p == MAP_FAILED) {
        return "mapping the counters";
    }
    t->shared = p;
    return NULL;
}

/* Whether programs can be preempted, and are left out for others then: from Linux 7.0 on. Nothing else tells. */
static bool leaves_out(void) {
    struct utsname system;
    return uname(&system) == 0 && strtoul(system.release, NULL, 10) >= 7;
}

/* The number of the uppermost control group that is seen from here: in a container, /proc tells paths from it on.
 * 0: not known */
static uint64_t group_root(void) {
    char line[1024], root[8], point[512];
    uint64_t number = 0;
    struct stat st;
    FILE* const f = fopen("/proc/self/mountinfo", "re");
    while (f != NULL && number == 0 && fgets(line, sizeof(line), f) != NULL) {
        const bool uppermost = sscanf(line, "%*s %*s %*s %7s %511s", root, point) == 2 && strcmp(root, "/") == 0;
        if (uppermost && strstr(line, " - cgroup2 ") != NULL && stat(point, &st) == 0) {
            number = st.st_ino;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return number;
}

/* With the program that counts, too, or without: it is not needed for the others. */
static bool load(struct bpf_backend* t, bool counts) {
    t->object = bpf_object__open_mem(pacct_bpf_object, (size_t)(pacct_bpf_object_end - pacct_bpf_object), NULL);
    if (t->object == NULL) {
        return false;
    }
    for (int i = 0; i < PROGRAMS; i++) {
        t->programs[i] = bpf_object__find_program_by_name(t->object, programs[i].name);
        bpf_program__set_autoload(t->programs[i], t->twice || !programs[i].second);
    }
    if (!t->twice) { /* 30 KiB on every processor */
        bpf_map__set_max_entries(bpf_object__find_map_by_name(t->object, "scratch"), 1);
    }
    bpf_program__set_autoload(bpf_object__find_program_by_name(t->object, COUNTING), counts);
    if (bpf_object__load(t->object) != 0) {
        const int error = errno;
        bpf_object__close(t->object);
        t->object = NULL;
        errno = error;
        return false;
    }
    if (counts) {
        t->counts = bpf_program__attach_iter(bpf_object__find_program_by_name(t->object, COUNTING), NULL);
    }
    return true;
}

static const char* start(void* context) {
    struct bpf_backend* const t = context;
    const struct pacct_backend_options* const options = t->options;
    struct stat st;
    uint64_t misses;
    const uint32_t zero = 0;
    t->twice = leaves_out();
    if (!load(t, true) && !load(t, false)) {
        return "loading the program";
    }
    if (stat("/proc/self/ns/pid", &st) != 0) {
        return "looking at /proc/self/ns/pid";
    }
    const struct pacct_wire_config config = {
        .pid_ns = (uint32_t)st.st_ino,
        .args_max = options->args_max < PACCT_WIRE_ARGS_MAX ? (uint32_t)options->args_max : PACCT_WIRE_ARGS_MAX,
        .groups = options->groups,
        .group_root = group_root(),
        .twice = t->twice,
    };
    if (bpf_map_update_elem(fd_of(t, "config"), &zero, &config, BPF_ANY) != 0) {
        return "configuring the program";
    }
    const char* const failed = map_memory(t);
    if (failed != NULL) {
        return failed;
    }
    if (!left_out(t, false, &misses)) {
        return "asking how often the program was left out";
    }
    for (int i = 0; i < PROGRAMS; i++) {
        if (programs[i].second && !t->twice) {
            continue;
        }
        t->links[i] = bpf_program__attach(t->programs[i]); /* the first ones first: so they are called */
        if (t->links[i] == NULL) {
            return "attaching the program";
        }
    }
    return NULL;
}

struct pacct_backend* pacct_backend_bpf(const struct pacct_backend_options* options,
                                        char reason[PACCT_BACKEND_REASON_MAX]) {
    const char* const lack = pacct_bpf_missing();
    struct bpf_backend* const t = lack == NULL ? calloc(1, sizeof(*t)) : NULL;
    if (t == NULL) {
        snprintf(reason, PACCT_BACKEND_REASON_MAX, "%s", lack == NULL ? "out of memory" : lack);
        return NULL;
    }
    t->base.ops = &ops;
    t->options = options;
    if (pacct_bpf_try(start, t, reason)) {
        return &t->base;
    }
    close_backend(&t->base);
    return NULL;
}
