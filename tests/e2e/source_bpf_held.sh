#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", an output that hangs costs the others nothing, however long; after a kill it is said what of
# its messages is gone.
# Invariant: once a message that is held is passed over, twice as many processes end as the ring holds: each is in the other
# output, and nothing is told to be lost; killed then, the next start says that held ones are lost, and goes on. Command
# lines are known again after it.
# Oracle: the processes that were started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=90
in_new_pids
. "$srcdir/lib/exits.sh"
PORT=$((20000 + RANDOM % 10000)) # nobody listens there
generate_conf
add_conf "ruleset(name=\"filtered\" queue.type=\"linkedList\" queue.timeoutShutdown=\"100\") {
    if \$msg contains \"comm\\\":\\\"held\\\"\" then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
               action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\" queue.type=\"linkedList\"
               queue.timeoutShutdown=\"100\" queue.timeoutActionCompletion=\"100\")
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\")
}
input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" ruleset=\"filtered\" usage=\"bpf\"
    commandLine=\"bpf\" persistStateInterval=\"100\")"
certain() { /bin/true "$1" && grep -F "$1" "$OUT" | grep -q 'command_source":"exec"'; }
startup
wait_ring
mark held
wait_content '"comm":"held"' "$OUT"
state_has_hole() { grep -qs '"holes"' "$(state_file "$RING")"; }
for n in 0 1 2 3 4 5 6 7; do # 1 MiB holds 3,744
    storm 1000 $((n * 1000 + 1))
    wait_storm "$OUT"
    wait_for "the held one in the state file" state_has_hole # so long the ring keeps all
done
kill_immediate
startup
wait_for "a word about what was held" grep -qs '"event":"records_lost".*were held by rsyslog when it ended' "$STATES"
wait_for "command lines" certain "after the kill"
shutdown
exit_test
