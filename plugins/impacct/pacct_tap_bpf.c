/**
 * @file pacct_tap_bpf.c
 * @brief Events of processes from a BPF program in the kernel (exec.bpf.c).
 *
 * Algorithm: the program is part of this file as the compiler for BPF made it,
 * and is adapted to the running kernel by libbpf. The ring is read here and not
 * by libbpf: what was reserved in it before a drain began has to be waited for,
 * although it may still be being written, or an event that a record needs could
 * lie behind it.
 *
 * Concurrency and locking: the producer is the kernel, the consumer whoever
 * drains, one at a time.
 *
 * Failure model: what is missing to load it is told in a sentence. Lost events
 * are counted by the program; those for which the kernel left it out, by the
 * kernel, which any process may ask that has the program.
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
    #include <sys/prctl.h>
    #include <sys/stat.h>
    #include <sys/syscall.h>
    #include <sys/utsname.h>
    #include <sys/wait.h>
    #include <time.h>
    #include <unistd.h>

    #include <bpf/bpf.h>
    #include <bpf/libbpf.h>
    #include <linux/bpf.h>

    #include "pacct_probe.h"

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

    #define SECOND_NS UINT64_C(1000000000)
    /* how often to let others run before sleeping */
    #define YIELDS 100
    #define PROGRAMS 4
    /* longest event */
    #define EVENT_MAX (sizeof(struct pacct_wire) + PACCT_WIRE_TAIL_MAX)
static const struct {
    const char* name;
    bool second; /* only for kernels that leave out programs */
} programs[PROGRAMS] = {{"on_fork", false}, {"on_exec", false}, {"second_fork", true}, {"second_exec", true}};

struct tap_bpf {
    struct pacct_tap tap;
    struct bpf_object* object;
    struct bpf_program* programs[PROGRAMS];
    struct bpf_link* links[PROGRAMS];
    bool twice; /* the second programs are there, too */
    uint64_t told; /* events that only those told, so far */
    uint64_t untold; /* events that none told */
    uint64_t looked, often_until; /* monotonic clock: when it was looked for those, and until when each time */
    struct pacct_wire_shared* shared;
    unsigned long* consumer; /* position, written by us */
    const unsigned long* producer; /* position, written by the kernel; one page on is the ring */
    size_t page, ring;
    struct pacct_exec_room room;
    uint64_t whole[EVENT_MAX / sizeof(uint64_t)]; /* an event that goes on at the beginning of the ring */
};

/* Why the kernel's verifier refuses the program: libbpf has that only as something to print. Its lines are what it
 * looked at, why it stopped, and how much work that was. */
static char refusal[PACCT_TAP_WHY / 2];

static bool is_statistics(const char* line) {
    return strncmp(line, "processed ", 10) == 0 || strncmp(line, "verification time ", 18) == 0 ||
           strncmp(line, "stack depth ", 12) == 0 || strncmp(line, "-- END", 6) == 0;
}

static int keep_refusal(enum libbpf_print_level level __attribute__((unused)), const char* format, va_list args) {
    char *text = NULL, *rest = NULL;
    if (strstr(format, "PROG LOAD LOG") == NULL || vasprintf(&text, format, args) < 0) {
        return 0;
    }
    for (const char* line = strtok_r(text, "\n", &rest); line != NULL && !is_statistics(line);
         line = strtok_r(NULL, "\n", &rest)) {
        snprintf(refusal, sizeof(refusal), "%s", line);
    }
    free(text);
    return 0;
}

