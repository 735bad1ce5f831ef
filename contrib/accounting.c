/* Copyright 2026 the impacct authors. SPDX-License-Identifier: Apache-2.0 */
/* accounting FILE: switches process accounting on, into FILE. accounting: switches it off.
 *
 * For contrib/quickstart, in place of accton: Debian's package acct switches accounting on for good by being installed.
 * Exit codes: 0 done, 3 not permitted, 4 the kernel has no accounting, 1 anything else. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    if (acct(argc > 1 ? argv[1] : NULL) == 0) {
        return 0;
    }
    const int error = errno;
    fprintf(stderr, "acct: %s\n", strerror(error));
    return error == EPERM ? 3 : error == ENOSYS ? 4 : 1;
}
