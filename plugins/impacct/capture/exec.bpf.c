/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause */
/**
 * @file capture/exec.bpf.c
 * @brief In the kernel: tells of every fork and exec.
 *
 * Algorithm: two tracepoints, which every process passes through before it can
 * end. A fork writes the fixed part of struct pacct_wire into the ring; an
 * exec puts arguments and paths behind it, in a scratch buffer first, since
 * their lengths are known only then. The ring's reader is woken when the ring
 * is half full, since whoever waits for an accounting record looks into the
 * ring by himself; and by the next exec, if he asked for that. A third program
 * is run for each task when the reader asks how often each process has executed
 * something: which the kernel counts itself, whoever was or was not told.
 *
 * Speed: to call a helper costs more than ten reads, so that what the kernel's
 * verifier lets be read directly is, and names are copied in words.
 *
 * Concurrency and locking: the kernel does not run a program a second time on a
 * CPU before the first run ended, so the scratch buffer, one per CPU, is its own.
 * From Linux 7.0 on, programs can be preempted, and if another task comes to the
 * same tracepoint meanwhile, the program is left out for it. Therefore there are
 * two of each then: the first one notes what it has written, and the second
 * one, which is called after it, writes what is not noted.
 *
 * Failure model: an event that does not fit is counted, and never half
 * written. The last of the ring's space is for forks, and for execs without
 * what was executed: after a loss, all that runs is in doubt. What cannot be
 * read is left out and flagged.
 *
 * License: this file may also be used under the GPL or the BSD license,
 * because the kernel lends its helpers to programs only that say so.
 */
#include "capture/kernel.bpf.h"
#include "capture/wire_format.h"

#define PF_EXITING 0x00000004u
#define PF_KTHREAD 0x00200000u
#define PATH_STEPS 48
/* a name of fewer bytes is in the dentry itself, in every kernel; in some, longer ones are, too */
#define SHORT_NAME 32
#define CGROUP_STEPS 16
#define RING_SIZE (8 << 20)
#define RING_RESERVE (1 << 20)
#define NOTES 4096

/* A value in memory that is read or written here, and once: others change some of them meanwhile, and of one that the
 * compiler kept in a register, or read a second time behind a check, the kernel's verifier would not know the bounds.
 */
#define ONCE(value) (*(volatile __typeof__(value)*)&(value))

struct qstr {
    uint32_t len;
    const unsigned char* name;
} KERNEL;

struct dentry {
    struct dentry* d_parent;
    struct qstr d_name;
    unsigned char d_iname[SHORT_NAME];
} KERNEL;

union shortname_store {
    unsigned char string[SHORT_NAME];
} KERNEL;

struct dentry___since_6_14 {
    union shortname_store d_shortname;
} KERNEL;

struct vfsmount {
    struct dentry* mnt_root;
} KERNEL;

struct mount {
    struct mount* mnt_parent;
    struct dentry* mnt_mountpoint;
    struct vfsmount mnt;
} KERNEL;

struct path {
    struct vfsmount* mnt;
    struct dentry* dentry;
} KERNEL;

struct file {
    struct path f_path;
} KERNEL;

struct fs_struct {
    struct path pwd;
} KERNEL;

struct mm_struct {
    unsigned long arg_start, arg_end;
    struct file* exe_file;
} KERNEL;

/* up to 6.14, and since */
struct kernfs_node {
    struct kernfs_node* parent;
    const char* name;
    uint64_t id;
} KERNEL;

struct kernfs_node___since_6_15 {
    struct kernfs_node* __parent;
} KERNEL;

struct cgroup {
    struct kernfs_node* kn;
} KERNEL;

struct cgroup_subsys_state {
    struct cgroup* cgroup;
} KERNEL;

struct css_set {
    struct cgroup_subsys_state* subsys[1];
    struct cgroup* dfl_cgrp;
} KERNEL;

enum cgroup_subsys_id { memory_cgrp_id = 0, pids_cgrp_id = 0, freezer_cgrp_id = 0 };

struct linux_binprm;
struct seq_file;

struct bpf_iter_meta {
    struct seq_file* seq;
} KERNEL;

struct bpf_iter__task {
    struct bpf_iter_meta* meta;
    struct task_struct* task;
} KERNEL;

