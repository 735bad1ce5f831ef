#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", an ordinary stop while an output is dead costs nothing that the ring holds.
# Invariant: where messages that wait for the dead one were passed over, and rsyslogd is stopped before that was stored, the
# next run sends all that waited, although it fills more than half of the ring.
# Oracle: the processes that were started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_new_pids
. "$srcdir/lib/exits.sh"
PORT=$((20000 + RANDOM % 10000)) # nobody listens there at first
generate_conf
mkdir "$WORK/disk"
mount -t tmpfs -o size=64k tmpfs "$WORK/disk" || error_exit "cannot mount a file system"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
ruleset(name=\"split\" queue.type=\"linkedList\" queue.timeoutShutdown=\"100\") {
    if \$msg contains \"usage_storm\" then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
               action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\" queue.type=\"linkedList\" queue.size=\"100000\"
               queue.timeoutShutdown=\"100\" queue.timeoutActionCompletion=\"100\")
    else
        action(type=\"omfile\" file=\"$OUT\" template=\"msg\")
}
input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" usage=\"bpf\" ruleset=\"split\"
    stateFile.directory=\"$WORK/disk\")"
stored() { compgen -G "$WORK/disk/impacct-state*" >/dev/null; }
holes() { grep -qs '"holes"' "$WORK"/disk/impacct-state*; }
held() { grep -qs '"held.messages": [1-9]' "$WORK/stats"; }
startup
wait_ring
mark first
wait_content '"comm":"first"' "$OUT"
wait_for "a position" stored
head -c 128k /dev/zero >"$WORK/disk/ballast" 2>/dev/null
storm 2300 # 1 MiB holds 3,744; those of this test are in there, too
mark overtaking
wait_for "what waits to be passed over" held
! holes || error_exit "the position could be stored"
rm "$WORK/disk/ballast"
shutdown
holes || error_exit "nothing was passed over: $(cat "$WORK"/disk/impacct-state*)"
startup
wait_ring 2
start_receiver "$PORT" "$WORK/received"
wait_storm "$WORK/received"
cat "$WORK/seen"
content_absent '"event":"records_lost"' "$STATES"
shutdown
stop_receiver
exit_test
