#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the processes that lib/numbered.sh has run with what arrived of them.

    numbered.py TOLD OUT.jsonl FOLDER

One message about each, or the same one again; with its process id and exit code. Arguments, where there are any, are
those that it had; where TOLD says so, they have to be in one of the messages: what is sent again after a kill is without.
"""
import json
import re
import sys

told_file, out, folder = sys.argv[1:]
exits = {}
for line in open(out, encoding="utf-8"):
    if '"event":"exit"' in line and re.search(r'"comm":"n[0-9]+"', line):
        event = json.loads(line)
        exits.setdefault(event["comm"], []).append(event)
wrong = 0
known = 0
for line in open(told_file, encoding="ascii"):
    name, pid, status, *certain = line.split()
    number = name[1:]
    events = exits.get(name, [])
    args = [f"{folder}/{name}", "-c", f"exit {int(number) % 7}", f"number {number}"]
    problems = []
    if len({event["id"] for event in events}) != 1:
        problems.append(f"{len(events)} messages")
    for event in events:
        if event["pid"] != int(pid) or event.get("exit_code") != int(status):
            problems.append("another process")
        if "args" in event and event["args"] != args:
            problems.append("another's arguments")
        known += "args" in event
    if certain and not any("args" in event for event in events):
        problems.append("no arguments")
    if problems:
        wrong += 1
        print(f"{line.strip()}: {', '.join(problems)}: {events}")
print(f"{known} command lines")
sys.exit(wrong > 0)
