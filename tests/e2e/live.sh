#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a record is submitted because it was written, not because time has passed.
# Invariant: with a poll once a day, each append arrives before the next is made, in one piece or in two.
# Oracle: tests/lib/pacct.py.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" pollingInterval=\"86400\")"
startup
for n in $(seq 1 12); do
    pacct_py generate "$WORK/one" 1 --serial "$n" --seed "$n"
    if [ $((n % 3)) = 0 ]; then
        head -c 33 "$WORK/one" >>"$WORK/pacct"
        tail -c +34 "$WORK/one" >>"$WORK/pacct"
    else
        cat "$WORK/one" >>"$WORK/pacct"
    fi
    wait_file_lines "$OUT" "$n"
done
stored() { grep -qs "\"offset\":$((12 * 64))," "$(state_file "$WORK/pacct")"; }
wait_for "the position to be stored" stored
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
exit_test
