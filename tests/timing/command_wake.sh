#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what starts is told at once, and an idle machine is left alone.
# Invariant: of programs that start at any moment, each is told while it runs, although nothing else happens, also where
# thousands start at once; while nothing starts, the thread that captures is not woken at all, and the
# input's takes no time; in a storm it is woken far less often than there are programs.
# Oracle: the kernel's count of voluntary context switches of the threads, and of their processor time.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/exec_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" execMessages=\"on\"
    silenceAlarm=\"off\")"
startup
wait_command_lines bpf
# the first of that name: those that it makes have it, too
thread() { dirname "$(grep -l "^$1\$" /proc/"$RSYSLOGD_PID"/task/*/comm | sort -V | head -n 1)"; }
python3 - "$(thread impacct:capture)" "$(thread in:impacct)" "$OUT" "$TOOL" <<'PY' || error_exit "see above"
import random
import re
import subprocess
import sys
import time

capture, reader, out, tool = sys.argv[1:]


def waits():
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", open(f"{capture}/status").read(), re.M)[1])


def ticks(thread):
    return sum(map(int, open(f"{thread}/stat").read().rsplit(")", 1)[1].split()[11:13]))


def told(text):
    end = time.monotonic() + 30
    while text not in open(out).read():
        if time.monotonic() > end:
            sys.exit(f"{text} is not told")
        time.sleep(0.002)


# what runs is looked at again some seconds after the start, and then no more
for _ in range(5):
    before = waits()
    time.sleep(8)
    if waits() == before:
        break
else:
    sys.exit("it does not come to rest")
if subprocess.run(["true", "after-rest"]).returncode == 0:
    told('"true","after-rest"')
time.sleep(1)
before = waits(), ticks(reader)
time.sleep(3)  # time is let pass, in which nothing happens
after = waits(), ticks(reader)
if after[0] != before[0] or after[1] - before[1] > 10:
    sys.exit(f"not at rest while nothing happened: {before} {after}")

random.seed(1)
running = []
for n in range(150):
    time.sleep(random.random() * 0.13)  # about as long as it lets starts add up
    running.append(subprocess.Popen(["sleep", str(10000 + n)]))
    told(f'"sleep","{10000 + n}"')
# more than are told in one go
many = "i=0; while [ $i -lt 3000 ]; do sleep 20000 & i=$((i + 1)); done; wait"
running.append(subprocess.Popen(["sh", "-c", many]))
end = time.monotonic() + 60
while open(out).read().count('"event":"exec"') < 3000:
    if time.monotonic() > end:
        sys.exit("not all that started at once are told")
    time.sleep(0.1)
for process in running:
    process.kill()
before = waits()
subprocess.run([tool, "10000", "2000", "2", "50"], check=True)
if waits() - before > 1000:
    sys.exit(f"woken {waits() - before} times by 2000 programs")
PY
shutdown
exit_test
