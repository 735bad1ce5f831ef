#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/opensearch's templates with all that the module says, and contrib/rsyslog.d/opensearch-stream.conf, as
# they are shipped, with a real server.
# Invariant: a field that a message has is in the template; a word, and any part, of a command line is found, also at the
# end of 3 KB; the dashboards' panels of usage are right, and show first who used most; a data stream has each record once,
# although all are read again and rsyslogd is killed, and what it had already is no failure; of summaries, the highest
# revisions add up to the records.
# Oracle: what is executed here; tests/lib/pacct.py.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omelasticsearch
# shellcheck source=/dev/null
. "$srcdir/stores/server-${SEARCH_SERVER:-opensearch}.sh"
leaders_on_disk
executed ecs "$WORK/executed.jsonl" <<'SH'
/bin/true "$(seq -s ' ' 600) needle-at-the-end $(printf '%08000d' 1)"
/bin/true "$(seq -s ' ' 600) /opt/hay/stack.cfg"
bash "$LEADERS" "$PROGRAMS"
SH
start_search
assert_eq "$(search_template | api _index_template/processes -X PUT --data-binary @-)" '{"acknowledged":true}' "the template"
python3 - "$WORK" <<'PY'
import json, sys
work = sys.argv[1]
with open(f"{work}/bulk", "w") as out:
    for line in open(f"{work}/executed.jsonl"):
        e = json.loads(line)
        print(json.dumps({"index": {"_index": "processes-" + e["@timestamp"][:10].replace("-", "."), "_id": e["event"]["id"]}}), file=out)
        out.write(line)
PY
assert_eq "$(api '_bulk?refresh=true' -X POST --data-binary "@$WORK/bulk" | jq .errors)" false "errors of the bulk request"
assert_eq "$(api 'processes-*/_count' | jq .count)" "$(wc -l <"$WORK/executed.jsonl")" "documents"
# the server added no field of its own; it says of wildcard that it has no doc_values
api 'processes-*/_mapping' | jq -S '[.[].mappings.properties][0] | walk(if type == "object" and .type == "wildcard" then del(.doc_values) else . end)' \
    >"$WORK/mapping"
search_template | jq -S .template.mappings.properties >"$WORK/wanted"
diff "$WORK/wanted" "$WORK/mapping" || error_exit "messages have fields that the template lacks"
for dashboard in grafana/elasticsearch.json grafana/opensearch.json; do
    python3 "$srcdir/stores/panels.py" "$WORK/executed.jsonl" search "$TOP/contrib/$dashboard" "$URL" || error_exit "see above"
done
python3 "$srcdir/stores/panels.py" "$WORK/executed.jsonl" saved "$TOP/contrib/opensearch/dashboards.ndjson" "$URL" ||
    error_exit "see above"
found() { api 'processes-*/_search?size=50' -d "{\"query\": $1}" | jq -r '[.hits.hits[]._source.event.action] | sort | join(" ")'; }
if [ "${SEARCH_SERVER:-opensearch}" = opensearch ]; then
    assert_eq "$(found '{"match_phrase": {"process.command_line.text": "needle-at-the-end"}}')" "exec exit" "a word behind 2 KB"
    assert_eq "$(found '{"wildcard": {"process.command_line": {"value": "*hay/stack.c*"}}}')" "exec exit" "a part at the end"
    assert_eq "$(found '{"query_string": {"query": "process.command_line.text:stack.cfg AND process.args_count:2"}}')" "exec exit" \
        "a query as people write it"
    assert_eq "$(found '{"query_string": {"query": "process.command_line.keyword:*\\ \\/opt\\/hay*"}}')" "exec exit" \
        "a part, as detection rules ask for it"
fi

# the data stream
assert_eq "$(search_template stream-template | api _index_template/impacct-stream -X PUT --data-binary @-)" '{"acknowledged":true}' \
    "the template of the stream"
certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
TLS_PORT=$(free_port)
server socat "OPENSSL-LISTEN:$TLS_PORT,bind=127.0.0.1,reuseaddr,fork,cert=$WORK/cert.pem,key=$WORK/key.pem,verify=0" \
    "TCP:127.0.0.1:$SEARCH_PORT"
