#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the query of every panel of a dashboard and compares it with counting the accounting file.

    panels.py USAGE.jsonl sql|search|saved ...       the same of messages of tests/stores/leaders; the panels of usage only
    panels.py PACCT:60 sql|search|saved ...          the same of summaries by comm, of a minute each; the panels of those only
    panels.py PACCT time                             prints a time that the panels cover
    panels.py PACCT sql DASHBOARD.json PSQL...       Grafana's for PostgreSQL; PSQL is the command, without the query
    panels.py PACCT search DASHBOARD.json URL        Grafana's for Elasticsearch or OpenSearch
    panels.py PACCT saved DASHBOARDS.ndjson URL      OpenSearch Dashboards' saved objects
    panels.py PACCT span                             prints that span of time, as Superset writes it
    panels.py PACCT superset ANSWERS.json            what Superset's page was answered (tests/stores/superset.js)

The pages of the others are not rendered: that Grafana and OpenSearch Dashboards make these queries of the panels is their
documentation's word (macros and variables; buckets and metrics), which is written down here once more."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import urllib.request

from expected import NO_VALUE, Expected, ExpectedSummaries, ExpectedUsage, fail, pacct


def epoch(value):
    return int(float(value))


# SQL

def expand(sql, first, last, step):
    """Grafana's macros, and the variable "host" at "All"."""
    sql = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN to_timestamp({first}) AND to_timestamp({last})", sql)
    sql = re.sub(r"\$__timeGroupAlias\((\w+), \$__interval\)",
                 rf'floor(extract(epoch FROM \1) / {step}) * {step} AS "time"', sql)
    sql = sql.replace("${host:regex}", ".*")
    if re.search(r"\$[\w{]", sql):
        fail(f"a macro that is not known: {sql}")
    return sql


def sql_panels(path, psql):
    dashboard = json.load(open(path, encoding="utf-8"))
    check_layout([p["gridPos"] for p in dashboard["panels"]])
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            query = expand(target["rawSql"], expected.first, expected.last, expected.step)
            out = subprocess.run([*psql, "--csv", "-c", query], check=True, capture_output=True, text=True).stdout
            rows = list(csv.DictReader(io.StringIO(out)))
            sql_panel(panel["title"], panel["type"] == "timeseries", rows, 20 if target["rawSql"].endswith(" 20") else 100)


def sql_panel(title, graph, rows, limit):
    if graph:
        series = [c for c in rows[0] if c != "time"] if rows else []
        expected.graph(title, {(epoch(r["time"]), s): float(r[s] or 0) for r in rows for s in series})
    elif title == "State messages":
        expected.states(title, [(r["hostname"], r["event"], r["detail"]) for r in rows])
    elif title.startswith("Hosts"):
        expected.hosts(title, {r["hostname"]: r["last_record"] for r in rows}, slack=60)
    else:
        expected.table(title, [sql_row(r) for r in rows], limit)


def sql_row(row):
    keys = ("program", "user", "signal", "host", "complete")
    key = tuple(v for k, v in row.items() if k in keys)
    values = {"count" if k in ("processes", "failures") else k: float(v or 0) for k, v in row.items() if k not in keys}
    return key, values


# Superset

DAY = 86400  # the step that the test sets


def superset_panels(path):
    with open(path, encoding="utf-8") as f:
        charts = json.load(f)
    for title, chart in charts.items():
        rows = [superset_row(row, chart["graph"]) for row in chart["rows"]]
        sql_panel(title, chart["graph"], rows, 20 if title.startswith(("Programs", "Users")) else 100)
        if not chart["graph"] and chart["shown"] != len(rows):
            fail(f"{title}: the page shows {chart['shown']} of {len(rows)} rows")


def superset_row(row, graph):
    """Times are milliseconds there."""
    if graph:
        row = {"time" if name == "at" else name: value for name, value in row.items()}
    return {name: value / 1000 if name in ("time", "last_record") else value for name, value in row.items()}


# search

