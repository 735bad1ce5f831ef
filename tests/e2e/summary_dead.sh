#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: an output of summaries that is dead concerns nobody but the summaries.
# Invariant: all records arrive, and none again after a kill; once the output is back, the summaries say what the records
# add up to.
# Oracle: tests/lib/summaries.py, which adds the records up one by one; the size of the file.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
COUNT=2000
F=$WORK/pacct
PORT=$((20000 + RANDOM % 10000))
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
summaries_to() { # ACTION
    generate_conf
    add_conf "ruleset(name=\"summaries\" queue.type=\"linkedList\" queue.size=\"100000\") { action($1) }
    input(type=\"impacct\" file=\"$F\" ruleset=\"records\" summary.ruleset=\"summaries\" resolveNames=\"off\" hostname=\"host\"
        properties=\"none\" summary.interval=\"20\" summary.by=[\"uid\", \"comm\"])"
}
stored() { grep -qs "^{\"format\":3,\"dev\":[0-9]*,\"ino\":[0-9]*,\"offset\":$(stat -c %s "$F")," "$(state_file "$F")"; }
summaries_to "type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
    action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\""
for at in 0 $COUNT; do
    summaries generate "$F" $COUNT --from "$at" --append
    startup
    wait_file_lines "$OUT" $((at + COUNT))
    wait_for "the position behind all records" stored
    kill_immediate
done
assert_eq "$(lines_of "$OUT")" $((2 * COUNT)) "records that were sent"
summaries_to "type=\"omfile\" file=\"$WORK/summaries.jsonl\" template=\"msg\""
startup
summed_up() { [ "$(summaries total "$WORK/summaries.jsonl")" = $((2 * COUNT)) ]; }
wait_for "all in summaries" summed_up
shutdown
assert_eq "$(lines_of "$OUT")" $((2 * COUNT)) "records that were sent in the end"
summaries compare "$F" "$WORK/summaries.jsonl" --by uid,comm --interval 20
exit_test
