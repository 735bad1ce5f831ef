#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what rsyslogd may not do, or what the kernel does not have, is said in one message, and the next best is taken.
# Invariant: without the kernel's description of itself (BTF), and without the capabilities for BPF, the connector is
# taken; where that cannot be had either, records go without commands; BPF is taken with CAP_BPF and CAP_PERFMON as well
# as with what a rsyslogd that was built with libcap-ng leaves itself; each is said once, as it is.
# Oracle: what is taken away here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
wrapper=$RSYSLOGD_WRAPPER
# tools/rsyslogd.c of rsyslog, ENABLE_LIBCAPNG
capng=-all,+block_suspend,+chown,+ipc_lock,+lease,+net_admin,+net_bind_service,+dac_override,+setgid,+setuid,+setpcap
capng+=,+sys_admin,+sys_chroot,+sys_resource,+syslog
cat >"$WORK/without_btf" <<'SH'
#!/bin/sh
mount -t tmpfs none /sys/kernel/btf && exec "$@"
SH
chmod +x "$WORK/without_btf"
pacct_py generate "$WORK/pacct" 5

# said EXPECTED WRAPPER...: what rsyslogd says of command lines when it is run so
said() {
    local expected=$1
    shift
    rm -f "$SYS" "$OUT" "$WORK"/impacct-state*
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" commandLine=\"auto\" silenceAlarm=\"off\")"
    RSYSLOGD_WRAPPER="$* $wrapper"
    startup
    wait_file_lines "$OUT" 5
    wait_capture
    local child
    child=$(tr -d ' ' <"/proc/$RSYSLOGD_PID/task/$RSYSLOGD_PID/children") # of unshare --fork
    kill -TERM "${child:-$RSYSLOGD_PID}"
    wait_shutdown
    assert_eq "$(grep -c 'command lines' "$SYS")" 1 "messages"
    assert_eq "$(sed -n 's/.*impacct: command lines //p' "$SYS" | sed "s| '$WORK/pacct'||; s| \[v[0-9.a-z-]*.*||")" "$expected" \
        "with $*"
}
btf='BPF: the kernel does not describe itself: there is no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)'
refused='BPF: loading the program failed: Operation not permitted (it takes CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, '
refused+='rsyslogd has none of them; before Linux 5.11 CAP_SYS_RESOURCE, too, or no limit of locked memory)'
none='connector: it tells nothing in a pid namespace of its own, such as a container'"'"'s'
# instead REASON: what is said where the next best is taken, which the whole test may run without
instead() {
    if [ "$(stat -Lc %i /proc/self/ns/pid)" = 4026531836 ]; then # the first one's, include/linux/proc_ns.h
        echo "for are captured by connector; $1"
    else
        echo "cannot be captured, records of go without them: $1; $none"
    fi
}
# kernels that cannot do it at all: without BTF, and those before the ring of BPF
if [ ! -e /sys/kernel/btf/vmlinux ]; then
    said "$(instead "$btf")" env
    exit_test
elif kernel_before 5.8; then
    said "$(instead 'BPF: loading the program failed: Invalid argument (it takes Linux 5.8)')" env
    exit_test
fi
said 'for are captured by bpf' env
said "$(instead "$btf")" unshare --mount "$WORK/without_btf"
said "cannot be captured, records of go without them: $btf; $none" \
    unshare --mount --pid --fork --mount-proc --kill-child "$WORK/without_btf"
said 'for are captured by bpf' setpriv --bounding-set="$capng"
lock=() # up to 5.10 the maps are locked memory, for which there is a limit
if kernel_before 5.11; then
    lock=(prlimit --memlock=unlimited)
    said 'for are captured by bpf' setpriv --bounding-set=-all,+bpf,+perfmon,+sys_resource,+dac_override
fi
said 'for are captured by bpf' "${lock[@]}" setpriv --bounding-set=-all,+bpf,+perfmon,+dac_override
said "$(instead "$refused")" setpriv --bounding-set=-all,+net_admin,+dac_override
said "cannot be captured, records of go without them: $refused; $none" \
    unshare --pid --fork --mount-proc --kill-child setpriv --bounding-set=-all,+dac_override
exit_test
