#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where nothing gets through from the very first start on, but for state messages, a kill after rotations loses
# nothing: the position stays where it all began.
# Invariant: what the dead output held comes with the next start, from the files that were rotated meanwhile.
# Oracle: every record put into any of the files.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
PORT=$((20000 + RANDOM % 10000)) # nobody listens
F=$WORK/log/pacct
generate_rotation_conf
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.syslog=\"off\" log.file=\"$WORK/stats\")"
healthy=$(<"$WORK/rsyslog.conf")
sed -i "s|^ruleset(name=\"records\").*|ruleset(name=\"records\" queue.type=\"linkedList\") {\\
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\" action.resumeRetryCount=\"-1\")\\
}|" "$WORK/rsyslog.conf"
STATE=$(state_file "$F")
begins_in() { grep -qs "\"ino\":$(stat -c %i "$1"),\"offset\":0," "$STATE"; }
put 100 "$F"
touch -d yesterday "$F" # the time of the start would not find it
startup
wait_for "the first position" begins_in "$F"
# shellcheck disable=SC2153 # STATES is of diag.sh
wait_content '"event":"module_started"' "$STATES"
mv "$F" "$F.1"
put 50 "$F"
wait_content '"event":"file_rotated"' "$STATES"
wait_reports 3 # in which positions that changed are stored
begins_in "$F.1" || error_exit "the position has moved: $(cat "$STATE")"
kill_immediate
printf '%s\n' "$healthy" >"$WORK/rsyslog.conf"
startup
all_arrived
shutdown
exit_test
