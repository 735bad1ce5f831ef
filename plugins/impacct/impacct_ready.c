/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_ready.c
 * @brief That rsyslogd calls itself ready (to systemd) only once the inputs have begun.
 *
 * Algorithm: rsyslogd's functions are looked for when the module is loaded:
 * those without systemd have none whatever their version, and their headers
 * cannot tell.
 * Concurrency and locking: rsyslogd's affair.
 * Failure model: where the functions are not there, nothing is waited for.
 */
#include "config.h"

#include "impacct_ready.h"

#include <stddef.h>

extern void rsconfRegisterReadiness(void) __attribute__((weak));
extern void rsconfSignalReady(void) __attribute__((weak));

void impacct_ready_announce(void) {
    if (rsconfRegisterReadiness != NULL) {
        rsconfRegisterReadiness();
    }
}

void impacct_ready_tell(void) {
    if (rsconfSignalReady != NULL) {
        rsconfSignalReady();
    }
}
