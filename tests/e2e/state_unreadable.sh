#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a state file that cannot be read, or not be believed, is not taken for none: what was rotated is not lost.
# Invariant: while it cannot be read, nothing is read and nothing is stored, which is said once; when it can, reading goes
# on at the position, in whichever file has it. One that is damaged for good costs repetitions, with the same ids.
# Oracle: every record put into any of the files.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
D=$WORK/state
F=$WORK/log/pacct
mkdir "$D"
generate_rotation_conf "stateFile.directory=\"$D\""
STATE=$D/$(basename "$(state_file "$F")")
put 50 "$F"
startup
all_arrived
shutdown
cp "$STATE" "$WORK/before"

# it cannot be read: there is something else at the place of its directory
mv "$D" "$D.away"
: >"$D"
put 30 "$F"
: >"$SYS"
startup
wait_content "state file '$STATE' cannot be read"
mv "$F" "$F.1"
put 20 "$F"
mv "$F.1" "$F.2"
mv "$F" "$F.1"
put 10 "$F"
# whoever stops now stores nothing
shutdown
cmp "$WORK/before" "$D.away/$(basename "$STATE")" || error_exit "the state file was changed"
assert_eq "$(lines_of "$OUT")" 50 "records"
: >"$SYS"
startup
wait_content "state file '$STATE' cannot be read"
rm "$D"
mv "$D.away" "$D"
all_arrived
shutdown
assert_eq "$(grep -c "state file" "$SYS")" 1 "messages about the state file"
content_absent "a second time"

# it is damaged
put 5 "$F"
mv "$F" "$F.0"
put 5 "$F"
echo damaged >"$STATE"
startup
wait_for "all of them" eval 'has_lines "$OUT" $((2 * SERIAL - 10))'
shutdown
content_check "is damaged"
content_check "rotated files, too"
{ head -n $((SERIAL - 10)) "$OUT"; tail -n 10 "$OUT"; } >"$WORK/once"
pacct_py compare "$WORK/all" "$WORK/once"
tail -n "$SERIAL" "$OUT" >"$WORK/again"
pacct_py compare "$WORK/all" "$WORK/again"
exit_test
