#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/splunk.conf, as it is shipped, with a stand-in for Splunk's HTTP Event Collector (hec.py),
# because there is no Splunk to be had: what Splunk itself would say is not proved.
# Invariant: no record is missing, although the server is busy, is stopped and started, and rsyslogd is killed; none
# comes twice but for that kill. With a wrong token, what was refused first is in the error file.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omhttp
certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
PORT=$(free_port)
RECEIVED=$WORK/received.jsonl
start_collector() {
    server python3 "$srcdir/stores/hec.py" "$PORT" "$WORK/cert.pem" "$WORK/key.pem" secret "$RECEIVED" "$WORK/busy"
    wait_for "the collector" listens "$PORT"
}
arrived() { [ "$(sent "$RECEIVED")" -ge "$1" ]; }

start_collector
export IMPACCT_HEC_HOST=localhost IMPACCT_HEC_PORT=$PORT IMPACCT_HEC_TOKEN=secret IMPACCT_CA=$WORK/cert.pem
use_shipped splunk
startup
pacct_py generate "$PACCT" 2000 --append
storm 1
wait_for "the first records" arrived "$(records)"
# busy, then away
: >"$WORK/busy"
pacct_py generate "$PACCT" 300 --append --serial 2000
wait_content "error http status code: 503"
rm "$WORK/busy"
wait_for "what came while it was busy" arrived "$(records)"
end_server "$SERVER"
pacct_py generate "$PACCT" 300 --append --serial 2300
wait_content "error http status code: 0"
start_collector
wait_for "what came while it was away" arrived "$(records)"
compare_ids "$RECEIVED"
content_check ", 0 repeats" "$WORK/result"
pacct_py generate "$PACCT" 2000 --append --serial 2600
wait_for "some more" arrived 3500
kill_immediate
startup
sent_all() { [ "$(sort -u "$RECEIVED" | sent -)" -ge "$1" ]; }
wait_for "all records ($(records))" sent_all "$(records)"
shutdown
compare_ids "$RECEIVED"

# what is refused is in the error file
export IMPACCT_HEC_TOKEN=wrong
startup
pacct_py generate "$PACCT" 1 --append --serial 9999
wait_content "Invalid token" "$WORK/log/processes_refused.jsonl"
shutdown
! grep -q p9999 "$RECEIVED" || error_exit "a record came with a wrong token"
exit_test
