#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: an accounting file that was deleted raises the alarm although its records are still read.
# Invariant: accounting_silent says that it was deleted; with a new file it is over.
# Oracle: what is done to the file here.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="2"'
startup
expect module_started
ends
rm "$F"
expect accounting_silent
content_check "was deleted" "$STATES"
ends
: >"$F"
accton "$F" >/dev/null
ends
expect file_rotated accounting_recovered
shutdown
exit_test