/* What is kept in here is not followed by the kernel's verifier, which would give up otherwise: too many ways. */
struct scratch {
    uint64_t at; /* so much of the tail is filled */
    struct pacct_wire head;
    char tail[PACCT_WIRE_TAIL_MAX];
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, RING_SIZE);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 2); /* one for each of the two programs */
    __type(key, uint32_t);
    __type(value, struct scratch);
} scratch SEC(".maps");

/* What the first program has written last, by process number. Another process may overwrite that before the second one
 * looks: then the event is written twice, which the process table does not mind. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, NOTES);
    __type(key, uint32_t);
    __type(value, uint64_t);
} notes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, uint32_t);
    __type(value, struct pacct_wire_config);
} config SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, uint32_t);
    __type(value, struct pacct_wire_shared);
} shared SEC(".maps");

static __always_inline void count_lost(void) {
    const uint32_t zero = 0;
    struct pacct_wire_shared* const s = bpf_map_lookup_elem(&shared, &zero);
    if (s != NULL) {
        __sync_fetch_and_add(&s->lost, 1);
    }
}

/* Wake the reader if he asked for it. This comes after the event was written: whoever asks too late for this to be seen
 * finds the event. What carries the wake-up is taken back, and the reader does not see it. */
static __always_inline void wake_if_asked(void) {
    const uint32_t zero = 0;
    struct pacct_wire_shared* const s = bpf_map_lookup_elem(&shared, &zero);
    if (s == NULL || ONCE(s->wake) == 0) {
        return;
    }
    ONCE(s->wake) = 0;
    void* const nothing = bpf_ringbuf_reserve(&ring, sizeof(uint64_t), 0);
    if (nothing != NULL) { /* a full ring has woken him already */
        bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
    }
}

static __always_inline void count_cut(void) {
    const uint32_t zero = 0;
    struct pacct_wire_shared* const s = bpf_map_lookup_elem(&shared, &zero);
    if (s != NULL) {
        __sync_fetch_and_add(&s->cut, 1);
    }
}

static __always_inline uint64_t waiting(void) {
    return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
}

