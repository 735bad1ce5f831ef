#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a position that cannot be stored harms nothing else: rsyslogd lives, records go on, it is said once.
# Invariant: with the directory of the state file missing, removed while rsyslogd runs, or its file system full, every
# record arrives; the message names file and call; the position is stored as soon as it can be, and held at the stop.
# Oracle: the records of the file; the restart, which reads none of them again.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -n "${IN_OWN_MOUNTS:-}" ] || { require_root; rm -rf "$WORK"; IN_OWN_MOUNTS=1 exec unshare --mount "$BASH" "$0"; }
F=$WORK/pacct
D=$WORK/state
generate_conf
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" stateFile.directory=\"$D\" silenceAlarm=\"off\")"
serial=0
# grow: 100 more records, and wait for them
grow() {
    pacct_py generate "$F" 100 --serial "$serial" --append
    serial=$((serial + 100))
    wait_file_lines "$OUT" "$serial"
}
stored_offset() { [ -e "$D/${STATE##*/}" ] && grep -q "\"offset\":$((serial * 64))[,}]" "$D/${STATE##*/}"; }
STATE=$(state_file "$F")
# said ERROR: the failure is in the log once
said() {
    wait_content "cannot be stored in '$D/${STATE##*/}' ("
    assert_eq "$(grep 'cannot be stored' "$SYS" | grep -c "$1")" 1 "messages about '$1'"
}
: >"$F"

# missing from the start; then it appears
startup
grow
said "No such file or directory"
mkdir "$D"
wait_for "the position" stored_offset
# removed while it runs, and a stop without it
rm -r "$D"
: >"$SYS"
grow
said "No such file or directory"
grow
assert_eq "$(grep -c 'cannot be stored' "$SYS")" 1 "messages about the lasting failure"
mkdir "$D"
wait_for "the position" stored_offset
rm -r "$D"
shutdown
pacct_py compare "$F" "$OUT"

# full
mkdir "$D"
mount -t tmpfs -o size=64k full "$D"
startup
wait_for "the position" stored_offset
: >"$SYS"
dd if=/dev/zero of="$D/fill" bs=4k status=none 2>/dev/null
base=$(lines_of "$OUT")
pacct_py generate "$F" 100 --serial "$serial" --append
serial=$((serial + 100))
wait_file_lines "$OUT" $((base + 100))
said "No space left on device"
rm "$D/fill"
wait_for "the position" stored_offset
shutdown
before=$(lines_of "$OUT")
startup
pacct_py generate "$F" 1 --serial "$serial" --append
wait_file_lines "$OUT" $((before + 1))
shutdown
assert_eq "$(lines_of "$OUT")" $((before + 1)) "records after the restart"
exit_test
