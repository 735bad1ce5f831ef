# SPDX-License-Identifier: Apache-2.0
"""Events "summary" to sums.

An amended summary has the id of the one it amends and a higher revision: it takes its place. Where the records of a
host and time are there as well, they count and its summaries do not; that is seen when the records come first, as they
do in one stream. If summaries came first, the overlap is told."""
import re
from collections import OrderedDict

from . import block, times
from .totals import (COUNT, CPU, ELAPSED, FAILED, LAST, READ, RSS, SLOTS, TABLES, Totals,
                     WRITTEN, add_row, new_row)

KEPT = 20000  # summaries that can be amended
# the names of impacct's own children; a summary does not say of one whether it never called exec
CANARY = re.compile(r"impacct:([0-9a-f]{7}|right|bpf)")
NOT_TOLD = "(not told apart)"
# the field of a group for each table
FIELDS = {"program": "comm", "user": "user", "host": "hostname", "container": "container_id", "unit": "systemd_unit",
          "job": "job_id"}


class Summaries:
    def __init__(self, asked):
        self.asked = asked
        self.latest = OrderedDict()  # id: (revision, summary)
        self.spans = {}  # of each host whose summaries count: [first, last]
        self.used = self.records_are_there = self.amended = self.too_late = self.repeats = self.unasked = 0
        self.incomplete, self.other_records, self.late_records = 0, 0, 0

    def window(self, e):
        self.incomplete += e.get("complete") is False
        self.other_records += e.get("other_records", 0)
        self.late_records += e.get("late_records", 0)

    def add(self, e, hosts, totals):
        """hosts: [first, last] exit of those whose records came. Raises KeyError, TypeError, ValueError."""
        asked, group, host = self.asked, e.get("group", {}), e["hostname"]
        first, last = times.seconds(e["window_start"]), times.seconds(e["window_end"])
        if not block.is_in_period(asked, first) or not self._is_wanted(group, host):
            return
        if host in hosts and hosts[host][1] >= first and hosts[host][0] < last:
            self.records_are_there += 1
            return
        key, revision = e.get("id"), e.get("revision", 0)
        before = self.latest.get(key) if key is not None else None
        if before is not None and (revision < before[0] or e == before[1]):
            self.repeats += 1
            return
        if before is None and revision > 0:
            # the one that it amends was counted, or was before what is here: which, cannot be known
            self.too_late += 1
        part = self._part(e, group, host, first, last, totals)
        if before is not None:
            self.amended += 1
            old = before[1]
            part = self._difference(part, self._part(old, old.get("group", {}), host, first, last, totals))
        totals.merge(part)
        self.used += before is None
        span = self.spans.setdefault(host, [first, last])
        span[0], span[1] = min(span[0], first), max(span[1], last)
        if key is not None:
            self.latest[key] = (revision, e)
            self.latest.move_to_end(key)
            while len(self.latest) > KEPT:
                self.latest.popitem(last=False)

    def _is_wanted(self, group, host):
        asked = self.asked
        if asked.users and group.get("user", group.get("uid")) is None or asked.programs and group.get("comm") is None:
            self.unasked += 1
            return False
        return block.is_wanted(asked, host, group.get("user"), group.get("uid"), str(group.get("comm")))

    def _part(self, e, group, host, first, last, totals):
        asked = self.asked
        part = Totals(asked.top, totals.origin, totals.reached())
        canary = CANARY.fullmatch(str(group.get("comm"))) is not None
        row = new_row()
        row[COUNT], row[FAILED] = e["count"], 0 if canary else e.get("failures", 0)
        row[CPU], row[ELAPSED] = float(e.get("cpu_sum", 0)), float(e.get("elapsed_sum", 0))
        row[READ], row[WRITTEN] = e.get("read_bytes_sum", 0), e.get("write_bytes_sum", 0)
        row[RSS], row[LAST] = e.get("max_rss_kib_max", 0), times.seconds(e["last_end"]) if "last_end" in e else first
        if not all(0 <= value < block.HUGE for value in row[:LAST]):
            raise ValueError("a number out of range")
        slots = {(first - totals.origin) // totals.row_step: [row[COUNT], row[CPU], row[FAILED]]}
        if asked.since is not None and first < asked.since:
            row = new_row()
        else:
            part.first = first
            part.activity.slots = {first // totals.activity.step: [row[COUNT], row[FAILED], row[CPU], 0]}
            part.canaries = row[COUNT] if canary else 0
            if row[FAILED]:
                self._failures(part, e, group)
        for name in TABLES:
            key = host if name == "host" else group.get(FIELDS[name])
            if key is None and name == "user":
                key = group.get("uid")
            if key is None and name in ("program", "user"):
                key = NOT_TOLD
            if canary and name == "program":
                key = block.CANARY
            if key is not None:
                mine = part.tables[name].rows[str(key)] = new_row()
                add_row(mine, row)
                mine[SLOTS] = {slot: list(values) for slot, values in slots.items()}
        add_row(part.all, row)
        part.all[SLOTS] = slots
        return part

    @staticmethod
    def _failures(part, e, group):
        comm, user = str(group.get("comm", NOT_TOLD)), str(group.get("user", group.get("uid", NOT_TOLD)))
        last = times.seconds(e["last_end"]) if "last_end" in e else times.seconds(e["window_start"])
        rest = e.get("failures", 0)
        hows = [(f"exit {of['code']}", of["count"]) for of in e.get("exit_codes", ()) if of["code"] != 0]
        hows.append(("signal", e.get("killed_count", 0)))
        for how, times_ in hows:
            if times_:
                part.failures[comm, user, how] = [times_, last]
                rest -= times_
        if rest > 0:
            part.failures[comm, user, "another exit code"] = [rest, last]

    @staticmethod
    def _difference(part, old):
        """What the newer one has more, or less."""
        for name in TABLES:
            for key, row in old.tables[name].rows.items():
                subtract(part.tables[name].rows[key], row)
        subtract(part.all, old.all)
        part.canaries -= old.canaries
        for slot, values in old.activity.slots.items():
            part.activity.slots[slot] = [a - b for a, b in zip(part.activity.slots[slot], values)]
        for key, (times_, last) in old.failures.items():
            part.failures.setdefault(key, [0, last])[0] -= times_
        return part


def subtract(row, old):
    for i in (COUNT, CPU, ELAPSED, FAILED, READ, WRITTEN):
        row[i] -= old[i]
    for slot, values in old[SLOTS].items():
        row[SLOTS][slot] = [a - b for a, b in zip(row[SLOTS][slot], values)]