static __always_inline uint64_t wake_flags(uint64_t bytes) {
    return bytes > RING_SIZE / 2 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/* What a fork tells, and an exec, too; false: the process is not in the namespace */
static __always_inline bool fill_process(struct pacct_wire* w,
                                         struct task_struct* leader,
                                         struct task_struct* parent,
                                         uint32_t pid_ns) {
    w->pid = number_of(leader, pid_ns);
    if (w->pid == 0) {
        return false;
    }
    w->time = bpf_ktime_get_ns();
    w->start = leader->start_time;
    w->start_boot = leader->start_boottime;
    w->executions = leader->self_exec_id;
    w->ppid = number_of(parent, pid_ns);
    w->parent_boot = parent->start_boottime;
    copy_comm(w->parent_comm, parent);
    return true;
}

static __always_inline void fill_person(struct pacct_wire* w, struct task_struct* leader, struct task_struct* parent) {
    const struct cred* const cred = leader->real_cred;
    w->uid = cred->uid.val;
    w->euid = cred->euid.val;
    copy_comm(w->comm, leader);
    w->flags = (parent->flags & PF_KTHREAD) != 0 ? PACCT_WIRE_HELPER : 0;
    if (bpf_core_field_exists(leader->loginuid)) {
        w->login_uid = leader->loginuid.val;
        w->session = leader->sessionid;
    } else {
        w->flags |= PACCT_WIRE_NO_LOGIN;
    }
}

/* Where the next part goes; false where no more fits. */
static __always_inline bool place(const struct scratch* s, uint64_t* to) {
    *to = ONCE(s->at) & ~(PACCT_WIRE_WORD - 1);
    return *to <= sizeof(s->tail) - PACCT_WIRE_PART_MAX;
}

static __always_inline void placed(struct scratch* s, uint64_t to, uint64_t len) {
    ONCE(s->at) = to + PACCT_WIRE_FILLED(len);
}

/* Append one part of a path; false where no more fits. */
static __always_inline bool append(struct scratch* s, const void* name) {
    uint64_t to;
    if (!place(s, &to)) {
        return false;
    }
    const long n = bpf_probe_read_kernel_str(s->tail + to, PACCT_WIRE_PART_MAX, name);
    placed(s, to, (uint64_t)n);
    return n > 0;
}

/* The same for the name of a file. */
static __always_inline bool append_name(struct scratch* s, const struct dentry* dentry) {
    const struct dentry___since_6_14* const new = (const void*)dentry;
    /* not as a member: where that is longer than here, libbpf would refuse to read it in words */
    const uint64_t* const from =
        (const void*)dentry + (bpf_core_field_exists(dentry->d_iname) ? bpf_core_field_offset(dentry->d_iname)
                                                                      : bpf_core_field_offset(new->d_shortname));
    const uint32_t len = dentry->d_name.len;
    uint64_t to;
    if (len >= SHORT_NAME) {
        return append(s, dentry->d_name.name);
    }
    if (!place(s, &to)) {
        return false;
    }
    uint64_t* const out = (void*)(s->tail + to);
    out[0] = from[0];
    out[1] = from[1];
    out[2] = from[2];
    out[3] = from[3];
    s->tail[to + len] = '\0';
    placed(s, to, len + 1);
    return ONCE(dentry->d_name.len) == len; /* else it got another name meanwhile */
}

/* What is needed of a mount lies together, and is read at once: from mnt_parent to mnt.mnt_root. */
#define MOUNT_AT bpf_core_field_offset(struct mount, mnt_parent)
#define MOUNTPOINT_AT (bpf_core_field_offset(struct mount, mnt_mountpoint) - MOUNT_AT)
#define ROOT_AT (bpf_core_field_offset(struct mount, mnt.mnt_root) - MOUNT_AT)
#define MOUNT_READ 64

/* Append the parts from where a mount hangs to the root of its mount namespace; false where that is not possible within
 * limits. The verifier cannot know what is around a struct vfsmount, so this is read call by call. */
static __noinline bool append_outside(struct scratch* s, const struct vfsmount* inner) {
    char read[MOUNT_READ] __attribute__((aligned(8))) = {0};
    struct mount** const outer = (void*)read;
    struct dentry** const mountpoint = (void*)read + MOUNTPOINT_AT;
    struct dentry** const root = (void*)read + ROOT_AT;
    struct mount* mount = (void*)inner - bpf_core_field_offset(struct mount, mnt);
    if (MOUNTPOINT_AT > MOUNT_READ - sizeof(void*) || ROOT_AT > MOUNT_READ - sizeof(void*)) {
        return false; /* not so in any kernel that is known */
    }
    bpf_probe_read_kernel(read, ROOT_AT + sizeof(void*), (void*)mount + MOUNT_AT);
    struct dentry* dentry = *root;
    for (int i = 0; i < PATH_STEPS; i++) {
        if (dentry == *root) {
            if (*outer == mount) {
                return true;
            }
            mount = *outer;
            dentry = *mountpoint;
            bpf_probe_read_kernel(read, ROOT_AT + sizeof(void*), (void*)mount + MOUNT_AT);
            continue;
        }
        struct dentry* const up = BPF_CORE_READ(dentry, d_parent);
        if (dentry == up || !append(s, BPF_CORE_READ(dentry, d_name.name))) {
            return false; /* in no directory, or too long */
        }
        dentry = up;
    }
    return false;
}

/* Append the parts from a file on; false as above. In *outermost is a mount that is known to hang nowhere. */
static __always_inline bool append_path(struct scratch* s, const struct path* path, const struct vfsmount** outermost) {
    const struct vfsmount* const mount = path->mnt;
    const struct dentry* const root = mount->mnt_root;
    struct dentry* dentry = path->dentry;
    for (int i = 0; i < PATH_STEPS && dentry != root; i++) {
        struct dentry* const up = dentry->d_parent;
        if (dentry == up || !append_name(s, dentry)) {
            return false; /* in no directory, or too long */
        }
        dentry = up;
    }
    if (dentry != root || mount == *outermost) {
        return dentry == root;
    }
    const uint64_t inside = ONCE(s->at);
    if (!append_outside(s, mount)) {
        return false;
    }
    *outermost = ONCE(s->at) == inside ? mount : NULL;
    return true;
}

/* NULL: it is the uppermost, or that of the container that the paths are for */
static __always_inline struct kernfs_node* above(struct kernfs_node* kn, uint64_t root) {
    struct kernfs_node___since_6_15* const new = (void*)kn;
    if (root != 0 && BPF_CORE_READ(kn, id) == root) {
        return NULL;
    }
    return bpf_core_field_exists(new->__parent) ? BPF_CORE_READ(new, __parent) : BPF_CORE_READ(kn, parent);
}

/* A group of the hierarchies of version 1, where version 2 is not used. */
static __always_inline struct kernfs_node* old_group(struct css_set* set, uint64_t id) {
    struct cgroup_subsys_state* css = NULL;
    bpf_probe_read_kernel(&css, sizeof(css), (void*)set + bpf_core_field_offset(set->subsys) + id * sizeof(void*));
    return css == NULL ? NULL : BPF_CORE_READ(css, cgroup, kn);
}

/* Sets *root to 0 where it is of version 1. */
static __always_inline struct kernfs_node* group_of(struct task_struct* task, uint64_t* root) {
    struct css_set* const set = task->cgroups;
    struct kernfs_node* kn = set->dfl_cgrp->kn;
    if (above(kn, *root) != NULL) {
        return kn;
    }
    *root = 0;
    if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
        kn = old_group(set, bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id));
    }
    if ((kn == NULL || above(kn, 0) == NULL) && bpf_core_enum_value_exists(enum cgroup_subsys_id, freezer_cgrp_id)) {
        kn = old_group(set, bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id));
    }
    if ((kn == NULL || above(kn, 0) == NULL) && bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
        kn = old_group(set, bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id));
    }
    return kn;
}

