#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the kernel itself writes, and every field says what is true of the process.
# Invariant: of commands that succeed, exit 7, are killed, run as another user, use a privilege, are forked without an
# exec, run on a terminal, work and dump core, each is one line, right in every field.
# Oracle: the parent of these commands: process ids, the status that wait4() gave it and the use of resources beside it,
# its clock before and after; /etc/passwd and /etc/group; the name that tty(1) printed.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
generate_conf
chmod 755 "$WORK"
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
startup

cat >"$WORK/spawn.py" <<'PY'
"""Runs the commands; writes what is known of each, as JSON."""
import json, os, shutil, sys, time

work = sys.argv[1]
known = []


def run(comm, code, exec_it=True, **more):
    """A child that is a shell under a name of its own, or (without exec) this program."""
    shell = f"{work}/bin/{comm}"
    before = time.time()
    pid = os.fork()
    if pid == 0:
        if exec_it:
            os.execv(shell, [shell, "-c", code])
        open("/proc/self/comm", "w").write(comm)
        os._exit(int(code))
    _, status, usage = os.wait4(pid, 0)
    known.append(dict(comm=comm, pid=pid, ppid=os.getpid(), uid=os.getuid(), gid=os.getgid(), status=status,
                      before=before, after=time.time(), utime=usage.ru_utime, stime=usage.ru_stime,
                      minflt=usage.ru_minflt, forked=not exec_it, **more))


