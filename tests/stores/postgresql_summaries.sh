#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: days and months from summaries are those from records, in PostgreSQL as contrib/postgresql and
# contrib/rsyslog.d/postgresql.conf have it, with summaries of a minute besides.
# Invariant: of each day, host, user and program the same counts, sums and maxima, although summaries are amended, rsyslogd
# is killed while they are sent, and all is read again; each summary is there once, in its highest revision.
# Oracle: the records of the same table; tests/lib/summaries.py on the file.
# shellcheck disable=SC2154 # bin and as_owner are of server-postgresql.sh
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module ompgsql
. "$srcdir/stores/server-postgresql.sh"
init_postgres
export IMPACCT_PG_URI="postgresql://impacct:...@127.0.0.1:$PG_PORT/processes"
use_shipped postgresql
sed -i "s|$TOP/contrib/rsyslog.d/postgresql.conf|$WORK/postgresql.conf|" "$WORK/rsyslog.conf"
sed 's/ properties="none")$/ properties="none" summary.interval="60" summary.by=["user", "uid", "comm"])/' \
    "$TOP/contrib/rsyslog.d/postgresql.conf" >"$WORK/postgresql.conf"
content_check 'summary.interval' "$WORK/postgresql.conf"
records_in_table() { [ "$(sql "SELECT count(*) FROM impacct.process WHERE event = 'exit'")" -ge "$1" ]; }
summed_up() { [ "$(sql "SELECT sum(count) FROM impacct.summary")" = "$1" ]; }
windows_agree() { [ "$(sql "SELECT sum(records) FROM impacct.summary_window")" = "$1" ]; }
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }

# a day ends in it: 20 a second from half a minute before it
COUNT=3000
FROM=$((20 * (86400 - 1700000000 % 86400 - 30)))
startup
for part in 0 1 2; do
    summaries generate "$PACCT" 1000 --from $((FROM + 1000 * part)) --append
    wait_for "records" records_in_table $((1000 * part + 300))
    kill_immediate
    startup
done
wait_for "all records" records_in_table $COUNT
wait_for "all in summaries" summed_up $COUNT
wait_for "their windows" windows_agree $COUNT
shutdown
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
summaries generate "$PACCT" 1 --from $((FROM + COUNT)) --append
wait_for "all once more" records_in_table $((COUNT + 1))
wait_for "the last in a summary" summed_up $((COUNT + 1))
shutdown
[ "$(sql "SELECT max(revision) FROM impacct.summary")" -gt 0 ] || error_exit "no summary was amended"

SPAN="'2023-11-01 UTC', '2023-12-01 UTC'"
for of in day month; do
    for what in program summary; do
        sql "SELECT * FROM impacct.${what}_$of($SPAN) ORDER BY 1, 2, 3, 4" >"$WORK/$what"
    done
    diff "$WORK/program" "$WORK/summary" || error_exit "by $of, summaries are not as records"
    [ "$(wc -l <"$WORK/program")" -gt 100 ] || error_exit "there are few rows"
done
assert_eq "$(sql "SELECT count(DISTINCT day) FROM impacct.summary_day($SPAN)")" 2 "days"
assert_eq "$(sql "SELECT sum(processes) FROM impacct.summary_month($SPAN)")" $((COUNT + 1)) "processes"

# the same as the messages, by the oracle of summaries
sql "SELECT json_strip_nulls(json_build_object('event', 'summary', 'id', id, 'revision', revision, 'group', grouped,
    'count', count, 'failures', failures, 'killed_count', killed_count, 'core_dumps', core_dumps, 'exit_codes', exit_codes,
    'elapsed_sum', elapsed_sum, 'elapsed_max', elapsed_max, 'elapsed_p50', elapsed_p50, 'elapsed_p95', elapsed_p95,
    'elapsed_p99', elapsed_p99, 'cpu_sum', cpu_sum, 'cpu_max', cpu_max, 'cpu_p50', cpu_p50, 'cpu_p95', cpu_p95,
    'cpu_p99', cpu_p99, 'minor_faults_sum', minor_faults_sum, 'major_faults_sum', major_faults_sum,
    'window_start', to_char(window_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'window_end', to_char(window_end AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'first_start', to_char(first_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'last_end', to_char(last_end AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))) FROM impacct.summary" >"$WORK/table.jsonl"
sql "SELECT json_build_object('event', 'summary_window', 'id', id, 'revision', revision, 'records', records, 'groups', groups,
    'other_records', other_records, 'late_records', late_records, 'complete', complete,
    'window_start', to_char(window_start AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'window_end', to_char(window_end AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) FROM impacct.summary_window" >>"$WORK/table.jsonl"
summaries compare "$PACCT" "$WORK/table.jsonl" --by uid,comm --interval 60

# what they used, of which the amended one holds
add_usage() {
    sql "SELECT impacct.add('{\"event\": \"summary\", \"id\": \"$(printf %032d 8)\", \"hostname\": \"usage.test\",
        \"window_start\": \"2023-11-20T10:00:00Z\", \"window_end\": \"2023-11-20T10:01:00Z\", \"time\": \"2023-11-20T10:01:00Z\",
        \"group\": {}, \"count\": 9, \"revision\": $1, \"usage_count\": $2$(
        for field in max_rss_kib read_bytes write_bytes; do
            for what in sum max p50 p95 p99; do
                printf ', \"%s_%s\": %s' $field $what "$2"
            done
        done)}')" >/dev/null
}
add_usage 0 7
add_usage 1 8
assert_eq "$(sql "SELECT count(*) FROM impacct.summary AS s, jsonb_each(to_jsonb(s)) WHERE hostname = 'usage.test'
    AND key ~ '^(usage_count|max_rss_kib_|read_bytes_|write_bytes_)' AND value = '8' AND more IS NULL")" 16 "columns of usage"

# the dashboard adds up what they say
python3 "$srcdir/stores/panels.py" "$PACCT:60" sql "$TOP/contrib/grafana/postgresql.json" "$bin/psql" -Xq \
    -v ON_ERROR_STOP=1 "${as_owner[@]}" || error_exit "see above"

# the question of a day does not read those before
reads=$(sql "EXPLAIN SELECT * FROM impacct.summary_day('2023-11-15 UTC', '2023-11-15 12:00 UTC')" | grep -o 'summary_2023[0-9]*' | sort -u | tr '\n' ' ')
assert_eq "$reads" "summary_20231115 " "tables read"
exit_test
