#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: one user whose processes take more room than there is makes nobody else's command lines missing.
# Invariant: while an ordinary user has more and more processes with long arguments, what others execute is known, each
# time; what is missing is his own; it is counted, and said once in rsyslogd's log.
# Oracle: what is started here; the counters of impstats.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
in_own_pids
generate_conf
: >"$WORK/pacct"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"bpf\" commandLine.maxLength=\"16000\")"
startup
wait_command_lines bpf
cp /bin/true "$WORK/marker"
mkdir -m 777 "$WORK/his"
chmod 755 "$WORK"
# 8 MiB are kept: the commands of some 500
# shellcheck disable=SC2016 # to be expanded in there
setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '
    padding=$(printf %015000d 0)
    for n in $(seq 1500); do
        sh -c "kill -STOP \$\$" "his-$n" "$padding" &
    done
    : >"$1/done"
    kill -STOP $$' his "$WORK/his" &
disown
evicted() { sed -n 's/.*"evicted": *\([0-9]*\).*/\1/p' "$WORK/stats" | tail -n 1; }
markers=0
enough() {
    markers=$((markers + 1))
    "$WORK/marker" "$markers"
    [ -e "$WORK/his/done" ] && [ "$(evicted)" -gt 0 ]
}
wait_for "more than fits" enough
for n in $(seq 20); do "$WORK/marker" "and $n"; done
markers=$((markers + 20))
all_came() { [ "$(grep -c '"comm":"marker"' "$OUT")" -ge "$markers" ]; }
wait_for "$markers records" all_came
known=$(grep '"comm":"marker"' "$OUT" | grep -c '"command_source":"exec"')
assert_eq "$known" "$markers" "commands of another user that are known"
assert_eq "$(grep -c "more is executed than can be kept" "$SYS")" 1 "messages about it"
shutdown
exit_test
