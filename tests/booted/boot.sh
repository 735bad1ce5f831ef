#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: on a machine that is installed, booted, stopped and booted again, nobody has to do anything.
# Invariant: the services of both boots start; every record of either is there, once, in order and with all its fields;
# the module said when it stopped and where it went on; rsyslogd has the hardening that its package gives it.
# Oracle: tests/lib/pacct.py over the file that the kernel wrote; wait4(2), asked by tests/lib/wait4.py as the parent.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
expect module_started module_stopped module_started
assert_eq "$(states | sed -n 's/.*"event":"module_st[a-z]*".*"position":\([0-9]*\).*/\1/p' | uniq | wc -l)" 1 \
    "positions of stop and start"
[ "$(last_number position)" -gt 0 ] || error_exit "no record was read before the second boot"
all_arrived

BEGIN=$(lines_of "$OUT")
export WORK
python3 "$srcdir/lib/wait4.py" run >"$WORK/told" || error_exit "the processes did not run"
runuser -u nobody -- /bin/sh -c 'exit 9' || true
all_arrived
tail -n "+$((BEGIN + 1))" "$OUT" >"$WORK/since"
python3 "$srcdir/lib/wait4.py" compare "$WORK/told" "$WORK/since" || error_exit "see above"
grep -q '"user":"nobody","gid":65534,"group":"nogroup".*"exit_code":9' "$WORK/since" || error_exit "no record of nobody"

# this is about the service as it is shipped
pid=$(systemctl show -P MainPID rsyslog)
for line in $(systemctl cat rsyslog | grep -xE 'NoNewPrivileges=yes|SystemCallFilter=.*'); do
    case $line in
        NoNewPrivileges=*) grep -qx 'NoNewPrivs:.1' "/proc/$pid/status" || error_exit "no NoNewPrivileges" ;;
        SystemCallFilter=*) grep -qx 'Seccomp:.2' "/proc/$pid/status" || error_exit "no system call filter" ;;
    esac
done
grep -qi 'impacct.*\(cannot\|error\|fail\|denied\|permitted\)' <(service_log) && error_exit "$(service_log)"
exit_test
