#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: no user can have a process of his taken for the kernel's synthetic record, which has no end and raises an
# alarm.
# Invariant: what ended without memory is an exit with its command line, status and times, and says that it is
# uncertain; accounting_stopped is not said.
# Oracle: processes of an unprivileged user that end with numbers of their own (tests/tools/no_memory.c).
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
TOOL=$MODULE_DIR/../../../tests/tools/no_memory # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
F=$WORK/pacct
: >"$F"
chmod 711 "$WORK"
cp "$TOOL" "$WORK/forger"
forge() { # forge STATUS ARGUMENT
    setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/forger" "$@"
    assert_eq "$?" "$1" "status of the forger"
}
# an accton that the alarm could be pinned on: it is long gone when rsyslogd starts
accton "$F" >/dev/null
accton off >/dev/null
sleep 1.1 # lets time pass: the records have seconds
follow 'silenceAlarm="2" commandLine="auto"'
startup
wait_for "a word about command lines" grep -qs "impacct: command lines" "$SYS"
lines=
if ! grep -qs "command lines cannot be captured" "$SYS"; then
    wait_command_lines bpf
    lines=1
else
    accton "$F" >/dev/null
fi
ends
for n in 1 2 3; do
    forge $((40 + n)) "--pool=evil.$n"
    forged() { grep -q "\"comm\":\"forger\".*\"exit_uncertain\":true" <(grep "\"exit_code\":$((40 + n))" "$OUT"); }
    wait_for "the forgery as an exit" forged
    canary() { grep -c '"comm":"impacct:' "$OUT"; }
    canaries=$(canary)
    asked() { [ "$(canary)" -gt "$canaries" ]; }
    [ "$n" = 3 ] || wait_for "a canary, which clears it" asked
    ends
done
python3 - "$OUT" "$lines" <<'PY' || error_exit "see above"
import json
import sys

events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
found = {e["exit_code"]: e for e in events if e["comm"] == "forger" and "exit_uncertain" in e}
for n in 1, 2, 3:
    e = found[40 + n]
    for name in "status", "cpu_user", "cpu_system", "minor_faults", "end":
        if name not in e:
            sys.exit(f"no {name} in {e}")
    if sys.argv[2] and e["args"][1:] != [str(40 + n), f"--pool=evil.{n}"]:
        sys.exit(f"no command line in {e}")
uncertain = {e["comm"] for e in events if "exit_uncertain" in e}
if uncertain != {"forger"}:
    sys.exit(f"uncertain are {uncertain}")
PY
content_absent accounting_stopped "$STATES"
shutdown
exit_test
