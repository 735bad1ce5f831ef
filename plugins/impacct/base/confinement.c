/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file base/confinement.c
 * @brief What stands in the way where this process may not do what it needs, as far as a process can know that.
 *
 * SELinux and AppArmor show each process what it runs as; whether its system calls are filtered, and which capabilities
 * it can have, the kernel tells itself. Asked for only after an error; what cannot be read is not named.
 */
#include "config.h"

#include "base/confinement.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SELINUX_ENFORCES "/sys/fs/selinux/enforce"
#define LABEL_MAX 128

static bool ends_with(const char* text, const char* end) {
    const size_t len = strlen(text), tail = strlen(end);
    return len >= tail && strcmp(text + len - tail, end) == 0;
}

/* what it is, by which name, and what to look at */
static void add(struct pacct_confinement* c, const char* kind, const char* name, const char* where) {
    const size_t len = strlen(c->text);
    snprintf(c->text + len, sizeof(c->text) - len, "%s%s%s (%s)", len == 0 ? "; rsyslogd is confined by " : " and ",
             kind, name, where);
}

/* A policy may also forbid to look whether it is enforced. */
static bool selinux_enforces(void) {
    char line[2];
    if (access(SELINUX_ENFORCES, R_OK) != 0) {
        return errno != ENOENT;
    }
    pacct_sys_first_line(SELINUX_ENFORCES, line, sizeof(line));
    return strcmp(line, "0") != 0;
}

static void add_labels(struct pacct_confinement* c) {
    static const char enforced[] = " (enforce)"; /* AppArmor's, behind the name of the profile */
    char label[LABEL_MAX], profile[LABEL_MAX];
    pacct_sys_first_line("/proc/self/attr/current", label, sizeof(label));
    /* before Linux 5.8 it is the other one */
    pacct_sys_first_line("/proc/self/attr/apparmor/current", profile, sizeof(profile));
    if (profile[0] == '\0') {
        snprintf(profile, sizeof(profile), "%s", label);
    }
    if (ends_with(profile, enforced)) {
        profile[strlen(profile) - strlen(enforced)] = '\0';
        add(c, "AppArmor's profile ", profile, "contrib/apparmor");
    }
    if (label[0] != '\0' && !ends_with(label, ")") && selinux_enforces()) {
        add(c, "SELinux as ", label, "contrib/selinux");
    }
}

const char* pacct_confinement(enum pacct_confined what, int error, struct pacct_confinement* c) {
    c->text[0] = '\0';
    if (error == EROFS) {
        add(c, "read-only mounts", "", "where they are systemd's: contrib/systemd/install");
        return c->text;
    }
    /* the last one is what systemd's RestrictAddressFamilies= makes of a socket */
    if (error != EACCES && error != EPERM && error != EAFNOSUPPORT) {
        return c->text;
    }
    add_labels(c);
    if (what == PACCT_CONFINED_CALL) {
        if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER) {
            add(c, "a filter of system calls", "",
                error == EAFNOSUPPORT ? "RestrictAddressFamilies= of its service"
                                      : "where it is systemd's: contrib/systemd/install");
        }
    } else if (geteuid() != 0) {
        char user[24];
        snprintf(user, sizeof(user), "%lu", (unsigned long)geteuid());
        add(c, "the rights of user ", user, "$PrivDropToUser, or User= of its service");
    } else if (prctl(PR_CAPBSET_READ, CAP_DAC_OVERRIDE, 0, 0, 0) == 0) {
        add(c, "a lack of ", "CAP_DAC_OVERRIDE", "CapabilityBoundingSet= of its service");
    }
    return c->text;
}
