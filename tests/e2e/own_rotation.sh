#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own" nobody else has to switch accounting on or rotate its file.
# Invariant: file and directory are made, and nobody else's; every process arrives once through any number of
# rotations; as many old files stay as were asked for, and no file of somebody else goes.
# Oracle: processes that carry numbers; the kernel, in a pid namespace of its own.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/account/pacct
rotated() { [ "$(grep -c '"event":"file_rotated"' "$STATES")" -ge "$1" ]; }

own 'accounting.maxFileSize="4k"' 'accounting.keep="2"'
startup
wait_content '"event":"accounting_started"' "$STATES"
assert_eq "$(stat -c '%a %u' "$F")" "600 0" "the file"
assert_eq "$(stat -c '%a %u' "$(dirname "$F")")" "700 0" "the directory"
# who might read it may go on reading
chgrp adm "$F"
chmod 640 "$F"
for n in 1 2 3 4; do
    run 60
    wait_all
    wait_for "rotation $n" rotated "$n"
done
# what has no place in an unbroken row was put there by somebody else
: >"$F.7"
: >"$F.2024"
few() { [ "$(find "$WORK/account" -name 'pacct.*' | sort | sed 's/.*pacct//' | paste -sd' ')" = ".1 .2 .2024 .7" ]; }
wait_for "two old files" few
assert_eq "$(stat -c '%a %G' "$F")" "640 adm" "the file after rotations"
content_absent accounting_stopped "$STATES"
shutdown
exit_test
