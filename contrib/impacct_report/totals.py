# SPDX-License-Identifier: Apache-2.0
"""The sums that a report is made from, and how those of two blocks become one.

Memory does not depend on the number of lines. What is kept is bounded, and the sums over everything are exact:

- a Table has one row for each key, exact while there are at most 2 * KEYS keys. When there are more, those that lead in
  nothing go into one row, "others"; one that comes again later begins at 0
- a Timeline has at most so many slots; when it has more, all become coarser
- Largest keeps the few that are largest
"""
import heapq

from .times import coarser

KEYS = 2000
TABLES = ("program", "user", "host", "container", "unit", "job")
COMPARED = ("program", "user", "host")  # whose rows have slots
# a row of a table: sums, maxima, the last time, and what is counted for each slot of time, to compare two periods
COUNT, CPU, ELAPSED, FAILED, CRASHED, STARTED, READ, WRITTEN, SWITCHES, MEM, RSS, LAST, SLOTS = range(13)
# what a slot of a row has
SLOT_COUNT, SLOT_CPU, SLOT_FAILED = range(3)
# what a slot of the activity has
ACT_COUNT, ACT_FAILED, ACT_CPU, ACT_STARTED = range(4)
ACTIVITY_SLOTS, ROW_SLOTS = 720, 32
# what a process can be the largest in
LEAD = ("elapsed", "cpu", "mem", "rss", "io", "written", "switches")
LARGEST = 50  # processes that are shown at most


def new_row():
    return [0, 0.0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0, float("-inf"), {}]


def add_slots(to, slots):
    for slot, values in slots.items():
        mine = to.get(slot)
        if mine is None:
            to[slot] = list(values)
        else:
            for i, value in enumerate(values):
                mine[i] += value


def coarse(slots, factor):
    out = {}
    for slot, values in slots.items():
        add_slots(out, {slot // factor: values})
    return out


def add_row(to, row):
    """Without what is counted for each slot."""
    to[COUNT] += row[COUNT]
    to[CPU] += row[CPU]
    to[ELAPSED] += row[ELAPSED]
    to[FAILED] += row[FAILED]
    to[CRASHED] += row[CRASHED]
    to[STARTED] += row[STARTED]
    to[READ] += row[READ]
    to[WRITTEN] += row[WRITTEN]
    to[SWITCHES] += row[SWITCHES]
    if row[MEM] > to[MEM]:
        to[MEM] = row[MEM]
    if row[RSS] > to[RSS]:
        to[RSS] = row[RSS]
    if row[LAST] > to[LAST]:
        to[LAST] = row[LAST]


class Timeline:
    """Values counted in slots of time; slots that nothing fell into do not exist. Slot 0 begins at the epoch."""

    def __init__(self, limit, step):
        self.limit, self.step = limit, step
        self.slots = {}

    def merge(self, other):
        """The other's step is at most as coarse as ours."""
        factor = self.step // other.step
        add_slots(self.slots, other.slots if factor == 1 else coarse(other.slots, factor))
        while len(self.slots) > self.limit:
            self.coarsen()

    def coarsen(self):
        step = coarser(self.step)
        self.slots = coarse(self.slots, step // self.step)
        self.step = step


class Table:
    def __init__(self):
        self.rows, self.others, self.folded = {}, new_row(), 0

    def merge(self, other):
        mine = self.rows
        for key, row in other.rows.items():
            have = mine.get(key)
            if have is None:
                mine[key] = row
            else:
                add_row(have, row)
                add_slots(have[SLOTS], row[SLOTS])
        add_row(self.others, other.others)
        self.folded += other.folded
        self.bound()

    def bound(self):
        if len(self.rows) <= 2 * KEYS:
            return
        keep = set()
        for column in (COUNT, CPU, FAILED, STARTED, WRITTEN, SWITCHES, RSS, MEM, LAST):
            keep.update(heapq.nlargest(KEYS // 8, self.rows, key=lambda key: self.rows[key][column]))
        for key in self.rows.keys() - keep:
            add_row(self.others, self.rows.pop(key))
            self.folded += 1


class Largest:
    """The few with the largest value above 0, of equal ones the latest. An item is (value, time, id, ..., process), and
    compares without its last member."""

    def __init__(self, limit, floor):
        self.limit, self.items = limit, []
        self.floor = floor  # what is below it is not among them

    def add(self, item):
        self.items.append(item)
        if len(self.items) > 4 * self.limit:
            self.trim()

    def trim(self):
        self.items = heapq.nlargest(self.limit, self.items)
        if len(self.items) == self.limit:
            self.floor = self.items[-1][0]

    def merge(self, other):
        for item in other.items:
            self.add(item)
        self.trim()


class Totals:
    """Of a block, or of all. origin is where slots of time begin: a slot is wholly before it or wholly behind it."""

    def __init__(self, top, origin, reached=(1, 15, {})):
        activity_step, self.row_step, floors = reached
        self.origin = origin
        self.tables = {name: Table() for name in TABLES}
        self.activity = Timeline(ACTIVITY_SLOTS, activity_step)
        self.failures = {}  # (program, user, how it ended): [times, last]
        self.failures_folded = 0  # times that are in none of these
        self.largest = {name: Largest(min(top, LARGEST), floors.get(name, 0)) for name in LEAD}
        self.all = new_row()
        self.first = float("inf")
        self.synthetic = self.canaries = self.repeats = 0

    def reached(self):
        """The steps, and what the largest have to exceed; for a part that is to be merged into this."""
        return self.activity.step, self.row_step, {name: of.floor for name, of in self.largest.items()}

    def merge(self, part):
        """Take a part over; it is of no use afterwards. Its steps are at most as coarse as ours."""
        factor = self.row_step // part.row_step
        for name, table in part.tables.items():
            if factor > 1:
                for row in table.rows.values():
                    row[SLOTS] = coarse(row[SLOTS], factor)
            self.tables[name].merge(table)
        add_row(self.all, part.all)
        add_slots(self.all[SLOTS], coarse(part.all[SLOTS], factor))
        while len(self.all[SLOTS]) > ROW_SLOTS:
            self._coarsen()
        self.activity.merge(part.activity)
        for key, (times, last) in part.failures.items():
            mine = self.failures.setdefault(key, [0, last])
            mine[0] += times
            mine[1] = max(mine[1], last)
        if len(self.failures) > 2 * KEYS:
            self._fold_failures()
        for name in LEAD:
            self.largest[name].merge(part.largest[name])
        self.first = min(self.first, part.first)
        self.synthetic += part.synthetic
        self.canaries += part.canaries
        self.repeats += part.repeats

    def _coarsen(self):
        step = coarser(self.row_step)
        for row in (self.all, *(row for table in self.tables.values() for row in table.rows.values())):
            row[SLOTS] = coarse(row[SLOTS], step // self.row_step)
        self.row_step = step

    def _fold_failures(self):
        keep = set(heapq.nlargest(KEYS, self.failures, key=self.failures.get))
        for key in self.failures.keys() - keep:
            self.failures_folded += self.failures.pop(key)[0]
