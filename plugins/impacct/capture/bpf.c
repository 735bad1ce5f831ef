/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/bpf.c
 * @brief What all who have a BPF program need: to say why it cannot be had, and to read its ring.
 *
 * Algorithm: a ring is read here and not by libbpf: what was reserved in it
 * before a drain began has to be waited for, although it may still be being
 * written, or an event that a record needs could lie behind it.
 *
 * Concurrency and locking: of a ring, the producer is the kernel, the consumer
 * whoever drains, one at a time. One at a time may start a program, since
 * libbpf has one place for what is to be printed.
 *
 * Failure model: what is missing to load a program is said in a sentence.
 */
#include "config.h"

#include "capture/bpf.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/capability.h>

#include "base/child.h"
#include "base/confinement.h"

/* how often to let others run before sleeping */
#define YIELDS 100

/* ---- why not ---- */

/* Why the kernel's verifier refuses the program: libbpf has that only as something to print. Its lines are what it
 * looked at, why it stopped, and how much work that was. */
static char refusal[PACCT_BPF_REASON_MAX / 2];

static bool is_statistics(const char* line) {
    return strncmp(line, "processed ", 10) == 0 || strncmp(line, "verification time ", 18) == 0 ||
           strncmp(line, "stack depth ", 12) == 0 || strncmp(line, "-- END", 6) == 0;
}

static int keep_refusal(enum libbpf_print_level level, const char* format, va_list args)
    __attribute__((format(printf, 2, 0)));
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

static int try_call(void* arg __attribute__((unused))) {
    prctl(PR_SET_NAME, PACCT_CHILD_PREFIX "bpf");
    syscall(SYS_bpf, BPF_MAP_CREATE, NULL, 0); /* refused in any case */
    return 0;
}

const char* pacct_bpf_missing(void) {
    int status;
    if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
        return "the kernel does not describe itself: there is no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)";
    }
    /* a filter of system calls may kill who asks */
    if (pacct_child_try(try_call, &status) != 0) {
        return "no child could be made to try bpf(2)";
    }
    return WIFSIGNALED(status) ? "a system call filter forbids bpf(2); where systemd confines rsyslogd, "
                                 "contrib/systemd/install grants it"
                               : NULL;
}

static bool is_in(const struct __user_cap_data_struct* sets, unsigned capability) {
    return (sets[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

/* What the thread lacks of what it takes to load a program. */
static const char* lacks(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, sets) != 0) {
        return "it is not known which rsyslogd has";
    }
    if (is_in(sets, CAP_SYS_ADMIN) || (is_in(sets, CAP_BPF) && is_in(sets, CAP_PERFMON))) {
        return "which rsyslogd has: the machine forbids it nevertheless";
    }
    return is_in(sets, CAP_BPF)       ? "rsyslogd lacks CAP_PERFMON"
           : is_in(sets, CAP_PERFMON) ? "rsyslogd lacks CAP_BPF"
                                      : "rsyslogd has none of them";
}

/* What would help against an error */
static void add_remedy(char reason[PACCT_BPF_REASON_MAX], int error) {
    const size_t len = strlen(reason);
    if (error == EPERM || error == EACCES) {
        snprintf(reason + len, PACCT_BPF_REASON_MAX - len,
                 " (it takes CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, %s; before Linux 5.11 CAP_SYS_RESOURCE, too, "
                 "or no limit of locked memory)",
                 lacks());
    } else if (error == EINVAL && libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 0) {
        snprintf(reason + len, PACCT_BPF_REASON_MAX - len, " (it takes Linux 5.8)");
    }
}

bool pacct_bpf_try(pacct_bpf_start* start, void* context, char reason[PACCT_BPF_REASON_MAX]) {
    struct pacct_confinement confinement;
    refusal[0] = '\0';
    const libbpf_print_fn_t before = libbpf_set_print(keep_refusal);
    const char* const failed = start(context);
    const int error = errno;
    libbpf_set_print(before);
    if (failed == NULL) {
        return true;
    }
    if (refusal[0] != '\0') {
        snprintf(reason, PACCT_BPF_REASON_MAX, "this kernel refuses the program, which should be reported: %s",
                 refusal);
    } else {
        snprintf(reason, PACCT_BPF_REASON_MAX, "%s failed: %s", failed, strerror(error));
        add_remedy(reason, error);
        const size_t len = strlen(reason);
        snprintf(reason + len, PACCT_BPF_REASON_MAX - len, "%s",
                 pacct_confinement(PACCT_CONFINED_CALL, error, &confinement));
    }
    return false;
}

/* ---- the ring ---- */

bool pacct_bpf_ring_map(struct pacct_bpf_ring* ring, int fd, size_t size) {
    ring->page = (size_t)sysconf(_SC_PAGESIZE);
    ring->size = size;
    void* const consumer = mmap(NULL, ring->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (consumer == MAP_FAILED) {
        return false;
    }
    ring->consumer = consumer;
    void* const producer = mmap(NULL, ring->page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)ring->page);
    if (producer == MAP_FAILED) {
        return false;
    }
    ring->producer = producer;
    return true;
}

void pacct_bpf_ring_unmap(struct pacct_bpf_ring* ring) {
    if (ring->consumer != NULL) {
        munmap(ring->consumer, ring->page);
    }
    if (ring->producer != NULL) {
        munmap((void*)(uintptr_t)ring->producer, ring->page + 2 * ring->size);
    }
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

unsigned long pacct_bpf_ring_end(const struct pacct_bpf_ring* ring) {
    return __atomic_load_n(ring->producer, __ATOMIC_SEQ_CST);
}

const void* pacct_bpf_ring_next(const struct pacct_bpf_ring* ring, unsigned long* at, unsigned long end, size_t* size) {
    const char* const data = (const char*)ring->producer + ring->page;
    const uint32_t* header = NULL;
    while (*at < end && header == NULL) {
        header = (const uint32_t*)(const void*)(data + (*at & (ring->size - 1)));
        const uint32_t len = length_of(header);
        *size = len & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        *at += (BPF_RINGBUF_HDR_SZ + *size + 7) & ~7ul;
        if ((len & BPF_RINGBUF_DISCARD_BIT) != 0) {
            header = NULL;
        }
    }
    return header == NULL ? NULL : (const char*)header + BPF_RINGBUF_HDR_SZ;
}

void pacct_bpf_ring_free(const struct pacct_bpf_ring* ring, unsigned long until) {
    __atomic_store_n(ring->consumer, until, __ATOMIC_RELEASE);
}

size_t pacct_bpf_ring_drain(const struct pacct_bpf_ring* ring, pacct_bpf_ring_take* take, void* context) {
    const unsigned long end = pacct_bpf_ring_end(ring);
    unsigned long at = *ring->consumer;
    size_t count = 0, size;
    for (const void* data; (data = pacct_bpf_ring_next(ring, &at, end, &size)) != NULL; count++) {
        take(context, data, size);
        pacct_bpf_ring_free(ring, at);
    }
    return count;
}
