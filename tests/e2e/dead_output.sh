#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: an output that was dead all the time: what waited is still there after a stop, a rotation and a restart.
# Invariant: a position is stored only for what is done with; the place where it all begins is remembered, too. A queue
# much smaller than what is read at once makes the reader wait, and no more.
# Oracle: every record put into the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
mkdir "$WORK/log"
F=$WORK/log/pacct
conf() { # conf ACTION
    generate_conf
    add_conf "ruleset(name=\"small\" queue.type=\"linkedList\" queue.size=\"100\" queue.timeoutShutdown=\"100\") { $1 }
input(type=\"impacct\" file=\"$F\" ruleset=\"small\")"
}
put 500 "$F"
# nobody listens there
conf 'action(type="omfwd" target="127.0.0.1" port="9" protocol="tcp" template="msg" action.resumeRetryCount="-1")'
startup
wait_for "the dead output to be noticed" grep -qs "suspended\|cannot connect" "$SYS" "$WORK/rsyslogd.log"
shutdown
mv "$F" "$F.0"
gzip "$F.0"
put 5 "$F"
conf "action(type=\"omfile\" file=\"$OUT\" template=\"msg\")"
startup
all_arrived
shutdown
content_absent "a second time"
exit_test
