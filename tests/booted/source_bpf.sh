#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: source="bpf" in the service as shipped: refused with a sentence that helps, or granted by what
# contrib/systemd/install writes, which grants nothing else.
# Invariant: a confined rsyslogd is not killed for asking, and says what it lacks, with the drop-in for command lines, too;
# with its own, all processes arrive, those that end while rsyslogd is stopped or was killed, too; of the service's
# confinement, the system call and the directory of the ring have changed, and all is as before once it is removed.
# Oracle: the processes that are run here; what systemd says of the service before and after.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
INSTALL=$srcdir/../contrib/systemd/install
DROPIN=/etc/systemd/system/rsyslog.service.d
RING=/sys/fs/bpf/impacct
trap 'systemctl stop syslog.socket rsyslog.service; rm -rf "$DROPIN" "$RING"; systemctl daemon-reload' EXIT
# systemd does so at boot, but not in what it takes for a container
mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf || skip_test "no BPF file system can be mounted"
[ -e /sys/kernel/btf/vmlinux ] || skip_test "this kernel does not describe itself"
confinement() {
    systemctl show rsyslog.service | grep -E '^(Capab|Ambient|System|Protect|Private|Restrict|NoNew|Read|Inacc|Lock|Mem)' |
        grep -v '^Memory' | tr ' ' '\n' | sort
}
# ring: nobody has made accounting, a file or a directory
ring() {
    prepare
    rm -rf "$LOG" "$RING"
    sed -i 's|^input(type="impacct"|& source="bpf"|' /etc/rsyslog.d/impacct.conf
    systemctl start rsyslog.service || error_exit "the service does not start"
}
said() { grep -q "source=\"bpf\" cannot be had.*$1" <(service_log); }

confinement >"$WORK/before"
if systemctl cat rsyslog.service | grep -q '^SystemCallFilter='; then
    ring
    wait_for "the refusal of the call" said 'filter forbids bpf(2).*contrib/systemd/install'
    "$INSTALL" command-lines || error_exit "the drop-in for command lines could not be made"
    ring
    wait_for "the refusal of the directory" said "'$RING' cannot be made: .*read-only mounts (.*contrib/systemd/install)"
    assert_eq "$(systemctl show -P NRestarts rsyslog.service)" 0 "restarts of rsyslogd"
    "$INSTALL" --remove
    "$INSTALL" source-bpf || error_exit "the drop-in could not be made"
    confinement >"$WORK/after"
    assert_eq "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]' | paste -sd' ')" \
        "> ReadWritePaths=-$RING > bpf" "confinement"
else
    "$INSTALL" source-bpf || error_exit "it could not be seen that nothing is needed"
    [ ! -e "$DROPIN" ] || error_exit "a drop-in was made for a service that is not confined"
fi
ring
expect module_started
assert_eq "$(stat -c '%a %U' "$RING")" "700 root" "the ring's directory"
[ ! -e "$F" ] || error_exit "there is an accounting file"
run 50
wait_all
systemctl stop syslog.socket rsyslog.service
[ -e "$RING/exits-1/link" ] || error_exit "the ring does not outlive rsyslogd"
run 50
systemctl reset-failed rsyslog.service
systemctl start rsyslog.service
wait_all
systemctl kill -s KILL rsyslog.service
run 50
wait_all
! grep -q '"event":"records_lost"' <(states) || error_exit "$(states)"

if [ -e "$DROPIN/impacct-permissions.conf" ]; then
    "$INSTALL" --remove || error_exit "the drop-in could not be removed"
    confinement >"$WORK/after"
    diff "$WORK/before" "$WORK/after" || error_exit "the confinement is not what it was"
fi
exit_test