static __always_inline bool append_group(struct scratch* s, struct task_struct* task, uint64_t root) {
    struct kernfs_node* kn = group_of(task, &root);
    for (int i = 0; i < CGROUP_STEPS && kn != NULL; i++) {
        struct kernfs_node* const up = above(kn, root);
        if (up == NULL) {
            return true;
        }
        if (!append(s, BPF_CORE_READ(kn, name))) {
            return false;
        }
        kn = up;
    }
    return false;
}

static __always_inline void fill_args(struct scratch* s, struct mm_struct* mm, uint32_t max) {
    const unsigned long start = mm->arg_start;
    const unsigned long len = mm->arg_end - start;
    s->head.args_len = (uint32_t)len;
    ONCE(s->head.args_kept) = (uint16_t)(len < max ? len : max);
    const uint64_t kept = ONCE(s->head.args_kept) & PACCT_WIRE_ARGS_MAX;
    if (bpf_probe_read_user(s->tail, kept, (void*)start) != 0) {
        s->head.flags |= PACCT_WIRE_NO_ARGS;
        s->head.args_kept = 0;
    }
}

/* Length of what was appended behind "from"; it is taken back where that failed. No path takes the space of another. */
static __always_inline uint16_t section(struct scratch* s, uint64_t from, bool complete, uint16_t flag) {
    if (!complete || ONCE(s->at) - from > PACCT_WIRE_PATH_MAX) {
        s->head.flags |= flag;
        s->at = from;
        return 0;
    }
    return (uint16_t)(s->at - from);
}

/* Where the first of the two programs that are called for an event (see above) notes that it was. */
static __always_inline uint64_t* note_of(const struct task_struct* task) {
    const uint32_t slot = (uint32_t)task->pid % NOTES;
    return bpf_map_lookup_elem(&notes, &slot);
}

/* Of one event: its process's start, and how often that executed something. */
static __always_inline uint64_t event_id(const struct task_struct* task) {
    return task->start_boottime << 16 | (uint16_t)task->self_exec_id;
}

static __always_inline void note_written(const struct pacct_wire_config* c, const struct task_struct* task) {
    uint64_t* const note = c->twice != 0 ? note_of(task) : NULL;
    if (note != NULL) {
        ONCE(*note) = event_id(task);
    }
}

/* true: the first one was left out, and this one has to write the event */
static __always_inline bool is_unwritten(const struct task_struct* task) {
    const uint32_t zero = 0;
    const uint64_t* const note = note_of(task);
    struct pacct_wire_shared* const s = bpf_map_lookup_elem(&shared, &zero);
    if (note == NULL || s == NULL || ONCE(*note) == event_id(task)) {
        return false;
    }
    __sync_fetch_and_add(&s->second, 1);
    return true;
}

static __always_inline void write_fork(const struct pacct_wire_config* c,
                                       struct task_struct* parent,
                                       struct task_struct* child) {
    struct pacct_wire w = {.kind = PACCT_WIRE_FORK};
    if (child->pid != child->tgid || !fill_process(&w, child, parent->group_leader, c->pid_ns)) {
        return;
    }
    if (bpf_ringbuf_output(&ring, &w, PACCT_WIRE_SHORT_SIZE, wake_flags(waiting())) != 0) {
        count_lost();
    }
}

