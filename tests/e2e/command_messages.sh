#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: exec messages that cannot be sent, since the output is dead, take no more than 8 MiB.
# Invariant: while programs with 45 MB of arguments start, rsyslogd's memory grows by at most 36 MB: the messages, the
# process table, and what libc keeps.
# Oracle: VmRSS.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
generate_conf
: >"$WORK/pacct"
add_conf "ruleset(name=\"dead\" queue.type=\"fixedArray\" queue.size=\"100\" queue.timeoutEnqueue=\"1000000000\") {
    if \$msg contains \"is it certain?\" then { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") stop }
    if \$msg contains \"xxxxxxxx\" then action(type=\"omfwd\" target=\"127.0.0.1\" port=\"1\" protocol=\"tcp\"
        action.resumeRetryCount=\"-1\" action.resumeInterval=\"60\")
}
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"dead\" commandLine=\"bpf\" commandLine.maxLength=\"16000\"
    execMessages=\"on\")"
startup
wait_command_lines bpf
rss() { awk '/VmRSS/ {print $2}' "/proc/$RSYSLOGD_PID/status"; }
before=$(rss)
padding=$(printf '%015000d' 0 | tr 0 x)
for n in $(seq 3000); do /bin/true "$n" "$padding"; done
grown=$(($(rss) - before))
[ "$grown" -lt 36000 ] || error_exit "memory grew by $grown KiB"
kill_immediate
exit_test
