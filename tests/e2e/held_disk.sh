#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the disk-assisted queue that the documents show does what they say while its output is dead: it takes what
# comes, on disk, and holds up neither another output nor the position.
# Invariant: the position follows, but for the few that stay in memory: the first ones are holes, and the newest are
# passed when others come behind them. After a stop and with the output back everything comes, and no more than those
# few twice.
# Oracle: the ids of the records in the file; what the receiver gets.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=300 # each record is a checkpoint of the queue on disk
RECORDS=10000 LATER=2048
ALL=$((RECORDS + LATER))
PORT=$((20000 + RANDOM % 10000))
mkdir "$WORK/spool"
generate_conf
# as in impacct-queues.rst, with a tenth of its sizes
add_conf "ruleset(name=\"processes\" queue.type=\"linkedList\" queue.size=\"1000\") {
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
           action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\"
           queue.type=\"linkedList\" queue.size=\"1000\"
           queue.highWatermark=\"600\" queue.lowWatermark=\"200\"
           queue.filename=\"processes\" queue.spoolDirectory=\"$WORK/spool\"
           queue.checkpointInterval=\"1\" queue.saveOnShutdown=\"on\" queue.timeoutEnqueue=\"60000\")
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\")
}
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"processes\" properties=\"none\")"
ids() { sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' "$@"; }
state_is() { grep -qs "$1" "$(state_file "$WORK/pacct")"; }
pacct_py generate "$WORK/pacct" $RECORDS
startup
wait_file_lines "$OUT" $RECORDS
pacct_py generate "$WORK/pacct" $LATER --append --serial 2
pacct_py dump "$WORK/pacct" >"$WORK/dump"
ids "$WORK/dump" | sort >"$WORK/all"
wait_file_lines "$OUT" $ALL
follows() {
    state_is '"format":2,.*"holes"' || return
    local offset
    offset=$(grep -o '"offset":[0-9]*' "$(state_file "$WORK/pacct")" | head -n 1)
    [ "${offset#*:}" -ge $((RECORDS * 64)) ]
}
wait_for "the position" follows
shutdown
start_receiver "$PORT" "$WORK/received"
startup
arrived() { [ "$(ids "$WORK/received" 2>/dev/null | sort -u | comm -13 - "$WORK/all" | wc -l)" = 0 ]; }
wait_for "all records" arrived
wait_for "no holes" state_is "\"format\":1,.*\"offset\":$((ALL * 64)),"
shutdown
stop_receiver
[ "$(lines_of "$WORK/received")" -le $((ALL + 4096)) ] || error_exit "much more than was held came twice"
exit_test
