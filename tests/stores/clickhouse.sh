#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/clickhouse.conf and contrib/schema/clickhouse.sql, as they are shipped, with ClickHouse's own
# engine behind a stand-in for its HTTP interface (clickhouse.py), because its server is in no package registry.
# Invariant: each record is there once with all its values, although the server is busy, is stopped and started, and
# rsyslogd is killed; and so are summaries and state messages.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omhttp
. "$srcdir/stores/server-clickhouse.sh"
arrived() { [ "$(ask "SELECT count(DISTINCT id) FROM impacct.message WHERE comm IS NOT NULL")" -ge "$1" ]; }

start_clickhouse
export IMPACCT_CH_HOST=localhost IMPACCT_CH_PORT=$CH_PORT IMPACCT_CH_USER=impacct IMPACCT_CH_PASSWORD=secret
export IMPACCT_CA=$WORK/cert.pem
use_shipped clickhouse
# summaries are among them, too
sed 's/properties="none"/& summary.interval="60"/' "$TOP/contrib/rsyslog.d/clickhouse.conf" >"$WORK/clickhouse.conf"
sed -i "s|include(file=\"[^\"]*\"|include(file=\"$WORK/clickhouse.conf\"|" "$WORK/rsyslog.conf"
startup
pacct_py generate "$PACCT" 3000 --append
storm 1
wait_for "the first records" arrived "$(records)"
# busy, then away
: >"$WORK/busy"
pacct_py generate "$PACCT" 1500 --append --serial 3000
wait_content "error http status code: 500"
rm "$WORK/busy"
wait_for "what came while it was busy" arrived "$(records)"
end_server "$SERVER"
pacct_py generate "$PACCT" 1500 --append --serial 4500
wait_content "suspending ourselves due to server failure"
storm 1
start_clickhouse
wait_for "what came while it was away" arrived "$(records)"
pacct_py generate "$PACCT" 1500 --append --serial 6000
wait_for "some more" arrived "$(($(records) - 1400))"
kill_immediate
startup
wait_for "all records" arrived "$(records)"
shutdown
echo "$(($(ask "SELECT count() FROM impacct.message") - $(ask "SELECT count() FROM impacct.message FINAL"))) rows came twice and wait for a merge"
ask "SELECT * FROM impacct.message FINAL WHERE event IN ('exit', 'synthetic') SETTINGS output_format_json_quote_64bit_integers = 0,
    output_format_json_quote_decimals = 0, date_time_output_format = 'iso' FORMAT JSONEachRow" |
    python3 "$srcdir/stores/typed.py" >"$WORK/there" || error_exit "see above"
compare_ids "$WORK/there"
content_check ", 0 repeats" "$WORK/result"
[ "$(ask "SELECT count() FROM impacct.message FINAL WHERE event = 'module_started' AND detail != ''")" -ge 2 ] ||
    error_exit "no state messages"
[ "$(ask "SELECT count() FROM impacct.message FINAL WHERE event = 'summary' AND count > 0 AND length(exit_codes) > 0
    AND JSONExtractString(assumeNotNull(\`group\`), 'comm') != ''")" -gt 0 ] || error_exit "no summaries"
exit_test
