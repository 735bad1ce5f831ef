#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the first position that is stored does not leave behind what was read before it and is not summed up yet.
# Invariant: rsyslogd is killed as soon as such a position is there; the next run's summaries hold all records.
# Oracle: the number of records; tests/lib/summaries.py.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
F=$WORK/pacct
OUT=$WORK/out.jsonl
COUNT=20000
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
generate_conf
# a direct queue: a batch is done with when it was handed over
add_conf "ruleset(name=\"main\" queue.type=\"direct\") { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"main\" resolveNames=\"off\" properties=\"none\" summary.by=[\"uid\", \"comm\"]
        summary.interval=\"86400\" persistStateInterval=\"1\")"
summaries generate "$F" $COUNT
startup
wait_for "a position behind the first records" grep -qs '"offset":[1-9]' "$(state_file "$F")"
kill_immediate
content_check '"sums":' "$(state_file "$F")"
startup
summed_up() { [ "$(summaries total "$OUT")" = $COUNT ]; }
wait_for "all in summaries" summed_up
shutdown
summaries compare "$F" "$OUT" --by uid,comm --interval 86400
exit_test
