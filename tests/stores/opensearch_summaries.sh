#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries in OpenSearch, as contrib/rsyslog.d/opensearch.conf, contrib/opensearch/template.json, rollup.json and the
# dashboards have them, with summaries of a minute besides the records.
# Invariant: although summaries are amended and rsyslogd is killed while they are sent, each is there once, in its highest
# revision: they add up to the records. The dashboards' panels of summaries add up what they say. What the transform job asks
# for is of each day, host, user and program what the records say. The job itself cannot be run: its plugin is in no registry.
# Oracle: the records of the accounting file, counted one by one.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omelasticsearch
# shellcheck source=/dev/null
. "$srcdir/stores/server-${SEARCH_SERVER:-opensearch}.sh"
start_search
assert_eq "$(search_template | api _index_template/processes -X PUT --data-binary @-)" '{"acknowledged":true}' "the template"
certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
TLS_PORT=$(free_port)
server socat "OPENSSL-LISTEN:$TLS_PORT,bind=127.0.0.1,reuseaddr,fork,cert=$WORK/cert.pem,key=$WORK/key.pem,verify=0" \
    "TCP:127.0.0.1:$SEARCH_PORT"
export IMPACCT_SEARCH_URL=https://localhost:$TLS_PORT IMPACCT_SEARCH_USER='' IMPACCT_SEARCH_PASSWORD='' IMPACCT_CA=$WORK/cert.pem
use_shipped opensearch
sed -i "s|$TOP/contrib/rsyslog.d/opensearch.conf|$WORK/search.conf|" "$WORK/rsyslog.conf"
sed 's/^\(input(type="impacct" .*\))$/\1 summary.interval="60" summary.by=["user", "uid", "comm"])/' \
    "$TOP/contrib/rsyslog.d/opensearch.conf" >"$WORK/search.conf"
content_check 'summary.interval' "$WORK/search.conf"
# ask ACTION FIELD HOW: of all documents with this action
ask() {
    api 'processes-*/_refresh' >/dev/null
    api "processes-*/_search?size=0&q=event.action:$1" -d "{\"aggs\": {\"v\": {\"$3\": {\"field\": \"$2\"}}}}" |
        jq '.aggregations.v.value // 0 | floor'
}
documents() { [ "$(ask exit process.pid value_count)" -ge "$1" ]; }
summed_up() { [ "$(ask summary pacct.count sum)" = "$1" ]; }
windows_agree() { [ "$(ask summary_window pacct.records sum)" = "$1" ]; }

# a day ends in it: 20 a second from half a minute before it
COUNT=3000
FROM=$((20 * (86400 - 1700000000 % 86400 - 30)))
startup
for part in 0 1 2; do
    python3 "$srcdir/lib/summaries.py" generate "$PACCT" 1000 --from $((FROM + 1000 * part)) --append
    wait_for "records" documents $((1000 * part + 300))
    kill_immediate
    startup
done
wait_for "all records" documents $COUNT
wait_for "all in summaries" summed_up $COUNT
wait_for "their windows" windows_agree $COUNT
shutdown
[ "$(ask summary pacct.revision max)" -gt 0 ] || error_exit "no summary was amended"
[ ! -s "$WORK/log/processes_refused.jsonl" ] || error_exit "refused: $(head -c 600 "$WORK/log/processes_refused.jsonl")"

for dashboard in elasticsearch opensearch; do
    python3 "$srcdir/stores/panels.py" "$PACCT:60" search "$TOP/contrib/grafana/$dashboard.json" "$URL" || error_exit "see above"
done
python3 "$srcdir/stores/panels.py" "$PACCT:60" saved "$TOP/contrib/opensearch/dashboards.ndjson" "$URL" || error_exit "see above"

# what the job asks for, as its plugin does: buckets of all values of its groups, those that are missing, too
jq '.transform | {size: 0, query: .data_selection_query, aggs: {days: {composite: {size: 10000, sources: [.groups[] | to_entries[0] |
    {(.value.target_field): {(.key): (.value | {field: .source_field} + if .fixed_interval
        then {fixed_interval, time_zone: .timezone} else {missing_bucket: true} end)}}]}, aggs: .aggregations}}}' \
    "$TOP/contrib/opensearch/rollup.json" >"$WORK/question"
api "$(jq -r .transform.source_index "$TOP/contrib/opensearch/rollup.json")/_search" --data-binary "@$WORK/question" >"$WORK/days.json"
python3 - "$WORK" "$srcdir/lib" "$PACCT" <<'PY' || error_exit "see above"
import collections
import json
import sys

sys.path.insert(0, sys.argv[2])
import pacct

want = collections.defaultdict(collections.Counter)
for raw in pacct.records(sys.argv[3]):
    e = pacct.native(raw)
    if e["event"] == "exit":
        row = want[e["end"][:10], e["uid"], e["comm"]]
        cpu = round(100 * (e["cpu_user"] + e["cpu_system"]))
        row.update(processes=1, failures=e.get("exit_code") != 0, killed=e["killed"], core_dumps=e.get("core_dumped", False),
                   elapsed=round(100 * e["elapsed"]), cpu=cpu, minor_faults=e["minor_faults"], major_faults=e["major_faults"])
        row["elapsed_max"] = max(row["elapsed_max"], round(100 * e["elapsed"]))
        row["cpu_max"] = max(row["cpu_max"], cpu)
got = {}
with open(f"{sys.argv[1]}/days.json", encoding="utf-8") as f:
    for b in json.load(f)["aggregations"]["days"]["buckets"]:
        key, values = b.pop("key"), {}
        for name, v in b.items():
            if name != "doc_count":
                hundredths = 100 if name.split("_")[0] in ("elapsed", "cpu") else 1
                values[name] = round(hundredths * v["value"])
        got[pacct.utc(key["day"] // 1000)[:10], key["uid"], key["comm"]] = values
if got.keys() != want.keys():
    sys.exit(f"rows: {list(got.keys() ^ want.keys())[:5]}")
for key, row in want.items():
    if any(got[key][name] != value for name, value in row.items()):
        sys.exit(f"{key}: {got[key]}, the records say {dict(row)}")
if len({day for day, _, _ in want}) != 2:
    sys.exit("it is not of two days")
print(f"{len(want)} rows of two days are those of the records")
PY
exit_test
