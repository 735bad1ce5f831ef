#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes compile_commands.json, for editors and .ci/analyze: how each C file is compiled, as make says it, which runs
nothing. Fails if a C file of plugins/ is not in there."""
import json
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
# all that a Makefile compiles, if it is up to date, too
COMMANDS = """commands:
	$(MAKE) $(SOURCES:%=-W %) -W capture/exec.bpf.c $(BUILT_SOURCES) $(LTLIBRARIES) $(EXTRA_LTLIBRARIES) \\
	    $(check_LTLIBRARIES) $(check_PROGRAMS) $(EXTRA_PROGRAMS)
"""
WITHOUT = "_none.c"  # stands in for the file without it, where that is not built


def said_by_make(folder):
    """Each C file that is compiled from in there in this configuration, with its arguments."""
    said = subprocess.run(["make", "-n", "V=1", "-C", folder, "-f", "Makefile", "-f", "-", "commands"], check=True,
                          input=COMMANDS, stdout=subprocess.PIPE, text=True)
    for line in said.stdout.replace("\\\n", " ").splitlines():
        for command in re.split(r"&& | \|\| |;", re.sub(r"`test -f[^`]*`", "", line)):
            if re.search(r" -c .*\.c\s*$", command):
                words = shlex.split(command)
                if "--mode=compile" in words:  # libtool
                    words = words[words.index("--mode=compile") + 1:]
                yield os.path.normpath(os.path.join(folder, words[-1])), words


def sources():
    return [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(TOP, "plugins"))
            for name in names if name.endswith(".c")]


def entries():
    found = {}
    for folder in (os.path.join(TOP, "plugins", "impacct"), os.path.join(TOP, "tests")):
        for path, words in said_by_make(folder):
            found.setdefault(path, {"directory": folder, "file": path, "arguments": words})
    for path in sources():
        for other in (path.replace(WITHOUT, ".c"), path.replace(".c", WITHOUT)):
            if path not in found and other in found:
                found[path] = dict(found[other], file=path, arguments=found[other]["arguments"][:-1] + [path])
    return found


def main():
    found = entries()
    missing = sorted(set(sources()) - set(found))
    for path in missing:
        print(f"make does not say how it compiles {path}", file=sys.stderr)
    with open(os.path.join(TOP, "compile_commands.json"), "w", encoding="utf-8") as f:
        json.dump([found[path] for path in sorted(found)], f, indent=1)
        f.write("\n")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
