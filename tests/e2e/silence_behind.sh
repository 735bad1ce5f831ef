#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: whoever starts processes faster than an output takes their records keeps the input from ever reaching the end of
# the file; that the file system fills up is told all the same.
# Invariant: disk_low comes while most records are still to be read, once; and every record arrives.
# Oracle: a file system that is filled here; the records of the file.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -n "${IN_OWN_MOUNTS:-}" ] || { require_root; rm -rf "$WORK"; IN_OWN_MOUNTS=1 exec unshare --mount "$BASH" "$0"; }
RECORDS=12000
F=$WORK/disk/pacct
mkdir "$WORK/disk"
mount -t tmpfs -o size=20m small "$WORK/disk"
generate_conf
add_conf "module(load=\"omprog\")
ruleset(name=\"slow\" queue.type=\"linkedList\" queue.size=\"500\") {
    action(type=\"omprog\" binary=\"/usr/bin/env python3 $(realpath "$srcdir")/lib/slow_output.py $OUT $WORK/hurry\" template=\"msg\"
           confirmMessages=\"on\" action.resumeRetryCount=\"-1\")
}
input(type=\"impacct\" file=\"$F\" ruleset=\"slow\")"
pacct_py generate "$F" $RECORDS
startup
wait_file_lines "$OUT" 10
fallocate -l 19M "$WORK/disk/ballast"
wait_content '"event":"disk_low"' "$STATES"
[ "$(lines_of "$OUT")" -lt $((RECORDS / 2)) ] || error_exit "it was told after $(lines_of "$OUT") records"
touch "$WORK/hurry"
wait_file_lines "$OUT" $RECORDS
shutdown
pacct_py compare "$F" "$OUT"
assert_eq "$(grep -c '"event":"disk_low"' "$STATES")" 1 "times that it was told"
exit_test
