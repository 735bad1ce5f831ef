#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own", a window outlives rotations and kills, and another summary.interval.
# Invariant: each process is in the summaries once, however many files were rotated and however often rsyslogd was killed
# while its window was open. As long as a window may have to be summed up again, its files stay, more than were asked for;
# later they go.
# Oracle: processes that carry numbers; the kernel, in a pid namespace of its own.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
export TEST_TIMEOUT=120
F=$WORK/account/pacct
rotated() { [ "$(grep -c '"event":"file_rotated"' "$STATES")" -ge "$1" ]; }
sums() { # INTERVAL
    own 'accounting.maxFileSize="4k" accounting.keep="1" summary.by="comm" summary.records="drop"' \
        "summary.interval=\"$1\""
}
sums 86400
startup
wait_content '"event":"accounting_started"' "$STATES"
for n in 1 2 3; do
    run 60
    wait_for "rotation $n" rotated "$n"
done
[ -e "$F.3" ] || error_exit "a file was removed whose window is open"
kill_immediate
run 40 # the kernel goes on
sums 2
for n in 1 2 3; do
    startup
    run 50
    kill_immediate
    run 10
done
startup
summed_up() {
    /bin/true # ends a window
    [ "$(grep -c '"group":{"comm":"n[0-9]*"},"count":1,' "$OUT")" -ge "$N" ] &&
        python3 "$srcdir/lib/summaries.py" told "$WORK/told" "$OUT" >"$WORK/told.log" 2>&1
}
wait_for "the $N processes that were run" summed_up
removed() { /bin/true && grep -q "was removed; its records were sent" "$SYS"; }
wait_for "an old file to go" removed
shutdown
# a day that ended meanwhile has been sent
grep -v '"window_start":"[^"]*T00:00:00Z","window_end":"[^"]*T00:00:00Z"' "$OUT" >"$WORK/without"
python3 "$srcdir/lib/summaries.py" told "$WORK/told" "$WORK/without" || error_exit "see above"
exit_test
