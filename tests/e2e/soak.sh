#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a short soak: real processes under the kernel's accounting, rotations, kills, stops and a blocked output.
# Invariant: what the kernel wrote arrives, each repeat with the same id.
# Oracle: tests/soak, which knows from the files themselves what was written.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
[ -z "$RSYSLOGD_WRAPPER" ] || skip_test "no soak under $RSYSLOGD_WRAPPER"
# the seed with which a file was once skipped; others are tried in tests/nightly
"$srcdir/soak" "${SOAK_SECONDS:-20}" --seed 983165882 >"$WORK/soak.log" 2>&1 || error_exit "$(cat "$WORK/soak.log")"
cat "$WORK/soak.log"
exit_test
