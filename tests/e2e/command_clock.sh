#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the clock of the day is set back while records from before wait to be read, since the output is slow.
# Invariant: the record of a process that ended before does not get the command of one that has the same id and began when
# the clock came to that time again.
# Oracle: what is started here, with an id of our choice (/proc/sys/kernel/ns_last_pid).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -z "$RSYSLOGD_WRAPPER" ] || [ -n "${IN_OWN_PIDS:-}" ] || skip_test "preloads a library of its own"
in_own_pids
LAST=/proc/sys/kernel/ns_last_pid # of the pid namespace
[ -w "$LAST" ] || skip_test "process ids cannot be chosen here ($LAST, CONFIG_CHECKPOINT_RESTORE)"
tool=$MODULE_DIR/../../../tests/tools/.libs/set_back.so # where the module was built
[ -e "$tool" ] || error_exit "there is no $tool: make -C tests check builds it"
generate_conf
: >"$WORK/pacct"
: >"$WORK/hurry"
add_conf "module(load=\"omprog\")
ruleset(name=\"slow\" queue.type=\"linkedList\" queue.size=\"200\") {
    action(type=\"omprog\" binary=\"/usr/bin/env python3 $(realpath "$srcdir")/lib/slow_output.py $OUT $WORK/hurry\" template=\"msg\"
        confirmMessages=\"on\")
}
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"slow\" commandLine=\"bpf\" execMessages=\"on\")"
cp /bin/true "$WORK/first"
cp /bin/sleep "$WORK/second"
RSYSLOGD_WRAPPER="env LD_PRELOAD=$tool SET_BACK=$WORK/back $RSYSLOGD_WRAPPER"
startup
wait_command_lines bpf
rm "$WORK/hurry"
for ((n = 0; n < 4000; n++)); do (:); done # what waits before the record
with_id() {
    echo 19999 >"$LAST"
    "$WORK/$1" "$2" &
}
with_id first 1
wait $!
began=$EPOCHREALTIME
: >"$WORK/back"
/bin/true "the clock is looked at"
until [ "${EPOCHREALTIME/./}" -ge $((${began/./} + 10000000)) ]; do
    sleep 0.01 # until the clock is there again
done
with_id second 1000
assert_eq "$!" 20000 "the process's id"
of_first() { grep '"event":"exit"' "$OUT" | grep '"comm":"first"'; }
! of_first || error_exit "the output was not slow enough"
: >"$WORK/hurry"
wait_for "the record of the first" of_first >/dev/null
assert_eq "$(of_first | grep -c second)" 0 "has the command of the second: $(of_first)"
shutdown
exit_test
