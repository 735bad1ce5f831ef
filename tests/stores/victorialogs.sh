#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/victorialogs.conf, as it is shipped, with a real server, over HTTPS and with its password.
# Invariant: no record is missing, although the server is stopped and started and rsyslogd is killed; each has its own
# time and its own values; none comes twice but for that kill. What the server drops because it has no room (it says so,
# 429) is in the error file.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omhttp
. "$srcdir/stores/server-victorialogs.sh"
# number QUERY: of a query that ends in "| stats ... n"
number() { ask "$1" | sed -n 's/.*"n":"\([0-9]*\)".*/\1/p'; }
records_of() { number "comm:* | stats $1 n"; }
arrived() { [ "$(records_of "count_uniq(id)")" -ge "$1" ]; }

start_victorialogs
export IMPACCT_VL_HOST=localhost IMPACCT_VL_PORT=$VL_PORT IMPACCT_VL_USER=impacct IMPACCT_VL_PASSWORD=secret
export IMPACCT_CA=$WORK/cert.pem
use_shipped victorialogs
startup
pacct_py generate "$PACCT" 3000 --append
storm 1
wait_for "the first records" arrived "$(records)"
end_server "$SERVER"
pacct_py generate "$PACCT" 1500 --append --serial 3000
wait_content "suspending ourselves due to server failure"
storm 1
start_victorialogs
wait_for "what came while it was away" arrived "$(records)"
assert_eq "$(records_of "count()")" "$(records)" "records without a kill"
pacct_py generate "$PACCT" 1500 --append --serial 4500
wait_for "some more" arrived "$(($(records) - 1400))"
kill_immediate
startup
wait_for "all records" arrived "$(records)"
shutdown
ask 'comm:*' limit=1000000 | python3 "$srcdir/stores/typed.py" >"$WORK/there" || error_exit "see above"
compare_ids "$WORK/there"
# state messages are there, and each message has a text to show
[ "$(number 'event:module_started | stats count() n')" -ge 2 ] || error_exit "no state messages"
assert_eq "$(number '_msg:"" | stats count() n')" 0 "messages without a text"
ask 'event:module_started | limit 1' | grep -q '"_msg":"module_started [^"]' || error_exit "a state message without a text"
# the questions of the page have an answer
while read -r query; do
    [ -n "$(ask "$query")" ] || error_exit "no answer: $query"
done < <(sed -n 's/^    {event/{event/p' "$TOP/doc/source/destinations.rst")
# its own page
vl "https://localhost:$VL_PORT/select/vmui/" | grep -qi '<title>.*VictoriaLogs' || error_exit "it has no page"

# a disk without room
end_server "$SERVER"
start_victorialogs -storage.minFreeDiskSpaceBytes=1000000GB
startup
pacct_py generate "$PACCT" 1 --append --serial 9999
wait_content p9999 "$WORK/log/processes_refused.jsonl"
wait_content "error http status code: 429"
shutdown
exit_test
