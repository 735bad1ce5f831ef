#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a ruleset whose queue is direct, where the output tries again for ever in the input's own thread.
# Invariant: rsyslogd ends when it is asked to; what the output did not take is not counted as done with.
# Oracle: every record put into the file, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
F=$WORK/pacct
conf() { # conf ACTION
    generate_conf
    add_conf "ruleset(name=\"direct\" queue.type=\"direct\") { $1 }
input(type=\"impacct\" file=\"$F\" ruleset=\"direct\")"
}
put 40 "$F"
# nobody listens there
conf 'action(type="omfwd" target="127.0.0.1" port="9" protocol="tcp" template="msg" action.resumeRetryCount="-1"
    action.resumeInterval="1")'
startup
wait_for "the dead output to be noticed" grep -qs "suspended\|cannot connect" "$SYS" "$WORK/rsyslogd.log"
kill -TERM "$RSYSLOGD_PID"
ended() { ! kill -0 "$RSYSLOGD_PID" 2>/dev/null; }
wait_for "rsyslogd to end" ended
wait_shutdown
conf "action(type=\"omfile\" file=\"$OUT\" template=\"msg\")"
startup
all_arrived
shutdown
exit_test
