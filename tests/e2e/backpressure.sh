#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: while an output is dead, the reader waits, and drops nothing; when it is back, everything comes, in order.
# Invariant: no more than the queue holds is taken from the file, the position stays behind, memory does not grow with
# the file.
# Oracle: the records of the file; rsyslogd's resident size before and after the file grew fivefold.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 5000
PORT=$((20000 + RANDOM % 10000))
add_conf "ruleset(name=\"net\" queue.type=\"linkedList\" queue.size=\"2000\" queue.timeoutShutdown=\"100\"
    queue.timeoutEnqueue=\"1\") { # what does not wait is dropped
    action(type=\"omfwd\" target=\"127.0.0.1\" port=\"$PORT\" protocol=\"tcp\" template=\"msg\"
           action.resumeRetryCount=\"-1\" action.resumeInterval=\"1\") }
module(load=\"impstats\" interval=\"1\" format=\"json\" resetCounters=\"off\" log.syslog=\"off\" log.file=\"$WORK/stats\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"net\")"
stat_of() { grep -s "\"origin\": \"impacct\"" "$WORK/stats" | tail -n 1 | sed -n "s/.*\"$1\": \([0-9]*\).*/\1/p"; }
rss() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$RSYSLOGD_PID/status"; }
reports() { if [ -e "$WORK/stats" ]; then grep -c "\"origin\": \"impacct\"" "$WORK/stats"; else echo 0; fi; }
# the queue is full: the last two reports, both newer than the first $1, are equal and not zero
settled() {
    local reads
    reads=$(grep -s "\"origin\": \"impacct\"" "$WORK/stats" | tail -n 2 | sed 's/.*"read": \([0-9]*\).*/\1/' | uniq)
    [ "$(reports)" -ge $(($1 + 2)) ] && [ "$(echo "$reads" | wc -l)" = 1 ] && [ "$reads" != 0 ]
}
startup
wait_for "the queue to fill" settled 0
small=$(rss)
read_then=$(stat_of read)
[ "$read_then" -le 3100 ] || error_exit "$read_then records were taken with a queue of 2000"
pacct_py generate "$WORK/pacct" 20000 --serial 5000 --append
wait_for "two more reports" settled "$(reports)"
big=$(rss)
[ -n "$RSYSLOGD_WRAPPER" ] || [ "$big" -le $((small + 1024)) ] || error_exit "memory grew from $small to $big KiB while the output was dead"
assert_eq "$(stat_of read)" "$read_then" "records taken while the output was dead"
# the consumer appears: a plain server that writes down what comes
start_receiver "$PORT" "$WORK/received"
wait_file_lines "$WORK/received" 25000
shutdown
stop_receiver
pacct_py compare "$WORK/pacct" "$WORK/received"
exit_test
