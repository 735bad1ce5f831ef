/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/mount.c
 * @brief The mount that accounting depends on.
 *
 * Algorithm: no two mounts share an id, so those that have the same one at their root are one namespace; which one,
 * /proc tells anybody.
 */
#include "config.h"

#include "accounting/mount.h"
#include "base/sys.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_in_namespace_of_init(void) {
    unsigned ours, of_init;
    return pacct_sys_scan("/proc/self/mountinfo", "%u", &ours) == 1 &&
           pacct_sys_scan("/proc/1/mountinfo", "%u", &of_init) == 1 && ours == of_init;
}

static bool is_same_file(const char* a, const char* b) {
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool pacct_mount_lasting(const char* path, char* name) {
    char real[PATH_MAX]; /* a link that begins with "/" would lead back into our own namespace */
    if (is_in_namespace_of_init()) {
        return snprintf(name, PATH_MAX, "%s", path) < PATH_MAX;
    }
    return realpath(path, real) != NULL && snprintf(name, PATH_MAX, "/proc/1/root%s", real) < PATH_MAX &&
           is_same_file(path, name);
}
