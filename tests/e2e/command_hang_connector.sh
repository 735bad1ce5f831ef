#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: as command_hang.sh, by the process connector, with which each program that starts is read from /proc.
# Invariant: with more processes that cannot be read than threads are left behind, all records are sent, and rsyslogd
# stops; programs that start after they are gone are known.
# Oracle: the number of records; what is started here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
. "$srcdir/lib/held.sh"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"connector\" execMessages=\"on\"
    silenceAlarm=\"off\")"
startup
wait_capture
grep -q "captured by connector" "$SYS" || skip_test "$(grep "command lines" "$SYS")"
kill -STOP "$RSYSLOGD_PID" # else they are read before they are held
holds 5 execs
kill -CONT "$RSYSLOGD_PID"
pacct_py generate "$WORK/pacct" 1000
all_came() { [ "$(grep -c '"event":"exit"' "$OUT")" -ge 1000 ]; }
wait_for "all records" all_came
let_go
told() {
    /bin/sleep 0.123
    grep -F '"event":"exec"' "$OUT" | grep -q '"0.123"'
}
wait_for "a program that starts to be told of" told
shutdown
exit_test
