#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries say what processes used, where that is known, and of how many it is.
# Invariant: sums and maxima of memory and of bytes read and written are exact, percentiles within 1 %, of each program;
# every process that was made is in them.
# Oracle: the exits sent beside them, added up one by one by tests/lib/summaries.py (that these are right is for
# usage_kinds.sh); the number of processes that tests/tools/usage_kinds.c made.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
export TEST_TIMEOUT=120
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_kinds # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"bpf\" summary.interval=\"1\"
    summary.by=\"comm\")"
startup
wait_usage
mkdir "$WORK/files"
"$TOOL" 4 "$WORK/files" >"$WORK/told" || error_exit "the processes did not run"
accton off >/dev/null
exits() { grep -c '"event":"exit"' "$OUT"; }
written() { pacct_py dump "$WORK/pacct" | grep -c '"event": "exit"'; }
all_sent() { [ "$(exits)" = "$(written)" ]; }
wait_for "the exits" all_sent
summed_up() { [ "$(summaries total "$OUT")" = "$(exits)" ]; }
wait_for "all in summaries" summed_up
shutdown
made=$(wc -l <"$WORK/told")
[ "$(exits)" -ge "$made" ] || error_exit "$made processes were made, $(exits) exits came"
summaries usage "$OUT"
exit_test
