#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what made a process, as rules that look for attacks need it: the program and arguments of its parent.
# Invariant: both messages of a process say what its creator was executing when it made it, also where that has ended
# since, has executed something else, or another process has its number; secrets do not show; a parent that ran before
# rsyslogd is told as found; the effective user is the one with whom the program began.
# Oracle: what is started here; id(1) in a setuid copy.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
chmod 755 "$WORK"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" origin=\"on\" execMessages=\"on\")"
startup
wait_command_lines bpf

PYTHON=$(python3 -c 'import sys; print(sys.executable)')
cat >"$WORK/make.py" <<'PY'
import os
import sys

gate, name = sys.argv[1:3]
if os.fork() == 0:
    if gate != "-":
        open(gate).read()  # until the test has opened it, too
    os.execv("/bin/true", ["/bin/true", "of-" + name])
if name == "again":
    os.execvp("sleep", ["sleep", "1002"])
if gate == "-":
    os.wait()
PY
make() { # GATE NAME...: a process of which "true of-NAME" is a child, which executes that once the gate is opened
    [ "$1" = - ] || mkfifo "$1"
    exec "$PYTHON" "$WORK/make.py" "$@"
}
# ended NAME: both the process and its end are told
ended() { [ "$(grep -sF "[\"/bin/true\",\"$1\"]" "$OUT" | grep -c '"event":"exit"')" = 1 ]; }
is_asleep() { [ "$(tr '\0' ' ' <"/proc/$1/cmdline")" = "sleep $2 " ]; }

(make - plain --password=abc)
(make "$WORK/ended" ended) # the gate is closed: only its child is left
: >"$WORK/ended"
(make "$WORK/again" again) &
again=$!
wait_for "the parent to execute something else" is_asleep "$again" 1002
: >"$WORK/again"
(make "$WORK/reused" reused) &
reused=$!
wait "$reused"
for ((tries = 0, number = 0; number != reused && tries < 100; tries++)); do
    echo "$((reused - 1))" >/proc/sys/kernel/ns_last_pid || skip_test "cannot choose the number of a process"
    sleep 1003 &
    number=$!
    [ "$number" = "$reused" ] || kill "$number"
done
assert_eq "$number" "$reused" "the number of a process that was started again and again"
wait_for "the number to be another's" is_asleep "$reused" 1003
: >"$WORK/reused"
/bin/true of-the-test
cp "$(command -v id)" "$WORK/who"
chown 4712 "$WORK/who"
chmod 4755 "$WORK/who"
effective=$(setpriv --reuid 4713 --clear-groups "$WORK/who" -u)
/bin/true last
for name in of-plain of-ended of-again of-reused of-the-test last; do
    wait_for "the end of $name" ended "$name"
done
kill "$again" "$reused"
shutdown
python3 - "$OUT" "$WORK" "$PYTHON" "$(readlink -f "$BASH")" "$effective" $$ <<'PY' || error_exit "see above"
import json
import os
import sys

out, work, python, bash, effective, test = sys.argv[1:]
events = [json.loads(line) for line in open(out, encoding="utf-8")]
itself = open(f"/proc/{test}/cmdline").read()[:-1].split("\0")


def check(args, **fields):
    found = [e for e in events if e.get("args") == args]
    if sorted(e["event"] for e in found) != ["exec", "exit"]:
        sys.exit(f"{args}: {found}")
    for e in found:
        for name, value in fields.items():
            if e.get(name) != value:
                sys.exit(f"{name} of {args} is {e.get(name)!r}, expected {value!r}: {e}")


for name in ("plain", "ended", "again", "reused"):
    made = [python, work + "/make.py", "-" if name == "plain" else f"{work}/{name}", name]
    line = " ".join(made)
    if name == "plain":
        made, line = made + ["--password=[redacted]"], line + " '--password=[redacted]'"
    check(["/bin/true", "of-" + name], parent_args=made, parent_command_line=line, parent_executable=os.path.realpath(python),
          parent_comm="python3", parent_command_source="exec", euid=0)
check(["/bin/true", "of-the-test"], parent_args=itself, parent_executable=bash, parent_command_source="scan")
check([work + "/who", "-u"], euid=int(effective), parent_executable=bash)
(who,) = [e for e in events if e.get("args") == [work + "/who", "-u"] and e["event"] == "exit"]
if who["uid"] != 4713:
    sys.exit(f"the real user is {who['uid']}")
PY
exit_test
