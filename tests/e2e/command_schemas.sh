#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what a process executed, under the names that the standards have for it.
# Invariant: in every schema, exit and exec messages of a process say the same; the number of arguments is there unless they
# were cut; OpenTelemetry's process.command and process.executable.name are parts of the list and of the path, and its line
# is not under the name that is only for lines which came as one; the boot is this one's, and only where the process was
# seen; each message has the time at which it happened under one name.
# Oracle: what is executed here, and the kernel's boot id.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
# both messages of the last process; what looks for them has other arguments, whose quotes are escaped
all_ended() { [ "$(grep -cF '["/bin/true","the end"]' "$OUT")" = 2 ]; }
# one capture for a file: the schemas come one after the other
for schema in native ecs otel acct; do
    OUT=$WORK/$schema.jsonl
    generate_conf
    : >"$WORK/pacct"
    add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" stateRuleset=\"records\" schema=\"$schema\"
        stateFile=\"$schema\" commandLine=\"bpf\" origin=\"on\" execMessages=\"on\" commandLine.maxLength=\"2000\")"
    startup
    wait_command_lines bpf
    /bin/true one "two words" ''
    /bin/true "$(printf '%03000d' 7)"
    (exec -a '' /bin/true nameless)
    /bin/true "the end"
    wait_for "the last exit" all_ended
    shutdown
done
python3 - "$WORK" "$(readlink -f /bin/true)" "$(readlink -f "$BASH")" $$ <<'PY' || error_exit "see above"
import json
import sys

work, true, bash, test = sys.argv[1:]
itself = open(f"/proc/{test}/cmdline").read()[:-1].split("\0")
boot = open("/proc/sys/kernel/random/boot_id").read().strip()


def flat(value, prefix=""):
    out = {}
    for name, member in value.items():
        out.update(flat(member, prefix + name + ".") if type(member) is dict else {prefix + name: member})
    return out


def check(e, **fields):
    for name, value in fields.items():
        name = name.replace("__", ".")
        if e.get(name) != value:
            sys.exit(f"{name} is {e.get(name)!r}, expected {value!r}: {json.dumps(e)[:1500]}")


NAMES = {"native": ("event", "args", "time", "end"), "acct": ("event", "args", "time", "end"),
         "ecs": ("event.action", "process.args", "@timestamp", "process.end"),
         "otel": ("event.name", "process.command_args", "time", "process.exit.time")}
LONG = ["/bin/true", "%03000d" % 7]
RUNS = {"three": ["/bin/true", "one", "two words", ""], "cut": [LONG[0], LONG[1][:2000 - len("/bin/true.")]],
        "nameless": ["", "nameless"]}
for schema, (event, args, time, end) in NAMES.items():
    lines = [flat(json.loads(line)) for line in open(f"{work}/{schema}.jsonl", encoding="utf-8")]
    for e in lines:
        if len(e[time]) != 20 or (end in e and e[end] != e[time]):
            sys.exit(f"its time is {e.get(time)}: {e}")
    for what, given in RUNS.items():
        found = [e for e in lines if e.get(args) == given]
        kinds = sorted(e[event].removeprefix("process.") for e in found)
        if kinds != ["exec", "exit"]:
            sys.exit(f"{schema}: {given} came as {kinds}")
        for e in found:
            count = None if what == "cut" else len(given)
            line = "/bin/true one 'two words' ''"
            if schema in ("native", "acct"):
                check(e, args_count=count, executable=true)
            if schema == "ecs":
                check(e, process__args_count=count, host__os__type="linux", host__boot__id=boot, process__executable=true)
                check(e, process__user__id="0")
                if what != "nameless":
                    check(e, process__parent__executable=bash, process__parent__args=itself)
                    if "process.parent.command_line" not in e:
                        sys.exit(f"without the parent's command line: {e}")
            if schema == "otel":
                check(e, process__args_count=count, os__type="linux", pacct__boot_id=boot, process__command_line=None,
                      process__user__id=0,
                      process__command=given[0] or None, process__executable__path=true,
                      process__executable__name=true.rpartition("/")[2], process__linux__cgroup=None)
                if what == "three":
                    check(e, pacct__command_line=line)
            elif what == "three":
                check(e, **{"process__command_line" if schema == "ecs" else "command_line": line})
    states = [e for e in lines if "module_started" in e[event]]
    if len(states) != 1 or "host.boot.id" in states[0] or "pacct.boot_id" in states[0]:
        sys.exit(f"{schema}: {states}")
PY
exit_test
