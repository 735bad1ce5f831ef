#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: real and generated records are reported as lastcomm reports them.
# Invariant: name, flags, user, terminal, CPU time, start and process ids are the same.
# Oracle: GNU lastcomm.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
command -v lastcomm >/dev/null || skip_test "there is no lastcomm (package acct)"
require_accounting
generate_conf
: >"$WORK/pacct"
# shellcheck disable=SC2016 # to be expanded in there
in_accounting "$WORK/pacct" sh -c '
    for i in 1 2 3; do
        (exit $i)
        sh -c "kill -9 \$\$"
        setpriv --reuid=1 --regid=1 --clear-groups sh -c "i=0; while [ \$i -lt 30000 ]; do i=\$((i + 1)); done"
    done' 2>/dev/null
pacct_py generate "$WORK/pacct" 500 --append
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" schema=\"acct\")"
startup
COUNT=$(pacct_py count "$WORK/pacct")
wait_file_lines "$OUT" "$COUNT"
shutdown
grep -v '"event":"synthetic"' "$OUT" >"$WORK/ends"
lastcomm --pid --forwards --file "$WORK/pacct" >"$WORK/list" || error_exit "lastcomm does not read the file"
# the kernel's record about accton itself, the one synthetic record, is an end to lastcomm
synthetic=$(grep -n '"event":"synthetic"' "$OUT" | cut -d: -f1)
assert_eq "$(echo "$synthetic" | wc -w)" 1 "synthetic records"
sed -i "${synthetic}d" "$WORK/list"
python3 "$srcdir/lib/dumpacct.py" lastcomm "$WORK/list" "$WORK/ends" || error_exit "see above"
exit_test
