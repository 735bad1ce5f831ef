#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: many inputs with dead outputs do not keep rsyslogd from ending.
# Invariant: they wait together, not one after the other, for what is in flight.
# Oracle: the time that it would take one after the other.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
INPUTS=40 # half a second each
PATIENCE=12
generate_conf
pacct_py generate "$WORK/pacct" 10
for i in $(seq "$INPUTS"); do
    add_conf "ruleset(name=\"dead$i\" queue.type=\"linkedList\" queue.timeoutShutdown=\"1\"
        queue.timeoutActionCompletion=\"1\") { # nobody listens there
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"9\" protocol=\"tcp\" action.resumeRetryCount=\"-1\") }
input(type=\"impacct\" file=\"$WORK/pacct\" stateFile=\"state$i\" ruleset=\"dead$i\" resolveNames=\"off\")"
done
all_began() { # the place where it all begins is stored
    local i
    for i in $(seq "$INPUTS"); do
        [ -s "$WORK/state$i" ] || return
    done
}
startup
wait_for "every input to begin" all_began
before=$SECONDS
kill -TERM "$RSYSLOGD_PID"
wait_shutdown
[ $((SECONDS - before)) -lt "$PATIENCE" ] || error_exit "rsyslogd took $((SECONDS - before)) s to end"
exit_test
