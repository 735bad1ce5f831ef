/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file accounting/canary.c
 * @brief A child that ends at once, to see whether its end gives a record.
 *
 * Concurrency and locking: one thread at a time (base/child.h).
 */
#include "config.h"

#include "accounting/canary.h"
#include "base/child.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static int end_as(void* name) {
    prctl(PR_SET_NAME, name);
    return 0;
}

int pacct_canary(char name[PACCT_CANARY_NAME + 1], pid_t* pid) {
    static unsigned count;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    /* another rsyslogd on the same file has other nanoseconds */
    const unsigned digits = ((unsigned)now.tv_nsec ^ (unsigned)getpid() << 13 ^ count++) & 0xfffffffu;
    snprintf(name, PACCT_CANARY_NAME + 1, PACCT_CHILD_PREFIX "%07x", digits);
    return pacct_child_share(end_as, name, pid);
}
