#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", what the ring did not hold is counted exactly, whoever was away for how long.
# Invariant: the ends of processes that are in the output and the numbers of the messages about loss are together all that
# ended: after rsyslogd was killed, was stopped, and while it could not follow; the message is in the stream once.
# Oracle: the kernel's accounting file, which the module does not read, and which has all that the storms started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=90
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
use_ring
generate_conf
add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" usage=\"bpf\" ruleset=\"records\"
    persistStateInterval=\"100\")"
startup
wait_ring
: >"$WORK/pacct"
accton "$WORK/pacct" >/dev/null
mark() { "$BASH" -c "printf $1 >/proc/\$\$/comm"; }
mark first
wait_content '"comm":"first"' "$OUT"
storm() { "$TOOL" 1 "$1" 4 >>"$WORK/told" || error_exit "the storm did not run"; }
for n in 1 2 3; do
    kill_immediate
    storm $((4000 + 1000 * n)) # 1 MiB holds 3,744
    startup
    storm $((1000 * n))
done
kill -STOP "$RSYSLOGD_PID"
storm 6000
kill -CONT "$RSYSLOGD_PID"
caught_up() { mark caught && grep -q '"comm":"caught"' "$OUT"; }
wait_for "rsyslogd to catch up" caught_up
mark last
wait_content '"comm":"last"' "$OUT"
accton off >/dev/null
together() { python3 "$srcdir/lib/exits.py" lost "$WORK/pacct" "$WORK/told" "$OUT" "$STATES" >"$WORK/lost" 2>&1; }
wait_for "all to be told: $(together; cat "$WORK/lost")" together
cat "$WORK/lost"
shutdown
exit_test
