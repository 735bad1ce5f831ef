#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the record that the kernel writes about a process which still lives is not taken for an exit.
# Invariant: whoever switches accounting off or over is "synthetic" once, or, where threads of it had ended before, an
# exit that says it is uncertain; each has one certain exit where accounting went on; nothing else is either.
# Oracle: the kernel, with programs that call acct(2) in every way (tests/tools/acct_call.c): a process id that ends
# later has not ended before.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
TOOL=$MODULE_DIR/../../../tests/tools/acct_call # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/a"
: >"$WORK/b"
# shellcheck disable=SC2016 # to be expanded in there
in_accounting "$WORK/a" sh -c '
    for how in plain threads forked leader leader-status exec; do
        "$1" "$3" $how
        accton "$2" # back
    done
    exit 0' sh "$TOOL" "$WORK/a" "$WORK/b" >/dev/null 2>"$WORK/errors" || error_exit "$(cat "$WORK/errors")"
for file in a b; do
    add_conf "ruleset(name=\"$file\") { action(type=\"omfile\" file=\"$WORK/$file.jsonl\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/$file\" ruleset=\"$file\")"
done
startup
for file in a b; do
    wait_file_lines "$WORK/$file.jsonl" "$(pacct_py count "$WORK/$file")"
done
shutdown
for file in a b; do
    pacct_py compare "$WORK/$file" "$WORK/$file.jsonl"
done
python3 - "$WORK/a.jsonl" "$WORK/b.jsonl" <<'PY' || error_exit "see above"
import collections
import json
import sys

events = collections.defaultdict(list)
for path in sys.argv[1:]:
    for line in open(path, encoding="utf-8"):
        e = json.loads(line)
        events[e["pid"]].append((path[-7], e))
ends = {"status", "exit_code", "signal", "killed", "end", "cpu_user", "mem_kib", "minor_faults", "forked", "privileged"}
synthetic, uncertain = collections.Counter(), collections.Counter()
for pid, of_pid in events.items():
    exits = [(path, e) for path, e in of_pid if e["event"] == "exit" and "exit_uncertain" not in e]
    doubtful = [(path, e) for path, e in of_pid if "exit_uncertain" in e]
    alive = [(path, e) for path, e in of_pid if e["event"] == "synthetic"]
    if len(exits) > 1:
        sys.exit(f"process {pid} ended {len(exits)} times: {exits}")
    if len(alive + doubtful) > 1:
        sys.exit(f"process {pid} switched accounting once, not {len(alive + doubtful)} times")
    for path, e in alive + doubtful:
        (uncertain if "exit_uncertain" in e else synthetic)[path, e["comm"]] += 1
        if e["event"] == "synthetic" and ends & set(e):
            sys.exit(f"process {pid} lives, but has {ends & set(e)}")
        # the last one is the accton that switched off: nobody saw its end
        if exits and exits[0][0] == path:
            sys.exit(f"process {pid} was reported twice in {path}")
        if not exits and e["comm"] != "accton":
            sys.exit(f"process {pid} never ended")
expected = {("a", "acct_call"): 2, ("a", "accton"): 1, ("b", "accton"): 6}
if dict(synthetic) != expected:
    sys.exit(f"synthetic are {dict(synthetic)}, not {expected}")
expected = {("a", "acct_call"): 3, ("a", "accton"): 1}
if dict(uncertain) != expected:
    sys.exit(f"uncertain are {dict(uncertain)}, not {expected}")
codes = sorted(e.get("exit_code") for of_pid in events.values() for _, e in of_pid
               if e["event"] == "exit" and e["comm"] == "acct_call" and "exit_uncertain" not in e)
# plain, threads, forked with its parent, leader, leader-status: the status is the first thread's
if codes != [0, 4, 4, 4, 4, 5]:
    sys.exit(f"exit codes are {codes}")
PY
exit_test
