#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd is killed again and again while it sums up: all windows come, each with one id and one content.
# Invariant: what the ids hold in the end is what a run says that nothing interrupted, with records and without them. With
# records kept, none is lost, and a window that is open for a day does not make them come again.
# Oracle: tests/lib/summaries.py; the ids of the records.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
COUNT=60000
F=$WORK/pacct
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
summed_up() { [ "$(summaries total "$OUT")" = $COUNT ]; }
run_with() { # OUT PARAMETERS: a new configuration without a position
    OUT=$WORK/$1.jsonl
    rm -f "$(state_file "$F")"
    generate_conf
    # an action queue of its own, and small transactions: many messages wait in memory
    add_conf "ruleset(name=\"slow\" queue.type=\"linkedList\" queue.size=\"200000\") {
        action(type=\"omfile\" file=\"$OUT\" template=\"msg\" queue.type=\"linkedList\" queue.size=\"100000\"
               queue.dequeueBatchSize=\"64\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"slow\" resolveNames=\"off\" properties=\"none\" hostname=\"host\"
        hostId=\"id\" persistStateInterval=\"100\" summary.by=[\"uid\", \"comm\"] $2)"
}
reached() { has_lines "$OUT" "$1" || summed_up; }
ids() { sed -n 's/^{"event":"exit","id":"\([0-9a-f]*\)".*}$/\1/p' "$OUT"; }
# killed_ten_times LINES: each run is killed some multiple of so many lines later than the one before
killed_ten_times() {
    local n before
    for n in 1 2 3 4 5 6 7 8 9 10; do
        before=$(lines_of "$OUT")
        startup
        wait_for "more lines" reached $((before + $1 * n))
        kill_immediate
    done
    startup
    wait_for "all in summaries" summed_up
    shutdown
}
summaries generate "$F" $COUNT
pacct_py dump "$F" --host-id id | sed -n 's/.*"id": "\([0-9a-f]*\)".*/\1/p' | sort >"$WORK/all"

run_with whole 'summary.interval="20" summary.records="drop"'
startup
wait_for "all in summaries" summed_up
shutdown
summaries compare "$F" "$OUT" --by uid,comm --interval 20

run_with killed 'summary.interval="20" summary.records="drop"'
killed_ten_times 80
summaries compare "$F" "$OUT" --by uid,comm --interval 20
summaries same "$WORK/whole.jsonl" "$OUT"

# with the records, in windows that outlive a kill or several
run_with whole_kept 'summary.interval="600"'
startup
wait_for "all in summaries" summed_up
shutdown
run_with killed_kept 'summary.interval="600"'
killed_ten_times 900
summaries compare "$F" "$OUT" --by uid,comm --interval 600
summaries same "$WORK/whole_kept.jsonl" "$OUT"
ids | sort -u >"$WORK/sent"
diff "$WORK/sent" "$WORK/all" >"$WORK/differ" || error_exit "records are lost, or are none: $(head -n 5 "$WORK/differ")"

# a day's window, with the records: each run is killed once the position behind all there is was stored
: >"$F"
run_with day 'summary.interval="86400"'
stored() { grep -qs "^{\"format\":3,\"dev\":[0-9]*,\"ino\":[0-9]*,\"offset\":$(stat -c %s "$F"),.*\"sums\":{\"records\":[1-9]" "$(state_file "$F")"; }
for at in $(seq 0 10000 $((COUNT - 1))); do
    summaries generate "$F" 10000 --from "$at" --append
    startup
    wait_for "the position" stored
    kill_immediate
done
startup
wait_for "all in summaries" summed_up
shutdown
summaries compare "$F" "$OUT" --by uid,comm --interval 86400
ids | sort >"$WORK/sent"
diff "$WORK/sent" "$WORK/all" >"$WORK/differ" || error_exit "records are lost, or came again because their window was open: $(head -n 5 "$WORK/differ")"
exit_test
