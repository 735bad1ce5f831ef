#!/usr/bin/env bash
# Intent: a short soak: real processes under the kernel's accounting, rotations, kills, stops and a blocked output.
# Invariant: what the kernel wrote arrives, each repeat with the same id.
# Oracle: tests/soak, which knows from the files themselves what was written.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
[ -z "$RSYSLOGD_WRAPPER" ] || skip_test "no soak under $RSYSLOGD_WRAPPER"
"$srcdir/soak" "${SOAK_SECONDS:-20}" >"$WORK/soak.log" 2>&1 || error_exit "$(cat "$WORK/soak.log")"
cat "$WORK/soak.log"
exit_test
