/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/exit_program.c
 * @brief Puts the BPF program at exit (capture/usage.bpf.c) into the kernel.
 *
 * Algorithm: of two programs, one for each place in the kernel that is passed
 * before the record is written, the one is loaded that this kernel has.
 *
 * Concurrency and locking: one thread.
 *
 * Failure model: which step failed is said.
 */
#include "config.h"

#include "capture/exit_program.h"

#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "capture/usage_format.h"
#include "capture/usage_object.h" /* PACCT_USAGE_OBJECT: the path of what the compiler for BPF made of usage.bpf.c */

__asm__(
    ".pushsection .rodata\n"
    ".balign 8\n"
    "pacct_usage_object:\n"
    ".incbin \"" PACCT_USAGE_OBJECT
    "\"\n"
    "pacct_usage_object_end:\n"
    ".popsection\n");
extern const char pacct_usage_object[] __attribute__((visibility("hidden")));
extern const char pacct_usage_object_end[] __attribute__((visibility("hidden")));

/* The program for kernels whose tracepoint of exits comes before the record, and for others. */
#define AT_TRACEPOINT "on_exit"
#define AT_FUNCTION "before_exit"
/* the kernel's type of who is called at the tracepoint; from Linux 6.16 on, where its place is another, it has this
 * many parameters: its context, task, and whether it is the last of its process */
#define TRACEPOINT "btf_trace_sched_process_exit"
#define TRACEPOINT_PARAMETERS 3

/* Whether the tracepoint is passed before the record is written. */
static bool is_tracepoint_early(void) {
    struct btf* const btf = btf__load_vmlinux_btf();
    const int id = btf == NULL ? -1 : btf__find_by_name_kind(btf, TRACEPOINT, BTF_KIND_TYPEDEF);
    bool early = false;
    if (id > 0) {
        const struct btf_type* t = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type); /* a pointer */
        t = t == NULL ? NULL : btf__type_by_id(btf, t->type);
        early = t != NULL && btf_is_func_proto(t) && btf_vlen(t) == TRACEPOINT_PARAMETERS;
    }
    btf__free(btf);
    return early;
}

static bool load(struct pacct_exit_program* p, uint32_t ring_size) {
    const bool early = is_tracepoint_early();
    p->object = bpf_object__open_mem(pacct_usage_object, (size_t)(pacct_usage_object_end - pacct_usage_object), NULL);
    if (p->object == NULL) {
        return false;
    }
    struct bpf_program* const at_tracepoint = bpf_object__find_program_by_name(p->object, AT_TRACEPOINT);
    struct bpf_program* const at_function = bpf_object__find_program_by_name(p->object, AT_FUNCTION);
    bpf_program__set_autoload(at_tracepoint, early);
    bpf_program__set_autoload(at_function, !early);
    p->program = early ? at_tracepoint : at_function;
    if (ring_size != 0) {
        bpf_map__set_max_entries(bpf_object__find_map_by_name(p->object, PACCT_EXIT_RING), ring_size);
    }
    return bpf_object__load(p->object) == 0;
}

const char* pacct_exit_program_load(struct pacct_exit_program* p, uint32_t ring_size, uint64_t ring_id) {
    const uint32_t zero = 0;
    if (!load(p, ring_size)) {
        return "loading the program";
    }
    const struct pacct_usage_config config = {.pid_ns = pacct_exit_program_pid_ns(), .ring_id = ring_id};
    if (config.pid_ns == 0) {
        return "looking at /proc/self/ns/pid";
    }
    return bpf_map_update_elem(pacct_exit_program_map(p, PACCT_EXIT_CONFIG), &zero, &config, BPF_ANY) == 0
               ? NULL
               : "configuring the program";
}

void pacct_exit_program_close(struct pacct_exit_program* p) {
    bpf_object__close(p->object);
    p->object = NULL;
}

int pacct_exit_program_map(const struct pacct_exit_program* p, const char* name) {
    return bpf_object__find_map_fd_by_name(p->object, name);
}

uint32_t pacct_exit_program_pid_ns(void) {
    struct stat st;
    return stat("/proc/self/ns/pid", &st) == 0 ? (uint32_t)st.st_ino : 0;
}

bool pacct_exit_program_left_out(int fd, uint64_t* count) {
    struct bpf_prog_info info = {0};
    uint32_t len = sizeof(info);
    if (bpf_obj_get_info_by_fd(fd, &info, &len) != 0) {
        return false;
    }
    *count = info.recursion_misses;
    return true;
}