static void close_tap(struct pacct_tap* tap) {
    struct tap_bpf* const t = (struct tap_bpf*)(void*)tap;
    for (int i = 0; i < PROGRAMS; i++) {
        bpf_link__destroy(t->links[i]);
    }
    if (t->shared != NULL) {
        munmap(t->shared, t->page);
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

/* How often the kernel left out the first programs, or the second ones. false: it does not tell */
static bool left_out(const struct tap_bpf* t, bool second, uint64_t* count) {
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

/* Events that no program told. Of two, both were left out for it: then the first were left out more often than the
 * second ones told something in their place, and so were the second ones. To look takes system calls: it is done once a
 * second, and each time when the second ones had to tell something just now, since it is then that both can be left
 * out. */
static uint64_t count_untold(struct tap_bpf* t) {
    struct timespec ts;
    uint64_t first, both;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
    const uint64_t now = (uint64_t)ts.tv_sec * SECOND_NS + (uint64_t)ts.tv_nsec;
    const uint64_t told = __atomic_load_n(&t->shared->second, __ATOMIC_ACQUIRE);
    if (told != t->told) {
        t->told = told;
        t->often_until = now + SECOND_NS;
    }
    if (now < t->often_until || now >= t->looked + SECOND_NS) {
        t->looked = now;
        if (left_out(t, false, &first) && left_out(t, true, &both)) {
            const uint64_t instead = __atomic_load_n(&t->shared->second, __ATOMIC_ACQUIRE); /* later than the others */
            const uint64_t behind = first > instead ? first - instead : 0;
            const uint64_t untold = t->twice && both < behind ? both : behind;
            t->untold = untold > t->untold ? untold : t->untold;
        }
    }
    return t->untold;
}

/* Wait until an event is whole that is being written, on another CPU or by a task that was preempted. */
static uint32_t length_of(const uint32_t* header) {
    const struct timespec moment = {.tv_nsec = 50000};
    uint32_t len = __atomic_load_n(header, __ATOMIC_ACQUIRE);
    for (int i = 0; (len & BPF_RINGBUF_BUSY_BIT) != 0; len = __atomic_load_n(header, __ATOMIC_ACQUIRE)) {
        if (i++ < YIELDS) {
            sched_yield();
        } else {
            nanosleep(&moment, NULL); /* it may have less priority than this thread */
        }
    }
    return len;
}

/* The events that are complete in the ring from the consumer's position on, up to "end". */
static uint64_t drain(struct pacct_tap* tap, pacct_tap_tell* tell, void* context) {
    struct tap_bpf* const t = (struct tap_bpf*)(void*)tap;
    const char* const data = (const char*)t->producer + t->page;
    const unsigned long end = __atomic_load_n(t->producer, __ATOMIC_ACQUIRE);
    unsigned long at = *t->consumer;
    while (at < end) {
        const uint32_t* const header = (const uint32_t*)(const void*)(data + (at & (t->ring - 1)));
        const uint32_t len = length_of(header);
        const size_t size = len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        struct pacct_exec ev;
        const void* const event = whole_event(t, data, at + BPF_RINGBUF_HDR_SZ, size);
        if ((len & BPF_RINGBUF_DISCARD_BIT) == 0 && event != NULL && pacct_exec_parse(event, size, &t->room, &ev)) {
            tell(context, &ev);
        }
        at += (BPF_RINGBUF_HDR_SZ + size + 7) & ~7ul;
        __atomic_store_n(t->consumer, at, __ATOMIC_RELEASE);
    }
    return __atomic_load_n(&t->shared->lost, __ATOMIC_ACQUIRE) + count_untold(t);
}

/* The program writes its event and looks at this then; so an event that it has not told of is there now. */
static void await(struct pacct_tap* tap) {
    struct tap_bpf* const t = (struct tap_bpf*)(void*)tap;
    __atomic_store_n(&t->shared->wake, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static const struct pacct_tap_ops ops = {"bpf", drain, await, close_tap};

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
    p = mmap(NULL, t->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd_of(t, "shared"), 0);
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

static bool load(struct tap_bpf* t) {
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
    return bpf_object__load(t->object) == 0;
}

static const char* start(struct tap_bpf* t, const struct pacct_tap_options* options) {
    struct stat st;
    uint64_t misses;
    const uint32_t zero = 0;
    t->twice = leaves_out();
    if (!load(t)) {
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

static int try_call(void* arg __attribute__((unused))) {
    prctl(PR_SET_NAME, PACCT_PROBE_PREFIX "bpf");
    syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0); /* refused in any case */
    _exit(0);
}

/* What is missing that can be seen before anything is loaded; NULL: nothing */
static const char* missing(void) {
    int status;
    if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
        return "the kernel does not describe itself: there is no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)";
    }
    /* a filter of system calls may kill who asks */
    if (pacct_probe_try(try_call, &status) != 0) {
        return "no child could be made to try bpf(2)";
    }
    return WIFSIGNALED(status) ? "a system call filter forbids bpf(2); for systemd, contrib/systemd/exec-capture.conf "
                                 "grants it"
                               : NULL;
}

/* What would help against an error */
static const char* remedy(int error) {
    if (error == EPERM || error == EACCES) {
        return " (it takes CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN; before Linux 5.11 CAP_SYS_RESOURCE, too, "
               "or no limit of locked memory)";
    }
    return error == EINVAL && libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0 ? " (it takes Linux 5.8)" : "";
}

struct pacct_tap* pacct_tap_bpf(const struct pacct_tap_options* options, char why[PACCT_TAP_WHY]) {
    const char* const lack = missing();
    struct tap_bpf* const t = lack == NULL ? calloc(1, sizeof(*t)) : NULL;
    if (t == NULL) {
        snprintf(why, PACCT_TAP_WHY, "%s", lack == NULL ? "out of memory" : lack);
        return NULL;
    }
    t->tap.ops = &ops;
    refusal[0] = '\0';
    const libbpf_print_fn_t before = libbpf_set_print(keep_refusal);
    const char* const failed = start(t, options);
    const int error = errno;
    libbpf_set_print(before);
    if (failed == NULL) {
        return &t->tap;
    }
    if (refusal[0] != '\0') {
        snprintf(why, PACCT_TAP_WHY, "this kernel refuses the program, which should be reported: %s", refusal);
    } else {
        snprintf(why, PACCT_TAP_WHY, "%s failed: %s%s", failed, strerror(error), remedy(error));
    }
    close_tap(&t->tap);
    return NULL;
}

#else /* built without libbpf */

    #include <stdio.h>

struct pacct_tap* pacct_tap_bpf(const struct pacct_tap_options* options __attribute__((unused)),
                                char why[PACCT_TAP_WHY]) {
    snprintf(why, PACCT_TAP_WHY, "impacct was built without it (configure --enable-exec-capture)");
    return NULL;
}

#endif
