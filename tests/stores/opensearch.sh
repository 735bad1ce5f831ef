#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/opensearch.conf and contrib/opensearch/template.json, as shipped, with a real server; HTTPS,
# which the server that can be had does not speak, is spoken by socat before it.
# Invariant: documents = records, each with the right values under the types of the template, although rsyslogd is
# killed, the server is stopped and started, and it has no room for a while; sums in the server are those of the file,
# and so is what the dashboards show. A document that it refuses for good is in the file for that, with the answer.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omelasticsearch
# shellcheck source=/dev/null
. "$srcdir/stores/server-${SEARCH_SERVER:-opensearch}.sh"
documents() { api 'processes-*/_refresh' >/dev/null; api "processes-*/_count?q=event.dataset:$1" | jq '.count // 0'; }
in_index() { [ "$(documents impacct.process)" -ge "$1" ]; }

start_search
search=$SERVER
assert_eq "$(search_template | api _index_template/processes -X PUT --data-binary @-)" \
    '{"acknowledged":true}' "the template"
certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
TLS_PORT=$(free_port)
server socat "OPENSSL-LISTEN:$TLS_PORT,bind=127.0.0.1,reuseaddr,fork,cert=$WORK/cert.pem,key=$WORK/key.pem,verify=0" \
    "TCP:127.0.0.1:$SEARCH_PORT"
export IMPACCT_SEARCH_URL=https://localhost:$TLS_PORT IMPACCT_SEARCH_USER='' IMPACCT_SEARCH_PASSWORD=''
export IMPACCT_CA=$WORK/cert.pem
use_shipped opensearch
startup
# days of all kinds would be many indices: one batch of generated records, of real times else
pacct_py generate "$WORK/generated" 4000
python3 "$srcdir/stores/today.py" "$WORK/generated" >>"$PACCT"
wait_for "the first documents" in_index 500
kill_immediate
storm 2
startup
end_server "$search"
storm 1
start_search
wait_for "all records ($(records))" in_index "$(records)"
# as when its disk is full: what came is sent again when there is room, also by another rsyslogd
read_only() { api 'processes-*/_settings' -X PUT -d "{\"index.blocks.read_only_allow_delete\": $1}" >/dev/null; }
# all 200 (or 400: those that are tried again are deleted later), and nothing was written for more than a second, of the five
# until they are tried again: what a killed rsyslogd was about to write into its queue can spoil a record of the next one
on_disk() {
    grep -qs '^+iQueueSize:2:3:[2-9]' "$WORK/spool/rsyslog/processes_again.qi" &&
        [ "$(($(date +%s) - $(stat -c %Y "$WORK/spool/rsyslog/processes_again.qi")))" -ge 2 ]
}
read_only true
python3 "$srcdir/stores/today.py" "$WORK/generated" 200 $(($(date +%s) - 60)) >>"$PACCT"
wait_for "refused documents on the disk" on_disk
kill_immediate
startup
read_only null
wait_for "what was refused" in_index "$(records)"
# all read again: nothing changes
kill_immediate
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
python3 "$srcdir/stores/today.py" "$WORK/generated" 1 >>"$PACCT"
wait_for "the last record" in_index "$(records)"
shutdown
assert_eq "$(documents impacct.process)" "$(records)" "documents"
[ ! -s "$WORK/log/processes_refused.jsonl" ] || error_exit "refused: $(head -c 600 "$WORK/log/processes_refused.jsonl")"
api 'processes-*/_search?size=10000&q=event.dataset:impacct.process' >"$WORK/documents.json"
api 'processes-*/_search?size=0' -d '{"query": {"term": {"event.dataset": "impacct.process"}}, "aggs": {
    "top": {"terms": {"field": "process.name", "size": 5, "order": {"cpu": "desc"}},
            "aggs": {"cpu": {"sum": {"field": "pacct.cpu_user"}}}},
    "failures": {"filter": {"term": {"event.outcome": "failure"}}, "aggs": {"user": {"terms": {"field": "user.id"}}}},
    "minutes": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1m", "min_doc_count": 1}}}}' >"$WORK/sums.json"
# the dashboards, with a state message of a known text
now=$(python3 "$srcdir/stores/panels.py" "$PACCT" time)
api "processes-${now:0:4}.${now:5:2}.${now:8:2}/_doc/state" -X PUT -d "{\"@timestamp\": \"$now\", \"message\": \"nothing for 600 s\",
    \"event\": {\"action\": \"accounting_silent\", \"dataset\": \"impacct.state\"}, \"host\": {\"name\": \"state.test\"}}" |
    grep -q '"result":"created"' || error_exit "the state message was refused"
api 'processes-*/_refresh' >/dev/null
for dashboard in elasticsearch opensearch; do
    python3 "$srcdir/stores/panels.py" "$PACCT" search "$TOP/contrib/grafana/$dashboard.json" "$URL" ||
        error_exit "see above"
done
python3 "$srcdir/stores/panels.py" "$PACCT" saved "$TOP/contrib/opensearch/dashboards.ndjson" "$URL" ||
    error_exit "see above"
[ "$(documents impacct.state)" -gt 1 ] || error_exit "no state message of the module is there"
python3 "$srcdir/stores/documents.py" "$PACCT" "$WORK/documents.json" "$WORK/sums.json" || error_exit "see above"
api 'processes-*/_forcemerge?max_num_segments=1' -X POST >/dev/null
api 'processes-*/_flush' -X POST >/dev/null
echo "$(($(api 'processes-*/_stats/store' | jq ._all.primaries.store.size_in_bytes) / $(records))) bytes a record in the index"

# a document that the server will never take
api processes-2023.11.14 -X PUT -d '{"mappings": {"properties": {"process": {"properties": {"name": {"type": "long"}}}}}}' \
    >/dev/null
startup
python3 "$srcdir/stores/today.py" "$WORK/generated" 2 1700000000 >>"$PACCT"
wait_file_lines "$WORK/log/processes_refused.jsonl" 2
shutdown
assert_eq "$(jq -r '.answer.error.type + " " + .document.process.end[:10]' "$WORK/log/processes_refused.jsonl" | sort | uniq -c |
    tr -s ' ')" " 2 ${PARSING_EXCEPTION:-mapper_parsing_exception} 2023-11-14" "what was refused"
exit_test
