#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who executed what, in the service as shipped: refused with a sentence that helps, or granted by what
# contrib/systemd/install writes, which grants nothing else.
# Invariant: a confined rsyslogd is not killed for asking, says what it lacks, and goes on without; with the drop-in it
# knows the command lines; behind a real sudo stands the person who logged in, through PAM; a process has the unit that
# systemd made for it, and the job of a scope as Slurm's daemon has it made; of the service's confinement, the system
# call has changed.
# Oracle: what is set up here; what systemd says of the service before and after.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
DROPIN=/etc/systemd/system/rsyslog.service.d
trap 'rm -rf "$DROPIN"; systemctl daemon-reload' EXIT
confinement() {
    systemctl show rsyslog.service | grep -E '^(Capab|Ambient|System|Protect|Private|Restrict|NoNew|Read|Inacc|Lock|Mem)' |
        grep -v '^Memory' | tr ' ' '\n' | sort
}
PARAMETERS='commandLine="auto" origin="on" execMessages="on" execMessages.skipRoot="on"'

if systemctl cat rsyslog.service | grep -q '^SystemCallFilter='; then
    fresh "$PARAMETERS"
    refused() { grep -q 'cannot be captured.*BPF: a system call filter forbids bpf(2).*contrib/systemd/install' <(service_log); }
    wait_for "the refusal" refused
    assert_eq "$(systemctl show -P NRestarts rsyslog.service)" 0 "restarts of rsyslogd"
    all_arrived
    confinement >"$WORK/before"
    "$srcdir/../contrib/systemd/install" command-lines || error_exit "the drop-in could not be made"
    confinement >"$WORK/after"
    assert_eq "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]' | paste -sd' ')" "> bpf" "confinement"
fi
fresh "$PARAMETERS"
captured() { grep -q 'captured by bpf' <(service_log); }
wait_for "the capture" captured
wait_certainty

id person >/dev/null 2>&1 || useradd --create-home person
echo 'person ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/person
systemd-run --quiet --wait --unit=of-a-unit /bin/true of-a-unit
# a login as a terminal's or sshd's: pam_loginuid
systemd-run --quiet --wait --unit=login-of-person -p User=person -p PAMName=login \
    /usr/bin/sudo -u nobody /bin/sh -c '/bin/true by-sudo; :'
# as slurmd has it made for its slurmstepd
systemd-run --quiet --scope --unit=slurmstepd.scope -p Delegate=yes /bin/bash -c '
    group=$(find /sys/fs/cgroup -type d -path "*/system.slice/slurmstepd.scope" | grep -v /systemd/ | head -n 1)
    mkdir -p "$group/job_4711/step_0" && echo $$ >"$group/job_4711/step_0/cgroup.procs" && /bin/true of-a-job; :'
ended() { grep -F '"event":"exit"' "$OUT" | grep -qF '"/bin/true","of-a-job"'; }
wait_for "the record of the job" ended
python3 - "$OUT" "$(id -u person)" <<'PY' || error_exit "see above"
import json
import sys

events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]


def check(kind, args, **fields):
    found = [e for e in events if e["event"] == kind and e.get("args") == args]
    if len(found) != 1:
        sys.exit(f"{kind} of {args}: {len(found)} times")
    for name, value in fields.items():
        if found[0].get(name) != value:
            sys.exit(f"{name} is {found[0].get(name)!r}, expected {value!r}: {found[0]}")


person = {"login_uid": int(sys.argv[2]), "login_user": "person"}
check("exit", ["/bin/true", "of-a-unit"], systemd_unit="of-a-unit.service", job_id=None, login_uid=None, user="root")
for kind in "exec", "exit":
    check(kind, ["/bin/true", "by-sudo"], user="nobody", parent_comm="sh", command_source="exec", **person)
check("exit", ["/bin/sh", "-c", "/bin/true by-sudo; :"], user="nobody", parent_comm="sudo", **person)
check("exit", ["/bin/true", "of-a-job"], job_id="4711", systemd_unit="slurmstepd.scope",
      cgroup="/system.slice/slurmstepd.scope/job_4711/step_0")
PY
exit_test
