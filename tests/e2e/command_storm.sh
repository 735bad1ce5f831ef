#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a storm of processes with command lines as long as they come.
# Invariant: processes at full speed with arguments of up to 8 KB give as many records, each with exactly its own command
# line; and again, while process ids come again and rsyslogd is stopped now and then until events do not fit: then some
# have none, and none has another's.
# Oracle: processes that carry their truth (tests/tools/exec_storm.c); the counters of impstats.
#
# STORM=50000 tests/run e2e/command_storm.sh    with so many processes in each storm; takes two minutes. With less
# than 5000, only the first.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
STORM=${STORM:-5000}
export TEST_TIMEOUT=120
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/exec_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" commandLine.maxLength=\"9000\")"
startup
wait_command_lines bpf
# events that were lost, and those without what was executed
lost() { sed -n 's/.*"events.lost": *\([0-9]*\).*"events.cut": *\([0-9]*\).*/\1 \2/p' "$WORK/stats" | tail -n 1; }
# check FIRST [loss]: all records of a storm are there
check() {
    /bin/true "end of storm $1"
    wait_content "end of storm $1" "$OUT"
    python3 "$srcdir/lib/commands.py" "$OUT" "$1" "$STORM" 8192 9000 ${2:+"$2"} || error_exit "see above"
}
"$TOOL" 100000 "$STORM" 4 8192
check 100000
assert_eq "$(lost)" "0 0" "events lost"
if [ "$STORM" -lt 5000 ]; then # too few for a loss
    shutdown
    exit_test
fi

# since Linux 6.14, this is of the pid namespace; before, of the whole machine, which is not to be touched
if ! kernel_before 6.14; then
    echo 400 >/proc/sys/kernel/pid_max
fi
# 8 MiB are full after some 2000 processes; what starts in the seconds after a loss is in doubt
"$TOOL" 200000 "$STORM" 4 8192 &
storm=$!
started() { grep -qE '"comm":"s20' "$OUT"; }
wait_for "the second storm" started
ended() { echo $(($(stat -c %s "$WORK/pacct") / 64)); }
over() { ! kill -0 "$storm" 2>/dev/null; }
enough_ended() { over || [ "$(ended)" -ge "$enough" ]; }
until over; do
    kill -STOP "$RSYSLOGD_PID"
    enough=$(($(ended) + 3500))
    wait_for "more than fits" enough_ended
    kill -CONT "$RSYSLOGD_PID"
    wait_reports 6
done
wait "$storm"
check 200000 loss
counted() { [ "$(lost)" != "0 0" ]; }
wait_for "the loss to be counted" counted
shutdown
exit_test
