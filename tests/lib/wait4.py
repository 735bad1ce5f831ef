#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs processes and prints what wait4(2) says of each, as a JSON line.

    wait4.py run                      the processes; run it under accounting
    wait4.py compare TOLD OUT.jsonl   what was told against the lines of impacct, by process id
"""
import json
import os
import signal
import sys
import time

BUSY = "i=0; while [ $i -lt 60000 ]; do i=$((i + 1)); done"
# how processes end; each in a shell of its own
COMMANDS = ["exit 0", "exit 1", "exit 7", "exit 255", "kill -TERM $$", "kill -KILL $$", "kill -SEGV $$", "kill -HUP $$",
            "ulimit -c unlimited; kill -ABRT $$", "ulimit -c unlimited; kill -QUIT $$", BUSY, BUSY + "; exit 3",
            "exec head -c 30000000 /dev/zero", "exec sort -S 30M /dev/null"]
THREADED = """import os, sys, threading
ready = threading.Event()
def run():
    ready.set()
    if sys.argv[1] == "thread": os._exit(9)
    threading.Event().wait()
threading.Thread(target=run, daemon=True).start()
ready.wait()
if sys.argv[1] == "thread": threading.Event().wait()
os._exit(5)"""


def run():
    os.chdir(os.environ["WORK"])  # for core files
    commands = [["/bin/sh", "-c", c] for c in COMMANDS]
    commands += [[sys.executable, "-c", THREADED, kind] for kind in ("main", "thread")]
    null = os.open(os.devnull, os.O_RDWR)
    for argv in commands:
        before = time.time()
        pid = os.fork()
        if pid == 0:
            os.dup2(null, 1)
            os.dup2(null, 2)
            os.execv(argv[0], argv)
        _, status, usage = os.wait4(pid, 0)
        print(json.dumps({"pid": pid, "ppid": os.getpid(), "status": status, "utime": usage.ru_utime,
                          "stime": usage.ru_stime, "minflt": usage.ru_minflt, "majflt": usage.ru_majflt,
                          "before": before, "after": time.time(),
                          "argv": argv[-1]}), flush=True)


def floor(value):
    """What a comp_t leaves of a value."""
    unit = 1
    while value >= 8192 * unit:
        unit *= 8
    return unit


def check(w, e):
    def same(name, got, expected, slack=0):
        if got is None or abs(got - expected) > slack:
            sys.exit(f"{w['argv']}: {name} is {got}, wait4 said {expected}: {e}")

    def absent(name):
        if name in e:
            sys.exit(f"{w['argv']}: has {name}: {e}")

    status = w["status"]
    same("ppid", e["ppid"], w["ppid"])
    same("status", e["status"], status)
    if os.WIFEXITED(status):
        same("exit_code", e.get("exit_code"), os.WEXITSTATUS(status))
        same("killed", e["killed"], False)
        same("core_dumped", e["core_dumped"], False)
        absent("signal")
    else:
        same("signal", e.get("signal"), os.WTERMSIG(status))
        same("killed", e["killed"], True)
        if signal.Signals(os.WTERMSIG(status)).name != e["signal_name"]:
            sys.exit(f"{w['argv']}: {e['signal_name']}")
        absent("exit_code")
        if "core_dumped" in e:  # known
            same("core_dumped", e["core_dumped"], os.WCOREDUMP(status))
    # the record counts whole ticks, which most kernels take as samples; wait4 is given the scheduler's exact sum
    cpu = w["utime"] + w["stime"]
    same("CPU time", e["cpu_user"] + e["cpu_system"], cpu, 0.05 + cpu / 3)
    # the record is made a little before wait4's numbers are final
    same("minor_faults", e["minor_faults"], w["minflt"], 20 + floor(w["minflt"]))
    same("major_faults", e["major_faults"], w["majflt"], 2)
    same("elapsed", e["elapsed"], w["after"] - w["before"], w["after"] - w["before"] + 0.01)
    start, end = (time.mktime(time.strptime(e[k], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone for k in ("start", "end"))
    if not (w["before"] - 2 <= start <= end <= w["after"] + 1):
        sys.exit(f"{w['argv']}: not {w['before']} <= {start} <= {end} <= {w['after']}")


def compare(told, out):
    events = {}
    for line in open(out, encoding="utf-8"):
        e = json.loads(line)
        if e["event"] == "exit":
            if e["pid"] in events:
                sys.exit(f"pid {e['pid']} ended twice")
            events[e["pid"]] = e
    waited = [json.loads(line) for line in open(told, encoding="utf-8")]
    if len(waited) != len(COMMANDS) + 2:
        sys.exit(f"only {len(waited)} processes were waited for")
    for w in waited:
        check(w, events[w["pid"]])


{"run": run, "compare": compare}[sys.argv[1]](*sys.argv[2:])
