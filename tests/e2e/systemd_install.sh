#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/systemd/install writes what a distribution's service lacks for what is asked, nothing that would
# confine a service that is not, and takes it away again.
# Invariant: a setting is written only where the service has it already and lacks what is needed; what it was made for
# before stays; where systemd then permits less than before, or not what was asked for, or the service cannot have it at
# all, nothing is written.
# Oracle: the services of distributions, as far as they confine rsyslogd; systemd.exec(5). With a real systemd:
# tests/booted/own.sh and exec.sh.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
INSTALL=$srcdir/../contrib/systemd/install
export IMPACCT_SYSTEMD_ETC=$WORK/etc WORK
DROPIN=$WORK/etc/rsyslog.service.d/impacct-permissions.conf
mkdir "$WORK/bin"
cat >"$WORK/bin/systemctl" <<'SH'
#!/bin/sh
case $1 in
    cat)
        echo "# /usr/lib/systemd/system/rsyslog.service"
        cat "$WORK/unit" || exit 1
        f=$WORK/etc/rsyslog.service.d/impacct-permissions.conf
        [ ! -e "$f" ] || { echo; echo "# $f"; cat "$f"; }
        [ ! -e "$WORK/later" ] || { echo; echo "# $WORK/etc/rsyslog.service.d/override.conf"; cat "$WORK/later"; } ;;
    show) [ ! -e "$WORK/shown" ] || sh "$WORK/shown" ;;
    daemon-reload) echo reload >>"$WORK/reloads" ;;
