#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/otel.conf and contrib/otel/collector.yaml, as they are shipped, with a real OpenTelemetry
# collector.
# Invariant: no record is missing, although where the collector sends to answers 503 for a while, and the collector is killed
# meanwhile; each has its own time and severity, the host is of the resource, all other fields are attributes.
# Oracle: tests/lib/pacct.py on the accounting file. What the collector sends to is a stand-in (otlp.py).
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
collector=$TOP/.build/stores/collector/otelcol
[ -x "$collector" ] || skip_test "no OpenTelemetry collector; tests/destinations builds it"

received=$WORK/received.jsonl
mkdir "$WORK/state"
OTLP_PORT=$(free_port)
server python3 "$srcdir/stores/otlp.py" "$OTLP_PORT" "$received" "$WORK/busy"
wait_for "what stands in for a receiver" listens "$OTLP_PORT"
export IMPACCT_OTLP_ENDPOINT=http://127.0.0.1:$OTLP_PORT
# what is the test's own: a directory, a form that the stand-in reads, and figures in no one's port
start_collector() {
    server "$srcdir/stores/private" "$WORK" "$collector" --feature-gates=stanza.synchronousLogEmitter \
        --config "$TOP/contrib/otel/collector.yaml" \
        --set "extensions::file_storage::directory=$WORK/state" --set exporters::otlp_http::encoding=json \
        --set service::telemetry::metrics::level=none
    COLLECTOR=$SERVER
}
ids() { grep -o '"log.record.uid": "[0-9a-f]*"' "$received" 2>/dev/null | sort -u; }
arrived() { [ "$(ids | wc -l)" -ge "$1" ]; }
# messages in the file that rsyslog writes
written() { wc -l <"$WORK/log/processes_otel.jsonl"; }

use_shipped otel
start_collector
startup
pacct_py generate "$PACCT" 2000 --append
storm 1
wait_for "the first records" arrived "$(records)"
: >"$WORK/busy"
pacct_py generate "$PACCT" 1500 --append --serial 2000
wait_for "a refusal" grep -q 503 "$WORK/server.log"
end_server "$COLLECTOR" KILL
storm 1
start_collector
pacct_py generate "$PACCT" 500 --append --serial 3500
rm "$WORK/busy"
wait_for "all records" arrived "$(records)"
# killed with records on all parts of the way
for serial in 4000 5000 6000; do
    before=$(ids | wc -l)
    pacct_py generate "$PACCT" 1000 --append --serial "$serial"
    wait_for "some of them" arrived $((before + 100))
    end_server "$COLLECTOR" KILL
    start_collector
done
wait_for "all records" arrived "$(records)"
# an alarm, whose severity differs
cp "$PACCT" "$WORK/whole"
pacct_py generate "$WORK/more" 3 --serial 9000
cat "$WORK/more" >>"$WORK/whole"
{ head -c 200 /dev/zero | tr '\0' '\377'; cat "$WORK/more"; } >>"$PACCT"
wait_for "the alarm" grep -q pacct.file_damaged "$received"
shutdown
wait_for "all messages" arrived "$(written)"
end_server "$COLLECTOR"

python3 - "$received" "$WORK" "$srcdir/lib" <<'PY' || error_exit "see above"
import json
import sys
from datetime import datetime, timezone
sys.path.insert(0, sys.argv[3])
import pacct

def fail(why):
    sys.exit(f"otel: {why}")

found, times = {}, 0
for record in map(json.loads, open(sys.argv[1])):
    attributes, resource = record["attributes"], record["resource"]
    uid = attributes["log.record.uid"]
    record.pop("observedTimeUnixNano")
    if found.setdefault(uid, record) != record:
        fail(f"{record} and {found[uid]} have the same id")
    times += 1
    if resource["service.name"] != "impacct" or not resource["host.name"] or resource["os.type"] != "linux":
        fail(f"the resource: {resource}")
    if {"host.name", "os.type", "time", "severity", "log.file.name"} & set(attributes):
        fail(f"twice: {attributes}")

ALARMS = {"pacct.file_damaged": (13, "warning"), "pacct.accounting_stopped": (19, "alert")}
states = set()
raws = {pacct.native(raw)["id"]: raw for raw in pacct.records(f"{sys.argv[2]}/whole")}
for uid in raws:
    if uid not in found:
        fail(f"no record {uid}")
for uid, record in found.items():
    a, name = record["attributes"], record["attributes"]["event.name"]
    severity = record["severityNumber"], record["severityText"]
    when = datetime.fromtimestamp(int(record["timeUnixNano"]) / 10**9, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if uid not in raws:
        if not name.startswith("pacct.") or record["body"] != a.get("pacct.detail", name):
            fail(f"what is it: {record}")
        if severity != ALARMS.get(name, (10, "notice")):
            fail(f"severity of {name}: {severity}")
        states.add(name)
        continue
    if severity != (9, "info") or record["body"] != a["pacct.comm"]:
        fail(f"severity {severity}, body {record['body']}, expected of {a}")
    # as rsyslog wrote it, put together again
    whole = {**a, "time": when, "os.type": "linux"}
    pacct.compare_one(pacct.otel(pacct.native(raws[uid]), None), whole, "otel", uid)
if not {"pacct.module_started", "pacct.file_damaged"} <= states:
    fail(f"state messages: {states}")
print(f"{len(raws)} records and {len(found) - len(raws)} state messages have their times and values; "
      f"{times - len(found)} came twice")
PY
exit_test
