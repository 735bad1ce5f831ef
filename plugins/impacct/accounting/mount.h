/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/mount.h
 * @brief The mount that accounting depends on.
 *
 * The kernel holds the mount on which acct(2) found the file, and switches accounting off when that goes
 * (kernel/acct.c, acct_on, pin_insert). The mounts of a service that has a mount namespace of its own go with its last
 * process; those of process 1 stay as long as the machine, or the container, runs.
 */
#ifndef PACCT_MOUNT_H
#define PACCT_MOUNT_H

#include <stdbool.h>

/**
 * A name of a file on a mount of the namespace of process 1.
 *
 * Where that is not our own, it leads through /proc/1/root, which takes CAP_SYS_PTRACE unless process 1 has no
 * capability that we lack (ptrace(2), PTRACE_MODE_READ).
 *
 * @param path of a file that exists
 * @param name PATH_MAX bytes; the path itself where this process is in that namespace
 * @return false where there is no such name, or none that may be used
 */
bool pacct_mount_lasting(const char* path, char* name);

#endif
