#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with source="bpf", a full disk where the position is to be stored costs what the ring cannot hold, and no more.
# Invariant: while the position cannot be stored, the ring keeps all; once it can, the ends that are in the output, each with
# one id, and the numbers of the messages about loss are together all that ended; also when rsyslogd was killed meanwhile,
# which has what was told before told again.
# Oracle: the kernel's accounting file, which the module does not read, and which has all that the storms started.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
TOOL=$MODULE_DIR/../../../tests/tools/usage_storm # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
use_ring
mkdir "$WORK/disk"
mount -t tmpfs -o size=64k tmpfs "$WORK/disk" || error_exit "cannot mount a file system"
generate_conf
add_conf "input(type=\"impacct\" source=\"bpf\" bpf.directory=\"$RING\" bpf.ringSize=\"1m\" ruleset=\"records\"
    persistStateInterval=\"100\" stateFile.directory=\"$WORK/disk\")"
mark() { "$BASH" -c "printf $1 >/proc/\$\$/comm"; }
storm() { "$TOOL" 1 "$1" 4 >>"$WORK/told" || error_exit "the storm did not run"; }
startup
wait_ring
: >"$WORK/pacct"
accton "$WORK/pacct" >/dev/null
mark first
wait_content '"comm":"first"' "$OUT"
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
caught_up() { mark caught && grep -q '"comm":"caught"' "$OUT"; }
wait_for "rsyslogd to go on" caught_up
mark last
wait_content '"comm":"last"' "$OUT"
accton off >/dev/null
together() { python3 "$srcdir/lib/exits.py" lost "$WORK/pacct" "$WORK/told" "$OUT" "$STATES" >"$WORK/lost" 2>&1; }
wait_for "all to be told: $(together; cat "$WORK/lost")" together
cat "$WORK/lost"
shutdown
exit_test
