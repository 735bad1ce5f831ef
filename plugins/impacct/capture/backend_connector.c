/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file capture/backend_connector.c
 * @brief Events of processes from the kernel's process connector.
 *
 * Algorithm: the kernel tells by netlink that a process executed something, and
 * not what; that is for its owner to read from /proc before the process is
 * gone. Forks are listened to as well: they wake the reader while the new
 * process is still on its way to its exec. All other events are kept away by a
 * filter in the kernel, since each takes its share of the receive buffer.
 *
 * What a process that never called exec inherited is not known here: when the
 * creator's arguments are read, it may be a program further.
 *
 * Concurrency and locking: none; one drains at a time.
 *
 * Failure model: what does not fit into the receive buffer is lost, and counted
 * by the kernel in /proc/net/netlink. In a pid namespace other than the first,
 * the kernel ignores without a word who wants to listen: refused here.
 */
#include "config.h"

#include "capture/procfs.h"
#include "capture/backend.h"
#include "base/confinement.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/netlink.h>

/* include/linux/proc_ns.h, PROC_PID_INIT_INO: the number of the first pid namespace */
#define FIRST_PID_NS 0xEFFFFFFCu
#define RECEIVE_BUFFER (8 << 20)

struct connector {
    struct pacct_backend base;
    uint64_t lost;
    unsigned long inode; /* of the socket, its name in /proc/net/netlink */
};

/* A message is a header of netlink, one of the connector, and the event or what is asked for. */
#define EVENT_AT (NLMSG_HDRLEN + sizeof(struct cn_msg))
union message {
    struct nlmsghdr header;
    char bytes[EVENT_AT + sizeof(struct proc_event)];
};

static void close_backend(struct pacct_backend* backend) {
    struct connector* const t = (struct connector*)(void*)backend;
    if (backend->fd >= 0) {
        close(backend->fd);
    }
    free(t);
}

/* Let forks and execs pass. A filter sees bytes in network order. */
static int set_filter(int fd) {
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, EVENT_AT + offsetof(struct proc_event, what)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(PROC_EVENT_FORK), 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(PROC_EVENT_EXEC), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter));
}

static int listen_to(int fd) {
    const enum proc_cn_mcast_op op = PROC_CN_MCAST_LISTEN;
    const struct cn_msg cn = {.id = {CN_IDX_PROC, CN_VAL_PROC}, .len = sizeof(op)};
    const size_t len = EVENT_AT + sizeof(op);
    union message m = {.header = {.nlmsg_len = (uint32_t)len, .nlmsg_type = NLMSG_DONE}};
    memcpy(m.bytes + NLMSG_HDRLEN, &cn, sizeof(cn));
    memcpy(m.bytes + EVENT_AT, &op, sizeof(op));
    return send(fd, &m, len, 0) == (ssize_t)len ? 0 : -1;
}

/* The kernel's own count of what did not fit. */
static void count_lost(struct connector* t) {
    char line[256];
    FILE* const f = fopen("/proc/net/netlink", "re");
    unsigned long drops, inode;
    uint64_t lost = t->lost + 1; /* at least */
    while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &drops, &inode) == 2 && inode == t->inode) {
            lost = drops > t->lost ? drops : lost;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    t->lost = lost;
}

static void add_event(const struct proc_event* e, pacct_backend_add* add, void* context) {
    struct pacct_process_event ev;
    if (e->what == PROC_EVENT_FORK) {
        if (e->event_data.fork.child_pid != e->event_data.fork.child_tgid) {
            return; /* a thread */
        }
        ev = (struct pacct_process_event){.kind = PACCT_PROCESS_FORK,
                                          .pid = (uint32_t)e->event_data.fork.child_tgid,
                                          .time = e->timestamp_ns,
                                          .start = e->timestamp_ns};
        ev.start_boot = pacct_procfs_boot(ev.start);
        add(context, &ev);
    } else if (e->what == PROC_EVENT_EXEC) {
        ev = (struct pacct_process_event){
            .kind = PACCT_PROCESS_EXEC, .pid = (uint32_t)e->event_data.exec.process_tgid, .time = e->timestamp_ns};
        add(context, &ev);
    }
}

static uint64_t drain(struct pacct_backend* backend, pacct_backend_add* add, void* context) {
    struct connector* const t = (struct connector*)(void*)backend;
    union message m;
    for (;;) {
        const ssize_t n = recv(backend->fd, &m, sizeof(m), MSG_DONTWAIT);
        if (n < 0 && errno == ENOBUFS) {
            count_lost(t);
        } else if (n < 0 && errno != EINTR) {
            return t->lost;
        } else if (n > (ssize_t)EVENT_AT) {
            struct proc_event e = {0};
            memcpy(&e, m.bytes + EVENT_AT, (size_t)n - EVENT_AT);
            add_event(&e, add, context);
        }
    }
}

/* The descriptor is readable at each event anyway. */
static void await(struct pacct_backend* backend __attribute__((unused))) {}

static const struct pacct_backend_ops ops = {"connector", false, drain, NULL, await, close_backend};

/* NULL, or which step failed, with errno */
static const char* start(struct connector* t) {
    const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC};
    const int size = RECEIVE_BUFFER;
    struct stat st;
    t->base.fd = socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
    if (t->base.fd < 0) {
        return "making a socket";
    }
    if (setsockopt(t->base.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) != 0) {
        setsockopt(t->base.fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)); /* what an ordinary user may have */
    }
    if (set_filter(t->base.fd) != 0) {
        return "setting a filter";
    }
    if (bind(t->base.fd, (const struct sockaddr*)&address, sizeof(address)) != 0 || fstat(t->base.fd, &st) != 0) {
        return "joining the kernel's group";
    }
    t->inode = (unsigned long)st.st_ino;
    return listen_to(t->base.fd) == 0 ? NULL : "asking for events";
}

struct pacct_backend* pacct_backend_connector(const struct pacct_backend_options* options __attribute__((unused)),
                                              char reason[PACCT_BACKEND_REASON_MAX]) {
    struct stat st;
    struct pacct_confinement confinement;
    struct connector* const t = calloc(1, sizeof(*t));
    if (t == NULL) {
        snprintf(reason, PACCT_BACKEND_REASON_MAX, "out of memory");
        return NULL;
    }
    t->base.ops = &ops;
    t->base.fd = -1;
    if (stat("/proc/self/ns/pid", &st) != 0 || st.st_ino != FIRST_PID_NS) {
        snprintf(reason, PACCT_BACKEND_REASON_MAX,
                 "it tells nothing in a pid namespace of its own, such as a container's");
        close_backend(&t->base);
        return NULL;
    }
    const char* const failed = start(t);
    if (failed == NULL) {
        return &t->base;
    }
    const int error = errno;
    snprintf(reason, PACCT_BACKEND_REASON_MAX, "%s failed: %s%s%s", failed, strerror(error),
             error == EPERM ? " (it takes CAP_NET_ADMIN)" : "",
             pacct_confinement(PACCT_CONFINED_CALL, error, &confinement));
    close_backend(&t->base);
    return NULL;
}