static __always_inline void write_exec(const struct pacct_wire_config* c, struct scratch* s, struct task_struct* task) {
    struct task_struct* const parent = task->real_parent->group_leader;
    __builtin_memset(&s->head, 0, sizeof(s->head));
    if (!fill_process(&s->head, task, parent, c->pid_ns)) {
        return;
    }
    fill_person(&s->head, task, parent);
    s->head.kind = PACCT_WIRE_EXEC;
    const uint64_t bytes = waiting();
    if (bytes > RING_SIZE - RING_RESERVE) {
        s->head.flags |= PACCT_WIRE_NO_ARGS | PACCT_WIRE_NO_EXE | PACCT_WIRE_NO_CWD | PACCT_WIRE_NO_CGROUP;
        if (bpf_ringbuf_output(&ring, &s->head, sizeof(s->head), wake_flags(bytes)) != 0) {
            count_lost();
        } else {
            count_cut();
        }
        return;
    }
    struct mm_struct* const mm = task->mm;
    struct file* const exe = mm->exe_file;
    struct fs_struct* const fs = task->fs;
    const struct vfsmount* outermost = NULL;
    fill_args(s, mm, c->args_max);
    uint64_t from = s->at = PACCT_WIRE_FILLED(s->head.args_kept);
    s->head.exe_len = section(s, from, append_path(s, &exe->f_path, &outermost), PACCT_WIRE_NO_EXE);
    from = s->at;
    s->head.cwd_len = section(s, from, append_path(s, &fs->pwd, &outermost), PACCT_WIRE_NO_CWD);
    from = s->at;
    s->head.cgroup_len = section(s, from, c->groups != 0 && append_group(s, task, c->group_root), PACCT_WIRE_NO_CGROUP);
    from = ONCE(s->at);
    if (from > sizeof(s->tail) || bpf_ringbuf_output(&ring, &s->head, sizeof(s->head) + from, wake_flags(bytes)) != 0) {
        count_lost();
    }
    wake_if_asked();
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct* parent, struct task_struct* child) {
    const uint32_t zero = 0;
    const struct pacct_wire_config* const c = bpf_map_lookup_elem(&config, &zero);
    if (c != NULL) {
        write_fork(c, parent, child);
        note_written(c, child);
    }
    return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(second_fork, struct task_struct* parent, struct task_struct* child) {
    const uint32_t zero = 0;
    const struct pacct_wire_config* const c = bpf_map_lookup_elem(&config, &zero);
    if (c != NULL && is_unwritten(child)) {
        write_fork(c, parent, child);
    }
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct* task, int old_pid, struct linux_binprm* binprm) {
    const uint32_t zero = 0;
    const struct pacct_wire_config* const c = bpf_map_lookup_elem(&config, &zero);
    struct scratch* const s = bpf_map_lookup_elem(&scratch, &zero);
    if (c != NULL && s != NULL) {
        write_exec(c, s, task);
        note_written(c, task);
    }
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(second_exec, struct task_struct* task, int old_pid, struct linux_binprm* binprm) {
    const uint32_t zero = 0, own = 1;
    const struct pacct_wire_config* const c = bpf_map_lookup_elem(&config, &zero);
    struct scratch* const s = bpf_map_lookup_elem(&scratch, &own);
    if (c != NULL && s != NULL && is_unwritten(task)) {
        write_exec(c, s, task);
    }
    return 0;
}

/* The time comes first: what ends after it is not ending yet when that is looked at. */
SEC("iter/task")
int on_count(struct bpf_iter__task* ctx) {
    const uint32_t zero = 0;
    struct task_struct* const task = ctx->task;
    struct pacct_wire w = {.kind = PACCT_WIRE_COUNT, .time = bpf_ktime_get_ns()};
    const struct pacct_wire_config* const c = bpf_map_lookup_elem(&config, &zero);
    if (c == NULL || task == NULL || task->pid != task->tgid || (task->flags & PF_EXITING) != 0) {
        return 0;
    }
    w.pid = number_of(task, c->pid_ns);
    w.start = task->start_time;
    w.start_boot = task->start_boottime;
    w.executions = task->self_exec_id;
    if (w.pid != 0) {
        bpf_seq_write(ctx->meta->seq, &w, PACCT_WIRE_SHORT_SIZE);
    }
    return 0;
}
