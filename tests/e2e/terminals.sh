#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a process with a terminal is reported with its name, one without it has none, and pts/2048, which leaves the
# number of pts/0 in its record, is not taken for it.
# Invariant: tty is there only while fewer than 2048 pseudo-terminals exist; major and minor are always the record's.
# Oracle: ttyname(3) of the process's own terminal.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
pty=/proc/sys/kernel/pty
[ "$(cat $pty/nr)" -lt 1000 ] || skip_test "too many terminals are in use here"
[ "$(cat $pty/max)" -gt 3500 ] || skip_test "there cannot be 2048 pseudo-terminals here"
# the limits are the machine's: one run at a time; the numbers are those of a /dev/pts of its own
exec 9>"${TMPDIR:-/tmp}/impacct-terminals.lock"
flock 9
own_terminals=(unshare --mount sh -ec 'mount -t devpts -o newinstance,ptmxmode=666 devpts /dev/pts
    mount --bind /dev/pts/ptmx /dev/ptmx
    exec "$@"' sh)
generate_conf
# read_file FILE OUT: run rsyslogd until it has read a file
read_file() {
    COUNT=$(pacct_py count "$1")
    sed "s|@FILE@|$1|; s|@OUT@|$2|" "$WORK/template" >"$WORK/rsyslog.conf"
    startup
    wait_file_lines "$2" "$COUNT"
    shutdown
}
add_conf 'ruleset(name="tty") { action(type="omfile" file="@OUT@" template="msg") }
input(type="impacct" file="@FILE@" ruleset="tty")'
mv "$WORK/rsyslog.conf" "$WORK/template"

: >"$WORK/near"
in_accounting "$WORK/near" "${own_terminals[@]}" python3 "$srcdir/lib/terminals.py" one >"$WORK/one" || error_exit "no terminal"
read_file "$WORK/near" "$WORK/near.jsonl"

: >"$WORK/far"
in_accounting "$WORK/far" "${own_terminals[@]}" python3 "$srcdir/lib/terminals.py" far "$WORK/ready" "$WORK/done" >"$WORK/four" &
far_pid=$!
wait_for "the terminals" test -e "$WORK/ready"
read_file "$WORK/far" "$WORK/far.jsonl"
: >"$WORK/done"
wait "$far_pid" || error_exit "terminals.py failed"

python3 - "$WORK" <<'PY' || error_exit "see above"
import json
import sys


def events(name):
    return {e["pid"]: e for e in map(json.loads, open(f"{sys.argv[1]}/{name}", encoding="utf-8"))}


def told(name):
    return [tuple(map(int, line.split())) for line in open(f"{sys.argv[1]}/{name}", encoding="utf-8")]


def check(e, **expected):
    got = {name: e.get(name) for name in expected}
    if got != expected:
        sys.exit(f"{got}, expected {expected}: {e}")


near, far = events("near.jsonl"), events("far.jsonl")
(number, pid), = told("one")
check(near.pop(pid), tty=f"pts/{number}", tty_major=136, tty_minor=number)
accton = [e for e in near.values() if e["comm"] == "accton"]
if len(accton) != 2:
    sys.exit(f"accton: {accton}")
four = told("four")
if [number for number, _ in four] != [2046, 2047, 2048, 2049]:
    sys.exit(f"terminals {four}")
for number, pid in four:
    seen = number % 2048
    check(far[pid], tty=None, tty_major=136 + seen // 256, tty_minor=seen % 256)
PY
exit_test
