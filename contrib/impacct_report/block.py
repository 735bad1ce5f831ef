# SPDX-License-Identifier: Apache-2.0
"""A block of whole lines to sums. It knows nothing of other blocks, and so runs in any process.

Speed is here: a chunk, which fits into a processor's cache, is parsed as one array, and what its exits say is taken
column by column, which Python's built-in functions do several times as fast as a loop over the events. Only where
something is wrong in a chunk are its lines, or its events, looked at one by one, to find out which."""
import heapq
import json
import random
import re
from collections import namedtuple
from itertools import compress, repeat
from operator import add

from . import schema, times
from .text import printable
from .totals import (ACT_COUNT, ACT_CPU, ACT_FAILED, ACT_STARTED, COMPARED, COUNT, CPU, CRASHED, FAILED, LAST, MEM,
                     READ, RSS, SLOTS, STARTED, SWITCHES, WRITTEN, Totals, add_row, add_slots, new_row)

# a child that impacct itself makes, to see whether its end leaves a record, or what it may do: it never calls exec, its
# name begins so, and its exit status is its answer
CANARY_PREFIX, CANARY = "impacct:", "impacct (its own canaries)"
CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS", "SIGQUIT", "SIGXCPU", "SIGXFSZ"}
STATES = {"module_started", "module_stopped", "accounting_started", "accounting_stopped", "accounting_suspended",
          "accounting_resumed", "accounting_silent", "accounting_recovered", "file_rotated", "file_truncated",
          "file_damaged", "records_lost", "disk_low"}
CHUNK = 128 << 10  # characters
KEPT = 2000  # characters of a command line
HUGE = 1e18  # more than any record says
REFUSED = 5  # lines that are told one by one
# of a group: the slot of time, and a row of each of these tables
KEY = ("host", "user", "program", "container", "unit", "job")

# what the user asked for: seconds, sets of names, a pattern; before is where the period to compare with begins
Asked = namedtuple("Asked", "since until before hosts users programs top")


class Part:
    """What a block gives."""

    def __init__(self, asked, reached):
        self.totals = Totals(asked.top, asked.since or 0, reached)
        self.ids = []  # a number for each event that is counted
        self.states = []  # in order, as dictionaries
        self.summaries = []  # (line, event) of summaries and the ends of their windows, in order
        self.refused, self.refused_count = [], 0  # (line, why)
        self.read = 0  # lines that were messages of impacct
        self.cut_off = False  # the last line has no end
        self.hosts = {}  # [first, last] exit of each

    def refuse(self, line, why):
        self.refused_count += 1
        if len(self.refused) < REFUSED:
            self.refused.append((line, why))


def no_constant(text):
    raise ValueError(f"{text} is no JSON")


scan = json.JSONDecoder(parse_constant=no_constant).scan_once


def what_it_is(line):
    """Of a line that is no JSON."""
    begin = printable(line[:60]) + ("..." if len(line) > 60 else "")
    if re.match(r"\S+ [S-][F-][D-][X-] ", line):
        return f'no JSON, but the readable line of format="text": {begin}'
    if '{"event' in line:
        return f"no JSON: cut off, or with text before or behind the object: {begin}"
    return f"no JSON: {begin}"


def parse(text, first_line, part):
    """(numbers of lines, their objects) of all that are JSON; the others are refused, but for a last one that is still
    being written."""
    try:
        events, _ = scan("[" + text.rstrip("\n").replace("\n", ",") + "]", 0)
        # as many objects as lines: each is on a line of its own
        if len(events) == text.rstrip("\n").count("\n") + 1:
            return range(first_line, first_line + len(events)), events
    except (ValueError, StopIteration, RecursionError):
        pass
    lines, events, last, at_end = [], [], first_line + text.count("\n"), not text.endswith("\n")
    for line, it in enumerate(text.split("\n"), first_line):
        begin = 6 if it.startswith("@cee: ") else 0
        try:
            e, end = scan(it, begin)
            if end != len(it.rstrip()):
                raise ValueError("something behind it")
            lines.append(line)
            events.append(e)
        except (ValueError, StopIteration, RecursionError):
            if at_end and line == last and it.startswith(("{", "@cee: {")):
                part.cut_off = True
            elif it.strip():
                part.refuse(line, what_it_is(it))
    return lines, events


def column(events, name):
    return list(map(dict.get, events, repeat(name)))


def numbers(events, name, needed=False):
    """None where no event has any."""
    values = column(events, name)
    types = set(map(type, values))
    if type(None) in types:
        if needed:
            raise KeyError(name)
        if len(types) == 1:
            return None
        values = [0 if v is None else v for v in values]
        types.discard(type(None))
    if not types <= {int, float}:
        raise TypeError(f"{name} is no number")
    if min(values) < 0 or max(values) >= HUGE:
        raise ValueError(f"{name} is out of range")
    return values


