#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The truth of tests/tools/exec_storm.c and exec_records.c against what came out.

commands.py FILE FIRST COUNT LONGEST MAX [loss|late]: checks that the messages about exits in FILE (one JSON object a line,
"-": standard input) hold each process once, with exactly its own command line, cut at MAX bytes. With "loss" a command
may be missing, and at least one has to be; with "late", any may be, but not all; without, none. Prints how many had
their own, inherited, and none.
"""
import json
import re
import sys

HOWS = 20


def fail(why, event):
    told = {name: event.get(name) for name in ("comm", "pid", "ppid", "elapsed", "forked", "killed", "exit_code", "signal",
                                               "command_source", "args_length", "args_truncated", "args")}
    sys.exit(re.sub("(x{8})x+", r"\1...", f"{why}: {json.dumps(told)}")[:1000])


def expected_args(serial, longest):
    how = "a" if serial % HOWS == 2 else chr(ord("a") + serial % HOWS)
    return ["storm", "as", str(serial), how, "x" * (serial * 7919 % (longest + 1))]


def cut(args, limit):
    """What is left of arguments when their bytes are cut: a NUL behind each."""
    left = ("\0".join(args) + "\0").encode()[:limit].decode()
    return (left[:-1] if left.endswith("\0") else left).split("\0")


def main():
    path, first, count, longest, limit = sys.argv[1], *map(int, sys.argv[2:6])
    mode = sys.argv[6] if len(sys.argv) > 6 else ""
    seen, own, inherited, missing = set(), 0, 0, 0
    for line in sys.stdin if path == "-" else open(path, encoding="utf-8"):
        e = json.loads(line)
        name = re.fullmatch(r"([sf])(\d+)", e.get("comm", ""))
        if e["event"] != "exit" or not name:
            continue
        serial = int(name[2])
        if not first <= serial < first + count:
            continue
        if serial in seen:
            fail("came twice", e)
        seen.add(serial)
        source = e["command_source"]
        if source == "missing":
            missing += 1
            if "args" in e or "command_line" in e or "entity_id" in e:
                fail("says that it is missing, and is there", e)
        elif name[1] == "f":
            inherited += 1
            if source != "fork-inherited" or "as" in e["args"][1:2] or len(e["args"]) != 5:
                fail("forked, and has another's command", e)
        else:
            own += 1
            args = expected_args(serial, longest)
            length = len("\0".join(args)) + 1
            if source != "exec" or e["args"] != cut(args, limit):
                fail(f"expected {args}", e)
            if e["args_length"] != length or e["args_truncated"] != (length > limit):
                fail(f"length is {length}", e)
    print(own, inherited, missing)
    if len(seen) != count:
        sys.exit(f"{len(seen)} of {count} processes")
    if missing == count if mode == "late" else (mode == "loss") != (missing > 0):
        sys.exit(f"{missing} commands are missing")


main()
