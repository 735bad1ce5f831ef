#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where a process belongs, and what starts, as those who look for it need it.
# Invariant: behind sudo stands the person who logged in; a process has the unit and the job that its control group
# says, also where it sits in folders without end, its parent's name, and secrets do not show; a program that starts is
# told at once, under the "entity_id" that its exit has, too, and "parent_entity_id" is the "entity_id" of who made it;
# what root starts can be left out; all that with the privileges of a user who is nobody.
# Oracle: what is set up here: the kernel's loginuid, control groups made by hand as systemd and Slurm name them.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
hierarchy=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
if [ -z "$hierarchy" ] || ! mkdir "$hierarchy/impacct-$$" 2>/dev/null; then
    skip_test "cannot make control groups of version 2"
fi
rmdir "$hierarchy/impacct-$$"
chmod 755 "$WORK"
mkdir "$WORK/written"
chown 65534 "$WORK/written"
OUT=$WORK/written/out.jsonl
# shellcheck disable=SC2034 # read by diag.sh
SYS=$WORK/written/sys.log
# shellcheck disable=SC2034
STATES=$WORK/written/states.jsonl
generate_conf
# shellcheck disable=SC2016 # rsyslog's own, not to be expanded
sed -i '1i $PrivDropToUserID 65534\n$PrivDropToGroupID 65534' "$WORK/rsyslog.conf"
sed -i "s|workDirectory=\"$WORK\"|workDirectory=\"$WORK/written\"|" "$WORK/rsyslog.conf"
: >"$WORK/pacct"
chmod 644 "$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" origin=\"on\"
    commandLine.maxLength=\"16383\"
    commandLine.redact=[\"default\", \"^pin=([0-9]+)\"]
    execMessages=\"on\" execMessages.skipRoot=\"on\" execMessages.skipKernelHelpers=\"on\")"
startup
wait_command_lines bpf

# in_group PATH COMMAND...: in a control group of this name
in_group() {
    local group=$hierarchy/$1
    shift
    mkdir -p "$group"
    (echo 0 >"$group/cgroup.procs" && exec "$@")
}
groups=("system.slice/slurmstepd.scope/job_4711/step_0" "system.slice/impacct-test.service")
in_group "${groups[0]}" /bin/true of-a-job
# whose own paths and arguments are as long as they come
in_group "${groups[0]}" python3 -c '
import os, shutil, subprocess, sys
os.chdir(sys.argv[1])
for _ in range(31):
    os.mkdir("d" * 255)
    os.chdir("d" * 255)
name = "e" * (250 - len(sys.argv[1]))
shutil.copy("/bin/true", name)
subprocess.run(["x", "deep", "p" * 20000], executable="./" + name, check=True)' "$WORK"
in_group "${groups[1]}" /bin/true of-a-unit
rmdir "$hierarchy/${groups[0]}" "$hierarchy/${groups[0]%/*}" "$hierarchy/system.slice/slurmstepd.scope" "$hierarchy/${groups[1]}"
rmdir "$hierarchy/system.slice" 2>/dev/null # it may have been there
# somebody logs in, and becomes another, as by sudo
cat >"$WORK/login" <<'SH'
#!/bin/sh
echo 4711 >/proc/self/loginuid && exec setpriv --reuid 4712 --clear-groups /bin/sh -c '/bin/true by-somebody; :' shell-of-somebody
SH
chmod 755 "$WORK/login"
"$WORK/login"
/bin/true --password=abc --pin=1 pin=123 https://me:abc@host/
setpriv --reuid 4713 --clear-groups sleep 1001 &
running=$!
wait_content '"sleep 1001"' "$OUT" # it runs
kill -0 "$running" || error_exit "the program that starts was not told while it ran"
kill "$running"
finished() { grep -sF '"sleep 1001"' "$OUT" | grep -q '"event":"exit"'; }
wait_for "its end" finished
shutdown
python3 - "$OUT" "$(readlink -f /bin/true)" "$PWD" <<'PY' || error_exit "see above"
import json
import sys
import time

events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]


def one(kind, *args):
    found = [e for e in events if e["event"] == kind and e.get("args") == list(args)]
    if len(found) != 1:
        sys.exit(f"{kind} of {args}: {len(found)} times")
    return found[0]


def check(event, **fields):
    for name, value in fields.items():
        if event.get(name) != value:
            sys.exit(f"{name} is {event.get(name)!r}, expected {value!r}: {event}")


check(one("exit", "/bin/true", "of-a-job"), job_id="4711", systemd_unit="slurmstepd.scope", container_id=None,
      cgroup="/system.slice/slurmstepd.scope/job_4711/step_0", executable=sys.argv[2], cwd=sys.argv[3], login_uid=None,
      args_redacted=False)
check(one("exit", "x", "deep", "p" * (16383 - len("x.deep."))), job_id="4711", executable=None, cwd=None)
check(one("exit", "/bin/true", "of-a-unit"), systemd_unit="impacct-test.service", job_id=None)
shell = one("exit", "/bin/sh", "-c", "/bin/true by-somebody; :", "shell-of-somebody")
check(one("exit", "/bin/true", "by-somebody"), uid=4712, login_uid=4711, parent_comm="sh", parent_entity_id=shell["entity_id"])
check(one("exit", "/bin/true", "--password=[redacted]", "--pin=1", "pin=[redacted]", "https://me:[redacted]@host/"),
      args_redacted=True)
start, end = one("exec", "sleep", "1001"), one("exit", "sleep", "1001")
check(start, entity_id=end["entity_id"], pid=end["pid"], uid=4713, comm="sleep", command_source="exec")
if abs(time.mktime(time.strptime(start["start"], "%Y-%m-%dT%H:%M:%SZ")) -
       time.mktime(time.strptime(end["start"], "%Y-%m-%dT%H:%M:%SZ"))) > 1:
    sys.exit(f"starts differ: {start} {end}")
# the shell and what it executed were not root's; setpriv itself was, before it was anybody else's
told = sorted(e["args"][-1] for e in events if e["event"] == "exec")
if told != ["1001", "by-somebody", "shell-of-somebody"]:
    sys.exit(f"starts of {told} were told")
if len({e["id"] for e in events}) != len(events):
    sys.exit("an id came twice")
PY
exit_test
