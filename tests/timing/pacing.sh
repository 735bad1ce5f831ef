#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: many records a second do not wake the reader for each of them; a few do, so that they are sent at once.
# Invariant: all arrive; in a storm there are far fewer waits than records.
# Oracle: the kernel's count of voluntary context switches of the input thread.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
: >"$WORK/pacct"
startup
waits() {
    local task
    for task in "/proc/$RSYSLOGD_PID/task"/*; do
        if [ "$(cat "$task/comm")" = in:impacct ]; then
            sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "$task/status"
        fi
    done
}
pacct_py generate "$WORK/records" 4000
before=$(waits)
python3 - "$WORK/records" "$WORK/pacct" <<'EOS' || error_exit "could not write"
import sys, time
data, out = open(sys.argv[1], "rb").read(), open(sys.argv[2], "ab", 0)
for at in range(0, len(data), 64):
    out.write(data[at:at + 64])
    time.sleep(0.0005)
EOS
wait_file_lines "$OUT" 4000
after=$(waits)
[ $((after - before)) -lt 2000 ] || error_exit "$((after - before)) waits for 4000 records"
pacct_py compare "$WORK/pacct" "$OUT"
shutdown
exit_test
