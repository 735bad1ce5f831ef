#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: of a real process the record says what its parent was told.
# Invariant: process ids, exit code or signal, core dump where it is known, CPU times, faults and times agree; also of
# processes with threads, which the flags alone would call killed.
# Oracle: wait4(2), asked by tests/lib/wait4.py as the parent.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
generate_conf
: >"$WORK/pacct"
export WORK
in_accounting "$WORK/pacct" python3 "$srcdir/lib/wait4.py" run >"$WORK/told" || error_exit "the processes did not run"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
startup
wait_file_lines "$OUT" "$(pacct_py count "$WORK/pacct")"
shutdown
python3 "$srcdir/lib/wait4.py" compare "$WORK/told" "$OUT" || error_exit "see above"
exit_test
