#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", kill -9 of rsyslogd at any moment loses no end of a process, and what ends while it is away is
# there, too.
# Invariant: all that the ring holds is kept until the actions are done with it: every process of a storm is in the output,
# once or more with the same id, and nothing is told to be lost.
# Oracle: the processes that tests/tools/usage_storm started and waited for.
#
# STORM=50000 KILLS=50 tests/run e2e/source_bpf_kill.sh    so many processes, killed so often
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
STORM=${STORM:-5000} KILLS=${KILLS:-6}
export TEST_TIMEOUT=120
in_new_pids
. "$srcdir/lib/exits.sh"
generate_conf
# an action queue of its own, and small transactions: many records wait in memory
add_conf "ruleset(name=\"slow\" queue.type=\"linkedList\" queue.size=\"200000\") {
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\" asyncWriting=\"off\"
           queue.type=\"linkedList\" queue.size=\"100000\" queue.dequeueBatchSize=\"64\") }
input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" usage=\"bpf\" ruleset=\"slow\" persistStateInterval=\"100\")"
SEED=${SEED:-16952}
RANDOM=$SEED
echo "SEED=$SEED"
exec {never}<> <(:)
# pause MS: at most, by chance
pause() {
    read -rt "0.$(printf %03d $((RANDOM % $1)))" -u "$never" || true
}
startup
wait_ring
for n in $(seq "$KILLS"); do
    storm $((n * STORM / KILLS - (n - 1) * STORM / KILLS)) $(((n - 1) * STORM / KILLS + 1)) &
    storm=$!
    pause 300
    kill_immediate
    pause 100
    startup
    pause 900
    wait $storm || error_exit "the storm did not run"
done
wait_storm "$OUT"
shutdown
assert_eq "$(lines_of "$WORK/told")" "$STORM" "processes"
python3 "$srcdir/lib/exits.py" storm "$WORK/told" "$OUT" "$STATES" || error_exit "SEED=$SEED: see above"
rm "$OUT" # with lines that were cut off
exit_test
