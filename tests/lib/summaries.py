#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The oracle of summaries: adds records up one by one, with sorted lists for percentiles. It shares nothing with the
module but the decoder of tests/lib/pacct.py, which does not either.

    summaries.py generate FILE COUNT [--append] [--seed N] [--from N] [--distinct]
                                        records in the order in which a busy machine writes them, 20 a second: their ends
                                        seconds apart, some of them minutes late; --from: the number of the first one;
                                        --distinct: each of another program
    summaries.py compare FILE OUT --by FIELDS --interval N [--max-groups N]
                                        of each id the highest revision in OUT says what the records of FILE add up to
    summaries.py sa FILE OUT            calls, real and CPU time are as sa -a and sa -m say of the exits in FILE; by has
                                        user, comm and forked
    summaries.py told TOLD OUT          each process of TOLD (tests/lib/numbered.sh) is in the summaries of its name once, with
                                        its exit code; by is comm
    summaries.py usage OUT              what summaries say of usage is what the exits beside them in OUT add up to; by is comm
    summaries.py same A B               both hold the same ids with the same contents; how often something was sent, and
                                        what came late, may differ
    summaries.py sent OUT               how many lines there are of each kind, and the highest revision
    summaries.py total OUT              records in the windows that were sent
"""
import argparse
import collections
import json
import math
import os
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pacct  # noqa: E402

BEGIN = 1700000000
SUMS = {"minor_faults_sum": "minor_faults", "major_faults_sum": "major_faults"}


def make(serial, seed, distinct):
    """One record; the same for the same number, so that a file can be written in pieces."""
    rng = random.Random(seed * 1000003 + serial)
    end = BEGIN + serial // 20
    late = rng.random()
    end -= 200 if late < 0.002 else rng.choice((0, 0, 1, 2, 3)) if late < 0.3 else 0
    etime = min(int(rng.lognormvariate(3, 2.5)), 3_000_000)
    utime, stime = rng.randrange(etime + 1), rng.randrange(20)
    status = rng.choice((0,) * 12 + (256, 512, 512, 256 * rng.randrange(256), 9, 15, 134))
    flag = rng.choice((0, 1, 2)) | (0x08 if status & 0x80 else 0)
    comm = b"q%d" % serial if distinct else b"p%d" % min(int(rng.expovariate(0.1)), 60)
    comps = [pacct.to_comp(v) for v in (utime, stime, 1 + rng.randrange(1 << 16), 0, 0, rng.randrange(1 << 14),
                                        rng.randrange(8), 0)]
    uid = rng.choice((0, 1000, 1000, 1001, 4294967294))
    return struct.pack("<" + pacct.V3, flag, 3, 0, status, uid, 100, 2 + serial % 4194300, 1, end - etime // 100,
                       float(etime), *comps, comm)


def generate(args):
    with open(args.file, "ab" if args.append else "wb") as f:
        f.write(b"".join(make(n, args.seed, args.distinct) for n in range(args.begin, args.begin + args.count)))


def seconds(text):
    return int(pacct.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def records(path):
    for raw in pacct.records(path):
        e = pacct.native(raw)
        if e["event"] == "exit":
            yield e


def lines(path, *events):
    """What was sent, without what a crash cut off."""
    out = []
    with open(path, "rb") as f:
        for line in f:
            try:
                e = json.loads(line)
            except ValueError:
                continue
            if e["event"] in (events or ("summary", "summary_window")):
                out.append(e)
    return out


def newest(path):
    held = {}
    for e in lines(path):
        if e["id"] not in held or e["revision"] >= held[e["id"]]["revision"]:
            held[e["id"]] = e
    return held


def nearest_rank(values, percent):
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def add_up(group):
    cpu = [round(100 * e["cpu_user"]) + round(100 * e["cpu_system"]) for e in group]
    elapsed = [round(100 * e["elapsed"]) for e in group]
    out = {"count": len(group), "killed_count": sum(e["killed"] for e in group),
           "failures": sum(e.get("exit_code") != 0 for e in group),
           "core_dumps": sum(e.get("core_dumped", False) for e in group),
           "first_start": min(e["start"] for e in group), "last_end": max(e["end"] for e in group)}
    for name, of in SUMS.items():
        out[name] = sum(e[of] for e in group)
    codes = collections.Counter(e["exit_code"] for e in group if "exit_code" in e)
    out["exit_codes"] = [{"code": c, "count": n} for c, n in sorted(codes.items(), key=lambda x: (-x[1], x[0]))[:5]]
    return out, {"elapsed": elapsed, "cpu": cpu}


def wrong(why):
    sys.exit(f"summaries.py: {why}")


def check_group(key, parts, group):
    truth, values = add_up(group)
    for name, expected in truth.items():
        if name in ("first_start", "last_end", "exit_codes"):
            got = {"first_start": min, "last_end": max}.get(name, lambda x: next(iter(x)))(p[name] for p in parts)
            if name == "exit_codes" and len(parts) > 1:
                continue
        else:
            got = sum(p[name] for p in parts)
        if got != expected:
            wrong(f"{key}: {name} is {got}, the records say {expected}")
    for name, each in values.items():
        if sum(round(100 * p[name + "_sum"]) for p in parts) != sum(each):
            wrong(f"{key}: {name}_sum is {[p[name + '_sum'] for p in parts]}, the records say {sum(each) / 100}")
        if max(round(100 * p[name + "_max"]) for p in parts) != max(each):
            wrong(f"{key}: {name}_max")
        for percent in (50, 95, 99):
            exact, got = nearest_rank(each, percent), round(100 * parts[0][f"{name}_p{percent}"])
            if len(parts) == 1 and abs(got - exact) > 0.01 * exact:
                wrong(f"{key}: {name}_p{percent} is {got / 100}, exactly it is {exact / 100}")


def compare(args):
    by = args.by.split(",")
    truth, sent, windows = (collections.defaultdict(list) for _ in range(3))
    for e in records(args.file):
        window = seconds(e["end"]) // args.interval * args.interval
        truth[(window,) + tuple(e.get(name) for name in by)].append(e)
    for e in newest(args.out).values():
        window = seconds(e["window_start"])
        if seconds(e["window_end"]) != window + args.interval or window % args.interval:
            wrong(f"a window from {e['window_start']} to {e['window_end']}")
        if e["event"] == "summary_window":
            windows[window].append(e)
        else:
            sent[(window, "other") if e["group"] == {"other": True}
                 else (window,) + tuple(e["group"].get(name) for name in by)].append(e)
    if args.max_groups is None and truth.keys() != sent.keys():
        wrong(f"{len(truth)} groups are in the records, {len(sent)} were sent; {list(truth.keys() ^ sent.keys())[:5]}")
    in_windows, in_others = collections.defaultdict(list), collections.defaultdict(list)
    kept_in = collections.defaultdict(list)
    for key, group in truth.items():
        in_windows[key[0]] += group
        if key in sent:
            check_group(key, sent[key], group)
        else:
            in_others[key[0]] += group
    for key in sent:
        kept_in[key[0]].append(key)
    for window, group in in_windows.items():
        kept, other = kept_in[window], in_others[window]
        if args.max_groups is not None and len(kept) > args.max_groups + 1:
            wrong(f"{len(kept)} groups in one window")
        if other:
            check_group((window, "other"), sent[window, "other"], other)
        said = windows[window]
        if sum(e["records"] for e in said) != len(group) or sum(e["other_records"] for e in said) != len(other):
            wrong(f"window {window}: {said}, the records are {len(group)}, {len(other)} of other groups")
        if len(said) == 1 and said[0]["groups"] != len(kept):
            wrong(f"window {window}: it says {said[0]['groups']} groups, there are {len(kept)}")
    if windows.keys() != in_windows.keys():
        wrong(f"windows: {windows.keys() ^ in_windows.keys()}")
    print(f"{sum(map(len, in_windows.values()))} records, {len(sent)} groups, {len(windows)} windows")


def read_sa(option, path):
    """What sa prints of each program ("-a") or user ("-m"): calls, real and CPU time in minutes."""
    real = {}
    pattern = {"-a": r" +(\d+) +([\d.]+)re +([\d.]+)cp +\d+avio +\d+k +(\S.*)$",
               "-m": r"(\S+) +(\d+) +([\d.]+)re +([\d.]+)cp +\d+avio +\d+k$"}[option]
    for line in subprocess.run(["sa", option, path], check=True, capture_output=True, text=True).stdout.splitlines():
        m = re.match(pattern, line)
        if m:  # the first line is the total
            name, *figures = m.groups() if option == "-m" else (m[4], *m.groups()[:3])
            real[name] = int(figures[0]), float(figures[1]), float(figures[2])
    return real


def sa(args):
    exits = args.out + ".exits"  # sa would count processes that still live
    with open(exits, "wb") as f:
        f.write(b"".join(raw for raw in pacct.records(args.file) if pacct.native(raw)["event"] == "exit"))
    name_of = {"-a": lambda group: group["comm"] + ("*" if group["forked"] else ""), "-m": lambda group: group["user"]}
    for option, what in (("-a", "programs"), ("-m", "users")):
        ours = collections.defaultdict(lambda: [0, 0.0, 0.0])
        for e in newest(args.out).values():
            if e["event"] == "summary":
                row = ours[name_of[option](e["group"])]
                for i, name in enumerate(("count", "elapsed_sum", "cpu_sum")):
                    row[i] += e[name]
        real = read_sa(option, exits)
        if real.keys() != ours.keys():
            wrong(f"only one of the two has {sorted(real.keys() ^ ours.keys())[:10]}")
        for name, (calls, re_, cp) in real.items():
            row = ours[name]
            if row[0] != calls or abs(row[1] / 60 - re_) > 0.0101 or abs(row[2] / 60 - cp) > 0.0101:
                wrong(f"{name}: {row} in seconds, sa says {(calls, re_, cp)} in minutes")
        print(f"{len(real)} {what} as sa's")


def told(args):
    ours = collections.defaultdict(collections.Counter)
    for e in newest(args.out).values():
        if e["event"] == "summary" and "comm" in e["group"]:
            for of in e["exit_codes"]:
                ours[e["group"]["comm"]][of["code"]] += of["count"]
    processes = [line.split() for line in open(args.told)]
    for name, _, code, *_ in processes:
        if ours[name] != {int(code): 1}:
            wrong(f"{name} ended once, with {code}; the summaries say {dict(ours[name])}")
    print(f"{len(processes)} processes, each once")


def usage(args):
    truth, kinds = collections.defaultdict(list), ("max_rss_kib", "read_bytes", "write_bytes")
    held = newest(args.out).values()
    length = next(seconds(e["window_end"]) - seconds(e["window_start"]) for e in held if e["event"] == "summary")
    for e in {e["id"]: e for e in lines(args.out, "exit")}.values():
        if e["usage_source"] == "exit":
            truth[seconds(e["end"]) // length * length, e["comm"]].append(e)
    known = 0
    for e in held:
        if e["event"] != "summary":
            continue
        exits = truth[seconds(e["window_start"]), e["group"]["comm"]]
        known += len(exits)
        if e.get("usage_count", 0) != len(exits):
            wrong(f"{e}: usage is known of {len(exits)}")
        for kind in kinds:
            values = [x[kind] for x in exits if kind in x]
            said = [e.get(f"{kind}_{what}") for what in ("sum", "max", "p50", "p95", "p99")]
            if not values:
                exact = [None] * 5
            else:
                exact = [sum(values), max(values)] + [nearest_rank(values, percent) for percent in (50, 95, 99)]
            if said[:2] != exact[:2] or any((a is None) != (b is None) or (b and abs(a - b) > 0.01 * b)
                                            for a, b in zip(said[2:], exact[2:])):
                wrong(f"{e['group']}: {kind} is {said}, exactly it is {exact}")
    if known != sum(map(len, truth.values())):
        wrong(f"usage is known of {sum(map(len, truth.values()))}, {known} of them are in summaries")
    print(f"usage of {known} processes")


def same(args):
    a, b = newest(args.a), newest(args.b)
    if a.keys() != b.keys():
        wrong(f"{len(a.keys() - b.keys())} ids are only in {args.a}, {len(b.keys() - a.keys())} only in {args.b}")
    for ident, x in a.items():
        y = b[ident]
        for name in x.keys() | y.keys():
            if name not in ("revision", "late_records") and x.get(name) != y.get(name):
                wrong(f"{name} of {ident}: {x.get(name)} and {y.get(name)}; {x}")
    print(f"{len(a)} ids are the same")


def sent(args):
    count = collections.Counter(e["event"] for e in lines(args.out))
    print(count["summary"], count["summary_window"], max((e["revision"] for e in lines(args.out)), default=0))


def total(args):
    held = newest(args.out).values() if os.path.exists(args.out) else ()
    print(sum(e["records"] for e in held if e["event"] == "summary_window"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = parser.add_subparsers(required=True)
    p = sub.add_parser("generate")
    p.add_argument("file")
    p.add_argument("count", type=int)
    p.add_argument("--append", action="store_true")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--from", type=int, default=0, dest="begin")
    p.add_argument("--distinct", action="store_true")
    p.set_defaults(run=generate)
    p = sub.add_parser("compare")
    p.add_argument("file")
    p.add_argument("out")
    p.add_argument("--by", required=True)
    p.add_argument("--interval", type=int, required=True)
    p.add_argument("--max-groups", type=int)
    p.set_defaults(run=compare)
    p = sub.add_parser("sa")
    p.add_argument("file")
    p.add_argument("out")
    p.set_defaults(run=sa)
    p = sub.add_parser("told")
    p.add_argument("told")
    p.add_argument("out")
    p.set_defaults(run=told)
    p = sub.add_parser("usage")
    p.add_argument("out")
    p.set_defaults(run=usage)
    p = sub.add_parser("same")
    p.add_argument("a")
    p.add_argument("b")
    p.set_defaults(run=same)
    p = sub.add_parser("sent")
    p.add_argument("out")
    p.set_defaults(run=sent)
    p = sub.add_parser("total")
    p.add_argument("out")
    p.set_defaults(run=total)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
