#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/fleet.conf, as it is shipped, with contrib/rsyslog.d/central.conf: summaries and alarms leave
# the host, records stay; contrib/report reads what the central one has.
# Invariant: although the central one is away and rsyslogd is killed meanwhile, its summaries are those of the records, and
# none of the records is there; each record is in the local file; both reports count the same.
# Oracle: tests/lib/summaries.py and tests/lib/pacct.py on the accounting file.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omrelp
/usr/bin/python3 -c "import rich, jinja2, pygal" 2>/dev/null || skip_test "python3-rich, -jinja2 or -pygal is not installed"
. "$srcdir/stores/server-central.sh"
as_host host1.test
use_shipped fleet
OUT=$WORK/log/processes.jsonl
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
here() { [ "$(sent "$OUT")" -ge "$1" ]; }
there() { [ -e "$RECEIVED" ] && [ "$(summaries total "$RECEIVED")" -ge "$1" ]; }
HOURS=5
# put HOUR: 2000 records of an hour
put() { summaries generate "$PACCT" 2000 --from $((72000 * $1)) --append; }

start_central
startup
put 0
put 1
wait_for "the first summaries" there 4000
end_server "$SERVER" # what comes then waits here
put 2
put 3
wait_for "the records" here 7000
kill_immediate
startup
put 4
wait_for "the last records" here $((2000 * HOURS))
start_central
# what waited on the disk comes beside what is in memory, in any order
compare() {
    grep '^{.*}$' "$RECEIVED" >"$WORK/central.jsonl"
    python3 "$srcdir/lib/summaries.py" compare "$PACCT" "$WORK/central.jsonl" --by uid,comm --interval 3600 2>"$WORK/wrong"
}
wait_for "all summaries" compare
shutdown
assert_eq "$(grep -c '"event":"exit"' "$WORK/central.jsonl")" 0 "records at the central one"
content_check '"event":"module_started"' "$WORK/central.jsonl"
sort -u "$OUT" | grep '"comm":' | grep -v '"event":"summary' >"$WORK/here"
compare_ids "$WORK/here"
# the same by both
total() { "$TOP/contrib/report" --json "$1" | python3 -c '
import json, sys
totals = json.load(sys.stdin)["totals"]
print([totals[name] for name in ("processes", "failed", "cpu_seconds", "elapsed_seconds")])'; }
assert_eq "$(total "$WORK/central.jsonl")" "$(total "$OUT")" "what the report on summaries says"
assert_eq "$(total "$OUT" | tr -d '[' | cut -d, -f1)" $((2000 * HOURS)) "processes"
exit_test
