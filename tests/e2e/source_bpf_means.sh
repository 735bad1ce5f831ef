#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: source="bpf" runs whole or not at all, and says why in one message; a ring that is there is gone on with, replaced,
# or missed aloud.
# Invariant: without a BPF file system, privileges, or a directory that is its own, and beside another reader, the input is
# not started and leaves nothing behind; one of another layout is replaced, with the number of ends that it held; a
# directory that is removed raises the alarm of silence, and the next start says so.
# Oracle: what was done, and how many processes were started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_new_pids
use_ring
conf() {
    generate_conf
    add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$1\" silenceAlarm=\"1\" ruleset=\"records\" $2)"
}
# refused WHY: the input is not started, for that reason, which is said once
refused() {
    wait_content "$1"
    assert_eq "$(grep -c "cannot be had" "$SYS")" 1 "messages"
    wait_content "rsyslogd.*start" # nothing else is to come
    shutdown
    content_absent "impacct started" "$STATES"
    rm -f "$SYS"
}
wait_content() { wait_for "'$1' in $(basename "${2:-$SYS}")" grep -qse "$1" "${2:-$SYS}"; }

conf "$RING" ""
startup
wait_ring
shutdown
rm -rf "$SYS" "$STATES" "$RING" "$(state_file "$RING")"

conf "$WORK/no/such/directory" ""
startup
refused "the directory that it is to be made in does not exist"
conf "$WORK/impacct" ""
startup
refused "no BPF file system is mounted there"
[ ! -e "$WORK/impacct" ] || error_exit "a directory was made in another file system"
conf "$RING" ""
mkdir -m 0755 "$RING"
startup
refused "of mode 0700"
rmdir "$RING"
RSYSLOGD_WRAPPER="setpriv --bounding-set=-sys_admin,-bpf,-perfmon $RSYSLOGD_WRAPPER" startup
refused "it takes CAP_BPF and CAP_PERFMON"
[ ! -e "$RING" ] || error_exit "a directory was left"

# two readers of one ring
conf "$RING" ""
add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" stateFile=\"second\" ruleset=\"records\")"
startup
refused_one() { [ "$(grep -c "another input, or another rsyslogd, reads the ring" "$SYS")" = 1 ]; }
wait_for "one of the two to be refused" refused_one
shutdown
rm -f "$SYS"

# another layout
conf "$RING" ""
for _ in 1 2 3 4 5 6 7; do /bin/true; done
mv "$RING/exits-1" "$RING/exits-0"
startup
wait_content '"event":"records_lost".*of another version' "$STATES"
number=$(grep '"event":"records_lost"' "$STATES" | grep -o '"lost_records":[0-9]*' | grep -o '[0-9]*$')
# those of this test itself are in there, too, and what had been dealt with but was not given free yet
[ "$number" -ge 7 ] || error_exit "only $number ends are said to be lost"
assert_eq "$(ls "$RING")" "exits-1" "rings"
/bin/true
wait_content '"comm":"true"' "$OUT"

# removed
rm -r "$RING"
silent() { /bin/true && grep -q '"event":"accounting_silent".*the kernel is silent' "$STATES"; }
wait_for "the alarm" silent
shutdown
startup
wait_content '"event":"records_lost".*somebody had removed it' "$STATES"
wait_content '"event":"exit".*"comm":"grep"' "$OUT"
shutdown
exit_test
