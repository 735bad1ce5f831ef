#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""documents.py PACCT DOCUMENTS.json SUMS.json, two answers of the server: is each record a document, with the values of
schema ecs, and do the server's sums agree with the file?"""
import collections
import json
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402


def flat(value, prefix=""):
    if not isinstance(value, dict):
        return {prefix[:-1]: value}
    return {k: v for name, inner in value.items() for k, v in flat(inner, f"{prefix}{name}.").items()}


expected = {}
for raw in pacct.records(sys.argv[1]):
    e = pacct.native(raw)
    expected[e["id"]] = pacct.ecs(e, pacct.decode(raw))
seen = set()
with open(sys.argv[2], encoding="utf-8") as f:
    for hit in json.load(f)["hits"]["hits"]:
        if hit["_id"] not in expected:
            sys.exit(f"{hit['_id']} is no record")
        pacct.compare_one(expected[hit["_id"]], flat(hit["_source"]), "ecs", f"document {hit['_id']}")
        seen.add(hit["_id"])
if seen != expected.keys():
    sys.exit(f"{len(expected.keys() - seen)} records have no document")

with open(sys.argv[3], encoding="utf-8") as f:
    sums = json.load(f)["aggregations"]
cpu, failures, minutes = collections.defaultdict(float), collections.Counter(), collections.Counter()
for e in expected.values():
    cpu[e["process.name"]] += e.get("pacct.cpu_user", 0)
    failures[e["user.id"]] += e.get("event.outcome") == "failure"
    minutes[e["@timestamp"][:16]] += 1
top = sorted(cpu.values(), reverse=True)[:5]
got = [b["cpu"]["value"] for b in sums["top"]["buckets"]]
if not all(math.isclose(a, b, rel_tol=1e-9, abs_tol=0.005) for a, b in zip(top, got, strict=True)):
    sys.exit(f"top commands by CPU: {got}, expected {top}")
got = {b["key"]: b["doc_count"] for b in sums["failures"]["user"]["buckets"]}
if got != +failures:
    sys.exit(f"failures by user: {got}, expected {+failures}")
got = {b["key_as_string"][:16]: b["doc_count"] for b in sums["minutes"]["buckets"]}
if got != minutes:
    sys.exit(f"processes a minute: {got}, expected {minutes}")
print(f"{len(seen)} records, {len(seen)} documents, sums agree ({len(minutes)} minutes, {len(failures)} users)")