def run_as(uid, gid, *arguments, **more):
    """From a process of that user: whoever changes users uses a privilege, and the kernel notes it until a fork."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        run(*arguments, **more)
        os.write(writer, json.dumps(known[-1]).encode())
        os._exit(0)
    os.close(writer)
    known.append(json.load(os.fdopen(reader)))
    os.wait()


os.mkdir(f"{work}/bin")
for comm in ("succeeds", "exits7", "exits255", "killed", "terminated", "other_user", "nameless", "works", "sleeps",
             "overrides", "dumps", "fifteen_letters", "terminal"):
    shutil.copy("/bin/sh", f"{work}/bin/{comm}")
with open(f"{work}/secret", "w"):
    os.chown(f"{work}/secret", 1, 1)
    os.chmod(f"{work}/secret", 0)
os.chdir(f"{work}/bin")  # for a core

run("succeeds", "exit 0", privileged=False)
run("exits7", "exit 7")
run("exits255", "exit 255")
run("killed", "kill -KILL $$")
run("terminated", "kill -TERM $$")
run_as(1, 1, "other_user", "exit 3", privileged=False)
run_as(54321, 54322, "nameless", "exit 4", privileged=False)
run("overrides", f"exec 3<{work}/secret", privileged=True)
run("forked", "5", exec_it=False)
run("works", "i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done")
run("sleeps", "sleep 1.3")
run("dumps", "ulimit -c unlimited; kill -SEGV $$")
run("fifteen_letters", "exit 0")

# on a terminal: the shell that script(1) starts there
before = time.time()
pid = os.fork()
if pid == 0:
    os.execvp("script", ["script", "-q", "-c", f"exec {work}/bin/terminal -c 'tty >{work}/tty; echo $$ $PPID >{work}/pids; exit 6'",
                         "/dev/null"])
os.waitpid(pid, 0)
pid, ppid = map(int, open(f"{work}/pids").read().split())
known.append(dict(comm="terminal", pid=pid, ppid=ppid, uid=0, gid=0, status=6 << 8, before=before, after=time.time(),
                  forked=False, tty=open(f"{work}/tty").read().strip().removeprefix("/dev/")))
json.dump(known, open(f"{work}/known", "w"))
PY
in_accounting "$WORK/pacct" python3 "$WORK/spawn.py" "$WORK" </dev/null || error_exit "the commands were not run"
wait_file_lines "$OUT" $(($(stat -c %s "$WORK/pacct") / 64))
shutdown
pacct_py compare "$WORK/pacct" "$OUT"

cat >"$WORK/check.py" <<'PY'
import grp, json, os, pwd, signal, socket, sys
from datetime import datetime, timezone

work, out = sys.argv[1:]
lines = [json.loads(line) for line in open(out)]


def name_of(table, number):
    try:
        return table(number)[0]
    except KeyError:
        return None


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def check(k, e):
    def same(name, value):
        assert e.get(name) == value and type(e.get(name)) is type(value), f"{name} is {e.get(name)!r}, not {value!r}"

    def between(name, low, value, high):
        assert low <= value <= high, f"{name} is {value}, not from {low} to {high}"

    same("event", "exit")
    assert len(e["id"]) == 32 and int(e["id"], 16) >= 0
    same("hostname", socket.gethostname().split(".")[0])
    same("version", 3)
    same("byte_order", sys.byteorder)
    for name in ("comm", "pid", "ppid", "uid", "gid", "status", "forked"):
        same(name, k[name])
    # a record that would have to wait long for a name goes without it; that names come is seen in names.sh
    if "user" in e:
        same("user", name_of(pwd.getpwuid, k["uid"]))
    if "group" in e:
        same("group", name_of(grp.getgrgid, k["gid"]))
    if os.WIFSIGNALED(k["status"]):
        number = os.WTERMSIG(k["status"])
        same("signal", number)
        same("signal_name", signal.Signals(number).name)
        same("exit_code", None)
    else:
        same("exit_code", os.WEXITSTATUS(k["status"]))
        same("signal", None)
        same("signal_name", None)
    same("killed", os.WIFSIGNALED(k["status"]))
    same("core_dumped", os.WCOREDUMP(k["status"]))
    same("privileged", k.get("privileged", e["privileged"]))
    if "tty" in k:
        number = int(k["tty"].removeprefix("pts/")) % 2048
        if "tty" in e:  # not while there are very many; see terminals.sh
            same("tty", k["tty"])
        same("tty_major", 136 + number // 256)
        same("tty_minor", number % 256)
    else:
        for name in ("tty", "tty_major", "tty_minor"):
            same(name, None)
    # whole seconds; the kernel takes the start as now minus elapsed, right to about a second
    between("start", k["before"] - 2, instant(e["start"]), k["after"])
    between("end", k["before"] - 1, instant(e["end"]), k["after"])
    between("elapsed", 0, e["elapsed"], k["after"] - k["before"] + 0.02)
    between("mem_kib", 100, e["mem_kib"], 1 << 20)
    if "minflt" in k and k["comm"] != "sleeps":  # whose use holds its child's
        # the record has the time as sampled at ticks, wait4() the same corrected by what the scheduler measured
        used = k["utime"] + k["stime"]
        between("cpu", used / 2 - 0.1, e["cpu_user"] + e["cpu_system"], used * 2 + 0.1)
        between("minor_faults", 1, e["minor_faults"], k["minflt"])
    for name in ("major_faults", "swaps", "io", "rw"):
        between(name, 0, e[name], 1 << 40)
    same("time", e["end"])
    assert "comm_hex" not in e


for k in json.load(open(f"{work}/known")):
    found = [e for e in lines if e["comm"] == k["comm"]]
    assert len(found) == 1, f"{k['comm']}: {len(found)} lines"
    try:
        check(k, found[0])
    except AssertionError as wrong:
        sys.exit(f"{k['comm']}: {wrong}\n{found[0]}\n{k}")

by_comm = {e["comm"]: e for e in lines}
assert by_comm["works"]["cpu_user"] > 0.05, by_comm["works"]
assert 1.3 <= by_comm["sleeps"]["elapsed"] < 60, by_comm["sleeps"]
# accounting was switched off by a process that lived: the kernel wrote a record all the same
last = [e for e in lines if e["comm"] == "accton"]
assert [e["event"] for e in last].count("synthetic") == 1, last
PY
python3 "$WORK/check.py" "$WORK" "$OUT" || error_exit "a field is wrong: see above"
exit_test
