#!/usr/bin/env bash
# Intent: contrib/rsyslog.d/opensearch.conf and contrib/opensearch/template.json, as shipped, with a real server.
# Invariant: documents = records, each with the right values under the types of the template, although rsyslogd is
# killed and the server is stopped and started; nothing is refused; sums in the server are those of the file.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omelasticsearch
jars=$TOP/.build/stores/opensearch
[ -d "$jars" ] || skip_test "no OpenSearch; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
command -v curl >/dev/null || skip_test "curl is not installed"
PORT=9211
mkdir "$WORK/conf"
# its port is one above the base port, and it takes none that the kernel gives
printf '%s\n' 'discovery.type: single-node' 'network.host: 127.0.0.1' "transport.port: $(free_port)" \
    'cluster.routing.allocation.disk.threshold_enabled: false' >"$WORK/conf/opensearch.yml"
URL=http://127.0.0.1:$PORT
api() { curl -sS -H 'Content-Type: application/json' "$URL/$1" "${@:2}"; }
answers() { api _cluster/health 2>/dev/null | grep -qE '"status":"(green|yellow)"'; }
start_opensearch() {
    server java -Xms512m -Xmx512m -cp "$jars/*" org.codelibs.opensearch.runner.OpenSearchRunner \
        -basePath "$WORK/search" -confPath "$WORK/conf" -numOfNode 1 -baseHttpPort $((PORT - 1))
    wait_for "OpenSearch" answers
}
documents() { api 'processes-*/_refresh' >/dev/null; api 'processes-*/_count' | jq '.count // 0'; }
in_index() { [ "$(documents)" -ge "$1" ]; }

! listens "$PORT" || skip_test "port $PORT is taken"
start_opensearch
assert_eq "$(api _index_template/processes -X PUT --data-binary @"$TOP/contrib/opensearch/template.json")" \
    '{"acknowledged":true}' "the template"
export IMPACCT_SEARCH_URL=$URL IMPACCT_SEARCH_USER='' IMPACCT_SEARCH_PASSWORD=''
use_shipped opensearch
startup
# days of all kinds would be many indices: one batch of generated records, of real times else
pacct_py generate "$WORK/generated" 4000
python3 "$srcdir/stores/today.py" "$WORK/generated" >>"$PACCT"
wait_for "the first documents" in_index 500
kill_immediate
storm 2
startup
end_server "$SERVER"
storm 1
start_opensearch
wait_for "all records ($(records))" in_index "$(records)"
# all read again: nothing changes
kill_immediate
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
python3 "$srcdir/stores/today.py" "$WORK/generated" 1 >>"$PACCT"
wait_for "the last record" in_index "$(records)"
shutdown
assert_eq "$(documents)" "$(records)" "documents"
[ ! -s "$WORK/log/processes_refused.jsonl" ] || error_exit "refused: $(head -c 600 "$WORK/log/processes_refused.jsonl")"
api 'processes-*/_search?size=10000' >"$WORK/documents.json"
api 'processes-*/_search?size=0' -d '{"aggs": {
    "top": {"terms": {"field": "process.name", "size": 5, "order": {"cpu": "desc"}},
            "aggs": {"cpu": {"sum": {"field": "pacct.cpu_user"}}}},
    "failures": {"filter": {"term": {"event.outcome": "failure"}}, "aggs": {"user": {"terms": {"field": "user.id"}}}},
    "minutes": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1m", "min_doc_count": 1}}}}' >"$WORK/sums.json"
python3 "$srcdir/stores/documents.py" "$PACCT" "$WORK/documents.json" "$WORK/sums.json" || error_exit "see above"
api 'processes-*/_forcemerge?max_num_segments=1' -X POST >/dev/null
api 'processes-*/_flush' -X POST >/dev/null
echo "$(($(api 'processes-*/_stats/store' | jq ._all.primaries.store.size_in_bytes) / $(records))) bytes a record in the index"
exit_test
