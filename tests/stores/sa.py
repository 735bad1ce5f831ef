#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sa.py DIR: do the views say what the real commands said? DIR has NAME.real, the command's output, and NAME, the
view's rows, for sa, sa_m, sa_u and lastcomm.

The commands (acct 6.6.4) print a quarter of the memory that the record holds in KiB, a hundredth of its I/O, uid
4294967294 as -2, and only so many characters of a name."""
import collections
import os
import re
import sys

work = sys.argv[1]


def lines(name):
    with open(os.path.join(work, name), encoding="utf-8", errors="replace") as f:
        return f.read().splitlines()


def user(name, width=99):
    return ("-2" if name == "4294967294" else name)[:width]


def close(a, b, step):
    return abs(a - b) <= step + 1e-6 * abs(b)


def totals(name):
    # the name is before the figures or behind them; the line of the total has none
    real = {}
    for line in lines(name + ".real"):
        m = re.match(r"(\S*) +(\d+) +([\d.]+)re +([\d.]+)cp +(\d+)avio +(\d+)k *(.*)$", line)
        if m[1] or m[7]:
            real[m[1] or m[7]] = [float(x) for x in m.groups()[1:6]]
    rows = {}
    for line in lines(name):
        key, *numbers = line.split("\t")
        calls, re_, cp, avio, mem = map(float, numbers)
        rows[user(key)] = [calls, re_, cp, avio / 100, mem / 4]
    if rows.keys() != real.keys():
        sys.exit(f"{name}: only one of them has {sorted(rows.keys() ^ real.keys())[:10]}")
    for key, row in rows.items():
        if row[0] != real[key][0] or not all(close(a, b, s) for a, b, s in
                                             zip(row[1:], real[key][1:], (0.011, 0.011, 1, 1))):
            sys.exit(f"{name}: {key}: {row}, but sa says {real[key]}")
    print(f"{name}: {len(rows)} rows as sa's")


def each(name, real, rows):
    real, rows = collections.Counter(real), collections.Counter(rows)
    if real != rows:
        sys.exit(f"{name}: only the command has {list((real - rows).items())[:5]}, "
                 f"only the view {list((rows - real).items())[:5]}")
    print(f"{name}: {sum(rows.values())} rows as the command's")


totals("sa")
totals("sa_m")


def sa_u(line):
    m = re.match(r"(\S+) +([\d.]+) cpu +(\d+)k mem +(\d+) io (.{16})(\*?)", line)
    return m[1], f"{float(m[2]):.2f}", m[3], m[4], m[5].rstrip() + m[6]


def view_u(line):
    who, cpu, mem, io, command = line.split("\t")
    return user(who, 8), f"{float(cpu):.2f}", f"{int(mem) / 4:.0f}", f"{int(io) / 100:.0f}", command


each("sa_u", map(sa_u, lines("sa_u.real")), map(view_u, lines("sa_u")))


def lastcomm(line):
    rest = line[23:].split()
    return line[:16].rstrip(), line[17:22].replace(" ", ""), rest[0], f"{float(rest[2]):.2f}", " ".join(rest[4:])


def view_lastcomm(line):
    comm, flags, who, cpu, start = line.split("\t")
    return comm, flags, user(who, 8), f"{float(cpu):.2f}", start


each("lastcomm", map(lastcomm, lines("lastcomm.real")), map(view_lastcomm, lines("lastcomm")))
