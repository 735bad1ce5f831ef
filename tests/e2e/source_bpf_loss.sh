#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", what the ring did not hold is counted exactly, whoever was away for how long.
# Invariant: the ends of processes that are in the output and the numbers of the messages about loss are together all that
# ended: after rsyslogd was killed, was stopped, and while it could not follow; the message is in the stream once.
# Oracle: the kernel's accounting file, which the module does not read, and which has all that the storms started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=90
in_own_pids
. "$srcdir/lib/exits.sh"
generate_conf
add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" usage=\"bpf\" ruleset=\"records\"
    persistStateInterval=\"100\")"
startup
wait_ring
begin_counting
for n in 1 2 3; do
    kill_immediate
    storm $((4000 + 1000 * n)) # 1 MiB holds 3,744
    startup
    storm $((1000 * n))
done
kill -STOP "$RSYSLOGD_PID"
storm 6000
kill -CONT "$RSYSLOGD_PID"
end_counting
shutdown
exit_test
