#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""typed.py <LINES: what a store has of records, as JSON of schema "native" again: without what is null, values of the types
that contrib/schema has for them though the store knows them as text, or writes 0 for 0.00, or 0.8300000000000001 for 0.83;
in place of "time" the store's own, where it has one ("_time")."""
import json
import os
import sys

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contrib", "schema", "native.json")
with open(path, encoding="utf-8") as f:
    types = {name: has["type"] for name, has in json.load(f)["properties"].items()}


def typed(name, value):
    if types[name] == "number":
        return round(float(value), 2)
    text = types[name] == "string" or types[name] == ["string", "object"]
    return value if text or not isinstance(value, str) else json.loads(value)


for line in sys.stdin:
    got = json.loads(line)
    out = {name: typed(name, value) for name, value in got.items() if value not in (None, []) and name[0] != "_"}
    if "_time" in got:
        out["time"] = got["_time"]
    print(json.dumps(out))
