# SPDX-License-Identifier: Apache-2.0
"""The sums as one document: what --json prints, and what the terminal and the page show. Times in it are seconds since
the epoch until for_json makes them RFC 3339."""
import heapq

from . import text, times
from .changes import compare
from .totals import (ACT_COUNT, ACT_CPU, ACT_FAILED, ACT_STARTED, COUNT, CPU, CRASHED, ELAPSED, FAILED, LAST, LEAD, MEM,
                     READ, RSS, STARTED, SWITCHES, TABLES, WRITTEN, add_row, coarse, new_row)

VERSION = 1  # of the form of the document
COLUMNS = (("processes", COUNT), ("cpu_seconds", CPU), ("elapsed_seconds", ELAPSED), ("failed", FAILED),
           ("crashed", CRASHED), ("started", STARTED), ("read_bytes", READ), ("write_bytes", WRITTEN),
           ("context_switches", SWITCHES), ("max_mem_kib", MEM), ("max_rss_kib", RSS), ("last", LAST))
CHART_SLOTS = 72
STATES_SHOWN = 100
TIMES = {"end", "last", "since", "until", "first", "begin", "split", "t", "made", "time"}


def figures(row):
    out = {name: row[i] for name, i in COLUMNS}
    if out["last"] == float("-inf"):
        out["last"] = None
    return out


def table(of, top):
    """The first by each column, and the sum of all others."""
    rows = {name: row for name, row in of.rows.items() if row[COUNT] or row[STARTED]}
    shown = set()
    for column in (CPU, COUNT, FAILED, CRASHED, STARTED, MEM, RSS, READ, WRITTEN, SWITCHES):
        shown.update(name for name in heapq.nlargest(top, rows, key=lambda n: (rows[n][column], rows[n][CPU], n))
                     if rows[name][column])
    others, number = new_row(), of.folded
    add_row(others, of.others)
    for name in rows.keys() - shown:
        add_row(others, rows[name])
        number += 1
    order = sorted(shown, key=lambda name: (-rows[name][CPU], -rows[name][COUNT], -rows[name][STARTED], name))
    return {"number": len(shown) + number, "exact": not of.folded,
            "rows": [dict(figures(rows[name]), name=name) for name in order],
            "others": dict(figures(others), number=number) if number else None}


