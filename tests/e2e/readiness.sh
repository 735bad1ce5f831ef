#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what systemd starts after rsyslogd is recorded: with systemd.notifyReadyDelay, rsyslogd calls itself ready once the
# inputs have begun, not before.
# Invariant: while the input thread has not been through all inputs, no READY=1 comes; then one does.
# Oracle: a socket in the place of systemd's; a pipe that nobody reads, which holds up the input thread in a direct queue.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/pacct" 10
mkfifo "$WORK/pipe"
generate_conf
add_conf "global(systemd.notifyReadyDelay=\"on\")
ruleset(name=\"held\" queue.type=\"Direct\") { action(type=\"omfile\" file=\"$WORK/pipe\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"held\" stateRuleset=\"held\")"
check_conf || skip_test "this rsyslogd does not delay its readiness (before 8.2608), or is without systemd"

python3 -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while b"READY=1" not in s.recv(4096):
    pass
os.close(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT))' "$WORK/notify" "$WORK/ready" &
listener=$!
wait_for "the socket" test -S "$WORK/notify"
NOTIFY_SOCKET=$WORK/notify startup
held() { grep -qs wait_for_partner /proc/"$RSYSLOGD_PID"/task/*/wchan; }
wait_for "the input to be held up" held
sleep 2 # lets time pass: were the input not waited for, rsyslogd would be ready by now
[ ! -e "$WORK/ready" ] || error_exit "rsyslogd was ready before the input was"
cat "$WORK/pipe" >"$OUT" &
reader=$!
wait_for "rsyslogd to be ready" test -e "$WORK/ready"
wait_file_lines "$OUT" 11
shutdown
wait "$listener" "$reader"
grep -vE 'module_(started|stopped)' "$OUT" >"$WORK/records"
pacct_py compare "$WORK/pacct" "$WORK/records"
content_absent "timed out waiting for input modules"
exit_test
