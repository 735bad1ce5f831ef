#!/usr/bin/env bash
# Intent: a queue on disk that cannot be written to for a while makes the input try again, and nothing worse.
# Invariant: the records are sent again from where they began, with one message; afterwards the position moves on again,
# although rsyslog leaks some of the messages that it could not take.
# Oracle: the offset in the state file.
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
prlimit --pid "$RSYSLOGD_PID" --fsize=65536:
put 200 "$F"
wait_content "did not take records from '$F'"
sleep 2 # tried once or twice more
content_absent "second time"
prlimit --pid "$RSYSLOGD_PID" --fsize=unlimited:
wait_for "the position behind them" grep -qs "\"offset\":$(stat -c %s "$F")," "$(state_file "$F")"
assert_eq "$(grep -c 'did not take' "$SYS")" 1 "messages about it"
kill_immediate # what rsyslog makes of its damaged queue is not ours
exit_test
