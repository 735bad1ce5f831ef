/**
 * @file pacct_tap_bpf.c
 * @brief Events of processes from a BPF program in the kernel (exec.bpf.c).
 *
 * Algorithm: the program is part of this file as the compiler for BPF made it,
 * and is adapted to the running kernel by libbpf. The ring is read here and not
 * by libbpf: what was reserved in it before a drain began has to be waited for,
 * although another CPU may still be writing it, or an event that a record needs
 * could lie behind it.
 *
 * Concurrency and locking: the producer is the kernel, the consumer whoever
 * drains, one at a time.
 *
 * Failure model: what is missing to load it is told in a sentence. Lost events
 * are counted by the program.
 */
#include "config.h"

#include "pacct_tap.h"

#ifdef HAVE_EXEC_CAPTURE

    #include <errno.h>
    #include <sched.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/stat.h>
    #include <unistd.h>

    #include <bpf/bpf.h>
    #include <bpf/libbpf.h>
    #include <linux/bpf.h>

    #include "exec_object.h" /* PACCT_BPF_OBJECT: the path of what the compiler for BPF made of exec.bpf.c */

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

    #define PROGRAMS 2
    /* longest event: of struct scratch in exec.bpf.c */
    #define EVENT_MAX (sizeof(struct pacct_wire) + PACCT_WIRE_ARGS_MAX + 1 + PACCT_WIRE_PATHS_MAX + PACCT_WIRE_PART_MAX)
static const char* const programs[PROGRAMS] = {"on_fork", "on_exec"};

struct tap_bpf {
    struct pacct_tap tap;
    struct bpf_object* object;
    struct bpf_link* links[PROGRAMS];
    struct pacct_wire_stats* stats;
    unsigned long* consumer; /* position, written by us */
    const unsigned long* producer; /* position, written by the kernel; one page on is the ring */
    size_t page, ring;
    struct pacct_exec_room room;
    uint64_t whole[EVENT_MAX / sizeof(uint64_t)]; /* an event that goes on at the beginning of the ring */
};

static int no_print(enum libbpf_print_level level __attribute__((unused)),
                    const char* format __attribute__((unused)),
                    va_list args __attribute__((unused))) {
    return 0;
}

static void close_tap(struct pacct_tap* tap) {
    struct tap_bpf* const t = (struct tap_bpf*)(void*)tap;
    for (int i = 0; i < PROGRAMS; i++) {
        bpf_link__destroy(t->links[i]);
    }
    if (t->stats != NULL) {
        munmap(t->stats, t->page);
    }
    if (t->consumer != NULL) {
        munmap(t->consumer, t->page);
    }
    if (t->producer != NULL) {
        munmap((void*)(uintptr_t)t->producer, t->page + t->ring);
    }
    bpf_object__close(t->object);
    free(t);
}

/* An event in one piece; NULL where none can be so long. */
static const void* whole_event(struct tap_bpf* t, const char* data, unsigned long at, size_t size) {
    const size_t from = at & (t->ring - 1), first = t->ring - from;
    if (size <= first) {
        return data + from;
    }
    if (size > sizeof(t->whole)) {
        return NULL;
    }
    memcpy(t->whole, data + from, first);
    memcpy((char*)t->whole + first, data, size - first);
    return t->whole;
}

/* The events that are complete in the ring from the consumer's position on, up to "end". */
static uint64_t drain(struct pacct_tap* tap, pacct_tap_tell* tell, void* context) {
    struct tap_bpf* const t = (struct tap_bpf*)(void*)tap;
    const char* const data = (const char*)t->producer + t->page;
    const unsigned long end = __atomic_load_n(t->producer, __ATOMIC_ACQUIRE);
    unsigned long at = *t->consumer;
    while (at < end) {
        const uint32_t* const header = (const uint32_t*)(const void*)(data + (at & (t->ring - 1)));
        uint32_t len = __atomic_load_n(header, __ATOMIC_ACQUIRE);
        for (; (len & BPF_RINGBUF_BUSY_BIT) != 0; len = __atomic_load_n(header, __ATOMIC_ACQUIRE)) {
            sched_yield(); /* being written, on another CPU */
        }
        const size_t size = len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        struct pacct_exec ev;
        const void* const event = whole_event(t, data, at + BPF_RINGBUF_HDR_SZ, size);
        if ((len & BPF_RINGBUF_DISCARD_BIT) == 0 && event != NULL && pacct_exec_parse(event, size, &t->room, &ev)) {
            tell(context, &ev);
        }
        at += (BPF_RINGBUF_HDR_SZ + size + 7) & ~7ul;
        __atomic_store_n(t->consumer, at, __ATOMIC_RELEASE);
    }
    return __atomic_load_n(&t->stats->lost, __ATOMIC_ACQUIRE);
}

