#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where rsyslogd may not do what a feature needs, the message names what confines it, and what of contrib opens it.
# Invariant: acct(2), bpf(2), the process connector, and the accounting file: each refusal gives one message, with the
# label of SELinux or the profile of AppArmor where that is enforced, with the filter of system calls where there is one,
# with the user where it is not root; nothing of that where nothing confines. Records that can be read are.
# Oracle: what is denied here (tests/tools/deny_call.c), and the labels put in place of the kernel's, which has neither.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
TOOL=$MODULE_DIR/../../../tests/tools/deny_call # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
! grep -q . /proc/self/attr/apparmor/current 2>/dev/null || skip_test "this kernel has labels of its own"
wrapper=$RSYSLOGD_WRAPPER
chmod 755 "$WORK"
pacct_py generate "$WORK/pacct" 5
SELINUX='SELinux as system_u:system_r:syslogd_t:s0 (contrib/selinux)'
APPARMOR="AppArmor's profile rsyslogd (contrib/apparmor)"
FILTER="a filter of system calls (where it is systemd's: contrib/systemd/install)"

# selinux|permissive|apparmor COMMAND...: with the labels of such a host
cat >"$WORK/labels" <<'SH'
#!/bin/sh
kind=$1
shift
mount -t tmpfs none /proc/$$/attr && mount -t tmpfs none /sys/fs || exit 1
if [ $kind = apparmor ]; then
    mkdir /proc/$$/attr/apparmor
    echo "rsyslogd (enforce)" | tee /proc/$$/attr/current >/proc/$$/attr/apparmor/current
else
    printf 'system_u:system_r:syslogd_t:s0\0' >/proc/$$/attr/current
    mkdir /sys/fs/selinux
    if [ $kind = selinux ]; then echo 1; else echo 0; fi >/sys/fs/selinux/enforce
fi
exec "$@"
SH
chmod 755 "$WORK/labels"
labels() { echo "unshare --mount $WORK/labels $1"; }

# says EXPECTED WHAT PARAMETERS WRAPPER...: what the message about WHAT says confines rsyslogd
says() {
    local expected=${1:+; rsyslogd is confined by $1} what=$2 parameters=$3
    shift 3
    rm -f "$SYS" "$OUT" "$STATES" "$WORK"/impacct-state*
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" silenceAlarm=\"off\" $parameters)"
    RSYSLOGD_WRAPPER="$* $wrapper"
    startup
    wait_content "$what"
    grep -F -- "$what" "$SYS" >"$WORK/said"
    assert_eq "$(wc -l <"$WORK/said")" 1 "messages"
    if [ -n "$expected" ]; then
        content_check "$expected" "$WORK/said"
    else
        content_absent "is confined by" "$WORK/said"
    fi
    [ -n "${UNREADABLE:-}" ] || wait_file_lines "$OUT" 5
    shutdown
}

OWN="cannot be done"
says "$FILTER" "$OWN" 'accounting="own"' "$TOOL" acct
says "$SELINUX and $FILTER" "$OWN" 'accounting="own"' "$(labels selinux)" "$TOOL" acct
says "$FILTER" "$OWN" 'accounting="own"' "$(labels permissive)" "$TOOL" acct
says "$APPARMOR" "$OWN" 'accounting="own"' "$(labels apparmor)" setpriv --bounding-set=-sys_pacct
says "" "$OWN" 'accounting="own"' setpriv --bounding-set=-sys_pacct

NOT="cannot be captured"
if [ -e /sys/kernel/btf/vmlinux ]; then
    says "$SELINUX and $FILTER" "$NOT" 'commandLine="bpf"' "$(labels selinux)" "$TOOL" bpf
    says "$FILTER" "usage $NOT" 'usage="auto"' "$TOOL" bpf
    says "$APPARMOR" "$NOT" 'commandLine="bpf"' "$(labels apparmor)" setpriv --bounding-set=-bpf,-perfmon,-sys_admin
fi
if [ "$(stat -Lc %i /proc/self/ns/pid)" = 4026531836 ]; then # the first one's, include/linux/proc_ns.h
    says "a filter of system calls (RestrictAddressFamilies= of its service)" "$NOT" 'commandLine="connector"' "$TOOL" netlink
fi

UNREADABLE="cannot be read"
chmod 600 "$WORK/pacct"
chown nobody "$WORK/pacct"
without=(setpriv "--bounding-set=-dac_override,-dac_read_search")
says "a lack of CAP_DAC_OVERRIDE (CapabilityBoundingSet= of its service)" "$UNREADABLE" "" "${without[@]}"
says "$SELINUX and a lack of CAP_DAC_OVERRIDE" "$UNREADABLE" "" "$(labels selinux)" "${without[@]}"
exit_test
