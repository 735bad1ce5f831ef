#!/usr/bin/env bash
# Intent: without BPF, the kernel's process connector tells who ran what.
# Invariant: programs that live for some milliseconds have exactly their own command line; no process has another's; in a
# pid namespace of its own it cannot work, and says so.
# Oracle: processes that carry their truth, whose records are made as the kernel makes them (tests/tools/exec_records.c).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
TOOL=$MODULE_DIR/../../../tests/tools/exec_records # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"connector\" silenceAlarm=\"off\")"

RSYSLOGD_WRAPPER="unshare --pid --fork --mount-proc --kill-child $RSYSLOGD_WRAPPER"
startup
wait_content "connector: it tells nothing in a pid namespace of its own"
content_check "go without them"
kill -TERM "$(tr -d ' ' <"/proc/$RSYSLOGD_PID/task/$RSYSLOGD_PID/children")"
wait_shutdown
RSYSLOGD_WRAPPER=${RSYSLOGD_WRAPPER#unshare --pid --fork --mount-proc --kill-child }
rm -f "$SYS"

startup
wait_for "a word about command lines" grep -qs "impacct: command lines" "$SYS"
if grep -qs "it tells nothing in a pid namespace of its own" "$SYS"; then
    exit_test # the whole test runs in one
fi
if grep -qs "cannot be captured" "$SYS"; then
    skip_test "$(grep "cannot be captured" "$SYS")"
fi
content_check "captured by means of connector"
certain() {
    "$TOOL" "$WORK/pacct" 1 20
    grep -q '"command_source":"exec"' "$OUT"
}
wait_for "certainty" certain
first=$(lines_of "$OUT")
"$TOOL" "$WORK/pacct" 200 20
wait_file_lines "$OUT" $((first + 200))
shutdown
tail -n 200 "$OUT" | python3 -c '
import json
import sys

missing = 0
for line in sys.stdin:
    e = json.loads(line)
    if e["command_source"] == "missing":
        missing += 1
    elif e["command_source"] != "exec" or e["args"] != ["exec_records", "as", e["comm"][1:], "20"]:
        sys.exit(f"has the command of another: {e}")
    elif not e["executable"].endswith("/exec_records"):
        sys.exit(f"its executable is another: {e}")
# a machine under load may be late
print(f"{missing} of 200 missing")
sys.exit(missing > 20)
' || error_exit "see above"
exit_test
