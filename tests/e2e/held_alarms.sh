#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a dead output that has a queue of its own, and takes one record of ten, holds up nobody else.
# Invariant: records go on beyond anything that could be in flight; memory stays, the position is the end, with holes
# for what is held; that is said and counted; accounting is still watched. When the output is back, all is released.
# Oracle: the number of records in the file; what a receiver gets; rsyslogd's resident size.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
RECORDS=1100000 # more than 1024 batches of 1024
PORT=$((20000 + RANDOM % 10000))
generate_conf
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" resetCounters=\"off\" log.syslog=\"off\" log.file=\"$WORK/stats\")
template(name=\"short\" type=\"string\" string=\"%procid%\\n\")
ruleset(name=\"filtered\" queue.type=\"linkedList\" queue.size=\"2000\") {
    if \$procid % 10 == 0 then
        action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"short\"
               action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\"
               queue.type=\"linkedList\" queue.size=\"1000\" queue.timeoutEnqueue=\"0\")
    if \$procid % 10 == 1 then action(type=\"omfile\" file=\"$OUT\" template=\"short\")
}
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"filtered\" format=\"text\" properties=\"none\"
      silenceAlarm=\"2\")"
stat_of() { grep -s "\"origin\": \"impacct\"" "$WORK/stats" | tail -n 1 | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"; }
rss() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$RSYSLOGD_PID/status"; }
reached() { [ "$(stat_of "$1")" -ge "$2" ] 2>/dev/null; }
state_holds() { grep -qs "$1" "$(state_file "$WORK/pacct")"; }
state_lacks() { ! state_holds "$1"; }
pacct_py generate "$WORK/some" 20000
cp "$WORK/some" "$WORK/pacct"
startup
# single records at first: each would be a batch
python3 - "$WORK/some" "$WORK/pacct" <<'PY'
import sys, time
records = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "ab", buffering=0) as f:
    for n in range(1000):
        f.write(records[64 * n : 64 * n + 64])
        time.sleep(0.003)
PY
for _ in $(seq 9); do cat "$WORK/some"; done >>"$WORK/pacct"
wait_for "the first records" reached read 201000
small=$(rss)
for _ in $(seq $(((RECORDS - 201000) / 20000))); do cat "$WORK/some"; done >>"$WORK/pacct"
total=$(($(stat -c %s "$WORK/pacct") / 64))
wait_for "all records" reached read "$total"
big=$(rss)
[ -n "$RSYSLOGD_WRAPPER" ] || [ "$big" -le $((small + 8192)) ] || error_exit "memory grew from $small to $big KiB"
wait_for "the position" state_holds "\"offset\":$((total * 64)),"
state_holds '"format":2,.*"holes":\[' || error_exit "there are no holes in the state file"
[ "$(grep -o '"held":' "$(state_file "$WORK/pacct")" | wc -l)" -le 32 ] || error_exit "too many holes"
wait_content "have been held for" "$STATES"
content_check "the ruleset 'filtered'" "$STATES"
for counter in "held.batches 1" "held.messages 1000" "held.seconds 10"; do
    # shellcheck disable=SC2086 # name and least value
    wait_for "the counter $counter" reached $counter
done
# nothing comes into the file, although processes end
wait_content "accounting is silent"
# the receiver is there
start_receiver "$PORT" "$WORK/received"
wait_file_lines "$WORK/received" 1000
wait_content "is held any more" "$STATES"
wait_for "no holes" state_lacks holes
released() { [ "$(stat_of held.batches)" = 0 ]; }
wait_for "the counter to go back" released
shutdown
stop_receiver
# "some" is in the file so many times, and its first 1000 once more
pacct_py dump "$WORK/some" | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' >"$WORK/pids"
copies=$((total / 20000))
assert_eq "$(lines_of "$OUT")" $(($(grep -c '1$' "$WORK/pids") * copies + $(head -n 1000 "$WORK/pids" | grep -c '1$'))) records
exit_test
