#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: several inputs in one module, each with a file, a ruleset and settings of its own.
# Invariant: each ruleset gets the records of its input's file, all of them, in order, and no other's; also while
# records come to all files in turns.
# Oracle: tests/lib/pacct.py.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
inputs="1 2 3"
for i in $inputs; do
    : >"$WORK/pacct$i"
    add_conf "template(name=\"t$i\" type=\"string\" string=\"%msg%\\n\")
        template(name=\"h$i\" type=\"string\" string=\"%app-name% %syslogpriority-text%\\n\")
        ruleset(name=\"r$i\") {
            action(type=\"omfile\" file=\"$WORK/out$i\" template=\"t$i\")
            action(type=\"omfile\" file=\"$WORK/head$i\" template=\"h$i\")
        }"
done
add_conf "input(type=\"impacct\" file=\"$WORK/pacct1\" ruleset=\"r1\" tag=\"one\" pollingInterval=\"86400\")
    input(type=\"impacct\" file=\"$WORK/pacct2\" ruleset=\"r2\" tag=\"two\" severity=\"err\" mode=\"polling\" pollingInterval=\"0.02\")
    input(type=\"impacct\" file=\"$WORK/pacct3\" ruleset=\"r3\" tag=\"three\" severity=\"debug\" properties=\"none\"
        persistStateInterval=\"1\")"
startup
for round in 1 2 3 4 5; do
    for i in $inputs; do
        pacct_py generate "$WORK/pacct$i" $((i * 10)) --append --serial $((i * 100000 + round)) --seed $((i * 10 + round))
    done
    for i in $inputs; do
        wait_file_lines "$WORK/out$i" $((round * i * 10))
    done
done
shutdown
for i in $inputs; do
    pacct_py compare "$WORK/pacct$i" "$WORK/out$i"
    assert_eq "$(sort -u "$WORK/head$i")" "$(sed -n "${i}p" <<<$'one info\ntwo err\nthree debug')" "settings of input $i"
done
exit_test
