#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: while accounting is off, process ids are used and given out again: nobody's exit gets the command of one that
# left no record.
# Invariant: of processes whose id somebody had while accounting was off, each has its own command or none; all others,
# those that ran meanwhile as well, have their own, as it was captured; and so has everybody some time later.
# Oracle: what is started here, with an id of our choice (/proc/sys/kernel/ns_last_pid), under names that tell who it is.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
LAST=/proc/sys/kernel/ns_last_pid # of the pid namespace
[ -w "$LAST" ] || skip_test "process ids cannot be chosen here ($LAST, CONFIG_CHECKPOINT_RESTORE)"
generate_conf
: >"$WORK/pacct"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\")"
for name in unseen seen other; do cp /bin/true "$WORK/$name"; done
startup
wait_command_lines bpf
FIRST=20000 COUNT=50
# with_ids PROGRAM: one process after the other, each with its id as its argument
with_ids() {
    local i
    for ((i = FIRST; i < FIRST + COUNT; i++)); do
        echo $((i - 1)) >"$LAST"
        "$WORK/$1" "$i"
    done
}
# came COUNT PROGRAM: records
came() { [ "$(grep -c "\"comm\":\"$2\"" "$OUT")" -ge "$1" ]; }
# check PROGRAM COUNT: none of these has what is not its own; sets $known
check() {
    local others
    wait_for "$2 records of $1" came "$2" "$1"
    grep "\"comm\":\"$1\"" "$OUT" | tail -n "$2" >"$WORK/records"
    known=$(grep -c '"command_source":"exec"' "$WORK/records")
    others=$(grep '"command_source":"exec"' "$WORK/records" | grep -vcE "\"args\":\[\"[^\"]*/$1\",\"[0-9]+\"\]") || true
    assert_eq "$others" 0 "of $1 have another's command: $(grep -vF "/$1\"" "$WORK/records" | head -n 3)"
    assert_eq "$(grep -c '"command_source":"missing"' "$WORK/records")" $(($2 - known)) "of $1 have none"
}
cp /bin/sleep "$WORK/sleeps"
"$WORK/sleeps" 1000 &
sleeper=$!
# an id that is used again later than so, the join knows to be another's by the start alone (APART_NS in capture/join.c)
APART_US=2400000
now_us() { echo "${EPOCHREALTIME/[.,]/}"; }
near=0
for ((id = FIRST; id < FIRST + COUNT; id++)); do
    accton off >/dev/null
    at=$(now_us)
    FIRST=$id COUNT=1 with_ids unseen
    accton "$WORK/pacct" >/dev/null
    FIRST=$id COUNT=1 with_ids seen
    [ $(($(now_us) - at)) -ge $APART_US ] || near=$((near + 1))
done
[ "$near" -gt 0 ] || skip_test "no id was used twice within $APART_US us: this machine is too slow"
FIRST=21000 with_ids other
check seen "$COUNT"
[ "$known" -le $((COUNT - near)) ] || error_exit "$known of $COUNT have a command, although of $near it could be another's"
check other "$COUNT"
assert_eq "$known" "$COUNT" "have their own"
kill "$sleeper"
wait_for "the end of what ran meanwhile" came 1 sleeps
grep '"comm":"sleeps"' "$OUT" | grep -F '"1000"' | grep -q '"command_source":"exec"' || error_exit "what ran meanwhile is not known"
sleep 3 # lets time pass: what begins within 2.4 s of one that is in doubt is in doubt as well (capture/join.c)
with_ids seen
check seen "$COUNT"
assert_eq "$known" "$COUNT" "have their own some time later"
shutdown
exit_test
