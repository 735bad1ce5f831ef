#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: of a real process, usage is what its parent was told.
# Invariant: processor time, memory, I/O and switches agree as doc/source/reference/impacct-usage.rst says, for processes of
# many kinds: with threads that end before and after the first, executing from a thread, killed, vforked, with children,
# using disks; the counters are what the messages say.
# Oracle: wait4(2) and /proc, asked by tests/tools/usage_kinds.c as the parent.
#
# ROUNDS=80 tests/run e2e/usage_kinds.sh    with so many processes of each of the 25 kinds
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=120
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_kinds # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"bpf\")"
startup
wait_usage
mkdir "$WORK/files"
"$TOOL" "${ROUNDS:-8}" "$WORK/files" >"$WORK/told" || error_exit "the processes did not run"
/bin/true "the end"
accton off >/dev/null
wait_content '"event":"synthetic"' "$OUT"
python3 "$srcdir/lib/usage.py" kinds "$WORK/told" "$OUT" || error_exit "see above"
counter() { sed -n "s/.*\"usage.$1\": *\([0-9]*\).*/\1/p" "$WORK/stats" | tail -n 1; }
counted() {
    [ "$(counter matched) $(counter missing)" = \
        "$(grep -c '"usage_source":"exit"' "$OUT") $(grep -c '"usage_source":"missing"' "$OUT")" ]
}
wait_for "the counters to be what was sent" counted
shutdown
exit_test