def span_of_chart(slots, step, asked, moments):
    """(first, last) slot: what was asked for, else without the few that lie far away because a clock was wrong.
    moments: those of state messages, which belong to it, too."""
    places = sorted(slots)
    first, last = places[0], places[-1]
    total = sum(max(slots[p][ACT_COUNT], slots[p][ACT_STARTED]) for p in places)
    so_far, inner = 0, []
    for place in places:
        here = max(slots[place][ACT_COUNT], slots[place][ACT_STARTED])
        if so_far + here >= 0.001 * total and so_far <= 0.999 * total:
            inner.append(place)
        so_far += here
    if inner and (last - first) * step > 2 * 86400 and last - first > 4 * (inner[-1] - inner[0] + 1):
        first, last = inner[0], inner[-1]
    if asked.since is not None:
        return asked.since // step, (asked.until - 1) // step
    near = [t // step for t in moments if abs(t // step - first) * step < 2 * (last - first) * step + 86400]
    return min([first] + near), max([last] + near)


def activity(timeline, asked, moments, notes):
    if not timeline.slots:
        return None
    first, last = span_of_chart(timeline.slots, timeline.step, asked, moments)
    step = max(timeline.step, times.step_for((last - first + 1) * timeline.step, CHART_SLOTS))
    factor = step // timeline.step
    slots = coarse(timeline.slots, factor)
    first, last = first // factor, last // factor
    outside = sum(values[ACT_COUNT] for slot, values in slots.items() if not first <= slot <= last)
    if outside:
        notes.append(f"{text.plural(outside, 'process', 'processes')} ended outside of the time that the charts show: "
                     "was a clock wrong?")
    empty = [0, 0, 0.0, 0]
    out = []
    for slot in range(first, last + 1):
        values = slots.get(slot, empty)
        out.append({"begin": slot * step, "processes": values[ACT_COUNT], "failed": values[ACT_FAILED],
                    "cpu_seconds": values[ACT_CPU], "started": values[ACT_STARTED]})
    return {"step_seconds": step, "slots": out}


def failures(totals, top):
    known = [(key, of) for key, of in totals.failures.items() if of[0] > 0]
    order = sorted(known, key=lambda item: (-item[1][0], item[0]))
    rest = sum(of[0] for _, of in order[top:]) + totals.failures_folded
    return {"number": len(order), "rest": rest,
            "rows": [{"program": program, "user": user, "how": how, "times": times_, "last": last}
                     for (program, user, how), (times_, last) in order[:top]]}


def not_read(collection):
    return {"lines": sum(source.refused for source in collection.sources),
            "examples": [{"file": source.name, "line": line, "what": why} for source, line, why in collection.refused],
            "cut_off": [source.name for source in collection.sources if source.cut_off]}


def notes_of(collection):
    totals, summaries, notes = collection.totals, collection.summaries, []
    if totals.repeats or summaries.repeats:
        notes.append(f"{text.plural(totals.repeats + summaries.repeats, 'message')} came more than once, as after "
                     "a crash, and counted once.")
    if collection.repeats.far:
        notes.append(f"About {text.count(collection.repeats.far)} messages came again later than 100,000 messages "
                     "after the first time, and counted again: was a file read twice?")
    if totals.canaries:
        notes.append(f"{text.plural(totals.canaries, 'process', 'processes')} belonged to impacct itself, which looks "
                     "so whether accounting works; none of them counts as a failure.")
    if totals.synthetic:
        notes.append(f"{text.plural(totals.synthetic, 'record')} of processes that still live, as the kernel writes "
                     "them when accounting is switched, did not count.")
    if summaries.used:
        notes.append(f"{text.plural(summaries.used, 'summary', 'summaries')} of impacct counted: no single "
                     "processes, no virtual size and no context switches are known of those.")
    if summaries.records_are_there:
        notes.append(f"{text.plural(summaries.records_are_there, 'summary', 'summaries')} did not count: the "
                     "records of the same time are there.")
    twice = collection.counted_twice()
    if twice:
        notes.append(f"Records and summaries of the same time were both counted, because the summaries came first, for "
                     f"{', '.join(map(text.printable, twice[:5]))}: give either, or the records first.")
    if summaries.amended:
        notes.append(f"{text.plural(summaries.amended, 'summary was', 'summaries were')} replaced by a later revision.")
    if summaries.too_late:
        notes.append(f"{text.plural(summaries.too_late, 'summary', 'summaries')} amended one that is not in the "
                     "input, or far before; where it is there, the two were counted as two.")
    if summaries.unasked:
        notes.append(f"{text.plural(summaries.unasked, 'summary', 'summaries')} did not count, because they do "
                     "not tell apart what was asked for.")
    if summaries.incomplete or summaries.other_records or summaries.late_records:
        notes.append(f"By the summaries' own word: {text.plural(summaries.incomplete, 'window')} not whole, "
                     f"{text.plural(summaries.other_records, 'record')} in the group of all others, "
                     f"{text.plural(summaries.late_records, 'record')} late.")
    folded = [name for name, of in totals.tables.items() if of.folded]
    if folded or totals.failures_folded:
        notes.append(f"There were too many different names to count each: in the tables of "
                     f"{', '.join(name + 's' for name in folded) or 'failures'}, names that led in nothing are in the "
                     "row of all others, and one that came back counts from then on. The totals are exact.")
    if collection.states.dropped:
        notes.append(f"{text.plural(collection.states.dropped, 'older state message')} left out.")
    return notes


def build(collection, now, filters):
    asked, totals, top = collection.asked, collection.totals, collection.asked.top
    notes = notes_of(collection)
    alarms, states = collection.states.document(asked.since)
    last = totals.all[LAST] if totals.all[LAST] != float("-inf") else None
    moments = [state["t"] for state in states]
    charts = activity(totals.activity, asked, moments, notes)
    first = min([totals.first] * (totals.first != float("inf")) + moments, default=None)
    hosts = sorted({name for name, row in totals.tables["host"].rows.items() if row[COUNT] or row[STARTED]} |
                   {state["host"] for state in states} | {alarm["host"] for alarm in alarms})
    return {
        "report": {"form": VERSION, "made": now},
        "period": {"since": asked.since, "until": asked.until, "first": first,
                   "last": max([last] * (last is not None) + moments, default=None)},
        "filters": filters,
        "hosts_seen": hosts[:1000],
        "input": [{"file": source.name, "lines": source.lines, "messages": source.read}
                  for source in collection.sources],
        "not_read": not_read(collection),
        "notes": notes,
        "alarms": alarms[:STATES_SHOWN], "alarms_number": len(alarms),
        "totals": dict(figures(totals.all), users=len(totals.tables["user"].rows), repeats=totals.repeats,
                       canaries=totals.canaries, still_running=totals.synthetic),
        "activity": charts,
        "failures": failures(totals, top),
        "changes": compare(totals, asked, last),
        **{f"{name}s": table(totals.tables[name], top) for name in TABLES},
        "largest": {name: [item[-1] for item in totals.largest[name].items] for name in LEAD},
        "states": [dict(state) for state in states[-STATES_SHOWN:]], "states_number": len(states),
        "states_by_event": dict(sorted(collection.states.counts.items())),
    }


def for_json(value, name=None):
    """The same with times as RFC 3339."""
    if isinstance(value, dict):
        return {key: for_json(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [for_json(member, name) for member in value]
    if name in TIMES and isinstance(value, (int, float)) and not isinstance(value, bool):
        return times.rfc3339(value)
    return round(value, 6) if isinstance(value, float) else value