export IMPACCT_SEARCH_URL=https://localhost:$TLS_PORT IMPACCT_SEARCH_USER='' IMPACCT_SEARCH_PASSWORD='' IMPACCT_CA=$WORK/cert.pem
use_shipped opensearch-stream
in_stream() {
    api 'logs-impacct.process-default/_refresh' >/dev/null
    [ "$(api 'logs-impacct.process-default/_count?q=event.dataset:impacct.process' | jq '.count // 0')" -ge "$1" ]
}
startup
pacct_py generate "$WORK/generated" 2000
python3 "$srcdir/stores/today.py" "$WORK/generated" >>"$PACCT"
wait_for "the first documents" in_stream 500
kill_immediate
storm 1
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
wait_for "all records ($(records))" in_stream "$(records)"
shutdown
# all once more, and one that is new
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
python3 "$srcdir/stores/today.py" "$WORK/generated" 1 >>"$PACCT"
wait_for "the last record" in_stream "$(records)"
shutdown
for file in refused requests; do
    [ ! -s "$WORK/log/processes_$file.jsonl" ] || error_exit "$file: $(head -c 600 "$WORK/log/processes_$file.jsonl")"
done
api 'logs-impacct.process-default/_search?size=10000&q=event.dataset:impacct.process' |
    jq -c '.hits.hits[]._source | {id: .event.id, comm: .process.name, event: .event.action}' >"$WORK/ids.jsonl"
assert_eq "$(sort -u "$WORK/ids.jsonl" | wc -l)" "$(records)" "different records"
assert_eq "$(wc -l <"$WORK/ids.jsonl")" "$(records)" "records"
assert_eq "$(api _data_stream/logs-impacct.process-default | jq -r '.data_streams[0].timestamp_field.name')" @timestamp "a data stream"

# rolled over, as a lifecycle does it: what comes then goes into the next index, and the first can go alone
stream=logs-impacct.process-default
api "$stream/_rollover" -X POST -d '{"conditions": {"max_docs": 1}}' >"$WORK/rollover"
assert_eq "$(jq .rolled_over "$WORK/rollover")" true "a rollover"
startup
python3 "$srcdir/stores/today.py" "$WORK/generated" 1 "$(date +%s)" >>"$PACCT"
wait_for "a record after it" in_stream "$(records)"
shutdown
assert_eq "$(api "$(jq -r .new_index "$WORK/rollover")/_count?q=event.dataset:impacct.process" | jq .count)" 1 "in the next index"
assert_eq "$(api "$(jq -r .old_index "$WORK/rollover")" -X DELETE)" '{"acknowledged":true}' "the first goes"
api "$stream/_refresh" >/dev/null
assert_eq "$(api "$stream/_count?q=event.dataset:impacct.process" | jq .count)" 1 "in the stream"

# summaries in it: what came late amends them, and the highest revision of each is right
: >"$PACCT"
rm -f "$WORK"/spool/rsyslog/impacct-state*
sed -i "s|$TOP/contrib/rsyslog.d/opensearch-stream.conf|$WORK/stream.conf|" "$WORK/rsyslog.conf"
sed 's/^\(input(type="impacct" .*\))$/\1 summary.interval="60" summary.by=["uid", "comm"])/' \
    "$TOP/contrib/rsyslog.d/opensearch-stream.conf" >"$WORK/stream.conf"
content_check 'summary.interval' "$WORK/stream.conf"
summed_up() {
    api 'logs-impacct.process-default/_refresh' >/dev/null
    api 'logs-impacct.process-default/_search?size=10000&q=event.action:summary' |
        jq -c '[.hits.hits[]._source]' >"$WORK/summaries.json"
    [ "$(jq 'group_by(.event.id) | map(max_by(.pacct.revision).pacct.count) | add' "$WORK/summaries.json")" = "$(records)" ]
}
startup
for at in 0 1000 2000; do
    python3 "$srcdir/lib/summaries.py" generate "$PACCT" 1000 --from "$at" --append
    wait_for "$(records) records in summaries" summed_up
done
shutdown
[ "$(jq 'map(.pacct.revision) | max' "$WORK/summaries.json")" -gt 0 ] || error_exit "no summary was amended"
exit_test
