#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the kernel drops single records without a word, for example where the disk is full for a moment: nobody's exit
# gets the command of a process whose record was dropped.
# Invariant: where a process's record could not be written, and another one gets its id at once, the record of that one
# has its own command or none.
# Oracle: what is started here, with an id of our choice (/proc/sys/kernel/ns_last_pid).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
LAST=/proc/sys/kernel/ns_last_pid # of the pid namespace
[ -w "$LAST" ] || skip_test "process ids cannot be chosen here ($LAST, CONFIG_CHECKPOINT_RESTORE)"
DISK=$WORK/disk COUNT=8
mkdir "$DISK"
mount -t tmpfs -o size=64k tmpfs "$DISK" || skip_test "no tmpfs can be mounted here"
: >"$DISK/pacct"
ln -s "$DISK/pacct" "$WORK/pacct" # where wait_command_lines has accounting
generate_conf
add_conf "input(type=\"impacct\" file=\"$DISK/pacct\" ruleset=\"records\" commandLine=\"bpf\")"
for name in filler first second; do cp /bin/true "$WORK/$name"; done
startup
wait_command_lines bpf
size() { stat -c %s "$DISK/pacct"; }
# with_id ID PROGRAM
with_id() {
    echo $(($1 - 1)) >"$LAST"
    "$WORK/$2" "of $2"
}
for ((n = 1; n <= COUNT; n++)); do
    head -c 1M /dev/zero >"$DISK/all" 2>/dev/null
    before=
    until [ "$before" = "$(size)" ]; do # the page that the file ends in has room yet
        before=$(size)
        "$WORK/filler"
    done
    with_id $((20000 + 1000 * n)) first
    : >"$DISK/all"
    with_id $((20000 + 1000 * n)) second
done
of_second() { grep '"comm":"second"' "$OUT"; }
came() { [ "$(of_second | wc -l)" = "$COUNT" ]; }
wait_for "the records of the second ones" came
content_absent '"comm":"first"' "$OUT"
assert_eq "$(of_second | grep -c 'of first')" 0 "have the command of the first, whose record was dropped"
shutdown
exit_test
