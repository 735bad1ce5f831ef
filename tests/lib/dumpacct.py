#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares lines of impacct with what GNU acct's tools say of the same file.

    dumpacct.py converted BASE OUT.jsonl V AHZ   BASE is a version 3 file, dump-acct converted it to version V, impacct
                                             read that (schema "native"): what both versions can hold is the same
    dumpacct.py pad FILE                     version 1 on stdout with each record padded to 64 bytes
    dumpacct.py text DUMP OUT.jsonl          DUMP is dump-acct's text of a file that impacct read (schema "acct")
    dumpacct.py lastcomm LIST OUT.jsonl      LIST is lastcomm's, with --pid --forwards (schema "acct")
"""
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pacct  # noqa: E402


def fail(where, what, got, expected):
    sys.exit(f"{where}: {what} is {got!r}, GNU acct says {expected!r}")


def lines_of(path):
    with open(path, "rb") as f:
        return [json.loads(line) for line in f.read().split(b"\n")[:-1]]


def pairs(ours, theirs):
    if len(ours) != len(theirs):
        sys.exit(f"{len(ours)} lines, GNU acct has {len(theirs)}")
    return ((f"record {n}", a, b) for n, (a, b) in enumerate(zip(ours, theirs)))


def about(a, b, fraction):
    """Equal but for the precision of the smaller format, and a unit that rounding may take."""
    return abs(a - b) <= 0.02 + max(a, b) / fraction


def converted(base, out, version, ahz):
    version = int(version)
    largest = pacct.comp(0xFFFF) / int(ahz)
    for where, got, raw in pairs(lines_of(out), list(pacct.records(base))):
        e = pacct.native(raw)
        e.update({"version": version})
        for name in ("id", "byte_order"):
            del e[name]
        if version != 3:
            del e["pid"], e["ppid"]
        if version == 0:
            e["uid"] &= 0xFFFF
            e["gid"] &= 0xFFFF
        for name in ("elapsed", "cpu_user", "cpu_system"):
            # a comp_t has 13 bits of which 3 may be lost to its exponent, a comp2_t 20, a float 24
            fraction = 2 ** 10 if version == 0 or name != "elapsed" else 2 ** 19
            if name in e and not about(got[name], min(e.pop(name), largest), fraction):
                fail(where, name, got[name], pacct.native(raw)[name])
        for name in ("end", "time"):
            value = e.pop(name)
            if version == 3 and got[name] != value:
                fail(where, name, got[name], value)
        for name, value in e.items():
            if got.get(name) != value:
                fail(where, name, got.get(name), value)


def number(text):
    return int(float(text))


def tty_is(got, text):
    """A name, numbers, or nothing. GNU acct has names that we hold back, for it takes pts/2048 for pts/0."""
    if text == "__":
        return got["ac_tty"] == 0
    if text.startswith("["):
        return text == f"[{got['ac_tty'] >> 8},{got['ac_tty'] & 255}]"
    return got.get("tty", text) == text


def text(dump, out):
    flags = ((0x02, "S"), (0x01, "F"), (0x04, "C"), (0x08, "D"), (0x10, "X"))
    with open(dump, encoding="ascii") as f:
        theirs = f.read().split("\n")[:-1]
    for where, got, line in pairs(lines_of(out), theirs):
        (comm, version, utime, stime, etime, uid, gid, mem, io, pid, ppid, flag, code, tty,
         date) = [column.strip(" ") if n != 11 else column for n, column in enumerate(line.split("|"))]
        expected = {"ac_comm": comm, "version": int(version[1:]), "ac_utime": number(utime), "ac_stime": number(stime),
                    "ac_etime": number(etime), "ac_uid": int(uid), "ac_gid": int(gid), "ac_mem": number(mem),
                    "ac_io": number(io)}
        # of version 1 dump-acct reads the elapsed time's older form, which has 13 bits
        if expected["version"] == 1 and about(got["ac_etime"], expected["ac_etime"], 2 ** 10):
            del expected["ac_etime"]
        if expected["version"] == 0:  # of which dump-acct reads ids that it has put there itself
            expected["ac_uid"], expected["ac_gid"] = expected["ac_uid"] & 0xFFFF, expected["ac_gid"] & 0xFFFF
        if expected["version"] == 3:
            expected.update({"ac_pid": int(pid), "ac_ppid": int(ppid)})
        for name, value in expected.items():
            if got.get(name) != value:
                fail(where, name, got.get(name), line)
        if "".join(letter if got["ac_flag"] & bit else " " for bit, letter in flags) != flag:
            fail(where, "ac_flag", got["ac_flag"], line)
        if got["ac_exitcode"] >> 8 != int(code):
            fail(where, "ac_exitcode", got["ac_exitcode"], line)
        if time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(got["ac_btime"])) != date:
            fail(where, "ac_btime", got["ac_btime"], line)
        if not tty_is(got, tty):
            fail(where, "tty", got.get("tty"), line)


def lastcomm(listing, out):
    with open(listing, encoding="ascii") as f:
        theirs = f.read().split("\n")[:-1]
    for where, got, line in pairs(lines_of(out), theirs):
        # "make             S     root     pts/0      0.04 secs Tue Nov 14 22:13 411 409"
        comm, flags, rest = line[:16].strip(), line[17:22].strip(), line[22:].split()
        user, tty, cpu, day = rest[0], rest[1], float(rest[2]), rest[4:8]
        if got["ac_comm"] != comm or [str(got["ac_pid"]), str(got["ac_ppid"])] != rest[8:10]:
            fail(where, "name or pid", got, line)
        expected = "".join(letter for bit, letter in ((2, "S"), (1, "F"), (8, "D"), (16, "X")) if got["ac_flag"] & bit)
        if flags.replace(" ", "") != expected:
            fail(where, "ac_flag", got["ac_flag"], line)
        signed = (got["ac_uid"] + 2 ** 31) % 2 ** 32 - 2 ** 31  # as lastcomm prints ids without a name
        if user not in (got.get("user"), str(signed)):
            fail(where, "user", got.get("user", got["ac_uid"]), line)
        if not tty_is(got, tty):
            fail(where, "tty", got.get("tty"), line)
        if abs(got["cpu_user"] + got["cpu_system"] - cpu) > 0.011:
            fail(where, "cpu", (got["cpu_user"], got["cpu_system"]), line)
        if time.strftime("%a %b %e %H:%M", time.gmtime(got["ac_btime"])).split() != day:
            fail(where, "start", got["start"], line)


def pad(path):
    for raw in pacct.records(path):
        sys.stdout.buffer.write(raw.ljust(64, b"\0"))


{"converted": converted, "pad": pad, "text": text, "lastcomm": lastcomm}[sys.argv[1]](*sys.argv[2:])
