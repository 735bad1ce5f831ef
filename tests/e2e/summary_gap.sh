#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what was missing between rotated files while a window was open is missing in its summaries, and nothing else.
# Invariant: after another kill, the records on both sides of it are summed up again, and the windows say that they are not
# complete. What is missing is said once, and waited for without reading all the time.
# Oracle: the number of records; tests/lib/summaries.py.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
F=$WORK/pacct
OUT=$WORK/out.jsonl
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
generate_conf
add_conf "ruleset(name=\"main\" queue.type=\"linkedList\") { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"main\" resolveNames=\"off\" properties=\"none\" summary.by=\"comm\"
        summary.interval=\"86400\")"
sent() { [ "$(grep -c '"event":"exit"' "$OUT")" -ge "$1" ]; }
# a position behind all there is, and the window's first record in the file before the gap
stored() { grep -qs "^{\"format\":3,\"dev\":[0-9]*,\"ino\":[0-9]*,\"offset\":$(stat -c %s "$F"),.*\"sums\":{\"records\":$1," "$(state_file "$F")"; }
FROM=48048898000 # in the year 2100: no clock says that a window is over
: >"$OUT"
summaries generate "$F" 400 --from $FROM
startup
wait_for "the first file" sent 400
wait_for "its position" stored 400
kill_immediate
mv "$F" "$F.2" # the one after it is never seen
summaries generate "$F" 400 --from $((FROM + 800))
startup
wait_for "the last file" sent 800
wait_for "its position" stored 800
kill_immediate
assert_eq "$(grep -c 'cannot be found' "$SYS")" 1 "messages about the missing file"
startup
summaries generate "$F" 1 --from $((FROM + 20 * 86400)) --append
wait_for "the last record" sent 801
summed_up() { [ "$(summaries total "$OUT")" = 800 ]; }
# it waits a second for the missing file, and does not look for it all the time
reads=$(awk '/^syscr/ { print $2 }' "/proc/$RSYSLOGD_PID/io")
[ "$reads" -lt 3000 ] || error_exit "$reads calls of read"
wait_for "800 records in the summaries of the first day" summed_up
shutdown
assert_eq "$(grep -c '"event":"summary_window".*"complete":false' "$OUT")" 1 "windows that are not complete"
assert_eq "$(grep -c 'cannot be found\|cannot be read' "$SYS")" 1 "messages about the missing file in the end"
exit_test
