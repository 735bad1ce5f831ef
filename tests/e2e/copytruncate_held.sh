#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a file that is copied away and truncated while records that were held are read again: they are read on from the
# copy.
# Invariant: all that was held comes, and nothing is said to be lost; without a copy, it is said.
# Oracle: the ids of the records in the file.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
RECORDS=8000
PORT=$((20000 + RANDOM % 10000))
F=$WORK/pacct
ids() { sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' "$@" | sort -u; }
# configuration RULESET: what generate_conf makes, with another ruleset
configuration() {
    generate_conf
    add_conf "module(load=\"omprog\")
$1
input(type=\"impacct\" file=\"$F\" ruleset=\"filtered\" properties=\"none\")"
}
# held: of each batch a record is in the queue of an output that is away, and rsyslogd is killed
held() {
    configuration "ruleset(name=\"filtered\" queue.type=\"linkedList\") {
    if \$procid % 10 == 0 then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" action.resumeRetryCount=\"-1\"
               queue.type=\"linkedList\" queue.size=\"10000\")
}"
    startup
    wait_for "holes in the state file" grep -qs '"holes"' "$(state_file "$F")"
    kill_immediate
}
# read_again: slowly, so that the file can be truncated meanwhile
read_again() {
    rm -f "$OUT" "$WORK/hurry"
    configuration "ruleset(name=\"filtered\" queue.type=\"linkedList\" queue.size=\"200\") {
    action(type=\"omprog\" binary=\"/usr/bin/env python3 $(realpath "$srcdir")/lib/slow_output.py $OUT $WORK/hurry\"
           template=\"msg\" confirmMessages=\"on\" action.resumeRetryCount=\"-1\")
}"
    startup
    wait_for "the first records" test -s "$OUT"
}
pacct_py generate "$F" $RECORDS
pacct_py dump "$F" | ids >"$WORK/all"
held
read_again
cp "$F" "$F.1"
: >"$F"
touch "$WORK/hurry"
arrived() { ids "$OUT" | cmp -s - "$WORK/all"; }
wait_for "all records" arrived
content_absent records_lost "$STATES"
content_check file_truncated "$STATES"
shutdown

rm "$F.1" "$(state_file "$F")"
pacct_py generate "$F" $RECORDS
held
read_again
: >"$F"
touch "$WORK/hurry"
wait_content records_lost "$STATES"
shutdown
exit_test
