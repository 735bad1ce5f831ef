#!/bin/bash
# Intent: the position follows what the actions have done, not what was submitted: a kill loses nothing that was in a
# memory queue.
# Invariant: while a dead output holds all records in a queue, none of them is behind the stored position.
# Oracle: tests/impacct_records.py, an independent decoder: after a kill and a start with an output that works, all
# records come, in order. That they were submitted, and two seconds have gone in which a position would have been stored,
# the counters say.
. "${srcdir:=.}/impacct-verbs.sh"
pacct_py generate "$WORK/pacct" 5000

conf() { # conf ACTION
    generate_conf
    add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
ruleset(name=\"queued\" queue.type=\"linkedList\" queue.size=\"20000\" queue.timeoutShutdown=\"100\") { $1 }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"queued\")"
}
submitted() { # submitted REPORTS: so many that have all of them
    [ "$(grep -cs '"origin": "impacct".*"submitted": 5000' "$WORK/stats")" -ge "$1" ]
}
# nobody listens there
conf 'action(type="omfwd" target="127.0.0.1" port="9" protocol="tcp" template="msg"
    action.resumeRetryCount="-1" action.resumeInterval="1")'
startup
wait_for "all records to be submitted, and two seconds more" submitted 3
kill_immediate
conf "action(type=\"omfile\" file=\"$OUT\" template=\"msg\")"
startup
wait_file_lines "$OUT" 5000
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
exit_test
