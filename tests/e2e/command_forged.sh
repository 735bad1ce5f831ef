#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a process cannot use a loss of events to have its command replaced by what it shows of itself in /proc.
# Invariant: after a real loss, who has executed nothing since its command was captured keeps that, whatever it shows
# by then, and so does what it made; who has executed something meanwhile does not keep the former one.
# Oracle: what is started here; the counters of impstats.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/exec_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" commandLine.maxLength=\"16383\")"
startup
wait_command_lines bpf
mkfifo "$WORK/gate" "$WORK/change" "$WORK/ask"
exec {GATE}<>"$WORK/gate" {ASK}<>"$WORK/ask"
# Writes over its arguments, which the kernel shows in /proc (proc(5): fields 48 and 49 of stat), makes a child, and waits
# with it.
cat >"$WORK/forge.py" <<'PYTHON'
import ctypes
import os
import sys

with open("/proc/self/stat") as stat:
    begin, end = map(int, stat.read().rsplit(")", 1)[1].split()[45:47])
ctypes.memset(begin, ord("x"), end - begin - 1)
child = os.fork()
open(f"{sys.argv[2]}/wrote-{'child' if child == 0 else 'forger'}-{os.getpid()}", "w").close()
os.read(0, 1)
PYTHON
python3 "$WORK/forge.py" "what was executed" "$WORK" <"$WORK/gate" {GATE}>&- {ASK}>&- &
forger=$!
# shellcheck disable=SC2016 # to be expanded in there
sh -c 'read -r line <"$3"; exec python3 "$1" "executed meanwhile" "$2"' "executed before" "$WORK/forge.py" "$WORK" \
    "$WORK/change" <"$WORK/gate" {GATE}>&- {ASK}>&- &
changer=$!
forged() { [ "$(compgen -G "$WORK/wrote-*" | wc -l)" = "$1" ]; }
wait_for "arguments to be written over" forged 2
[[ $(tr '\0' ' ' <"/proc/$forger/cmdline") == xxx* ]] || error_exit "the arguments are still shown"
child=$(basename "$WORK"/wrote-child-*)
child=${child#wrote-child-}
/bin/true "all is captured"
wait_content "all is captured" "$OUT"
# as command_loss.sh has it: in the end there is no room even for that something was executed
kill -STOP "$RSYSLOGD_PID"
"$TOOL" 10000 1500 4 16000
"$TOOL" 40000 5500 4 100
echo >"$WORK/change"
wait_for "the other arguments to be written over" forged 4
# shellcheck disable=SC2016 # to be expanded in there
sh -c ': >"$1"; while read -r line; do (:); done' "who is looked at last" "$WORK/last" <"$WORK/ask" {GATE}>&- {ASK}>&- &
wait_for "the last one" test -e "$WORK/last"
kill -CONT "$RSYSLOGD_PID"
lost() { [ "$(sed -n 's/.*"events.lost": *\([0-9]*\).*/\1/p' "$WORK/stats" | tail -n 1)" -gt 0 ]; }
wait_for "the loss to be counted" lost
# What runs is read again in the order of its numbers; what the last one makes is known then.
looked() {
    echo >&"$ASK"
    grep -F '"fork-inherited"' "$OUT" | grep -qF '"who is looked at last"'
}
wait_for "what runs to be looked at again" looked
exec {GATE}>&- {ASK}>&-
# check PID SOURCE ARGUMENT: who has it
check() {
    wait_content "\"pid\":$1," "$OUT"
    grep -F "\"pid\":$1," "$OUT" >"$WORK/record"
    grep -F "\"command_source\":\"$2\"" "$WORK/record" | grep -qF "$3" ||
        error_exit "not '$3' by '$2', but: $(cat "$WORK/record")"
}
check "$forger" exec '"what was executed"'
check "$child" fork-inherited '"what was executed"'
check "$changer" scan '"xxx'
shutdown
exit_test
