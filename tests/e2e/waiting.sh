#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a file that does not exist yet is waited for.
# Invariant: one warning names it; once it is there all of it is read, also when its directory came later than
# rsyslogd; another input is served meanwhile.
# Oracle: tests/lib/pacct.py; rsyslog's own messages.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/there" 10
for name in there later deep; do
    add_conf "ruleset(name=\"$name\") { action(type=\"omfile\" file=\"$WORK/$name.out\" template=\"msg\") }"
done
add_conf "input(type=\"impacct\" file=\"$WORK/later\" ruleset=\"later\" pollingInterval=\"86400\")
    input(type=\"impacct\" file=\"$WORK/dir/deep\" ruleset=\"deep\" pollingInterval=\"0.1\")
    input(type=\"impacct\" file=\"$WORK/there\" ruleset=\"there\")"
startup
wait_file_lines "$WORK/there.out" 10
wait_content "'$WORK/later' does not exist"
wait_content "'$WORK/dir/deep' does not exist"
pacct_py generate "$WORK/there" 10 --append --serial 10
wait_file_lines "$WORK/there.out" 20

pacct_py generate "$WORK/later" 30
wait_file_lines "$WORK/later.out" 30
pacct_py generate "$WORK/later" 5 --append --serial 30
wait_file_lines "$WORK/later.out" 35
mkdir "$WORK/dir"
pacct_py generate "$WORK/dir/deep" 40
wait_file_lines "$WORK/deep.out" 40
shutdown
for name in later dir/deep; do
    assert_eq "$(grep -cF "'$WORK/$name' does not exist" "$SYS")" 1 "warnings of $name"
done
pacct_py compare "$WORK/there" "$WORK/there.out"
pacct_py compare "$WORK/later" "$WORK/later.out"
pacct_py compare "$WORK/dir/deep" "$WORK/deep.out"
exit_test
