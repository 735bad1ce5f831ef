#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd is killed while a dead output holds records: after the next start they are sent again, and all come.
# Invariant: nothing is lost, and what was delivered comes twice at most; where the file was rotated and compressed
# meanwhile, too; also where rsyslogd stops in an orderly way. What no file has any more is said, with how many.
# Oracle: the ids of the records in the file; what a receiver gets.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
RECORDS=20000
PORT=$((20000 + RANDOM % 10000))
mkdir "$WORK/log"
F=$WORK/log/pacct
generate_conf
# the tenth record goes to the dead output, too, and its queue has room for all of them
add_conf "ruleset(name=\"filtered\" queue.type=\"linkedList\" queue.timeoutShutdown=\"100\") {
    if \$procid % 10 == 0 then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
               action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\"
               queue.type=\"linkedList\" queue.size=\"10000\" queue.timeoutShutdown=\"100\"
               queue.timeoutActionCompletion=\"100\")
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\")
}
input(type=\"impacct\" file=\"$F\" ruleset=\"filtered\" properties=\"none\")"
ids() { sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p' "$@"; }
tenth() { grep -E '"pid": *[0-9]*0,' "$@"; }
state_is() { grep -qs "$1" "$(state_file "$F")"; }
# held_up_to RECORD: the position is there, but for the last batches, which nothing has overtaken yet; before it are holes
held_up_to() {
    local offset
    offset=$(sed -n 's/^{"format":2,"dev":[0-9]*,"ino":[0-9]*,"offset":\([0-9]*\),.*"holes".*/\1/p' "$(state_file "$F")" 2>/dev/null)
    [ $((${offset:-0} / 64)) -ge $(($1 - 2048)) ]
}
arrived() { [ "$(ids "$1" | sort -u | comm -13 - "$2" | wc -l)" = 0 ]; }
pacct_py generate "$F" $RECORDS
pacct_py dump "$F" >"$WORK/dump"
ids "$WORK/dump" | sort >"$WORK/all"
tenth "$WORK/dump" >"$WORK/dump10"
ids "$WORK/dump10" | sort >"$WORK/all10"

# killed with holes, and once more while these are read
startup
wait_for "the position" held_up_to $RECORDS
kill_immediate
mv "$F" "$F.0"
gzip "$F.0"
pacct_py generate "$F" 50 --serial $RECORDS
startup
wait_content "that were held when rsyslogd ended are read again" "$STATES"
kill_immediate
: >"$WORK/received"
start_receiver "$PORT" "$WORK/received"
startup
wait_for "all that was held" arrived "$WORK/received" "$WORK/all10"
wait_for "no holes" state_is "\"format\":1,"
shutdown
stop_receiver
arrived "$OUT" "$WORK/all" || error_exit "records are lost"
# three runs
[ "$(ids "$OUT" | sort | uniq -c | sort -n | tail -n 1 | awk '{ print $1 }')" -le 3 ] || error_exit "too often"
content_absent "a second time"

# stopped with holes, and the file is gone then
pacct_py generate "$F" 6000 --serial $((RECORDS + 100)) --append
startup
wait_for "the position" held_up_to 6050
shutdown
state_is "\"format\":2,.*\"holes\"" || error_exit "there are no holes in the state file"
rm "$F"
pacct_py generate "$F" 7 --serial $((RECORDS + 5000))
: >"$STATES"
startup
wait_content '"event":"records_lost"' "$STATES"
grep -q "up to [0-9]* records of '$F', from offset [0-9]* on, were held by rsyslog" "$STATES" ||
    error_exit "it is not said how many"
wait_for "no holes" state_is "\"format\":1,"
shutdown
exit_test
