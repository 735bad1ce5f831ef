#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who was killed because memory ran out is told from who was killed.
# Invariant: of processes in a memory cgroup, oom_killed is true of those that the kernel killed for memory, and false of one
# that was killed by kill(2) in there, and of one that ended by itself; the peak of the former is what the cgroup allowed.
# Oracle: the kernel's own count in the cgroup; who was killed here by hand.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=100
in_own_pids
LIMIT_MIB=24
cgroup=
# make_cgroup DIRECTORY FILE: one of the test's own, with a limit in FILE
make_cgroup() {
    mkdir "$1/impacct-$$.oom" 2>/dev/null || return
    cgroup=$1/impacct-$$.oom
    echo $((LIMIT_MIB << 20)) 2>/dev/null >"$cgroup/$2" || { remove_cgroup && return 1; }
}
remove_cgroup() {
    [ -z "$cgroup" ] || rmdir "$cgroup" 2>/dev/null
    cgroup=
}
trap remove_cgroup EXIT
if grep -qsw memory /sys/fs/cgroup/cgroup.controllers; then
    echo +memory 2>/dev/null >/sys/fs/cgroup/cgroup.subtree_control
    make_cgroup /sys/fs/cgroup memory.max || skip_test "no memory cgroup can be made"
    [ ! -e "$cgroup/memory.swap.max" ] || echo 0 >"$cgroup/memory.swap.max"
    counted=memory.events
else
    make_cgroup /sys/fs/cgroup/memory memory.limit_in_bytes || skip_test "no memory cgroup can be made"
    counted=memory.oom_control
fi
kills() { sed -n 's/^oom_kill //p' "$cgroup/$counted"; }
[ -n "$(kills)" ] || skip_test "this kernel does not count who was killed for memory"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"bpf\")"
startup
wait_usage
for name in oom killed fine; do
    cp "$(type -P bash)" "$WORK/$name"
done
# inside NAME SCRIPT: in the cgroup
# shellcheck disable=SC2016 # expanded in there
inside() { "$WORK/$1" -c 'echo $$ >"$1/cgroup.procs" && eval "$2"' "$1" "$cgroup" "$2" 2>/dev/null; }
for _ in 1 2 3 4 5; do
    # shellcheck disable=SC2016 # expanded in there
    inside oom 'x=$(printf %01000000d 1); while :; do x=$x$x; done'
    assert_eq $? 137 "the status of what takes all memory"
    # shellcheck disable=SC2016 # expanded in there
    inside killed 'kill -9 $$'
    assert_eq $? 137 "the status of what was killed"
    inside fine 'exit 0' || error_exit "there is too little memory in the cgroup"
done
assert_eq "$(kills)" 5 "processes killed by the kernel"
/bin/true "the end"
accton off >/dev/null
wait_content '"event":"synthetic"' "$OUT"
shutdown
python3 - "$OUT" $LIMIT_MIB <<'PY' || error_exit "see above"
import collections, json, sys
limit = 1024 * int(sys.argv[2])
seen, peaks = collections.Counter(), []
for e in map(json.loads, open(sys.argv[1], encoding="utf-8")):
    if e["event"] == "exit" and e["comm"] in ("oom", "killed", "fine") and not e["forked"]:
        if e["oom_killed"] != (e["comm"] == "oom") or e["killed"] != (e["comm"] != "fine"):
            sys.exit(f"{e}")
        seen[e["comm"]] += 1
        if e["oom_killed"]:
            # what it shares with others is not charged to the cgroup
            if not limit // 2 < e["max_rss_kib"] < limit + 20000:
                sys.exit(f"the limit was {limit} KiB: {e}")
            peaks.append(e["max_rss_kib"])
if seen != {"oom": 5, "killed": 5, "fine": 5}:
    sys.exit(f"{seen}")
print(f"killed for memory with {sorted(peaks)} KiB, of {limit} allowed")
PY
remove_cgroup
exit_test