def names(events, name):
    values = column(events, name)
    if None in values:
        raise KeyError(name)
    if set(map(type, values)) != {str}:
        raise TypeError(f"{name} is no text")
    return values


def optional_names(events, name):
    values = column(events, name)
    types = set(map(type, values))
    if types == {type(None)}:
        return repeat(None)
    if not types <= {str, type(None)}:
        values = [None if v is None else str(v) for v in values]
    return values


class Exits:
    """The columns of exits. Raises what wrong values raise."""

    def __init__(self, events):
        self.events = events
        self.comm, self.host = names(events, "comm"), names(events, "hostname")
        users = column(events, "user")
        if None in users:
            users = list(map(schema.user, events))
        self.user = users
        if set(map(type, users)) != {str}:
            raise TypeError("user is no text")
        ends = column(events, "end")
        if None in ends:
            ends = [e.get("end") or e.get("time") or e["start"] for e in events]
        known = {end: times.seconds(end) for end in set(ends)}
        self.t = list(map(known.__getitem__, ends))
        self.cpu = list(map(add, numbers(events, "cpu_user", True), numbers(events, "cpu_system", True)))
        self.elapsed = numbers(events, "elapsed") or [0] * len(events)
        self.mem = numbers(events, "mem_kib") or [0] * len(events)
        self.rss, self.read, self.written = (numbers(events, name) for name in
                                             ("max_rss_kib", "read_bytes", "write_bytes"))
        self.io = None
        if self.read or self.written:
            self.io = list(map(add, self.read or repeat(0), self.written or repeat(0)))
        self.switches, involuntary = (numbers(events, name) for name in ("voluntary_switches", "involuntary_switches"))
        if self.switches and involuntary:
            self.switches = list(map(add, self.switches, involuntary))
        self.code = column(events, "exit_code")
        self.ids = column(events, "id")
        for name in "id", "signal_name":
            if not set(map(type, column(events, name))) <= {str, type(None)}:
                raise TypeError(f"{name} is no text")

    def only(self, wanted):
        for name, values in vars(self).items():
            if values is not None:
                setattr(self, name, list(compress(values, wanted)))


def valid(lines, events, part):
    """The columns; events with a wrong value are refused first."""
    try:
        return Exits(events)
    except (TypeError, ValueError, KeyError):
        good = []
        for line, e in zip(lines, events):
            try:
                Exits([e])
                good.append(e)
            except KeyError as error:
                part.refuse(line, f"an exit without {error.args[0]}")
            except (TypeError, ValueError) as error:
                part.refuse(line, f"an exit with a wrong value: {printable(error)[:100]}")
        return Exits(good) if good else None


def is_wanted(asked, host, user, uid, comm):
    return ((not asked.hosts or host in asked.hosts) and
            (not asked.users or user in asked.users or str(uid) in asked.users) and
            (not asked.programs or asked.programs.fullmatch(comm) is not None))


def is_in_period(asked, t):
    return (asked.until is None or t < asked.until) and (asked.before is None or t >= asked.before)


def how_it_ended(e):
    """A record may know no number of the signal, and not whether there was a core."""
    if "exit_code" in e:
        return f"exit {e['exit_code']}"
    if "signal" in e:
        how = e.get("signal_name") or f"signal {e['signal']}"
    else:
        how = "signal"
    if e.get("core_dumped"):
        how += ", core dumped"
    return how + ", out of memory" if e.get("oom_killed") else how


def process(x, i):
    """What is shown of one that is the largest in something."""
    e = x.events[i]
    line = schema.command_line(e)
    return {"end": x.t[i], "start": e.get("start"), "host": x.host[i], "program": x.comm[i], "user": x.user[i],
            "pid": e.get("pid"), "elapsed_seconds": x.elapsed[i], "cpu_seconds": x.cpu[i],
            "mem_kib": e.get("mem_kib"), "max_rss_kib": e.get("max_rss_kib"), "read_bytes": e.get("read_bytes"),
            "write_bytes": e.get("write_bytes"), "context_switches": x.switches[i] if x.switches else None,
            "how": how_it_ended(e), "container": e.get("container_id"),
            "unit": e.get("systemd_unit"), "job": e.get("job_id"),
            "command_line": None if line is None else str(line)[:KEPT]}


def add_largest(largest, x, values):
    floor, ids = largest.floor, x.ids
    above = [i for i, value in enumerate(values) if value >= floor and value]
    if len(above) > largest.limit:
        above = heapq.nlargest(largest.limit, above, key=lambda i: (values[i], x.t[i], str(ids[i])))
    for i in above:
        largest.add((values[i], x.t[i], str(ids[i]), i, process(x, i)))