def ask(url, body):
    body["query"] = {"bool": {"filter": [
        {"range": {"@timestamp": {"gte": expected.first, "lte": expected.last, "format": "epoch_second"}}},
        {"query_string": {"query": body.pop("lucene"), "analyze_wildcard": True}}]}}
    request = urllib.request.Request(f"{url}/processes-*/_search", json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def metric_aggs(metrics):
    return {m["id"]: {m["type"]: {"field": m["field"]}} for m in metrics if m["type"] != "count"}


def bucket_body(bucket, metrics):
    """One level of buckets; its order may need a metric of its own."""
    if bucket["time"]:
        step = f"{expected.step}s"
        return {"date_histogram": {"field": "@timestamp", "fixed_interval": step, "min_doc_count": 1}}, {}
    by = bucket["by"]
    order = "_count" if by == "_count" else by
    terms = {"field": bucket["field"], "size": int(bucket["size"]), "order": {order: bucket["order"]}}
    if bucket["missing"]:
        terms["missing"] = NO_VALUE
    return {"terms": terms}, {} if by == "_count" else {by: metric_aggs(metrics)[by]}


# what these metrics are called in SQL
NAMES = {"pacct.failures": "failed", "pacct.cpu_sum": "cpu", "pacct.records": "count", "pacct.other_records": "others",
         "pacct.late_records": "late"}


def run_search(title, graph, url, lucene, metrics, buckets):
    aggs = metric_aggs(metrics)
    for n, bucket in reversed(list(enumerate(buckets))):
        body, extra = bucket_body(bucket, metrics)
        aggs = {"b": {**body, "aggs": {**extra, **aggs}}}
    found = ask(url, {"size": 0, "lucene": lucene, "aggs": aggs})["aggregations"]
    names = {m["id"]: "count" if m["type"] == "count" else NAMES.get(m["field"], m["field"].replace("pacct.", "")) for m in metrics}
    counts, rows = {m["id"] for m in metrics if m["type"] == "count"}, []

    def walk(level, key, at):
        if at == len(buckets):
            values = {name: level["doc_count"] if i in counts else level[i]["value"] or 0 for i, name in names.items()}
            rows.append((key, values))
            return
        for b in level["b"]["buckets"]:
            walk(b, (*key, b["key"] // 1000 if buckets[at]["time"] else str(b.get("key_as_string", b["key"]))), at + 1)
    walk(found, (), 0)
    if graph:
        expected.graph(title, {(key[-1], series(title, key, name)): value for key, values in rows
                               for name, value in values.items()})
    elif title.startswith("Hosts"):
        expected.hosts(title, {key[0]: values["@timestamp"] / 1000 for key, values in rows}, slack=0)
    else:
        groups = [b["doc_count"] for b in found["b"]["buckets"]] if len(buckets) > 1 else None
        by = "cpu_user" if "cpu_user" in names.values() else "count"
        expected.table(title, rows, limit=int(buckets[0]["size"]), by=by, groups=groups)


def series(title, key, name):
    if len(key) > 1:
        return {"true": "signal", "false": "exit code"}[key[0]]
    return {"count": "processes", "cpu_user": "user", "cpu_system": "system"}.get(name, name)


def run_documents(title, url, lucene, size):
    hits = ask(url, {"size": size, "sort": [{"@timestamp": "desc"}], "lucene": lucene})["hits"]["hits"]
    expected.states(title, [(h["_source"]["host"]["name"], h["_source"]["event"]["action"], h["_source"]["message"])
                            for h in hits])


def search_panels(path, url):
    dashboard = json.load(open(path, encoding="utf-8"))
    check_layout([p["gridPos"] for p in dashboard["panels"]])
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            lucene = target["query"].replace("$host", "*")
            if not target["bucketAggs"]:
                run_documents(panel["title"], url, lucene, int(target["metrics"][0]["settings"]["size"]))
                continue
            buckets = [{"time": b["type"] == "date_histogram", "field": b["field"], "size": b["settings"].get("size"),
                        "order": b["settings"].get("order"), "by": b["settings"].get("orderBy"),
                        "missing": b["settings"].get("missing")} for b in target["bucketAggs"]]
            run_search(panel["title"], panel["type"] == "timeseries", url, lucene, target["metrics"], buckets)


def saved_panels(path, url):
    objects = {(o["type"], o["id"]): o for o in map(json.loads, open(path, encoding="utf-8"))}
    for o in objects.values():
        for reference in o["references"]:
            if (reference["type"], reference["id"]) not in objects:
                fail(f"{o['id']} refers to {reference['id']}, which is not there")
    for o in objects.values():
        if o["type"] == "dashboard":
            layout = json.loads(o["attributes"]["panelsJSON"])
            if {p["panelRefName"] for p in layout} != {r["name"] for r in o["references"]}:
                fail("the dashboard's panels and references differ")
            check_layout([p["gridData"] for p in layout])
        elif o["type"] != "index-pattern":
            run_saved(o["attributes"], url)


def run_saved(attributes, url):
    meta = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    lucene, title = meta["query"]["query"], attributes["title"]
    if "visState" not in attributes:
        run_documents(title, url, lucene, 500)
        return
    state = json.loads(attributes["visState"])
    metrics = [{"id": a["id"], "type": a["type"], "field": a["params"].get("field")} for a in state["aggs"]
               if a["schema"] == "metric"]
    counts = {m["id"] for m in metrics if m["type"] == "count"}
    buckets = []
    for a in state["aggs"]:
        if a["schema"] != "metric":
            p = a["params"]
            by = p.get("orderBy")
            buckets.append({"time": a["type"] == "date_histogram", "field": p["field"], "size": p.get("size"),
                            "order": p.get("order"), "by": "_count" if by in counts else by,
                            "missing": p.get("missingBucket")})
    run_search(title, state["type"] == "histogram", url, lucene, metrics, buckets)


def check_layout(places):
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    if len(cells) != len(set(cells)):
        fail("panels overlap")


if ":" in sys.argv[1]:
    expected = ExpectedSummaries(sys.argv[1].split(":")[0], int(sys.argv[1].split(":")[1]))
elif sys.argv[1].endswith(".jsonl"):
    expected = ExpectedUsage(sys.argv[1])
else:
    expected = Expected(sys.argv[1], sys.argv[2] in ("sql", "superset"))
if sys.argv[2] == "time":
    print(pacct.utc(expected.last))
    sys.exit()
if sys.argv[2] == "span":
    print(" : ".join(pacct.utc(t).rstrip("Z") for t in (expected.first, expected.last + 1)))
    sys.exit()
if sys.argv[2] == "sql":
    sql_panels(sys.argv[3], sys.argv[4:])
elif sys.argv[2] == "superset":
    expected.step = DAY
    superset_panels(sys.argv[3])
else:
    {"search": search_panels, "saved": saved_panels}[sys.argv[2]](sys.argv[3], sys.argv[4])
expected.end(os.path.basename(sys.argv[3]))
