#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a user keeps whoever reads the arguments of his processes from /proc; that keeps neither rsyslogd nor a record.
# Invariant: with more such processes than threads are left behind, rsyslogd starts, says who executed what, and stops;
# and again with them gone.
# Oracle: what is started here; one who tries to read the processes.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
. "$srcdir/lib/held.sh"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\")"
holds 5
startup {GATE}>&-
wait_command_lines bpf
threads() { cat "/proc/$RSYSLOGD_PID/task"/*/comm | grep -c "$1"; }
left() { [ "$(threads impacct:procs)" = 4 ]; }
wait_for "threads to be left behind" left
certain || error_exit "a program that starts is not known"
shutdown
let_go
startup
wait_for "certainty" certain
assert_eq "$(threads impacct:procs)" 1 "threads that read processes"
shutdown
exit_test
