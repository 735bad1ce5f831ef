#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rotatedFiles="off" and rotatedFiles.maxAge bound what is read after downtime.
# Invariant: files outside of the bound are not read, the live file is, from its start.
# Where the position itself lies in a file outside of the bound, everything within it is read.
# Oracle: the records of each file, by their names.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
run() { # run PARAMETERS: one record read, two rotated files, one live
    rm -rf "$WORK/log" "$WORK/all" "$WORK"/impacct-state* "$OUT"
    # shellcheck disable=SC2034 # of rotate.sh
    SERIAL=0
    generate_rotation_conf "$1"
    put 1 "$WORK/log/pacct"
    startup
    all_arrived
    shutdown
    put 1 "$WORK/log/pacct"
    mv "$WORK/log/pacct" "$WORK/log/pacct.1"
    touch -d '3 days ago' "$WORK/log/pacct.1"
    put 1 "$WORK/log/pacct"
    mv "$WORK/log/pacct" "$WORK/log/pacct.0"
    touch -d '1 day ago' "$WORK/log/pacct.0"
    put 1 "$WORK/log/pacct"
    startup
    wait_content '"comm":"p3"' "$OUT"
    shutdown
}
names() { grep -o '"comm":"p[0-9]*"' "$OUT" | tr -dc '0-9\n' | paste -sd' '; }
run ''
assert_eq "$(names)" "0 1 2 3" "without bounds"
run 'rotatedFiles="off"'
assert_eq "$(names)" "0 3" "rotatedFiles=off"
run 'rotatedFiles.maxAge="172800"'
assert_eq "$(names)" "0 2 3" "what is older than maxAge is left out, what is not is read"
exit_test
