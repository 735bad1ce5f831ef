#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who ran what: each exit has the command line of its own process, however short that lived.
# Invariant: of processes at full speed, with several execs, none at all, execs and ends in threads, and arguments of up
# to 8 KB, each has exactly its own command; where process ids come again within milliseconds, its own or none, since
# nobody can know that the kernel wrote a record for each; what ran before rsyslogd did is known, too.
# Oracle: processes that carry their truth (tests/tools/exec_storm.c).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/exec_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" commandLine.maxLength=\"5000\")"
sleep 1000 &
sleeper=$!
startup
wait_command_lines bpf
storm() { # FIRST COUNT PARALLEL LONGEST [late]
    "$TOOL" "${@:1:4}"
    cp /bin/true "$WORK/end$1"
    "$WORK/end$1"
    wait_content "\"comm\":\"end$1\"" "$OUT"
    python3 "$srcdir/lib/commands.py" "$OUT" "$1" "$2" "$4" 5000 ${5:+"$5"} || error_exit "see above"
}
storm 10000 1500 1 8192
storm 20000 6000 8 100
# since Linux 6.14, this is of the pid namespace; before, of the whole machine, which is not to be touched
if ! kernel_before 6.14; then
    echo 400 >/proc/sys/kernel/pid_max
    storm 30000 4000 4 100 late
fi
# what was young when rsyslogd began is looked at a second time; then it is known whose child this is
known() {
    (:)
    grep -F '"fork-inherited"' "$OUT" | grep -qF command_lines.sh
}
wait_for "a second look" known
kill "$sleeper"
wait_content '"sleep 1000"' "$OUT"
grep -F '"sleep 1000"' "$OUT" | grep -qF '"scan"' || error_exit "what ran before was not found by looking"
shutdown
exit_test
