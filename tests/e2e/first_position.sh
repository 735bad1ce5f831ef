#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a kill soon after the very first start loses nothing: there is a position before the first record is sent.
# Invariant: what is rotated after the kill is read at the next start, from a file that was there, one that was begun at
# its end, and one that appeared later.
# Oracle: every record put into any of the files; those before the end are not due.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_conf
mkdir "$WORK/log"
add_conf "ruleset(name=\"tail\") { action(type=\"omfile\" file=\"$WORK/tail.out\" template=\"msg\") }
    ruleset(name=\"late\") { action(type=\"omfile\" file=\"$WORK/late.out\" template=\"msg\") }
    input(type=\"impacct\" file=\"$WORK/log/pacct\" ruleset=\"records\")
    input(type=\"impacct\" file=\"$WORK/log/tail\" ruleset=\"tail\" freshStartTail=\"on\")
    input(type=\"impacct\" file=\"$WORK/log/late\" ruleset=\"late\")"
# all three files have the same content, but for what the second one begins with
grow() {
    put "$1" "$WORK/log/pacct"
    cat "$WORK/new" >>"$WORK/log/tail"
    cat "$WORK/new" >>"$WORK/log/late"
}
rotate() {
    local file
    for file in pacct tail late; do
        mv "$WORK/log/$file" "$WORK/log/$file.1"
    done
}
pacct_py generate "$WORK/log/tail" 10 --serial 100000
: >"$WORK/log/pacct"
pacct_py generate "$WORK/log/pacct.7" 10 --serial 200000 # rotated before the first start
touch -d yesterday "$WORK/log/pacct.7"
startup
wait_content "'$WORK/log/late' does not exist"
grow 20
wait_file_lines "$OUT" 1
wait_file_lines "$WORK/tail.out" 1
wait_file_lines "$WORK/late.out" 1
kill_immediate
grow 20
rotate
grow 20
startup
for file in "$OUT" "$WORK/tail.out" "$WORK/late.out"; do
    wait_content '"comm":"p59"' "$file"
    # a record that was sent and not done with comes again; a line may have been cut off by the kill
    grep '^{.*}$' "$file" | awk -F'"id":"' '{ id = substr($2, 1, 32) } !seen[id]++' >"$WORK/once"
    pacct_py compare "$WORK/all" "$WORK/once"
done
shutdown
exit_test
