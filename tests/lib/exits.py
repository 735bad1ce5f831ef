# SPDX-License-Identifier: Apache-2.0
"""What the tests of source="bpf" know.

    exits.py storm TOLD OUT STATES        TOLD: lines "PID BYTES" of tests/tools/usage_storm, of processes that ended
    exits.py lost PACCT TOLD OUT STATES   PACCT: accounting file with the same ends
    exits.py same RECORDS EVENTS FIELDS TOLD   messages of both sources; FIELDS: those that may differ; TOLD: what
                                               tests/tools/usage_kinds printed

An end may be in the messages more than once, with the same id. A line that was being written when rsyslogd was killed is
cut off, and the next one may follow on it.
"""
import json
import sys
from collections import Counter
from datetime import datetime, timedelta

import pacct


def whole_lines(path):
    try:
        lines = open(path, "rb").read().split(b"\n")
    except FileNotFoundError:
        return
    for line in lines:
        begin = max(line.rfind(b'{"event"'), 0)
        try:
            yield json.loads(line[begin:])
        except ValueError:
            pass


def events(path):
    """Once for each id."""
    return list({event["id"]: event for event in whole_lines(path)}.values())


def told_lost(path):
    """The number in all messages about loss. One that was sent again may have seen more than the first time; one that has no
    number counts as one."""
    largest = {}
    for event in whole_lines(path):
        if event["event"] == "records_lost":
            largest[event["id"]] = max(largest.get(event["id"], 0), event.get("lost_records", 1))
    return sum(largest.values())


def storm(told, out, states):
    expected = {int(line.split()[1]): int(line.split()[0]) for line in open(told)}
    seen, doubled = {}, 0
    for event in events(out):
        if event["comm"] == "usage_storm" and event["forked"]:
            doubled += event["write_chars"] in seen
            seen[event["write_chars"]] = event["pid"]
    missing = expected.keys() - seen.keys()
    foreign = [n for n in seen if expected.get(n) != seen[n]]
    lost = told_lost(states)
    print(f"{len(expected)} ended, {len(seen)} seen, {len(missing)} missing, {lost} told to be lost")
    if foreign or doubled:
        sys.exit(f"{len(foreign)} are not of the storm, {doubled} have two ids")
    if lost != 0 or missing:
        sys.exit("not all are there")


def between(ends):
    names = [comm for _, comm in ends]
    return ends[names.index("first"):names.index("last") + 1]


def lost(file, told, out, states):
    started = Counter(int(line.split()[0]) for line in open(told))
    records = [pacct.native(raw) for raw in pacct.records(file)]
    ended = between([(r["pid"], r["comm"]) for r in records if r["event"] == "exit"])
    seen = between([(e["pid"], e["comm"]) for e in events(out)])
    lost = told_lost(states)
    print(f"{len(ended)} ended, {len(seen)} seen, {lost} told to be lost")
    unwritten = started - Counter(pid for pid, comm in ended if comm == "usage_storm")
    if unwritten:
        sys.exit(f"{unwritten.total()} of the storm are not in the accounting file")
    unknown = {pid for pid, _ in seen} - {pid for pid, _ in ended}
    if unknown:
        sys.exit(f"not in the accounting file: {sorted(unknown)[:5]}")
    if len(ended) != len(seen) + lost:
        sys.exit(f"{len(ended) - len(seen)} are missing")


def as_in_record(name, value):
    """The kernel writes numbers above 8191 into a record in steps of 8, 64 and so on, rounded (acct(5), comp_t)."""
    if name not in ("mem_kib", "minor_faults", "major_faults"):
        return value
    step, up = 1, 0
    while value > 8191:
        step, up, value = step * 8, value >> 2 & 1, value >> 3
    return (value + up) * step


def differ(name, of_file, of_ring):
    if name in ("time", "start", "end"):  # a record is written later, by a clock that stands still between ticks
        later = datetime.fromisoformat(of_ring[:-1]) - datetime.fromisoformat(of_file[:-1])
        return abs(later) > timedelta(seconds=1)
    return of_file != as_in_record(name, of_ring)


def same(records, others, fields, told):
    may_differ = set(fields.split())
    of_file, of_ring = ({e["pid"]: e for e in events(path) if e["event"] == "exit"} for path in (records, others))
    measured = {pid for pid, _ in between([(e["pid"], e["comm"]) for e in of_file.values()])}
    wrong = [f"{pid} {of_file[pid]['comm']} is not in the ring" for pid in measured - of_ring.keys()]
    for pid in measured & of_ring.keys():
        a, b = of_file[pid], of_ring[pid]
        for name in sorted(a.keys() - may_differ):
            if name not in b or differ(name, a[name], b[name]):
                wrong.append(f"{pid} {a['comm']} {b['comm']}: {name}: file {a[name]}, ring {b.get(name)}")
    for line in open(told):
        process = json.loads(line)
        if process["status"] != of_ring[process["pid"]]["status"]:
            wrong.append(f"{process['kind']}: status {of_ring[process['pid']]['status']}, wait4 {process['status']}")
    print(f"{len(measured)} in both")
    if wrong:
        sys.exit("\n".join(wrong[:40]))


if __name__ == "__main__":
    {"storm": storm, "lost": lost, "same": same}[sys.argv[1]](*sys.argv[2:])
