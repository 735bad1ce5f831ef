#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd in a time namespace, whose clocks are not the kernel's.
# Invariant: what is executed is known; what ran before, too; the times of exec messages are those of the day.
# Oracle: what is started here, and when.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
unshare --time --monotonic 1000 --boottime 2000 true 2>/dev/null || skip_test "no time namespace can be made here"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" execMessages=\"on\"
    silenceAlarm=\"off\")"
cp /bin/sleep "$WORK/sleeper"
"$WORK/sleeper" 1000 &
sleeper=$!
RSYSLOGD_WRAPPER="unshare --time --monotonic 1000 --boottime 2000 $RSYSLOGD_WRAPPER"
startup
wait_command_lines bpf
before=$(date +%s)
/bin/true "in between"
after=$(date +%s)
message() { grep -F '"event":"exec"' "$OUT" | grep -F '"in between"'; }
wait_for "the message about it" message >/dev/null
at=$(date +%s -d "$(message | sed 's/.*"time":"\([^"]*\)".*/\1/')")
if [ "$at" -lt "$before" ] || [ "$at" -gt "$after" ]; then
    error_exit "told as of $at, was between $before and $after"
fi
sleep 8 # lets time pass: what was young at the start is looked at again 7 s later
kill "$sleeper"
ended() { grep -F '"event":"exit"' "$OUT" | grep -qF '"comm":"sleeper"'; }
wait_for "the end of what ran before" ended
grep -F '"comm":"sleeper"' "$OUT" | grep -qF '"scan"' || error_exit "what ran before was not found by looking"
shutdown
exit_test
