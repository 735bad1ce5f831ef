#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: owning accounting in the service as shipped: refused with a sentence that helps, or granted by what
# contrib/systemd/install writes, which grants nothing else, and takes away again; what would not hold is not written.
# Invariant: a confined rsyslogd is not killed for asking, says what it lacks, and follows. With the drop-in it switches
# accounting on, keeps it on and rotates; in a mount namespace of its own, too, accounting outlives a stop, a kill, and
# both after a rotation. Of the service's confinement, two capabilities and the system call have changed.
# Oracle: the processes that are run here, also while rsyslogd is down; what systemd says of the service before and after.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
INSTALL=$srcdir/../contrib/systemd/install
DROPIN=/etc/systemd/system/rsyslog.service.d
trap 'rm -rf "$DROPIN"; systemctl daemon-reload' EXIT
confinement() {
    systemctl show rsyslog.service | grep -E '^(Capab|Ambient|System|Protect|Private|Restrict|NoNew|Read|Inacc|Lock|Mem)' |
        grep -v '^Memory' | tr ' ' '\n' | sort
}
# nobody has made the file, the directory or accounting
own() {
    prepare "accounting=\"own\" $1"
    rm -rf "$LOG"
    : >"$WORK/told"
    systemctl start rsyslog.service || error_exit "the service does not start"
}
down() { systemctl stop syslog.socket rsyslog.service; }
up() {
    systemctl reset-failed rsyslog.service
    systemctl start rsyslog.service
}
namespace() { readlink "/proc/$1/ns/mnt"; }

confinement >"$WORK/before"
if systemctl cat rsyslog.service | grep -q '^SystemCallFilter='; then
    own ''
    expect module_started
    refused() { grep -q "cannot be done: rsyslogd may not call acct(2): it lacks the capability" <(service_log); }
    wait_for "the refusal" refused
    assert_eq "$(systemctl show -P NRestarts rsyslog.service)" 0 "restarts of rsyslogd"
    # accounting is somebody else's, and is followed
    install -D -m 0640 /dev/null "$F"
    systemctl start acct.service
    run 20
    wait_all
    all_arrived
    # an administrator's drop-in that begins the list anew, and is read after ours
    install -D -m 0644 /dev/stdin "$DROPIN/override.conf" \
        <<<$'[Service]\nSystemCallFilter=\nSystemCallFilter=@system-service'
    systemctl daemon-reload
    ! "$INSTALL" accounting || error_exit "a drop-in was made that does not hold"
    [ ! -e "$DROPIN/impacct-permissions.conf" ] || error_exit "a drop-in was left that does not hold"
    rm "$DROPIN/override.conf"
    systemctl daemon-reload
    "$INSTALL" accounting || error_exit "the drop-in could not be made"
    confinement >"$WORK/after"
    assert_eq "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]' | paste -sd' ')" \
        "> acct > cap_sys_pacct > cap_sys_ptrace" "confinement"
else
    "$INSTALL" accounting command-lines || error_exit "it could not be seen that nothing is needed"
    [ ! -e "$DROPIN" ] || error_exit "a drop-in was made for a service that is not confined"
    # as an administrator may set it
    install -D -m 0644 /dev/stdin "$DROPIN/tmp.conf" <<<$'[Service]\nPrivateTmp=yes'
    systemctl daemon-reload
fi
own 'accounting.maxFileSize="16k" accounting.keep="1000" silenceAlarm="4"'
expect module_started accounting_started
[ "$(namespace "$(systemctl show -P MainPID rsyslog.service)")" != "$(namespace 1)" ] ||
    error_exit "rsyslogd has no mounts of its own"
assert_eq "$(stat -c '%a %U' "$LOG" "$F" | paste -sd' ')" "700 root 600 root" "what was made"
# a stop before any rotation
down
run 50
up
wait_all
# a kill: systemd starts it again
systemctl kill -s KILL rsyslog.service
run 50
wait_all
for n in 1 2 3; do
    run 300
    wait_for "rotation $n" test -e "$F.$n"
    wait_all
done
down
run 50
up
wait_all
systemctl kill -s KILL rsyslog.service
run 50
wait_all
! grep -q '"event":"accounting_stopped"' <(states) || error_exit "accounting was off: $(states)"
accton off
again() { states | tail -n 1 | grep -q '"event":"accounting_\(started\|recovered\)"'; }
wait_for "accounting to be on again" again
run 50
wait_all
# left on, and switched off by somebody while rsyslogd was down
down
accton off
run 20
without 20
up
off() { states | grep -q 'accounting_stopped.*was off when rsyslogd started, although rsyslogd had left it on'; }
wait_for "the word that it was off" off
run 20
wait_all

if [ -e "$DROPIN/impacct-permissions.conf" ]; then
    "$INSTALL" --remove || error_exit "the drop-in could not be removed"
    confinement >"$WORK/after"
    diff "$WORK/before" "$WORK/after" || error_exit "the confinement is not what it was"
fi
exit_test
