#!/usr/bin/env bash
# Intent: an output that was dead all the time: what waited is still there after a stop, a rotation and a restart.
# Invariant: a position is stored only for what is done with; the place where it all begins is remembered, too.
# Oracle: every record put into the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
mkdir "$WORK/log"
F=$WORK/log/pacct
put 500 "$F"
# nobody listens
generate_rotation_conf
sed -i "s|^ruleset(name=\"records\").*|ruleset(name=\"records\" queue.type=\"linkedList\" queue.size=\"100\" queue.timeoutShutdown=\"100\") {
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"\`echo \$TEST_PORT\`\" protocol=\"tcp\" template=\"msg\"
        action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\") }|" "$WORK/rsyslog.conf"
export TEST_PORT=$((20000 + RANDOM % 10000))
startup
wait_content "cannot connect" "$WORK/rsyslogd.log"
shutdown
mv "$F" "$F.0"
gzip "$F.0"
put 5 "$F"
# now with an output that works, and a queue much smaller than a batch
sed -i 's|action(type="omfwd".*|action(type="omfile" file="'"$OUT"'" template="msg") }|; /action.resumeRetryCount/d' "$WORK/rsyslog.conf"
startup
all_arrived
shutdown
content_absent "a second time"
exit_test
