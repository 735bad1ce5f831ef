#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: gigabytes that are no records hold up neither the stop of rsyslogd nor other inputs: a hole in a file, and a
# compressed file that is little and holds much.
# Invariant: what comes before is sent at once, what comes behind is found, the damage is told once, from its first byte to
# its last, also when rsyslogd was stopped in the middle of it; other inputs go on meanwhile.
# Oracle: every record put into the files, in the order of putting; the size of the hole.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
add_conf "ruleset(name=\"others\") { action(type=\"omfile\" file=\"$WORK/others\" template=\"msg\") }"
add_conf "input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"others\")"
F=$WORK/log/pacct
put 100 "$F"
truncate -s 30G "$F"
put 100 "$F"
pacct_py generate "$WORK/other" 10 --serial 5000
startup
all_arrived
wait_content "is damaged: $((30 * 1024 * 1024 * 1024 - 6400)) bytes from offset 6400 on"
wait_file_lines "$WORK/others" 10
shutdown

rm -rf "$F" "$WORK/all" "$OUT" "$SYS" "$WORK"/impacct-state*
# shellcheck disable=SC2034 # of rotate.sh
SERIAL=0
put 3 "$F"
startup
all_arrived
shutdown
put 4 "$F"
gzip -c "$F" >"$F.1.gz"
head -c 64M /dev/zero | gzip -1 >"$WORK/zeros.gz"
for _ in $(seq 64); do cat "$WORK/zeros.gz"; done >>"$F.1.gz"
rm "$F" "$WORK/zeros.gz"
put 5 "$F.2"
gzip -c "$F.2" >>"$F.1.gz"
rm "$F.2"
put 6 "$F"
startup
wait_content "reading '$F.1.gz'"
pacct_py generate "$WORK/other" 10 --serial 5010 --append
wait_file_lines "$WORK/others" 20
shutdown
startup
all_arrived
shutdown
assert_eq "$(grep -c "is damaged: $((64 * 64 * 1024 * 1024)) bytes from offset 448 on" "$SYS")" 1 "reports of damage"
exit_test
