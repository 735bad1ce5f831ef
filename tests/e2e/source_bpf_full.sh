#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", a full disk where the position is to be stored costs what the ring cannot hold, and no more.
# Invariant: while the position cannot be stored, the ring keeps all; once it can, the ends that are in the output, each with
# one id, and the numbers of the messages about loss are together all that ended; also when rsyslogd was killed meanwhile,
# which has what was told before told again.
# Oracle: the kernel's accounting file, which the module does not read, and which has all that the storms started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
. "$srcdir/lib/exits.sh"
mkdir "$WORK/disk"
mount -t tmpfs -o size=64k tmpfs "$WORK/disk" || error_exit "cannot mount a file system"
generate_conf
add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" ruleset=\"records\"
    persistStateInterval=\"100\" stateFile.directory=\"$WORK/disk\")"
startup
wait_ring
begin_counting
stored() { compgen -G "$WORK/disk/impacct-state*" >/dev/null; }
wait_for "a position" stored
head -c 128k /dev/zero >"$WORK/disk/ballast" 2>/dev/null
storm 5000 # 1 MiB holds 3,744
wait_content '"event":"records_lost"' "$STATES"
content_check "cannot be stored"
storm 1000 # all of them are lost
sleep 11 # lets time pass: after a loss, it is asked each ten seconds whether there was more
kill_immediate
storm 100
startup
wait_ring 2
rm "$WORK/disk/ballast"
end_counting
shutdown
exit_test
