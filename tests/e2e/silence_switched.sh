#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting that leaves the file raises its alarm, whichever way it leaves, and it is said when it is back.
# Invariant: each change gives its messages once, in order, with their figures; a rotation gives none of them.
# Oracle: what is done to the kernel's accounting here.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
# off for a moment before rsyslogd is started, as when the machine is: that is over
accton off >/dev/null
accton "$F" >/dev/null
next_second() { [ "$EPOCHSECONDS" -gt "$second" ]; }
second=$((EPOCHSECONDS + 1))
wait_for "the clock of records to go on" next_second
follow 'silenceAlarm="2"'
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")"
startup
expect module_started
wait_reports 2 # in which a child would see that accounting has come back
ends
expect

# switched off, and on again
accton off >/dev/null
expect accounting_stopped accounting_silent
has_number silent_seconds
has_number ended_processes
accton "$F" >/dev/null
expect accounting_started accounting_recovered
has_number silent_seconds
ends

# over to another file, and back
: >"$WORK/other"
accton "$WORK/other" >/dev/null
expect accounting_stopped accounting_silent
accton "$F" >/dev/null
expect accounting_started accounting_recovered
ends

# over to the next file, as logrotate does: nothing of this kind
mv "$F" "$F.1"
: >"$F"
accton "$F" >/dev/null
ends
expect file_rotated

# off and on again at once: seen by who switched it off, and ended meanwhile
accton off >/dev/null
accton "$F" >/dev/null
expect accounting_stopped accounting_started
ends

# off for a second, as Debian's cron script does without systemd
mv "$F" "$F.2"
: >"$F"
accton off >/dev/null
sleep 1 # lets time pass: it does so
accton "$F" >/dev/null
ends
said() { tail -n +$((SAID + 1)) "$STATES" | grep -q "\"event\":\"$1\""; }
wait_for "accounting_started" said accounting_started
said accounting_stopped || error_exit "the stop was not told"
shutdown
exit_test
