#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: freshStartTail begins at the end of a file that was never read.
# Invariant: it matters only without a stored position: what comes during a stop is read in any case; a file that comes
# into being while waited for is read from its beginning.
# Oracle: tests/lib/pacct.py.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 100 --serial 1000
: >"$WORK/new"
add_conf "ruleset(name=\"created\") { action(type=\"omfile\" file=\"$WORK/created.out\" template=\"msg\") }
    input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" freshStartTail=\"on\")
    input(type=\"impacct\" file=\"$WORK/created\" ruleset=\"created\" freshStartTail=\"on\")"
more() {
    pacct_py generate "$WORK/next" "$1" --serial "$2" --seed "$2"
    cat "$WORK/next" >>"$WORK/new"
    cat "$WORK/next" >>"$WORK/pacct"
}
startup
# the other file is looked at after the first
wait_content "'$WORK/created' does not exist"
more 5 1
wait_file_lines "$OUT" 5
pacct_py generate "$WORK/created" 20
wait_file_lines "$WORK/created.out" 20
shutdown
more 3 6
startup
wait_file_lines "$OUT" 8
shutdown
pacct_py compare "$WORK/new" "$OUT"
pacct_py compare "$WORK/created" "$WORK/created.out"
exit_test
