/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file impacct_ready.h
 * @brief That rsyslogd calls itself ready (to systemd) only once the inputs have begun.
 *
 * With global(systemd.notifyReadyDelay="on"), which newer rsyslogds have. In
 * others these do nothing.
 */
#ifndef IMPACCT_READY_H
#define IMPACCT_READY_H

/** Have rsyslogd wait. To be called before the inputs run. */
void impacct_ready_announce(void);

/** It has waited long enough. To be called once after each announcement. */
void impacct_ready_tell(void);

#endif
