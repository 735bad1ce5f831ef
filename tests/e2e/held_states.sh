#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: an output of alarms that is dead all the time holds up no record, and none has to be sent twice for it.
# Invariant: records go on, the position is their end, without holes; rsyslog's log says what is held, and where.
# Oracle: the records of the file.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 30000
# nobody listens there
add_conf "ruleset(name=\"alarms\" queue.type=\"linkedList\") {
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"9\" protocol=\"tcp\" template=\"msg\" action.resumeRetryCount=\"-1\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" stateRuleset=\"alarms\")"
startup
wait_file_lines "$OUT" 30000
wait_for "the position" grep -qs "\"format\":1,.*\"offset\":$((30000 * 64))," "$(state_file "$WORK/pacct")"
wait_content "up to 1 message(s) of '$WORK/pacct', from offset 0 on, have been held"
content_check "an action of the ruleset 'alarms'"
kill_immediate
startup
pacct_py generate "$WORK/pacct" 5 --serial 30000 --append
wait_file_lines "$OUT" 30005
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
exit_test
