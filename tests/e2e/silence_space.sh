#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a kernel that suspends accounting for want of space is told before, when it does it, and when it resumes.
# Invariant: disk_low, then accounting_suspended and accounting_silent with the figures, then accounting_resumed and
# accounting_recovered, each once; also where accounting is switched on with too little space, of which acct(2) says
# nothing.
# Oracle: how much of a small file system is left free here.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
kernel_looks_each 1
small_disk
F=$WORK/disk/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="4"'
startup
expect module_started
ends
fill 7
expect disk_low
has_number free_percent
has_number free_bytes
fill 1
order='sort' expect accounting_silent accounting_suspended
has_number free_percent
rm "$WORK/disk/ballast"
until_recovered() { /bin/true; [ "$(lines_of "$STATES")" -ge $((SAID + 2)) ]; }
wait_for "accounting to resume" until_recovered
order='sort' expect accounting_recovered accounting_resumed
shutdown
accton off >/dev/null

forget
fill 3
F=$WORK/disk/fresh
: >"$F"
follow 'silenceAlarm="4"'
accton "$F" >/dev/null
startup
order='sort' expect accounting_silent accounting_suspended disk_low module_started
shutdown
exit_test
