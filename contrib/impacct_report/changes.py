# SPDX-License-Identifier: Apache-2.0
"""A period against the one before it, which is as long: what is new, gone, or differs by more than chance and by half.

With --since, the period before ends where the period begins. Without, the later half of what is there is compared with
the earlier one."""
import math

from . import text
from .totals import COMPARED, SLOT_COUNT, SLOT_CPU, SLOT_FAILED, SLOTS

MEASURES = (("failed", SLOT_FAILED), ("cpu_seconds", SLOT_CPU), ("processes", SLOT_COUNT))
CHANGES = 15
SURE = 4  # standard deviations, were the processes independent


def sums(row, begin, end):
    out = [0, 0.0, 0]
    for slot, values in row[SLOTS].items():
        if begin <= slot < end:
            for i, value in enumerate(values):
                out[i] += value
    return out


def periods(totals, asked, last):
    """(slot of begin, of split, of end), or why there is nothing to compare."""
    slots = totals.all[SLOTS]
    if not slots:
        return "There are no records to compare."
    step, first = totals.row_step, min(slots)
    if asked.since is None:
        half = (max(slots) + 1 - first) // 2
        if half < 2:
            return f"The records span less than {text.step(4 * step)}: too little to compare one half with the other."
        return max(slots) + 1 - 2 * half, max(slots) + 1 - half, max(slots) + 1
    length = asked.until - asked.since
    if totals.origin + first * step > asked.before + max(step, length / 10):
        return (f"The period before begins at {text.time(asked.before)} UTC, but the records of the input only at "
                f"about {text.time(totals.origin + first * step)} UTC.")
    if last < asked.until - max(step, length / 10):
        return (f"The period ends at {text.time(asked.until)} UTC, but the records of the input at {text.time(last)} "
                "UTC: choose its end with --until.")
    return -math.ceil(length / step), 0, math.ceil(length / step)


def weight(measure, before, after, total):
    """How much a difference matters: its share of everything, and how sure it is."""
    if not total or before == after:
        return 0
    difference = abs(after - before)
    return difference / math.sqrt(before + after) * difference / total * (3 if measure == "failed" else 1)


def counts(before, after):
    """More than chance, and than half as much again."""
    difference = abs(after - before)
    return difference >= max(5, SURE * math.sqrt(before + after)) and max(before, after) >= 1.5 * min(before, after)


def compare(totals, asked, last):
    """A document."""
    found = periods(totals, asked, last)
    if isinstance(found, str):
        return {"why_not": found}
    begin, split, end = found
    before_all, after_all = sums(totals.all, begin, split), sums(totals.all, split, end)
    at = [totals.origin + slot * totals.row_step for slot in (begin, split, end)]
    if asked.since is not None:
        at = [asked.before, asked.since, asked.until]
    rows = []
    for kind in COMPARED:
        for name, row in totals.tables[kind].rows.items():
            before, after = sums(row, begin, split), sums(row, split, end)
            rows.extend(_rows(kind, name, before, after, before_all, after_all))
    # each name once or twice: by what matters most
    rows.sort(key=lambda row: (-row.pop("weight"), row["of"], row["name"]))
    return {"begin": at[0], "split": at[1], "end": at[2], "later_half": asked.since is None,
            "totals": {name: [before_all[i], after_all[i]] for name, i in MEASURES}, "rows": rows[:CHANGES]}


def _rows(kind, name, before, after, before_all, after_all):
    common = {"of": kind, "name": name}
    weights = {measure: weight(measure, before[i], after[i], max(before_all[i], after_all[i]))
               for measure, i in MEASURES}
    was, is_now = before[SLOT_COUNT], after[SLOT_COUNT]
    if not was or not is_now:
        # a few less of what is rare is no news; a host that is silent always is
        if is_now or was >= 10 or was and kind == "host":
            yield dict(common, change="new" if is_now else "gone", measure="processes", before=was, after=is_now,
                       weight=max(weights.values()) + (100 if kind == "host" else 0))
        return
    for measure, i in MEASURES:
        if counts(before[i], after[i]):
            yield dict(common, change="more" if after[i] > before[i] else "less", measure=measure, before=before[i],
                       after=after[i], weight=weights[measure])
