#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: more runs than is kept in memory: commands are forgotten, but not for ever.
# Invariant: what is forgotten is counted; what runs on and is remembered is known again when it has been quiet for a
# while, although all was in doubt.
# Oracle: what is started here; the counters of impstats.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" commandLine.maxLength=\"16000\")"
startup
wait_command_lines bpf
# what was young when rsyslogd began is looked at a second time; then it is known whose child this is
looked() {
    (:)
    grep -F '"fork-inherited"' "$OUT" | grep -qF command_memory.sh
}
wait_for "a second look" looked
evicted() { sed -n 's/.*"evicted": *\([0-9]*\).*/\1/p' "$WORK/stats" | tail -n 1; }
assert_eq "$(evicted)" 0 "forgotten without need"
padding=$(printf '%015000d' 0)
# 8 MiB are kept
pids=()
for n in $(seq 700); do
    sh -c 'kill -STOP $$' "number-$n" "$padding" &
    pids+=($!)
    disown # nobody has to tell of its end
done
forgotten() { [ "$(evicted)" -gt 0 ]; }
wait_for "more than fits" forgotten
# of_number N: the record of this one, without its arguments
of_number() { grep -F "\"pid\":${pids[$1 - 1]}," "$OUT" | grep -F '"event":"exit"' | sed 's/"args":.*"args_l/"args_l/'; }
ended() { [ -n "$(of_number "$1")" ]; }
# ends one after the other until the command of one is known
n=700
known() {
    kill -KILL "${pids[n - 1]}"
    wait_for "the end of number $n" ended "$n"
    n=$((n - 1))
    wait_reports 1
    of_number $((n + 1)) | grep -qE '"command_source":"(exec|scan)"'
}
wait_for "what runs to be known again" known
kill -KILL "${pids[@]:0:n}"
shutdown
exit_test
