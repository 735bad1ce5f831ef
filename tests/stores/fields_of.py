#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""fields_of.py record|command_lines|usage <LINES: of messages in schema native, those of exits, with what the record says;
with the command line and where the process belongs, too; with what it used, too."""
import json
import os
import re
import sys

postgresql = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "contrib", "postgresql")


def columns(name):
    with open(os.path.join(postgresql, name), encoding="utf-8") as f:
        return set(re.findall(r"\bADD (\w+)", f.read()))


usage, commands = columns("usage.sql"), columns("commands.sql")
left_out = {"record": usage | commands, "command_lines": usage, "usage": set()}[sys.argv[1]]
for line in sys.stdin:
    message = json.loads(line)
    if message["event"] == "exit":
        kept = {name: value for name, value in message.items() if name not in left_out}
        print(json.dumps(kept, separators=(",", ":"), ensure_ascii=False))
