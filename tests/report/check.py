#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What contrib/report says against what was counted elsewhere.

    check.py truth TRUTH.json PERIOD REPORT.json      a report on tests/report/day.py's events
    check.py pacct FILE REPORT.json                   a report on what rsyslogd made of an accounting file
    check.py same REPORT.json REPORT.json...          the same report, but for the names of files
    check.py leaders REPORT.json                      a report on what tests/stores/leaders made
    check.py summaries TRUTH.json REPORT.json         a report on summaries of these events
    check.py changes TRUTH.json BEFORE AFTER REPORT   what changed between two periods
"""
import collections
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402


TABLES = ("programs", "users", "hosts", "containers", "units", "jobs")


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def equal(what, got, want):
    if got != want:
        sys.exit(f"{what}: the report says {got!r}, counted were {want!r}")


def cents(seconds):
    return round(seconds * 100)


def check_table(name, table, want):
    """Every row is right, and the rows and the row of all others are everything."""
    rows = {row["name"]: row for row in table["rows"]}
    equal(f"{name}: names", table["number"], len(want))
    for key, row in rows.items():
        if row["processes"] == 0 and row["started"] > 0:
            continue
        counted = want[key]
        equal(f"{name}: {key!r}", [row["processes"], cents(row["cpu_seconds"]), row["failed"], row["max_mem_kib"],
                                   row["max_rss_kib"], row["write_bytes"], row["context_switches"]],
              [counted[of] for of in ("n", "cpu", "failed", "mem", "rss", "written", "switches")])
    others = table["others"]
    equal(f"{name}: sum", sum(row["processes"] for row in rows.values()) + (others["processes"] if others else 0),
          sum(row["n"] for row in want.values()))


def truth(path, period, report):
    want, got = load(path), load(report)
    repeats = want["repeats"]
    want = want[period]
    for row in [row for name in TABLES for row in want[name].values()]:
        for key in ("n", "cpu", "failed", "mem", "rss", "written", "switches"):
            row.setdefault(key, 0)
    totals = got["totals"]
    for name, key in (("processes", "processes"), ("failed", "failed"), ("crashed", "crashed"), ("canaries", "canaries"),
                      ("started", "started"), ("still_running", "synthetic")):
        equal(name, totals[name], want[key])
    equal("CPU", cents(totals["cpu_seconds"]), want["cpu"])
    if period == "all":
        equal("repeats", totals["repeats"], repeats)
    for name in TABLES:
        table = got[name]
        started_only = [row for row in table["rows"] if row["processes"] == 0]
        check_table(name, dict(table, number=table["number"] - len(started_only)), want[name])
    equal("failures", sum(row["times"] for row in got["failures"]["rows"]) + got["failures"]["rest"], want["failed"])
    for row in got["failures"]["rows"]:
        equal(f"failures of {row['program']!r}", row["times"],
              want["failures"]["\0".join((row["program"], row["user"], row["how"]))])
    slots = got["activity"]["slots"]
    equal("activity", [sum(slot[key] for slot in slots) for key in ("processes", "failed", "started")],
          [want["processes"], want["failed"], want["started"]])
    print(f"{period}: {want['processes']} processes, {want['failed']} failed: as counted")


def of_pacct(path, report):
    got, want, synthetic = load(report), collections.Counter(), 0
    programs = {}
    for raw in pacct.records(path):
        r = pacct.decode(raw)
        if pacct.about(r) == "synthetic":
            synthetic += 1
            continue
        ours = r["comm"].startswith(b"impacct:") and r["flag"] & pacct.AFORK
        failed = bool(r["status"] & 0x7F or r["flag"] & pacct.ACORE or r["status"] >> 8 & 0xFF) and not ours
        name = "impacct (its own canaries)" if ours else pacct.replace_invalid(r["comm"])
        row = programs.setdefault(name, collections.Counter())
        for counter in (want, row):
            counter["n"] += 1
            counter["failed"] += failed
            counter["cpu"] += sum(cents(pacct.seconds(r[time], r["ahz"])) for time in ("utime", "stime"))
            counter["mem"] = max(counter["mem"], r["mem_kib"])
        want["ours"] += bool(ours)
    totals = got["totals"]
    equal("records", [totals["processes"], totals["failed"], cents(totals["cpu_seconds"]), totals["canaries"],
                      totals["still_running"], totals["max_mem_kib"]],
          [want["n"], want["failed"], want["cpu"], want["ours"], synthetic, want["mem"]])
    rows = {row["name"]: [row["processes"], row["failed"], cents(row["cpu_seconds"])]
            for row in got["programs"]["rows"] if row["processes"]}
    equal("programs", rows, {name: [row["n"], row["failed"], row["cpu"]] for name, row in programs.items()})
    equal("lines left out", got["not_read"]["lines"], 0)
    print(f"{want['n']} records, {want['failed']} failed, {want['ours']} of impacct itself: as counted in the file")


def leaders(report):
    """Each of these programs did more of one thing than anything else."""
    largest = load(report)["largest"]
    for name, want in (("rss", "most-memory"), ("written", "most-written"), ("switches", "most-switches")):
        equal(f"the first by {name}", largest[name][0]["program"], want)
    print("the first are: " + ", ".join(f"{largest[name][0]['program']} {largest[name][0][field]}" for name, field in (
        ("rss", "max_rss_kib"), ("written", "write_bytes"), ("switches", "context_switches"))))


def same(first, *others):
    def essence(path):
        made = load(path)
        for name in ("input", "report"):
            del made[name]
        return made
    want = essence(first)
    for other in others:
        got = essence(other)
        for name in want:
            if got[name] != want[name]:
                sys.exit(f"{other}: {name} is another than in {first}: {got[name]!r:.2000} {want[name]!r:.2000}")
    print(f"{1 + len(others)} reports are the same")


def changes(path, before, after, report):
    want, got = load(path), load(report)["changes"]
    before, after = want[before], want[after]
    for name in ("processes", "failed"):
        equal(name, got["totals"][name], [before[name], after[name]])
    equal("CPU", list(map(cents, got["totals"]["cpu_seconds"])), [before["cpu"], after["cpu"]])
    tables = {"program": "programs", "user": "users", "host": "hosts"}
    fields = {"processes": "n", "failed": "failed", "cpu_seconds": "cpu"}
    for row in got["rows"]:
        of, field = tables[row["of"]], fields[row["measure"]]
        counted = [period[of].get(row["name"], {}).get(field, 0) for period in (before, after)]
        equal(f"{row}", [cents(row[at]) if field == "cpu" else row[at] for at in ("before", "after")], counted)
    named = {(row["of"], row["name"], row["change"], row["measure"]) for row in got["rows"]}
    for must in (("program", "php-fpm8.2", "more", "failed"), ("program", "pg_dump", "new", "processes"),
                 ("program", "rsync", "new", "processes")):
        if must not in named:
            sys.exit(f"{must} is not among what changed: {named}")
    print(f"{len(got['rows'])} changes: as counted")


def of_summaries(path, report):
    want, got = load(path)["all"], load(report)
    totals = got["totals"]
    for name in ("processes", "failed", "canaries"):
        equal(name, totals[name], want[name])
    equal("CPU", cents(totals["cpu_seconds"]), want["cpu"])
    for name in ("programs", "users", "hosts"):
        table = got[name]
        equal(f"{name}: names", table["number"], len(want[name]))
        for row in table["rows"]:
            counted = want[name][row["name"]]
            equal(f"{name}: {row['name']!r}",
                  [row["processes"], cents(row["cpu_seconds"]), row["failed"], row["max_rss_kib"], row["write_bytes"]],
                  [counted.get(key, 0) for key in ("n", "cpu", "failed", "rss", "written")])
    equal("failures", sum(row["times"] for row in got["failures"]["rows"]) + got["failures"]["rest"], want["failed"])
    equal("single processes", [len(of) for of in got["largest"].values()], [0] * 7)
    print(f"summaries of {want['processes']} processes: as counted")


if __name__ == "__main__":
    {"truth": truth, "pacct": of_pacct, "same": same, "changes": changes,
     "leaders": leaders, "summaries": of_summaries}[sys.argv[1]](*sys.argv[2:])
