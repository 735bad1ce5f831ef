#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: whatever runs, summaries are whole, their memory is bounded, and every schema and format has them.
# Invariant: beyond summary.maxGroups processes are in one group "other", and all sums hold; so many groups take the memory,
# not so many programs. Fields that records lack make groups of their own. Names of any bytes make valid JSON. Properties and
# text hold what the JSON does.
# Oracle: tests/lib/summaries.py; the largest memory of rsyslogd, by the kernel; Python's reader of JSON.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
F=$WORK/pacct
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
run_with() { # OUT PARAMETERS [TEMPLATE]: a new configuration without a position
    OUT=$WORK/$1.jsonl
    rm -f "$(state_file "$F")"
    generate_conf
    add_conf "template(name=\"properties\" type=\"string\"
        string=\"%\$!pacct!event% %\$!pacct!group% %\$!pacct!count% %\$!pacct!exit_codes% %\$!pacct!elapsed_p95%\\n\")
    ruleset(name=\"main\" queue.type=\"linkedList\" queue.size=\"100000\") {
        action(type=\"omfile\" file=\"$OUT\" template=\"${3:-msg}\") }
    ruleset(name=\"elsewhere\") { action(type=\"omfile\" file=\"$WORK/elsewhere\" template=\"msg\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"main\" resolveNames=\"off\" hostId=\"h\" hostname=\"host\"
        summary.records=\"drop\" $2)"
}
summed_up() { [ "$(summaries total "$OUT")" = "$COUNT" ]; }

# more programs than groups: how much memory
COUNT=60000
summaries generate "$F" $COUNT --distinct
for limit in 500 60000; do
    run_with "groups$limit" "summary.interval=\"86400\" summary.by=\"comm\" summary.maxGroups=\"$limit\" properties=\"none\""
    startup
    wait_for "all in summaries" summed_up
    awk '/VmHWM/ { print $2 }' "/proc/$RSYSLOGD_PID/status" >"$WORK/kib$limit"
    shutdown
    summaries compare "$F" "$OUT" --by comm --interval 86400 --max-groups $limit
done
few=$(cat "$WORK/kib500") many=$(cat "$WORK/kib60000")
echo "$few KiB with 500 groups, $many KiB with 60,000"
[ $((few + 12000)) -lt "$many" ] || error_exit "60,000 programs took $few KiB with 500 groups, and $many KiB with 60,000"

# names of any bytes, in every schema and format; to a ruleset of their own
COUNT=3000
pacct_py generate "$F" $COUNT --hostile --mixed
# what a record lacks is a group of its own: those of old versions have no parent, few have a terminal or a signal
run_with lacking 'summary.interval="86400" summary.by=["tty_major", "signal", "ppid", "comm"] properties="none"'
startup
wait_for "all in summaries" summed_up
shutdown
summaries compare "$F" "$OUT" --by tty_major,signal,ppid,comm --interval 86400
HOSTILE='summary.interval="86400" summary.by=["comm", "uid", "start", "killed", "elapsed"] summary.maxGroups="200"'
run_with native "$HOSTILE"
startup
wait_for "all in summaries" summed_up
shutdown
for schema in ecs otel acct; do
    run_with $schema "$HOSTILE schema=\"$schema\" summary.ruleset=\"elsewhere\""
    rm -f "$WORK/elsewhere"
    startup
    wait_file_lines "$WORK/elsewhere" "$(lines_of "$WORK/native.jsonl")"
    shutdown
    [ ! -s "$OUT" ] || error_exit "a summary is not where summary.ruleset says"
    mv "$WORK/elsewhere" "$OUT"
done
run_with properties "$HOSTILE" properties
startup
wait_file_lines "$OUT" "$(lines_of "$WORK/native.jsonl")"
shutdown
run_with text "$HOSTILE format=\"text\""
startup
wait_file_lines "$OUT" "$(lines_of "$WORK/native.jsonl")"
shutdown
python3 - "$WORK" <<'PYTHON' || error_exit "see above"
import json
import sys


def objects(name):
    with open(f"{sys.argv[1]}/{name}.jsonl", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def flat(e, at=""):
    out = {}
    for name, value in e.items():
        if type(value) is dict and name not in ("group", "pacct.group"):
            out.update(flat(value, f"{at}{name}."))
        else:
            out[at + name] = value
    return out


native = objects("native")
by_id = {}
for e in native:
    by_id.setdefault((e["id"], e["revision"]), e)
special = {"ecs": {"event": "event.action", "id": "event.id", "time": "@timestamp", "hostname": "host.name"},
           "otel": {"event": "event.name", "id": "log.record.uid", "hostname": "host.name", "time": "time"}}
for schema in ("ecs", "otel", "acct"):
    names = {name: name if schema == "acct" else special[schema].get(name, f"pacct.{name}") for e in native for name in e}
    for got in map(flat, objects(schema)):
        e = by_id[got[names["id"]], got[names["revision"]]]
        for name, value in e.items():
            if schema == "otel" and name == "event":
                value = f"pacct.{value}"
            if got.get(names[name]) != value:
                sys.exit(f"{schema}: {names[name]} is {got.get(names[name])}, native has {value}")
        if schema == "ecs" and (got["event.kind"], got["event.category"]) != ("metric", ["process"]):
            sys.exit(f"ecs: {got}")
with open(f"{sys.argv[1]}/properties.jsonl", encoding="utf-8") as f:
    for line, e in zip(f, native):
        if e["event"] == "summary":
            rest = line.split(" ", 1)[1]
            group, end = json.JSONDecoder().raw_decode(rest)
            count, codes = rest[end + 1:].split(" ", 1)
            codes, end = json.JSONDecoder().raw_decode(codes)
            if (group, int(count), codes) != (e["group"], e["count"], e["exit_codes"]):
                sys.exit(f"properties: {line} of {e}")
with open(f"{sys.argv[1]}/text.jsonl", "rb") as f:
    for line, e in zip(f, native):
        if not line.isascii() or not line.startswith(b"%s window_start=%s " % (e["event"].encode(), e["window_start"].encode())):
            sys.exit(f"text: {line}")
print(f"{len(native)} messages are the same in all schemas and formats")
PYTHON
exit_test
