#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: without BPF, the kernel's process connector tells who ran what.
# Invariant: programs that live for some milliseconds have exactly their own command line; in a storm at full speed with
# arguments of up to 8 KB, some are missing, and none has another's; in a pid namespace of its own it cannot work, and
# says so.
# Oracle: processes that carry their truth, whose records are made as the kernel makes them (tests/tools/exec_records.c).
#
# STORM=50000 tests/run e2e/command_connector.sh    with so many processes in the storm
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
TOOL=$MODULE_DIR/../../../tests/tools/exec_records # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"connector\"
    commandLine.maxLength=\"9000\" silenceAlarm=\"off\")"

RSYSLOGD_WRAPPER="unshare --pid --fork --mount-proc --kill-child $RSYSLOGD_WRAPPER"
startup
wait_capture
wait_content "connector: it tells nothing in a pid namespace of its own"
content_check "go without them"
kill -TERM "$(tr -d ' ' <"/proc/$RSYSLOGD_PID/task/$RSYSLOGD_PID/children")"
wait_shutdown
RSYSLOGD_WRAPPER=${RSYSLOGD_WRAPPER#unshare --pid --fork --mount-proc --kill-child }
rm -f "$SYS"

startup
wait_capture
if grep -qs "it tells nothing in a pid namespace of its own" "$SYS"; then
    exit_test # the whole test runs in one
fi
if grep -qs "cannot be captured" "$SYS"; then
    skip_test "$(grep "cannot be captured" "$SYS")"
fi
content_check "captured by connector"
certain() {
    "$TOOL" "$WORK/pacct" 1 1 20 10
    grep -q '"command_source":"exec"' "$OUT"
}
wait_for "certainty" certain
# storm FIRST COUNT PARALLEL MS LONGEST: the records are written one after another, so many programs at a time
storm() {
    local each=$(($2 / $3)) n pids=()
    for ((n = 0; n < $3; n++)); do
        "$TOOL" "$WORK/pacct" $(($1 + n * each)) "$each" "$4" "$5" &
        pids+=($!)
    done
    wait "${pids[@]}"
    wait_file_lines "$OUT" $(($(stat -c %s "$WORK/pacct") / 64))
    python3 "$srcdir/lib/commands.py" "$OUT" "$1" "$2" "$5" 9000 late >"$WORK/counts" || error_exit "see above"
    read -r _ _ missing <"$WORK/counts"
    echo "$missing of $2 missing, which lived for $4 ms, $3 at a time"
}
storm 10000 200 1 20 10
[ "$missing" -le 20 ] || error_exit "$missing of 200 missing" # a machine under load may be late
STORM=${STORM:-2000}
storm 1000000 "$STORM" 4 0 8192
shutdown
exit_test
