#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: source="bpf" gives the same messages as the accounting file, without one.
# Invariant: of processes of many kinds, each is in both streams, with the same value in every field but those that
# doc/source/reference/impacct-sources.rst lists; command lines are joined, programs that start are told; the counters are
# what was sent; the ring's directory is root's alone.
# Oracle: the kernel's accounting file, read by another input of the same rsyslogd; wait4(2), as the parent was told.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=60
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_kinds # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
use_ring
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
ruleset(name=\"ring\") { action(type=\"omfile\" file=\"$WORK/ring.jsonl\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")
input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" name=\"ring\" usage=\"bpf\" commandLine=\"bpf\" execMessages=\"on\"
    ruleset=\"ring\")"
startup
wait_ring
assert_eq "$(stat -c '%a %u' "$RING")" "700 0" "the ring's directory"
accton "$WORK/pacct" >/dev/null
mark() { "$BASH" -c "printf $1 >/proc/\$\$/comm"; }
mark first
wait_content '"comm":"first"' "$WORK/ring.jsonl"
mkdir "$WORK/files"
"$TOOL" "${ROUNDS:-4}" "$WORK/files" >"$WORK/told" || error_exit "the processes did not run"
certain() { /bin/true "is it certain?" && grep -F "is it certain?" "$WORK/ring.jsonl" | grep -q 'command_source":"exec"'; }
wait_for "certainty" certain
mark last
for file in "$OUT" "$WORK/ring.jsonl"; do
    wait_content '"comm":"last"' "$file"
done
accton off >/dev/null
content_check '"event":"exec"' "$WORK/ring.jsonl"
content_check '"usage_source":"exit"' "$WORK/ring.jsonl"
python3 "$srcdir/lib/exits.py" same "$OUT" "$WORK/ring.jsonl" \
    "id version byte_order io rw swaps elapsed status exit_code" "$WORK/told" || error_exit "see above"
python3 "$srcdir/lib/usage.py" kinds "$WORK/told" "$WORK/ring.jsonl" || error_exit "see above"
counter() { grep '"name": "ring"' "$WORK/stats" | tail -n 1 | grep -o "\"$1\": [0-9]*" | grep -o '[0-9]*$'; }
# to look makes processes end, too
exits() { grep -c '"event":"exit"' "$WORK/ring.jsonl"; }
sent=$(exits)
counted() {
    local read
    read=$(counter read)
    [ "$read" -ge "$sent" ] && [ "$read" -le "$(exits)" ]
}
wait_for "the counter to be what was sent" counted
shutdown
exit_test
