#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting's file system fills up, and what the kernel does then is told before and when it does it.
# Invariant: disk_low above the kernel's limit; accounting_suspended and accounting_silent with the figures; then, with
# space again, accounting_resumed and accounting_recovered; what the kernel has written arrives. Also where there is no
# room left at all.
# Oracle: how much of a small file system is left free here; the kernel's limits, which are not changed; the processes that
# are run here while it writes.
# the kernel looks every 30 seconds, and so it suspends and resumes
export TEST_TIMEOUT=80
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
stop_services
mount -t tmpfs -o size=64m,mode=755 tmpfs "$LOG" || error_exit "cannot mount a file system"
trap 'stop_services; umount "$LOG"' EXIT
fresh 'silenceAlarm="4"'
fill() { # fill PERCENT: leave that much free
    local bytes
    bytes=$(stat -f -c '%b %a %S' "$LOG" | awk -v p="$1" '{ print int(($2 - $1 * p / 100) * $3) }')
    head -c "$bytes" /dev/zero >>"$LOG/ballast"
}
stopped_and_resumed() {
    local line
    expect_both accounting_silent accounting_suspended
    line=$(states | grep accounting_suspended | tail -n 1)
    grep -q '"suspend_percent":2,"resume_percent":4' <<<"$line" || error_exit "limits in $line"
    all_arrived
    rm "$LOG/ballast"
    expect_both accounting_recovered accounting_resumed
    percent=$(states | grep accounting_resumed | tail -n 1 | sed 's/.*"free_percent":\([0-9.]*\),.*/\1/')
    awk "BEGIN { exit !($percent >= 4) }" || error_exit "resumed with free_percent $percent"
    run 20
    all_arrived
    wait_all
}
run 20
fill 7
expect disk_low
percent=$(last_number free_percent)
awk "BEGIN { exit !($percent > 6 && $percent < 8) }" || error_exit "free_percent is $percent"
fill 1 # room for more records than come until the kernel looks
stopped_and_resumed

# quite full, which the kernel does not look for: there is no room for a record
cat /dev/zero >"$LOG/ballast" 2>/dev/null
expect disk_low
stopped_and_resumed
exit_test
