#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What processes used, as impacct says, against what is known of them.

    usage.py kinds TOLD OUT.jsonl          TOLD: what tests/tools/usage_kinds printed, with one process for each process id.
                                           Prints how far each field was away, and fails where it was too far, as
                                           doc/source/reference/impacct-usage.rst says
    usage.py hostile TOLD OUT.jsonl        TOLD: what tests/tools/usage_hostile printed. Fails where a process has other
                                           characters or threads than its own
    usage.py storm TOLD OUT.jsonl BEFORE [loss|any]
                                           TOLD: what tests/tools/usage_storm printed. Fails where a process has another's
                                           usage, or one that is not what wait4(2) told, or where one that is not
                                           among the first BEFORE has none: with "loss", some have to have none, with
                                           "any" they may. Prints how many of those had their own, and none
"""
import collections
import json
import sys

PIPE = 3000
RECORD = 64
TICK = 10_000_000  # of the slowest kernels: for so long at most it runs without being counted
# the record is written by the process itself, afterwards: into a page, and where the file grows there are those of the
# file system, too
WRITTEN_AFTERWARDS = 16384


def exits(path):
    for line in open(path, encoding="utf-8"):
        e = json.loads(line)
        if e["event"] == "exit":
            yield e


def own_chars(w, name):
    """Without those of children that were waited for; None: impacct is not to know it."""
    if w["kind"] == "children-threads":
        return None
    reaped = {"children": 2, "vfork": 1, "vfork-exit": 1}.get(w["kind"], 0)
    pipes = 0 if w["kind"] == "vfork-exit" else reaped
    if name == "wchar":  # each has also written its record
        return w["wchar"] - PIPE * pipes - RECORD * reaped
    # what a vforked child executes is read, too: as much as by the process itself
    return (w["rchar"] - PIPE * pipes) // (2 if w["kind"] == "vfork" else 1)


class Deviations:
    def __init__(self):
        self.of = collections.defaultdict(list)

    def add(self, name, w, got, expected, low=0, high=0):
        self.of[name].append(got - expected)
        if not low <= got - expected <= high:
            sys.exit(f"{name} is {got}, and {expected} was expected, from {low} to {high} more: {json.dumps(w)}")

    def show(self):
        for name, all_of in self.of.items():
            all_of.sort()
            print(f"{name}: {all_of.count(0)} of {len(all_of)} exact; from {all_of[0]} to {all_of[-1]}, "
                  f"median {all_of[len(all_of) // 2]}")


def check_kind(w, e, d):
    kind, status = w["kind"], w["status"]
    if e["usage_source"] != "exit":
        sys.exit(f"has no usage: {w}")
    ran = 1000 * (w["user_us"] + w["system_us"])
    # it runs on after its end was told, the longer the more memory it gives back and the slower the machine is
    d.add("cpu_ns", w, e["cpu_ns"], ran, -ran, TICK)
    d.add("cpu_user_ns", w, e["cpu_user_ns"], 1000 * w["user_us"], -2 * ran - 20_000_000, 2 * ran + 20_000_000)
    if e["cpu_user_ns"] + e["cpu_system_ns"] != e["cpu_ns"]:
        sys.exit(f"the parts of cpu_ns are not the whole: {e}")
    if kind == "memory-exec":
        if not e["max_rss_kib"] < 10_000 < w["maxrss"]:
            sys.exit(f"max_rss_kib is not of the last program: {e['max_rss_kib']} {w}")
    elif kind not in ("vfork", "vfork-exit"):
        d.add("max_rss_kib", w, e["max_rss_kib"], w["maxrss"], -1000, 0)
    d.add("read_bytes", w, e["read_bytes"], 512 * w["inblock"])
    d.add("write_bytes", w, e["write_bytes"], 512 * w["oublock"], -WRITTEN_AFTERWARDS)
    for name, there in (("read_chars", "rchar"), ("write_chars", "wchar")):
        expected = own_chars(w, there)
        if (expected is None) != (name not in e):
            sys.exit(f"{name}: {e.get(name)} instead of {expected}: {w}")
        if expected is not None:
            d.add(name, w, e[name], expected, -RECORD if there == "wchar" else 0)
    if kind != "unlinked" and "cancelled_write_bytes" in e:
        d.add("cancelled_write_bytes", w, e["cancelled_write_bytes"], w["cancelled"])
    d.add("voluntary_switches", w, e["voluntary_switches"], w["nvcsw"], -20)
    d.add("involuntary_switches", w, e["involuntary_switches"], w["nivcsw"], -w["nivcsw"])
    several = kind in ("threads", "threads-64", "threads-300", "threads-left", "threads-300-left", "leader-first", "thread-exec", "children-threads")
    if several and "threads" in e and e["threads"] < 2 or not several and e.get("threads") != 1:
        sys.exit(f"threads: {e.get('threads')}: {w}")
    if e["oom_killed"] or not e["start_ns"] <= e["end_ns"]:
        sys.exit(f"{e}")
    if e["status"] != status and kind != "leader-first":
        sys.exit(f"it is another's record: {e} {w}")


def kinds(told, out):
    told = [json.loads(line) for line in open(told, encoding="utf-8")]
    events = {e["pid"]: e for e in exits(out)}
    deviations = Deviations()
    # threads may be released just as their values are added up: on slow machines few have none for that
    threads = [w for w in told if "threads" in w["kind"]]
    moved = [w for w in threads if events[w["pid"]]["usage_source"] == "missing"]
    if len(moved) > len(threads) / 10:
        sys.exit(f"{len(moved)} of {len(threads)} with threads have no usage")
    told = [w for w in told if w not in moved]
    for w in told:
        check_kind(w, events[w["pid"]], deviations)
    deviations.show()
    print(f"missing: {collections.Counter(w['kind'] for w in moved)}")
    whole = [sum(values) for values in zip(*((events[w["pid"]]["cpu_ns"], 1000 * (w["user_us"] + w["system_us"]))
                                             for w in told))]
    print(f"{len(told)} processes, {whole[0] / 1e9:.2f} of {whole[1] / 1e9:.2f} s of processor time")
    if whole[0] < whole[1] / 4:
        sys.exit("processor time is missing")


def hostile(told, out):
    events = collections.defaultdict(list)
    for e in exits(out):
        events[e["pid"]].append(e)
    wrong = collections.Counter()
    for line in open(told, encoding="utf-8"):
        if line.startswith("traceless "):
            print(line, end="")
            continue
        pid, kind, written, threads = line.split()
        e = events[int(pid)].pop(0)
        for name, own in (("write_chars", int(written)), ("threads", int(threads))):
            if e.get(name, own) != own:
                wrong[f"{kind}: {name}"] += 1
                print(f"{name} of {kind} is {e[name]} instead of {own}: {e}")
    if wrong:
        sys.exit(f"wrong: {dict(wrong)}")


def check_rusage(use, e, d):
    """As tests/tools/usage_storm was told by wait4(2)."""
    _, us, maxrss, inblock, oublock, nvcsw, nivcsw = use
    d.add("cpu_ns", use, e["cpu_ns"], 1000 * us, -1000 * us, TICK)
    d.add("max_rss_kib", use, e["max_rss_kib"], maxrss, -1000, 0)
    d.add("read_bytes", use, e["read_bytes"], 512 * inblock)
    d.add("write_bytes", use, e["write_bytes"], 512 * oublock, -WRITTEN_AFTERWARDS)
    d.add("voluntary_switches", use, e["voluntary_switches"], nvcsw, -20)
    d.add("involuntary_switches", use, e["involuntary_switches"], nivcsw, -nivcsw)


def storm(told, out, before, loss=""):
    uses = collections.defaultdict(list)
    count = own = missing = seen = 0
    deviations = Deviations()
    for line in open(told, encoding="utf-8"):
        pid, *use = map(int, line.split())
        uses[pid].append(use)
        count += 1
    for e in exits(out):
        if e["comm"] != "usage_storm" or not e["forked"]:
            continue
        use = uses[e["pid"]].pop(0)
        seen += 1
        if e["usage_source"] == "missing":
            missing += seen > int(before)
            if any(name in e for name in ("cpu_ns", "write_chars", "max_rss_kib")):
                sys.exit(f"says that it is missing, and is there: {e}")
        elif e["write_chars"] != use[0]:
            sys.exit(f"has another's usage, and wrote {use[0]}: {e}")
        else:
            check_rusage(use, e, deviations)
            own += seen > int(before)
    deviations.show()
    print(f"{own} have their own, {missing} are missing")
    if any(uses.values()):
        sys.exit(f"only {seen} of {count} processes")
    if loss != "any" and (missing > 0) != (loss == "loss"):
        sys.exit(f"{missing} are missing")


{"hostile": hostile, "kinds": kinds, "storm": storm}[sys.argv[1]](*sys.argv[2:])
