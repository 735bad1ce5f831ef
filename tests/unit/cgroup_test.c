/* SPDX-License-Identifier: Apache-2.0 */
/* Intent: container, unit and job of a process, as the managers of these name its control group.
 * Invariant: each shape says what it is; nothing else does, above all nothing that a user can name himself.
 * Oracle: the documents of systemd, Docker, containerd, CRI-O, Podman, LXC, Slurm, PBS and LSF. */
#include "config.h"

#include "check.h"
#include "command/cgroup.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void check_part(struct pacct_bytes part, const char* expected) {
    CHECK_EQ(part.p != NULL, expected[0] != '\0');
    CHECK_TEXT(part.p == NULL ? "" : part.p, part.len, expected);
}

static void check(const char* path, const char* container, const char* unit, const char* job) {
    /* behind the path is something else: it must not be looked at */
    char text[512];
    snprintf(text, sizeof(text), "%s%s", path, ID);
    const struct pacct_cgroup found = pacct_cgroup_read((struct pacct_bytes){text, strlen(path)});
    check_part(found.container, container);
    check_part(found.unit, unit);
    check_part(found.job, job);
}

int main(int argc, char** argv) {
    check_begin(argc, argv);
    CASE("units of systemd") {
        check("", "", "", "");
        check("/", "", "", "");
        check("//", "", "", "");
        check("/init.scope", "", "init.scope", "");
        check("/system.slice/cron.service", "", "cron.service", "");
        check("/system.slice/system-getty.slice/getty@tty1.service", "", "getty@tty1.service", "");
        check("/user.slice/user-7.slice/session-3.scope", "", "session-3.scope", "");
        check("/user.slice/user-7.slice/user@7.service/app.slice/x.service", "", "user@7.service", "");
        check("/user.slice", "", "", "");
    }
    CASE("containers") {
        check("/docker/" ID, ID, "", "");
        check("/system.slice/docker-" ID ".scope", ID, "docker-" ID ".scope", "");
        check("/kubepods/burstable/pod1-2-3/" ID, ID, "", "");
        check("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope", ID, "cri-containerd-" ID ".scope", "");
        check("/machine.slice/libpod-" ID ".scope/container", ID, "libpod-" ID ".scope", "");
        check("/machine.slice/libpod-conmon-" ID ".scope", "", "libpod-conmon-" ID ".scope", "");
        check("/lxc.payload.web", "web", "", "");
        check("/lxc/web/system.slice/x.service", "web", "x.service", "");
        check("/lxc//x", "", "", "");
        check("/docker/0123456789abcdef", "", "", "");
        check("/docker/x" ID, "", "", "");
        check("/docker/" ID "0", "", "", "");
        check("/docker/0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "", "", "");
        /* a container in a container: the inner one */
        check("/docker/ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/docker/" ID, ID, "", "");
    }
    CASE("jobs") {
        check("/slurm/uid_7/job_123/step_0/task_0", "", "", "123");
        check("/slurm_node1/uid_7/job_123", "", "", "123");
        check("/system.slice/slurmstepd.scope/job_123/step_0/user/task_0", "", "slurmstepd.scope", "123");
        check("/system.slice/node1_slurmstepd.scope/job_9/step_batch", "", "node1_slurmstepd.scope", "9");
        check("/pbspro.slice/pbspro-123.server.slice", "", "", "123.server");
        check("/pbs_jobs.service/jobid/123[4].server", "", "pbs_jobs.service", "123[4].server");
        check("/lsf/cluster/job.123.4567.1700000000", "", "", "123");
        check("/slurm/uid_7/job_", "", "", "");
        check("/slurm/uid_7/job_12x", "", "", "");
        check("/slurm/uid_7", "", "", "");
        check("/lsf/cluster/other.123", "", "", "");
        check("/pbspro.slice/pbspro-.slice", "", "", "");
    }
    CASE("groups that a user made below his own") {
        check("/user.slice/user-7.slice/user@7.service/slurm/uid_0/job_1", "", "user@7.service", "");
        check("/user.slice/system.slice/slurmstepd.scope/job_1", "", "slurmstepd.scope", "");
    }
    return check_end();
}