def add_exits(part, x, asked, skip, groups):
    """To the sums of groups, and to all but the tables."""
    totals = part.totals
    for host, t in set(zip(x.host, x.t)):
        span = part.hosts.setdefault(host, [t, t])
        span[0], span[1] = min(t, span[0]), max(t, span[1])
    if asked.until is not None:
        x.only([is_in_period(asked, t) for t in x.t])
    if asked.hosts or asked.users or asked.programs:
        uids = column(x.events, "uid")
        x.only([is_wanted(asked, *of) for of in zip(x.host, x.user, uids, x.comm)])
    begin = len(part.ids)
    part.ids.extend([random.getrandbits(62) if i is None else hash(i) for i in x.ids])
    if skip:
        new = [i not in skip for i in range(begin, len(part.ids))]
        totals.repeats += new.count(False)
        x.only(new)
    if not x.events:
        return
    canaries = ()
    if any(comm.startswith(CANARY_PREFIX) for comm in set(x.comm)):
        canaries = [i for i, comm in enumerate(x.comm)
                    if comm.startswith(CANARY_PREFIX) and x.events[i].get("forked") is True]
        for i in canaries:
            x.comm[i], x.code[i] = CANARY, 0
    slots = [(t - totals.origin) // totals.row_step for t in x.t]
    keys = list(zip(slots, x.host, x.user, x.comm, optional_names(x.events, "container_id"),
                    optional_names(x.events, "systemd_unit"), optional_names(x.events, "job_id")))
    for key, t, cpu, elapsed, mem in zip(keys, x.t, x.cpu, x.elapsed, x.mem):
        row = groups.get(key)
        if row is None:
            groups[key] = [1, cpu, elapsed, 0, 0, 0, 0, 0, 0, mem, 0, t]
        else:
            row[0] += 1
            row[1] += cpu
            row[2] += elapsed
            if mem > row[MEM]:
                row[MEM] = mem
            if t > row[LAST]:
                row[LAST] = t
    zeros = repeat(0)
    if x.rss or x.io or x.switches:
        for key, rss, read_, written, switches in zip(keys, x.rss or zeros, x.read or zeros, x.written or zeros,
                                                      x.switches or zeros):
            row = groups[key]
            row[RSS] = max(row[RSS], rss)
            row[READ] += read_
            row[WRITTEN] += written
            row[SWITCHES] += switches
    for i, code in enumerate(x.code):
        if code != 0:
            row, e = groups[keys[i]], x.events[i]
            row[FAILED] += 1
            if code is None and (e.get("core_dumped") or e.get("signal_name") in CRASHES):
                row[CRASHED] += 1
    if asked.since is not None and min(x.t) < asked.since:
        x.only([t >= asked.since for t in x.t])
    if x.events:
        add_period(totals, x)


def add_period(totals, x):
    """What is not compared with the period before."""
    totals.first = min(totals.first, min(x.t))
    totals.canaries += x.comm.count(CANARY)
    slots, step = totals.activity.slots, totals.activity.step
    for t, cpu in zip(x.t, x.cpu):
        slot = slots.get(t // step)
        if slot is None:
            slots[t // step] = [1, 0, cpu, 0]
        else:
            slot[ACT_COUNT] += 1
            slot[ACT_CPU] += cpu
    for i, code in enumerate(x.code):
        if code != 0:
            slots[x.t[i] // step][ACT_FAILED] += 1
            have = totals.failures.setdefault((x.comm[i], x.user[i], how_it_ended(x.events[i])), [0, x.t[i]])
            have[0] += 1
            have[1] = max(have[1], x.t[i])
    for name, values in (("elapsed", x.elapsed), ("cpu", x.cpu), ("mem", x.mem), ("rss", x.rss), ("io", x.io),
                         ("written", x.written), ("switches", x.switches)):
        if values:
            add_largest(totals.largest[name], x, values)


def fold(totals, groups, since):
    """Groups to rows of tables. What was before the period counts in the slots only."""
    for place, name in enumerate(KEY, 1):
        rows, has_slots = totals.tables[name].rows, name in COMPARED
        for key, row in groups.items():
            of = key[place]
            if of is None:
                continue
            have = rows.get(of)
            if have is None:
                have = rows[of] = new_row()
            slot = key[0]
            if slot >= 0 or since is None:
                add_row(have, row)
            if has_slots:
                mine = have[SLOTS].get(slot)
                if mine is None:
                    have[SLOTS][slot] = [row[COUNT], row[CPU], row[FAILED]]
                else:
                    mine[0] += row[COUNT]
                    mine[1] += row[CPU]
                    mine[2] += row[FAILED]
    for row in totals.tables["host"].rows.values():
        add_row(totals.all, row)
        add_slots(totals.all[SLOTS], row[SLOTS])


class Others:
    """What is no exit."""

    def __init__(self, part, asked, skip):
        self.part, self.asked, self.skip = part, asked, skip

    def is_counted(self, e, t):
        asked = self.asked
        return is_in_period(asked, t) and (asked.since is None or t >= asked.since) and \
            is_wanted(asked, e["hostname"], schema.user(e), e.get("uid"), e["comm"]) and not self.is_repeat(e)

    def is_repeat(self, e):
        ids = self.part.ids
        name = e.get("id")
        ids.append(random.getrandbits(62) if name is None else hash(name))
        if len(ids) - 1 in self.skip:
            self.part.totals.repeats += 1
            return True
        return False

    def add(self, line, e):
        event, part = e["event"], self.part
        if event == "exec":
            t = times.seconds(e.get("time") or e["start"])
            if self.is_counted(e, t):
                self.add_start(e, t)
        elif event == "synthetic":
            part.totals.synthetic += self.is_counted(e, times.seconds(e.get("time") or e["start"]))
        elif event in ("summary", "summary_window"):
            part.summaries.append((line, e))
        elif event in STATES or "detail" in e:
            self.add_state(e)
        else:
            raise schema.Unknown(f"event {printable(event[:40])!r} is none that this report knows")

    def add_start(self, e, t):
        totals = self.part.totals
        keys = (e["hostname"], schema.user(e), e["comm"], e.get("container_id"), e.get("systemd_unit"), e.get("job_id"))
        if set(map(type, keys[:3])) != {str}:
            raise TypeError("a name that is no text")
        row = new_row()
        row[STARTED], row[LAST] = 1, t
        for name, key in zip(KEY, keys):
            if key is not None:
                add_row(totals.tables[name].rows.setdefault(str(key), new_row()), row)
        totals.activity.slots.setdefault(t // totals.activity.step, [0, 0, 0.0, 0])[ACT_STARTED] += 1
        totals.first = min(totals.first, t)

    def add_state(self, e):
        asked, t = self.asked, times.seconds(e["time"])
        if (asked.until is None or t < asked.until) and (not asked.hosts or e["hostname"] in asked.hosts) and \
                not self.is_repeat(e):
            self.part.states.append({"t": t, "host": str(e["hostname"]), "event": e["event"],
                                     "file": str(e.get("file", "")), "alert": e.get("kind") == "alert",
                                     "detail": str(e.get("detail", ""))[:KEPT]})


def sort_out(lines, events, part):
    """(lines, exits, others) under native names."""
    of_exits, exits, others = [], [], []
    for line, e in zip(lines, events):
        try:
            if type(e) is not dict or type(e.get("event")) is not str or "ac_comm" in e:
                e = schema.native(e)
        except schema.Unknown as error:
            part.refuse(line, str(error))
            continue
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            part.refuse(line, f"a message of which a part is missing: {printable(error)[:100]}")
            continue
        if e["event"] == "exit":
            of_exits.append(line)
            exits.append(e)
        else:
            others.append((line, e))
    return of_exits, exits, others


def chunks(text):
    """Pieces of whole lines."""
    at = 0
    while at < len(text):
        end = text.find("\n", at + CHUNK)
        end = len(text) if end < 0 else end + 1
        yield text[at:end]
        at = end


def read(data, first_line, asked, reached, skip=frozenset()):
    """Lines to a Part. reached: the steps and floors of the sums so far. skip: which of its ids not to count, because
    they came before."""
    part, groups = Part(asked, reached), {}
    for text in chunks(data.decode("utf-8", "replace")):
        read_chunk(part, text, first_line, asked, skip, groups)
        first_line += text.count("\n")
    fold(part.totals, groups, asked.since)
    for table in part.totals.tables.values():
        table.bound()
    return part


def read_chunk(part, text, first_line, asked, skip, groups):
    lines, events = parse(text, first_line, part)
    try:
        kinds = set(column(events, "event"))
    except TypeError:
        kinds = None
    others = ()
    if kinds != {"exit"} or None in column(events, "comm"):
        lines, events, others = sort_out(lines, events, part)
    x = valid(lines, events, part) if events else None
    if x:
        part.read += len(x.events)
        add_exits(part, x, asked, skip, groups)
    rest = Others(part, asked, skip)
    for line, e in others:
        try:
            rest.add(line, e)
            part.read += 1
        except schema.Unknown as error:
            part.refuse(line, str(error))
        except KeyError as error:
            part.refuse(line, f"a message without {error.args[0]}")
        except (TypeError, ValueError, AttributeError) as error:
            part.refuse(line, f"a message with a wrong value: {printable(error)[:100]}")
