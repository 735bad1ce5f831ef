#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries wake an idle machine for nothing but the end of a window that has records.
# Invariant: with windows of one second, the summary of a record comes by itself at the end of its window, and then the
# input sleeps on over the ends of others.
# Oracle: the kernel's count of how often the input's thread went to sleep.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -z "$RSYSLOGD_WRAPPER" ] || skip_test "another thread than the input's under $RSYSLOGD_WRAPPER"
mkdir "$WORK/log"
F=$WORK/log/pacct # what else is written does not wake who watches this directory
pacct_py generate "$F" 10
generate_conf
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" properties=\"none\" pollingInterval=\"86400\" silenceAlarm=\"off\"
    summary.interval=\"1\" summary.records=\"drop\")"
startup
windows() { grep -c '"event":"summary_window"' "$OUT"; }
summed_up() { [ "$(python3 "$srcdir/lib/summaries.py" total "$OUT")" = "$1" ]; }
exits=$(python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import summaries as s; print(sum(1 for e in s.records(sys.argv[2])))' "$srcdir/lib" "$F")
wait_for "what there was" summed_up "$exits"
# a process that ends now
python3 - "$srcdir/lib" >>"$F" <<'PY'
import struct, sys, time
sys.path.insert(0, sys.argv[1])
import pacct
sys.stdout.buffer.write(struct.pack("<" + pacct.V3, 0, 3, 0, 0, 0, 0, 77, 1, int(time.time()), 0.0, 0, 0, 1000, *[0] * 5, b"now"))
PY
wait_for "the record of now in a summary" summed_up $((exits + 1))
# the thread that waits for the file; those that it made wait otherwise
sleeps() {
    local task
    for task in /proc/"$RSYSLOGD_PID"/task/*; do
        [[ $(cat "$task/comm") != in:impacct || $(cat "$task/wchan") != *poll* ]] ||
            awk '/^voluntary_ctxt_switches/ { print $2 }' "$task/status"
    done
}
# until the position is stored, which is looked for once a second
sleeping() {
    before=$(sleeps)
    for _ in {1..15}; do sleep 0.1; done
    [ -n "$before" ] && [ "$(sleeps)" = "$before" ]
}
wait_for "the input to sleep" sleeping
before=$(sleeps)
sleep 6 # lets time pass: the ends of six windows without records
woke=$(($(sleeps) - before))
# what is not for summaries: a look at the file system each ten seconds, and a position to be stored
[ "$woke" -le 3 ] || error_exit "it woke $woke times in six windows without records"
shutdown
exit_test
