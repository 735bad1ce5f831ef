#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries say what the records add up to, however they were read.
# Invariant: sums, counts, times and codes of each group are exact, percentiles within 1 %; a file read in one go and piece
# by piece while it grows gives the same ids with the same contents. With records kept, each comes as well. What is late
# amends. What is sent after an orderly stop is not sent again.
# Oracle: tests/lib/summaries.py, which adds the records up one by one.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
COUNT=20000
F=$WORK/pacct
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
summed_up() { [ "$(summaries total "$OUT")" = $COUNT ]; }
run_with() { # OUT PARAMETERS: a new configuration without a position
    OUT=$WORK/$1.jsonl
    rm -f "$(state_file "$F")"
    generate_conf
    add_conf "ruleset(name=\"main\" queue.type=\"linkedList\" queue.size=\"100000\") {
        action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"main\" resolveNames=\"off\" properties=\"none\" hostId=\"h\" hostname=\"host\"
        $2)"
}
BY='summary.interval="60" summary.by=["uid", "comm"]'
sent() { grep -c '"event":"exit"' "$OUT"; }
have_been_sent() { [ "$(sent)" -ge "$1" ]; }

# in one go
summaries generate "$F" $COUNT
run_with once "$BY summary.records=\"drop\""
startup
wait_for "all in summaries" summed_up
shutdown
summaries compare "$F" "$OUT" --by uid,comm --interval 60
assert_eq "$(sent)" 0 "records that were sent"
read -r _ _ revision < <(summaries sent "$OUT")
[ "$revision" -gt 0 ] || error_exit "nothing was late"

# after an orderly stop, nothing is sent again that was sent
cp "$OUT" "$WORK/once"
lines=$(lines_of "$OUT")
startup
pacct_py generate "$F" 1 --serial 1000000 --append # an hour and more later
wait_for "its window" grep -qs "p1000000" "$OUT"
shutdown
assert_eq "$(($(lines_of "$OUT") - lines))" 2 "lines after a restart"

# as it grows, with the records
: >"$F"
run_with live "$BY"
startup
for at in $(seq 0 1000 $((COUNT - 1))); do
    summaries generate "$F" 1000 --from "$at" --append
    wait_for "$((at + 1000)) records" have_been_sent $((at + 1000))
done
wait_for "all in summaries" summed_up
shutdown
assert_eq "$(sent)" $COUNT "records that were sent"
summaries compare "$F" "$OUT" --by uid,comm --interval 60
summaries same "$WORK/once" "$OUT"
exit_test
