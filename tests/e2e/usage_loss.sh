#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where the capture could not keep up, usage is missing, and never another's.
# Invariant: processes whose records differ in nothing but the process id have their own usage, all of them; when rsyslogd
# was stopped while more ended than the ring holds, none has another's, and as many have none as the counter says; some time
# later all have theirs again; so do those whose ids come again within milliseconds, or none. Records that are read again
# have none.
# Oracle: how much each process has written, and what wait4(2) told its parent (tests/tools/usage_storm.c).
#
# STORM=50000 tests/run e2e/usage_loss.sh    with so many in the first storm, of which some may be lost
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
ENDS=${ENDS:-34000}
STORM=${STORM:-5000}
export TEST_TIMEOUT=100
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"bpf\")"
startup
wait_usage
counter() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$WORK/stats" | tail -n 1; }
records() { [ "$(grep -c '"comm":"usage_storm".*"forked":true' "$OUT")" -ge "$1" ]; }
# check BEFORE COUNT [loss]: all records are there and right, behind those that were checked before
check() {
    wait_for "$(($1 + $2)) records" records $(($1 + $2))
    python3 "$srcdir/lib/usage.py" storm "$WORK/told" "$OUT" "$1" ${3:+"$3"} || error_exit "see above"
}
storm() { "$TOOL" "$@" 4 >>"$WORK/told" || error_exit "the storm did not run"; }
storm 1 "$STORM"
if [ "$STORM" -gt 20000 ]; then # more than fits
    check 0 "$STORM" any
else
    check 0 "$STORM"
    assert_eq "$(counter events.lost)" 0 "ends lost"
fi
# 8 MiB hold some 29,000 ends
kill -STOP "$RSYSLOGD_PID"
storm 1 "$ENDS"
kill -CONT "$RSYSLOGD_PID"
storm 500000 2000
check "$STORM" $((ENDS + 2000)) loss
wait_usage
storm 1 2000
check $((STORM + ENDS + 2000)) 2000
# since Linux 6.14, this is of the pid namespace; before, of the whole machine, which is not to be touched
if ! kernel_before 6.14; then
    echo 400 >/proc/sys/kernel/pid_max
    storm 1 5000
    check $((STORM + ENDS + 4000)) 5000 any
fi
counted() {
    [ "$(counter events.lost)" -gt 0 ] && [ "$(counter usage.missing)" = "$(grep -c '"usage_source":"missing"' "$OUT")" ]
}
wait_for "the counters to be what was sent" counted
# what runs from here on would have its own when 3 seconds have passed
accton off >/dev/null
shutdown
rm "$OUT" "$(state_file "$WORK/pacct")"
startup
wait_for "the records to be read again" records 40000
shutdown
content_absent '"usage_source":"exit"' "$OUT"
exit_test
