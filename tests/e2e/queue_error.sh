#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a queue on disk that cannot be written to for a while makes the input try again, and nothing worse.
# Invariant: the records are sent again from where they began, with one message, after 1 s, 2 s and so on; afterwards the
# position moves on again, although rsyslog leaks some of the messages that it could not take.
# Oracle: the offset in the state file; how much the input's thread has read, and that waits are never shorter than meant.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
F=$WORK/pacct
mkdir "$WORK/spool"
generate_conf
add_conf "ruleset(name=\"disk\" queue.type=\"disk\" queue.filename=\"q\" queue.spoolDirectory=\"$WORK/spool\"
    queue.timeoutShutdown=\"100\") { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
input(type=\"impacct\" file=\"$F\" ruleset=\"disk\")"
startup
wait_content "does not exist"
# by the input's thread, and those that it made, which have its name
bytes_read() {
    (cd "/proc/$RSYSLOGD_PID/task" && grep -lx in:impacct ./*/comm | sed "s/comm$/io/" | xargs sed -n "s/^rchar: //p") |
        awk '{ n += $1 } END { print n }'
}
has_read() { [ "$(bytes_read)" -ge "$1" ]; }
prlimit --pid "$RSYSLOGD_PID" --fsize=65536:
before=${EPOCHREALTIME/./}
put 200 "$F"
wait_content "did not take records from '$F'"
wait_for "the records to be read twice more" has_read $(($(bytes_read) + 2 * $(stat -c %s "$F")))
waited=$(((${EPOCHREALTIME/./} - before) / 1000))
[ "$waited" -ge 3000 ] || error_exit "the records were sent twice more within $waited ms"
content_absent "second time"
prlimit --pid "$RSYSLOGD_PID" --fsize=unlimited:
wait_for "the position behind them" grep -qs "\"offset\":$(stat -c %s "$F")," "$(state_file "$F")"
assert_eq "$(grep -c 'did not take' "$SYS")" 1 "messages about it"
kill_immediate # what rsyslog makes of its damaged queue is not ours
exit_test
