#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own", a file is not removed as long as an output holds something of it.
# Invariant: more files stay than were asked for until all is released; then as many as were.
# Oracle: the kernel, in a pid namespace of its own; what a receiver gets.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/account/pacct
PORT=$((20000 + RANDOM % 10000))
rotated() { [ "$(grep -c '"event":"file_rotated"' "$STATES")" -ge "$1" ]; }
generate_conf
add_conf "ruleset(name=\"alarmed\") {
    if \$!pacct!uid == 12345 then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
               action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\" queue.type=\"linkedList\")
    call records
}
input(type=\"impacct\" file=\"$F\" ruleset=\"alarmed\" accounting=\"own\" accounting.maxFileSize=\"4k\"
      accounting.keep=\"1\" silenceAlarm=\"4\")"
startup
wait_content '"event":"accounting_started"' "$STATES"
setpriv --reuid 12345 /bin/true
for n in 1 2 3; do
    run 60
    wait_all
    wait_for "rotation $n" rotated "$n"
done
held() { grep -qs '"format":2,' "$(state_file "$F")"; }
wait_for "what is held" held
[ -e "$F.3" ] || error_exit "a file was removed of which something is held"
start_receiver "$PORT" "$WORK/received"
few() { [ "$(find "$WORK/account" -name 'pacct.*' | wc -l)" = 1 ]; }
wait_for "one old file" few
wait_file_lines "$WORK/received" 1
shutdown
stop_receiver
exit_test
