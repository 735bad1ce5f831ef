#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: where usage cannot be had, one message says what is missing, and records go on without it.
# Invariant: without the kernel's description of itself (BTF), without all, or one, of the capabilities for BPF, and where
# a filter kills who calls bpf(2), there is one message that names it, an error with usage="bpf", and none with "auto"; all
# records come, without a field of usage. With just what it takes, usage is captured.
# Oracle: what is taken away here.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
wrapper=$RSYSLOGD_WRAPPER
[ -e /sys/kernel/btf/vmlinux ] || skip_test "this kernel has no BTF"
! kernel_before 5.11 || skip_test "this kernel limits locked memory, too"
cat >"$WORK/without_btf" <<'SH'
#!/bin/sh
mount -t tmpfs none /sys/kernel/btf && exec "$@"
SH
chmod +x "$WORK/without_btf"
pacct_py generate "$WORK/pacct" 5

# said USAGE EXPECTED WRAPPER...: what rsyslogd says of usage when it is run so
said() {
    local usage=$1 expected=$2 text
    shift 2
    rm -f "$SYS" "$OUT" "$WORK/errors" "$WORK"/impacct-state*
    generate_conf
    add_conf "syslog.=err action(type=\"omfile\" file=\"$WORK/errors\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" usage=\"$usage\" silenceAlarm=\"off\")"
    RSYSLOGD_WRAPPER="$* $wrapper"
    startup
    wait_file_lines "$OUT" 5
    wait_for "a word about usage" grep -qs "impacct: usage" "$SYS"
    ! grep -qs "this build of impacct has no" "$SYS" || skip_test "this build has no capture"
    kill -TERM "$RSYSLOGD_PID"
    wait_shutdown
    assert_eq "$(grep -c 'impacct: usage' "$SYS")" 1 "messages"
    text=$(sed -n 's/.*impacct: usage //p' "$SYS" | sed "s| '$WORK/pacct'||; s| \[v[0-9.a-z-]*.*||")
    assert_eq "$text" "$expected" "with $*"
    [[ $text == for* ]] && return
    content_absent '"usage_source"' "$OUT"
    assert_eq "$(grep -c 'impacct: usage' "$WORK/errors" 2>/dev/null)" "$([ "$usage" = bpf ] && echo 1)" "errors"
}
without='cannot be captured, records of go without it: BPF:'
refused="$without loading the program failed: Operation not permitted (it takes CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN,"
old='; before Linux 5.11 CAP_SYS_RESOURCE, too, or no limit of locked memory)'
for usage in auto bpf; do
    said $usage "$without the kernel does not describe itself: there is no /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF)" \
        unshare --mount "$WORK/without_btf"
    said $usage "$refused rsyslogd has none of them$old" setpriv --bounding-set=-all,+dac_override
done
said auto "$refused rsyslogd lacks CAP_PERFMON$old" setpriv --bounding-set=-all,+dac_override,+bpf
said bpf "$refused rsyslogd lacks CAP_BPF$old" setpriv --bounding-set=-all,+dac_override,+perfmon
said bpf 'for is captured by bpf' setpriv --bounding-set=-all,+dac_override,+bpf,+perfmon
exit_test
