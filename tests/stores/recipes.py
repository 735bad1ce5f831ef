#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""recipes.py PACCT PAGE SQL DIR: runs contrib/schema/duckdb.sql, and then each recipe of the page, in DuckDB, with DIR as the
working directory, and compares with counting the accounting file; writes what the view has as JSON into DIR/there."""
import collections
import json
import os
import re
import sys
from datetime import datetime, timezone
from decimal import Decimal

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402

path, page, view, work = sys.argv[1:]
os.chdir(work)
exits = [e for e in map(pacct.native, pacct.records(path)) if e["event"] == "exit"]
db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'")
with open(view, encoding="utf-8") as f:
    db.execute(f.read())


def cents(e, *names):
    return sum(Decimal(str(e[name])) for name in names)


def per(key):
    counted = collections.defaultdict(lambda: [0, 0, Decimal(0)])
    for e in exits:
        one = counted[key(e)]
        one[0] += 1
        one[1] += e["killed"] or e["exit_code"] != 0
        one[2] += cents(e, "cpu_user", "cpu_system")
    return counted


def programs(rows):
    want = sorted((one[2] for one in per(lambda e: e["comm"]).values()), reverse=True)[:20]
    counted = per(lambda e: e["comm"])
    return [row[3] for row in rows] == want and all(list(row[1:4]) == counted[row[0]] for row in rows)


def user_days(rows):
    counted = per(lambda e: (e["time"][:10], e["uid"]))
    return {(str(row[0]), row[1]): list(row[3:6]) for row in rows} == counted


def at_one_time(rows):
    noon = "2023-11-14T22:20:00Z"
    return sorted(row[0] for row in rows) == sorted(e["id"] for e in exits if e["start"] <= noon < e["time"])


def signals(rows):
    counted = collections.Counter((e["signal"], e["comm"]) for e in exits if "signal" in e)
    return [row[3] for row in rows] == sorted(counted.values(), reverse=True) and \
        all(counted[row[0], row[2]] == row[3] for row in rows)


def parquet(_):
    return db.execute("SELECT count(*), count(DISTINCT id) FROM 'processes.parquet' WHERE comm IS NOT NULL").fetchone() == \
        (len(list(pacct.records(path))),) * 2


with open(page, encoding="utf-8") as f:
    section = re.search(r"^DuckDB\n=+\n(.*?)^[^\n]+\n=+\n", f.read(), re.S | re.M)[1]
recipes = [re.sub(r"^   ", "", text, flags=re.M)
           for text in re.findall(r"\.\. code-block:: sql\n\n(.*?)(?=^\S)", section + "\nend", re.S | re.M)]
checks = [programs, user_days, at_one_time, signals, parquet]
if len(recipes) != len(checks):
    sys.exit(f"{len(recipes)} recipes, but {len(checks)} checks")
for recipe, check in zip(recipes, checks):
    rows = db.execute(recipe).fetchall()
    if not check(rows):
        sys.exit(f"not what was counted: {rows[:5]}\n{recipe}")
    print(f"{check.__name__}: {len(rows)} rows")

found = db.execute("FROM message WHERE event IN ('exit', 'synthetic')")
names = [column[0] for column in found.description]
with open("there", "w", encoding="utf-8") as f:
    for row in found.fetchall():
        one = {}
        for name, value in zip(names, row):
            if isinstance(value, datetime):
                value = value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            if value is not None:
                one[name] = float(value) if isinstance(value, Decimal) else value
        f.write(json.dumps(one) + "\n")
