#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: an input takes its limits from a ratelimit() object.
# Invariant: of the records of each input as many come as the object has for a burst, in order, also where two inputs have
# the same one; the object may stand behind the input; a name that no object has refuses that input alone.
# Oracle: tests/lib/pacct.py, an independent decoder.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/pacct" 300
mkdir "$WORK/states"
generate_conf
add_conf 'ratelimit(name="early" interval="86400" burst="25")'
check_conf
! grep -q 'invalid character' "$WORK/check.log" || skip_test "this rsyslogd has no ratelimit() objects (before 8.2602)"
for name in early again late; do
    add_conf "ruleset(name=\"$name\") { action(type=\"omfile\" file=\"$WORK/$name\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"$name\"
    stateFile.directory=\"$WORK/states\" stateFile=\"$name\" ratelimit.name=\"${name/again/early}\")"
done
add_conf "ratelimit(name=\"late\" interval=\"86400\" burst=\"50\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" stateFile=\"free\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" ratelimit.name=\"missing\")"
startup
wait_file_lines "$OUT" 300
for name in early again late; do
    wait_for "the position of $name behind all records" grep -qs "\"offset\":$((300 * 64))," "$WORK/states/$name"
done
shutdown
content_check "parameter 'ratelimit.name' is \"missing\", but there is no such ratelimit() for inputs; input for '$WORK/other' is not started"
for name in early:25 again:25 late:50; do
    head -c $((${name#*:} * 64)) "$WORK/pacct" >"$WORK/first"
    pacct_py compare "$WORK/first" "$WORK/${name%:*}"
done
exit_test
