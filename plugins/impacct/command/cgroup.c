/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file command/cgroup.c
 * @brief What the path of a control group says of where a process belongs.
 *
 * Algorithm: part by part from the root on. The shapes, as their managers make
 * them:
 *
 *     /system.slice/cron.service                                       unit
 *     /user.slice/user-7.slice/session-3.scope                         unit
 *     /docker/ID  /kubepods/burstable/podUID/ID                        container
 *     /system.slice/docker-ID.scope  .../cri-containerd-ID.scope
 *     /machine.slice/libpod-ID.scope/container
 *     /lxc.payload.NAME  /lxc/NAME                                     container, by name
 *     /slurm/uid_7/job_123/step_0  /slurm_HOST/uid_7/job_123           Slurm, version 1
 *     /system.slice/slurmstepd.scope/job_123/step_0                    Slurm, version 2
 *     /pbspro.slice/pbspro-123.server.slice  /pbs_jobs.service/jobid/123.server  PBS
 *     /lsf/CLUSTER/job.123.4567.1700000000                             LSF
 *
 * where ID is 64 hexadecimal digits. A user may make groups below those given
 * to him and name them as he likes. So a job is only seen where its manager
 * has it, at the root.
 *
 * Concurrency and locking: pure functions.
 * Failure model: what does not have one of these shapes says nothing.
 */
#include "config.h"

#include "command/cgroup.h"

#include <string.h>

#define CONTAINER_ID_LEN 64u
/* no shape has the part of a job deeper */
#define JOB_DEPTH 3u

static bool begins(struct pacct_bytes s, const char* with) {
    const size_t len = strlen(with);
    return s.len >= len && memcmp(s.p, with, len) == 0;
}

static bool ends(struct pacct_bytes s, const char* with) {
    const size_t len = strlen(with);
    return s.len >= len && memcmp(s.p + s.len - len, with, len) == 0;
}

static bool is(struct pacct_bytes s, const char* text) {
    return s.len == strlen(text) && begins(s, text);
}

/* What is left without the first and the last so many bytes; nothing where that would be empty. */
static struct pacct_bytes inner(struct pacct_bytes s, size_t front, size_t back) {
    if (s.len <= front + back) {
        return (struct pacct_bytes){NULL, 0};
    }
    return (struct pacct_bytes){s.p + front, s.len - front - back};
}

/* What follows a prefix; nothing where it is another one, or where that would be empty. */
static struct pacct_bytes after(struct pacct_bytes s, const char* prefix) {
    return begins(s, prefix) ? inner(s, strlen(prefix), 0) : (struct pacct_bytes){NULL, 0};
}

static size_t digits(struct pacct_bytes s) {
    size_t n = 0;
    while (n < s.len && s.p[n] >= '0' && s.p[n] <= '9') {
        n++;
    }
    return n;
}

static bool is_hex(struct pacct_bytes s) {
    for (size_t i = 0; i < s.len; i++) {
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) {
            return false;
        }
    }
    return true;
}

/* conmon, which watches a container from outside, has a group that is named like the container's */
static struct pacct_bytes container_of_part(struct pacct_bytes part, struct pacct_bytes before) {
    if (begins(part, "lxc.payload.")) {
        return after(part, "lxc.payload.");
    }
    if (is(before, "lxc") && part.len > 0) {
        return part;
    }
    struct pacct_bytes id = ends(part, ".scope") ? inner(part, 0, sizeof(".scope") - 1) : part;
    const struct pacct_bytes front = {id.p, id.len > CONTAINER_ID_LEN ? id.len - CONTAINER_ID_LEN : 0};
    id = inner(id, front.len, 0);
    if (id.len != CONTAINER_ID_LEN || !is_hex(id) || ends(front, "conmon-") || (front.len > 0 && !ends(front, "-"))) {
        return (struct pacct_bytes){NULL, 0};
    }
    return id;
}

static bool is_unit(struct pacct_bytes part) {
    return ends(part, ".service") || ends(part, ".scope") || ends(part, ".socket") || ends(part, ".mount") ||
           ends(part, ".swap");
}

/* job_123 */
static struct pacct_bytes slurm_job(struct pacct_bytes part) {
    const struct pacct_bytes id = after(part, "job_");
    return digits(id) == id.len ? id : (struct pacct_bytes){NULL, 0};
}

/* 123.server, 123[4].server: as PBS itself writes it */
static struct pacct_bytes pbs_job(struct pacct_bytes id) {
    return digits(id) > 0 ? id : (struct pacct_bytes){NULL, 0};
}

/* job.123.4567.1700000000, the second number is a process */
static struct pacct_bytes lsf_job(struct pacct_bytes part) {
    struct pacct_bytes id = after(part, "job.");
    id.len = digits(id);
    return id.len > 0 ? id : (struct pacct_bytes){NULL, 0};
}

static struct pacct_bytes job_of(const struct pacct_bytes* part, size_t count) {
    const struct pacct_bytes none = {NULL, 0};
    if (count >= 3 && begins(part[0], "slurm") && begins(part[1], "uid_")) {
        return slurm_job(part[2]);
    }
    if (count >= 3 && is(part[0], "system.slice") && ends(part[1], "slurmstepd.scope")) {
        return slurm_job(part[2]);
    }
    if (count >= 2 && is(part[0], "pbspro.slice") && begins(part[1], "pbspro-") && ends(part[1], ".slice")) {
        return pbs_job(inner(part[1], sizeof("pbspro-") - 1, sizeof(".slice") - 1));
    }
    if (count >= 3 && (is(part[0], "pbs_jobs.service") || is(part[0], "pbspro.service")) && is(part[1], "jobid")) {
        return pbs_job(part[2]);
    }
    return count >= 3 && is(part[0], "lsf") ? lsf_job(part[2]) : none;
}

struct pacct_cgroup pacct_cgroup_read(struct pacct_bytes path) {
    struct pacct_cgroup found = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct pacct_bytes parts[JOB_DEPTH], before = {NULL, 0};
    size_t count = 0;
    while (path.len > 0 && path.p[0] == '/') {
        path = (struct pacct_bytes){path.p + 1, path.len - 1};
        const char* const slash = memchr(path.p, '/', path.len);
        const struct pacct_bytes part = {path.p, slash == NULL ? path.len : (size_t)(slash - path.p)};
        const struct pacct_bytes container = container_of_part(part, before);
        if (container.p != NULL) {
            found.container = container; /* the innermost */
        }
        if (found.unit.p == NULL && is_unit(part)) {
            found.unit = part;
        }
        if (count < JOB_DEPTH) {
            parts[count++] = part;
        }
        before = part;
        path = (struct pacct_bytes){part.p + part.len, path.len - part.len};
    }
    found.job = job_of(parts, count);
    return found;
}
