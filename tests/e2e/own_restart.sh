#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting="own" outlives rsyslogd, and one rsyslogd owns it at a time.
# Invariant: what ends while rsyslogd is down, after a crash as after a stop, arrives at the next start; a second owner
# says so and leaves accounting alone; atStop="off" switches it off.
# Oracle: the processes that are run here while rsyslogd is down.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/account/pacct
own
startup
wait_content '"event":"accounting_started"' "$STATES"
run 5
kill_immediate
run 20
startup
wait_all
run 5
wait_all

first=$RSYSLOGD_PID
mv "$WORK/pid" "$WORK/pid.first"
mkdir "$WORK/second"
own "stateFile.directory=\"$WORK/second\""
startup
wait_content "another rsyslogd owns accounting; give one of the two"
shutdown
RSYSLOGD_PID=$first
mv "$WORK/pid.first" "$WORK/pid"
shutdown
run 5 # it was left on
own 'accounting.atStop="off"'
startup
wait_all
shutdown
size=$(stat -c %s "$F")
/bin/true
assert_eq "$(stat -c %s "$F")" "$size" "accounting is off after the stop"
content_check '"event":"accounting_stopped","id"' "$STATES"
assert_eq "$(have)" "$N" "processes"
exit_test
