#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own" accounting stays on, whatever others do to it.
# Invariant: switched off, deleted or renamed, it is on again soon, and the gap is told; what ends from then on arrives.
# Oracle: what is done to accounting here; processes that carry numbers.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/account/pacct
own
startup
wait_content '"event":"accounting_started"' "$STATES"

accton off >/dev/null
wait_content '"event":"accounting_stopped"' "$STATES"
wait_for "accounting to be on again" grep -q '"event":"accounting_started".*come back' "$STATES"
run 10
wait_all

rm "$F"
wait_for "a new file" test -e "$F"
run 10
wait_all

# renamed as savelog does: the kernel goes on with the old one, until accounting is given the new one
mv "$F" "$F.0"
: >"$F"
wait_for "the new file to be used" test -s "$F"
run 10
wait_all
shutdown
accton off >/dev/null

# without an alarm, it sees by itself that accounting was switched off, and rotates
forget
own 'silenceAlarm="off"' 'accounting.maxFileSize="4k"'
startup
wait_content '"event":"accounting_started"' "$STATES"
accton off >/dev/null
on_again() { grep -c '"event":"accounting_started"' "$STATES" | grep -qx 2; }
wait_for "accounting to be on again" on_again
run 60
wait_all
wait_for "a rotation without an alarm" grep -q '"event":"file_rotated"' "$STATES"
shutdown
exit_test