static const struct pacct_tap_ops ops = {"bpf", drain, close_tap};

static int fd_of(const struct tap_bpf* t, const char* map) {
    return bpf_object__find_map_fd_by_name(t->object, map);
}

/* Each returns NULL, or which step failed, with errno. */
static const char* map_memory(struct tap_bpf* t) {
    const struct bpf_map* const ring = bpf_object__find_map_by_name(t->object, "ring");
    t->page = (size_t)sysconf(_SC_PAGESIZE);
    t->ring = bpf_map__max_entries(ring);
    t->tap.fd = fd_of(t, "ring");
    void* p = mmap(NULL, t->page, PROT_READ | PROT_WRITE, MAP_SHARED, t->tap.fd, 0);
    if (p == MAP_FAILED) {
        return "mapping the ring";
    }
    t->consumer = p;
    p = mmap(NULL, t->page + t->ring, PROT_READ, MAP_SHARED, t->tap.fd, (off_t)t->page);
    if (p == MAP_FAILED) {
        return "mapping the ring";
    }
    t->producer = p;
    p = mmap(NULL, t->page, PROT_READ, MAP_SHARED, fd_of(t, "stats"), 0);
    if (p == MAP_FAILED) {
        return "mapping the counters";
    }
    t->stats = p;
    return NULL;
}

static const char* start(struct tap_bpf* t, size_t args_max) {
    struct stat st;
    const uint32_t zero = 0;
    t->object = bpf_object__open_mem(pacct_bpf_object, (size_t)(pacct_bpf_object_end - pacct_bpf_object), NULL);
    if (t->object == NULL || bpf_object__load(t->object) != 0) {
        return "loading the program";
    }
    if (stat("/proc/self/ns/pid", &st) != 0) {
        return "looking at /proc/self/ns/pid";
    }
    const struct pacct_wire_config config = {
        .pid_ns = (uint32_t)st.st_ino,
        .args_max = args_max < PACCT_WIRE_ARGS_MAX ? (uint32_t)args_max : PACCT_WIRE_ARGS_MAX,
    };
    if (bpf_map_update_elem(fd_of(t, "config"), &zero, &config, BPF_ANY) != 0) {
        return "configuring the program";
    }
    const char* const failed = map_memory(t);
    if (failed != NULL) {
        return failed;
    }
    for (int i = 0; i < PROGRAMS; i++) {
        t->links[i] = bpf_program__attach(bpf_object__find_program_by_name(t->object, programs[i]));
        if (t->links[i] == NULL) {
            return "attaching the program";
        }
    }
    return NULL;
}

struct pacct_tap* pacct_tap_bpf(size_t args_max, char why[PACCT_TAP_WHY]) {
    struct tap_bpf* const t = calloc(1, sizeof(*t));
    if (t == NULL) {
        snprintf(why, PACCT_TAP_WHY, "out of memory");
        return NULL;
    }
    t->tap.ops = &ops;
    if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
        snprintf(why, PACCT_TAP_WHY, "the kernel does not describe itself (no /sys/kernel/btf/vmlinux)");
        close_tap(&t->tap);
        return NULL;
    }
    const libbpf_print_fn_t before = libbpf_set_print(no_print);
    const char* const failed = start(t, args_max);
    const int error = errno;
    libbpf_set_print(before);
    if (failed == NULL) {
        return &t->tap;
    }
    snprintf(why, PACCT_TAP_WHY, "%s failed: %s%s", failed, strerror(error),
             error == EPERM || error == EACCES ? " (it takes CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN)" : "");
    close_tap(&t->tap);
    return NULL;
}

#else /* built without libbpf */

    #include <stdio.h>

struct pacct_tap* pacct_tap_bpf(size_t args_max __attribute__((unused)), char why[PACCT_TAP_WHY]) {
    snprintf(why, PACCT_TAP_WHY, "impacct was built without it (configure --enable-exec-capture)");
    return NULL;
}

#endif
