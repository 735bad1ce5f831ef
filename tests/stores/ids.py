#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ids.py PACCT JSONL...: are these the records of that file? Files that end in .gz are read, too.

Prints what was counted; exit 1 if a record is missing, a line is no record of the file, or its content differs."""
import gzip
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402

expected = {e["id"]: e for e in map(pacct.native, pacct.records(sys.argv[1]))}
count, seen = 0, set()
for path in sys.argv[2:]:
    with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as f:
        for n, line in enumerate(f, 1):
            got = json.loads(line)
            if got["event"] not in ("exit", "synthetic"):
                continue  # a state message
            count += 1
            seen.add(got["id"])
            if got["id"] in expected:
                pacct.compare_one(expected[got["id"]], got, "native", f"{path}:{n}")
missing, foreign = expected.keys() - seen, seen - expected.keys()
print(f"{len(expected)} records, {len(seen)} arrived, {count - len(seen)} repeats")
if missing or foreign:
    sys.exit(f"{len(missing)} records are missing, {len(foreign)} are not of the file")