esac
SH
printf '#!/bin/sh\ncat "$WORK/linked" 2>/dev/null || true\n' >"$WORK/bin/ldd"
chmod 755 "$WORK/bin"/*
PATH=$WORK/bin:$PATH

service() { # service [SETTING]...: one of those, without any drop-in
    {
        printf '[Unit]\nDescription=System Logging Service\nSystemCallFilter=not here\n[Service]\n'
        printf '%s\n' "ExecStart=/usr/sbin/rsyslogd -n -iNONE" "$@"
        printf '[Install]\nWantedBy=multi-user.target\n'
    } >"$WORK/unit"
    rm -rf "${WORK:?}/etc" "$WORK/reloads" "$WORK/shown" "$WORK/linked" "$WORK/later"
}
install_for() { "$INSTALL" "$@" >"$WORK/log" 2>&1 || error_exit "install $*: $(cat "$WORK/log")"; }
refuses() { # refuses TEXT FEATURE...
    local text=$1
    shift
    ! "$INSTALL" "$@" >"$WORK/log" 2>&1 || error_exit "install $* does it"
    content_check "$text" "$WORK/log"
    [ ! -e "$DROPIN" ] || error_exit "a drop-in is left"
}
# writes SETTINGS FEATURE...: just these, separated by ";", or nothing
writes() {
    local expected=$1
    shift
    install_for "$@"
    assert_eq "$(settings "$DROPIN" | paste -sd';')" "$expected" "for $*"
}
settings() { grep -hs '^[A-Z].*=' "$1"; }

# Debian 12, Fedora, SUSE: not confined
service LimitNOFILE=16384
writes '' accounting command-lines source-bpf
content_check "lets rsyslogd do all that is asked for" "$WORK/log"
[ ! -e "$WORK/etc" ] || error_exit "there is a directory"
# with a temporary directory of its own, root has all that it takes to get out
service PrivateTmp=yes
writes '' accounting

# Debian 13
trixie=('CapabilityBoundingSet=CAP_BLOCK_SUSPEND CAP_CHOWN CAP_DAC_OVERRIDE CAP_LEASE CAP_NET_ADMIN \
    CAP_NET_BIND_SERVICE CAP_SYS_ADMIN CAP_SYS_RESOURCE CAP_SYSLOG CAP_MAC_ADMIN CAP_SETGID CAP_SETUID'
    'SystemCallFilter=@system-service' 'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX' NoNewPrivileges=yes
    ProtectHome=no ProtectSystem=full PrivateTmp=yes ProtectKernelTunables=yes)
service "${trixie[@]}"
writes 'CapabilityBoundingSet=CAP_SYS_PACCT CAP_SYS_PTRACE;SystemCallFilter=acct' accounting
assert_eq "$(settings "$DROPIN")" "$(settings "$srcdir/../contrib/systemd/rsyslog-accounting.conf")" \
    "the file to be installed by hand"
assert_eq "$(stat -c %a "$DROPIN")" 644 "mode"
install_for --remove
writes 'SystemCallFilter=bpf' command-lines
assert_eq "$(settings "$DROPIN")" "$(settings "$srcdir/../contrib/systemd/exec-capture.conf")" \
    "the file to be installed by hand"
install_for --remove
ring='ExecStartPre=-+/bin/mkdir -p -m 0700 /sys/fs/bpf/impacct;ReadWritePaths=-/sys/fs/bpf/impacct'
writes "SystemCallFilter=bpf;$ring" source-bpf
assert_eq "$(settings "$DROPIN")" "$(settings "$srcdir/../contrib/systemd/source-bpf.conf")" \
    "the file to be installed by hand"
writes "SystemCallFilter=bpf;${ring//impacct/processes}" source-bpf --ring /sys/fs/bpf/processes
writes "CapabilityBoundingSet=CAP_SYS_PACCT CAP_SYS_PTRACE;SystemCallFilter=acct bpf;${ring//impacct/processes}" accounting
install_for --remove
writes 'SystemCallFilter=bpf' command-lines
both='CapabilityBoundingSet=CAP_SYS_PACCT CAP_SYS_PTRACE;SystemCallFilter=acct bpf'
writes "$both" accounting
writes "$both" command-lines
assert_eq "$(lines_of "$WORK/reloads")" 15 "reloads, with those that took the one before away"
install_for --remove --print
content_check "SystemCallFilter=acct bpf" "$WORK/log"
assert_eq "$(settings "$DROPIN" | paste -sd';')" "$both" "after --remove --print"
install_for --remove
writes "$both" command-lines accounting
install_for --remove
[ ! -e "$WORK/etc/rsyslog.service.d" ] || error_exit "the directory is left"
refuses "there is no $DROPIN" --remove
install_for --print accounting
content_check "SystemCallFilter=acct" "$WORK/log"
[ ! -e "$DROPIN" ] || error_exit "--print has written"

# Ubuntu 24.04: the same list, but no mounts of its own
service "${trixie[0]}" SystemCallFilter=@system-service NoNewPrivileges=yes ProtectHome=no ProtectClock=yes \
    ProtectHostname=yes
writes 'CapabilityBoundingSet=CAP_SYS_PACCT;SystemCallFilter=acct' accounting
install_for --remove
writes 'SystemCallFilter=bpf' source-bpf

# RHEL 9: a list of what is denied, and all capabilities
service 'SystemCallFilter=~@clock @debug @module @raw-io @reboot @swap @cpu-emulation @obsolete' \
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX' ProtectKernelTunables=yes PrivateTmp=yes
writes '' accounting command-lines
writes "$ring" source-bpf

# what an administrator may have made of it
service 'SystemCallFilter=~@privileged' CapabilityBoundingSet=~CAP_SYS_PACCT
writes 'CapabilityBoundingSet=CAP_SYS_PACCT;SystemCallFilter=acct bpf' accounting command-lines
service SystemCallFilter=read 'SystemCallFilter=' 'CapabilityBoundingSet=CAP_CHOWN' 'CapabilityBoundingSet=~'
writes '' accounting
service CapabilityBoundingSet=
writes 'CapabilityBoundingSet=CAP_SYS_PACCT CAP_BPF CAP_PERFMON' accounting command-lines
service 'CapabilityBoundingSet=CAP_CHOWN' 'CapabilityBoundingSet=CAP_SYS_PACCT CAP_SYS_ADMIN' \
    SystemCallFilter=@system-service SystemCallFilter=bpf:EPERM 'SystemCallFilter=acct'
writes '' accounting command-lines
service SystemCallFilter=@system-service 'SystemCallFilter=acct' 'SystemCallFilter=~acct'
writes 'SystemCallFilter=acct' accounting
service '# SystemCallFilter=@system-service' '; CapabilityBoundingSet=CAP_CHOWN'
writes '' accounting command-lines
service ProtectSystem=strict
writes "ReadWritePaths=-/srv/account -/run" accounting --file /srv/account/pacct
writes "ReadWritePaths=-/srv/account -/run" accounting
service CapabilityBoundingSet=~cap_sys_pacct
writes 'CapabilityBoundingSet=CAP_SYS_PACCT' accounting
# confined no more: what is not needed any more goes
service "${trixie[@]}"
install_for accounting
printf '[Service]\n' >"$WORK/unit"
writes '' accounting
[ ! -e "$DROPIN" ] || error_exit "it is left"

# what cannot be had
service PrivateUsers=yes
refuses "PrivateUsers=" accounting
service User=syslog
refuses "runs as syslog" accounting
service RootDirectory=/srv/log
refuses "RootDirectory=" command-lines
refuses "accounting, command-lines or source-bpf"
refuses "is no absolute path" source-bpf --ring 'impacct'
refuses "is no absolute path" source-bpf --ring '/sys/fs/bpf/a b'
refuses "unknown argument" acconting
rm "$WORK/unit"
refuses "systemd knows no rsyslog.service" accounting
# systemd says that less is permitted with it than without
service SystemCallFilter=@system-service
echo '[ -e "$WORK/etc/rsyslog.service.d/impacct-permissions.conf" ] && echo acct || echo "read write"' >"$WORK/shown"
refuses "would lose read write" accounting
rm "$WORK/shown"
# an administrator's own drop-in, which begins anew after ours
service SystemCallFilter=@system-service 'CapabilityBoundingSet=CAP_CHOWN CAP_SYS_ADMIN'
printf '[Service]\nSystemCallFilter=\nSystemCallFilter=@system-service\n' >"$WORK/later"
refuses "takes acct back" accounting
refuses "takes bpf back" command-lines
printf '[Service]\nCapabilityBoundingSet=\nCapabilityBoundingSet=CAP_CHOWN\n' >"$WORK/later"
refuses "takes CAP_SYS_PACCT back" accounting
printf '[Service]\nSystemCallFilter=\n' >"$WORK/later"
writes 'CapabilityBoundingSet=CAP_SYS_PACCT' accounting
# a service that is masked
service
: >"$WORK/unit"
refuses "is it masked" accounting
service ProtectSystem=strict
refuses "absolute path" accounting --file account/pacct
refuses "absolute path" accounting --file "/srv/my account/pacct"
# it gives the capability up by itself
service
echo "libcap-ng.so.0 => /lib/libcap-ng.so.0" >"$WORK/linked"
writes '' accounting
content_check 'global(libcapng.enable="off")' "$WORK/log"
exit_test
