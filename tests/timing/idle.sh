#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: while nothing is recorded, the module takes no processor time.
# Invariant: after records were read, rsyslogd uses at most some hundredths of a second in two seconds.
# Oracle: the processor time that the kernel counts for rsyslogd.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 12
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" pollingInterval=\"86400\")"
startup
stored() { grep -qs "\"offset\":$((12 * 64))," "$(state_file "$WORK/pacct")"; }
wait_for "the position to be stored" stored
ticks() { awk '{ print $14 + $15 }' "/proc/$RSYSLOGD_PID/stat"; }
before=$(ticks)
sleep 2
spent=$(($(ticks) - before))
[ "$spent" -le 5 ] || error_exit "at rest, $spent hundredths of a second of processor time were used in 2 s"
shutdown
exit_test
