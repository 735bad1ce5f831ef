# SPDX-License-Identifier: Apache-2.0
"""What the panels of the dashboards have to show of an accounting file, or of messages: counted here, without a server."""
import collections
import json
import math
import os
import pwd
import signal
import sys
import time
from datetime import datetime, timezone

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import pacct  # noqa: E402

NO_VALUE = "-"
# the one that the test sends, because accounting itself may have nothing to say
STATE = ("state.test", "accounting_silent", "nothing for 600 s")


def fail(why):
    sys.exit(f"panels: {why}")


def seconds(text):
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def user_of(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return None


def signal_of(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def failed(e):
    return e["killed"] or e["exit_code"] != 0


# title: which processes, and what each counts as
TABLES = {
    "Programs by CPU": (lambda e: True, lambda e: (e["comm"],)),
    "Users by CPU": (lambda e: True, lambda e: (e["user"],)),
    "Failures by program and user": (failed, lambda e: (e["comm"], e["user"])),
    "Signals by program": (lambda e: e["killed"], lambda e: (signal_of(e["signal"]), e["comm"])),
    "Privileges used by others than root": (lambda e: e["privileged"] and e["uid"] != 0,
                                            lambda e: (e["user"], e["comm"])),
}
# title: series, and what each process adds
GRAPHS = {
    "Processes that ended": {"processes": lambda e: 1},
    "CPU seconds": {"user": lambda e: e["cpu_user"], "system": lambda e: e["cpu_system"]},
    "Failures and signals": {"exit code": lambda e: not e["killed"] and e["exit_code"] != 0,
                             "signal": lambda e: e["killed"]},
}


# title: the program that has to be first (tests/stores/leaders), and how the values of its processes become one
USAGE = {
    "Programs by peak memory (usage)": ("most-memory", {"max_rss_kib": max}),
    "Programs by bytes written (usage)": ("most-written", {"write_bytes": sum, "read_bytes": sum}),
    "Programs by context switches (usage)": ("most-switches", {"voluntary_switches": sum, "involuntary_switches": sum}),
}


# title: by what, and the values that are added up; of fields that end in _max, the largest
SUMMARIES = {
    "Processes (summaries)": (None, {"processes": "count"}),
    "CPU seconds (summaries)": (None, {"cpu": "cpu"}),
    "Programs by CPU (summaries)": (lambda e: (e["comm"],),
                                    {"count": "count", "failed": "failed", "cpu": "cpu", "elapsed_max": "elapsed"}),
    "Windows of time (summaries)": (lambda e: (), {"count": "count"}),
}


def near(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=0.005)


class Expected:
    def __init__(self, path, numbers):
        """numbers: a user without a name is shown as a number, and not as one of several without a name."""
        self.all = [pacct.native(raw) for raw in pacct.records(path)]
        for e in self.all:
            e["user"] = user_of(e["uid"]) or (str(e["uid"]) if numbers else NO_VALUE)
        exits = [(seconds(e["end"]), e) for e in self.all if e["event"] == "exit"]
        ends = sorted(t for t, _ in exits)
        # a part of them, so that a query without the time range shows
        self.first, self.last = ends[len(ends) // 10], ends[-len(ends) // 20]
        self.step = max((self.last - self.first) // 40, 1)
        self.exits = [(t, e) for t, e in exits if self.first <= t <= self.last]
        self.checked = []

    def done(self, title, rows):
        if not rows:
            fail(f"{title}: nothing")
        self.checked.append(title)

    def graph(self, title, got):
        if title in SUMMARIES:  # no summaries are sent
            if got:
                fail(f"{title}: {got}")
            self.checked.append(title)
            return
        want = collections.defaultdict(float)
        for t, e in self.exits:
            for series, value in GRAPHS[title].items():
                want[t // self.step * self.step, series] += value(e)
        want, got = ({k: v for k, v in d.items() if v} for d in (want, got))
        if want.keys() != got.keys() or not all(near(want[k], got[k]) for k in want):
            fail(f"{title}: differs at {[(k, want.get(k), got.get(k)) for k in want.keys() | got.keys()][:5]}")
        self.done(title, got)

    def table(self, title, rows, limit, by=None, groups=None):
        """groups: the sizes of the outer buckets, where there are two levels of them."""
        if title in USAGE or title in SUMMARIES:  # no usage is in an accounting file, and no summaries are sent
            if rows:
                fail(f"{title}: {rows}")
            self.checked.append(title)
            return
        select, key_of = TABLES[title]
        want = {}
        for _, e in self.exits:
            if select(e):
                row = want.setdefault(key_of(e), collections.Counter())
                row.update(count=1, cpu=e["cpu_user"] + e["cpu_system"], cpu_user=e["cpu_user"],
                           cpu_system=e["cpu_system"])
                row["mem_kib"] = max(row["mem_kib"], e["mem_kib"])
        by = by or ("cpu" if "CPU" in title else "count")
        largest = sorted((row[by] for row in want.values()), reverse=True)[:limit]
        got = [values[by] for _, values in rows]
        if groups is None and (len(got) != len(largest) or not all(map(near, largest, got))):
            fail(f"{title}: {got}, expected {largest}")
        if groups is not None:
            outer = collections.Counter()
            for key, row in want.items():
                outer[key[0]] += row["count"]
            if groups != sorted(outer.values(), reverse=True)[:limit]:
                fail(f"{title}: groups of {groups}, expected {outer.most_common(limit)}")
        for key, values in rows:
            if key not in want or not all(near(want[key][name], value) for name, value in values.items()):
                fail(f"{title}: {key}: {values}, expected {want.get(key)}")
        self.done(title, rows)

    def hosts(self, title, got, slack):
        """slack: by how many seconds a host may look longer silent than it is."""
        times = [seconds(e.get("end") or e.get("time") or e["start"]) for e in self.all]
        last = min(max(times), int(time.time())) if slack else max(t for t in times if t <= self.last)
        (value,) = [v for k, v in got.items() if k != STATE[0]]
        if not isinstance(value, float):
            value = datetime.fromisoformat(re_zone(value)).timestamp()
        if not last - slack <= value <= last:
            fail(f"{title}: {value}, expected {last}")
        self.done(title, got)

    def states(self, title, rows):
        if STATE not in rows:
            fail(f"{title}: {STATE} is not among {rows}")
        self.done(title, rows)

    def end(self, name):
        titles = {*TABLES, *GRAPHS, *USAGE, *SUMMARIES, "State messages", "Hosts, the longest silent first"}
        if set(self.checked) != titles:
            fail(f"no panel {titles - set(self.checked)} in {name}")
        print(f"{name}: {len(self.checked)} panels show what was counted of {len(self.exits)} processes")


class SomePanels:
    """What has to be shown of some panels; the others are not looked at."""

    def __init__(self, titles):
        self.titles, self.checked = titles, []

    def graph(self, title, got):
        pass

    def hosts(self, title, got, slack):
        pass

    def states(self, title, rows):
        pass

    def end(self, name):
        if set(self.checked) != set(self.titles):
            fail(f"no panel {set(self.titles) - set(self.checked)} in {name}")


class ExpectedUsage(SomePanels):
    """Of messages that have usage; only those panels."""

    def __init__(self, path):
        super().__init__(USAGE)
        self.programs = collections.defaultdict(list)
        ends = []
        with open(path, encoding="utf-8") as f:
            for e in map(json.loads, f):
                values = e.get("pacct", e)
                if values.get("usage_source") == "exit":
                    self.programs[e["process"]["name"] if "process" in e else e["comm"]].append(values)
                    ends.append(seconds(e["process"]["end"] if "process" in e else e["end"]))
        self.first, self.last, self.step = min(ends), max(ends), 1

    def table(self, title, rows, limit, **_):
        if title not in USAGE:
            return
        leader, fields = USAGE[title]
        if rows[0][0] != (leader,):
            fail(f"{title}: {rows[0]} is first, {leader} had to be")
        by = next(iter(fields))
        if [row[1][by] for row in rows] != sorted((row[1][by] for row in rows), reverse=True):
            fail(f"{title}: not in order: {rows}")
        if len(rows) != min(limit, len(self.programs)):
            fail(f"{title}: {len(rows)} of {len(self.programs)} programs")
        for (program,), values in rows:
            want = {field: how(e.get(field, 0) for e in self.programs[program]) for field, how in fields.items()}
            if values != want:
                fail(f"{title}: {program}: {values}, expected {want}")
        print(f"{title}: {rows[0]}")
        self.checked.append(title)


class ExpectedSummaries(SomePanels):
    """Of an accounting file whose records were summed up by comm in windows of so many seconds; only those panels."""

    def __init__(self, path, window):
        super().__init__(SUMMARIES)
        self.exits = [(seconds(e["end"]) // window * window + window, e) for e in map(pacct.native, pacct.records(path))
                      if e["event"] == "exit"]
        for _, e in self.exits:
            e.update(count=1, failed=failed(e), cpu=e["cpu_user"] + e["cpu_system"])
        ends = sorted({t for t, _ in self.exits})
        # a part of them, so that a query without the time range shows
        self.first, self.last, self.step = ends[len(ends) // 10], ends[-2], 2 * window
        self.exits = [(t, e) for t, e in self.exits if self.first <= t <= self.last]

    def sums(self, title, key_of):
        want = {}
        for t, e in self.exits:
            row = want.setdefault(key_of(t, e), collections.Counter())
            for name, of in SUMMARIES[title][1].items():
                row[name] = max(row[name], e[of]) if name.endswith("_max") else row[name] + e[of]
        return want

    def graph(self, title, got):
        if title not in SUMMARIES:
            return
        want = {(t, name): value for t, row in self.sums(title, lambda t, e: t // self.step * self.step).items()
                for name, value in row.items()}
        if want.keys() != got.keys() or not all(near(want[k], got[k]) for k in want):
            fail(f"{title}: differs at {[(k, want.get(k), got.get(k)) for k in want.keys() | got.keys()][:5]}")
        self.checked.append(title)

    def table(self, title, rows, limit, **_):
        if title not in SUMMARIES:
            return
        want = self.sums(title, lambda t, e: SUMMARIES[title][0](e))
        by = "cpu" if "CPU" in title else "count"
        if title.startswith("Windows"):  # of one host, those that are complete and those that are not
            if sum(values["late"] for _, values in rows) == 0:
                fail(f"{title}: nothing was late: {rows}")
            rows = [((), {"count": sum(values["count"] for _, values in rows)})]
        largest = sorted((row[by] for row in want.values()), reverse=True)[:limit]
        if by == "cpu" and (len(rows) != len(largest) or not all(map(near, largest, (v[by] for _, v in rows)))):
            fail(f"{title}: {[v[by] for _, v in rows]}, expected {largest}")
        for key, values in rows:
            if key not in want or not all(near(want[key][name], value) for name, value in values.items()):
                fail(f"{title}: {key}: {values}, expected {want.get(key)}")
        self.checked.append(title)

    def end(self, name):
        super().end(name)
        print(f"{name}: {len(self.checked)} panels of summaries show what was counted of {len(self.exits)} processes")


def re_zone(text):
    """PostgreSQL writes a zone of whole hours without minutes, which Python 3.9 does not read."""
    return text + ":00" if text[-3] in "+-" else text
