#!/usr/bin/env bash
# Intent: accounting's file system fills up, and what the kernel does then is told before and when it does it.
# Invariant: disk_low above the kernel's limit; accounting_suspended and accounting_silent with the figures; then, with
# space again, accounting_resumed and accounting_recovered; what the kernel has written arrives.
# Oracle: how much of a small file system is left free here; the kernel's limits, which are not changed.
# the kernel looks every 30 seconds, and so it suspends and resumes
export TEST_TIMEOUT=80
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
stop_services
mount -t tmpfs -o size=4m,mode=755 tmpfs "$LOG" || error_exit "cannot mount a file system"
trap 'stop_services; umount "$LOG"' EXIT
fresh 'silenceAlarm="4"'
fill() { # fill PERCENT: leave that much free
    local bytes
    bytes=$(stat -f -c '%b %a %S' "$LOG" | awk -v p="$1" '{ print int(($2 - $1 * p / 100) * $3) }')
    head -c "$bytes" /dev/zero >>"$LOG/ballast"
}
fill 7
expect disk_low
percent=$(last_number free_percent)
awk "BEGIN { exit !($percent > 6 && $percent < 8) }" || error_exit "free_percent is $percent"
fill 1
expect_both accounting_silent accounting_suspended
assert_eq "$(last_number resume_percent) $(last_number suspend_percent)" "$(cut -f1,2 /proc/sys/kernel/acct | tr '\t' ' ')" \
    "limits"
all_arrived
rm "$LOG/ballast"
expect_both accounting_recovered accounting_resumed
percent=$(states | sed -n 's/.*"accounting_resumed".*"free_percent":\([0-9.]*\),.*/\1/p')
awk "BEGIN { exit !($percent >= 4) }" || error_exit "resumed with free_percent $percent"
all_arrived
exit_test
