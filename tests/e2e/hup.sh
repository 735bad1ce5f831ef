#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: HUP, sent daily by log rotation, does no harm, and SIGTERM ends rsyslogd.
# Invariant: between, during and after signals every record arrives once; the end comes within ten seconds, also in the
# middle of a long replay, and what was not read then is read after the next start.
# Oracle: tests/lib/pacct.py; omfile reopens its files at HUP, so a renamed output shows that it came through.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 200
# when it holds 25000 messages, the main queue would have a second worker, and no order
add_conf 'main_queue(queue.workerThreads="1")'
# equal records give equal lines only without names: a record goes without one that it would have to wait long for
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" resolveNames=\"off\")"
startup
sum=200
have() { [ "$(cat "$OUT".[0-9] "$OUT" 2>/dev/null | wc -l)" -ge "$sum" ]; }
reopened() { [ -e "$OUT" ]; }
for n in 1 2 3; do
    wait_for "$sum records before HUP $n" have
    mv "$OUT" "$OUT.$n"
    kill -HUP "$RSYSLOGD_PID"
    pacct_py generate "$WORK/pacct" 50 --append --serial $sum --seed $n
    sum=$((sum + 50))
    wait_for "$sum records after HUP $n" have
    # the first records may still have gone to the file that was open
    pacct_py generate "$WORK/pacct" 1 --append --serial $sum --seed $n
    sum=$((sum + 1))
    wait_for "the output to be opened again" reopened
done
wait_for "all records" have

# the end, while there is much to read: a chunk over and over, which is quicker to make and to compare
pacct_py generate "$WORK/chunk" 1000 --serial $sum
for n in $(seq 100); do cat "$WORK/chunk"; done >>"$WORK/pacct"
began() { [ "$(cat "$OUT".[0-9] "$OUT" | wc -l)" -gt "$sum" ]; }
wait_for "some of many records" began
before=$SECONDS
shutdown
[ -n "$RSYSLOGD_WRAPPER" ] || [ $((SECONDS - before)) -le 10 ] || error_exit "it took $((SECONDS - before)) s to end"
total=$sum
sum=$((sum + 100000))
startup
wait_for "the rest" have
shutdown
cat "$OUT".[0-9] "$OUT" >"$WORK/all"
assert_eq "$(wc -l <"$WORK/all")" "$sum" "lines"
head -n $((total + 1000)) "$WORK/all" >"$WORK/first"
head -c $(((total + 1000) * 64)) "$WORK/pacct" >"$WORK/first.pacct"
pacct_py compare "$WORK/first.pacct" "$WORK/first"
for n in $(seq 100); do tail -n 1000 "$WORK/first"; done >"$WORK/expected"
tail -n 100000 "$WORK/all" | cmp - "$WORK/expected" || error_exit "records are lost, twice or out of order"
exit_test
