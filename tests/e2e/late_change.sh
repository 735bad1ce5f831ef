#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: no change is missed because it comes between the last look at the files and the watching of them.
# Invariant: what is written to a new file, or makes one in a new directory, just before that is watched, is read.
# Oracle: every record put into the files. The poll is ten minutes away.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
[ -z "$RSYSLOGD_WRAPPER" ] || skip_test "preloads a library of its own"
tool=$MODULE_DIR/../../../tests/tools/.libs/late_change.so # where the module was built
[ -e "$tool" ] || error_exit "there is no $tool: make check builds it"
F=$WORK/log/pacct

# the file was rotated, and the first records come into the new one
generate_rotation_conf 'pollingInterval="600"'
put 10 "$F"
RSYSLOGD_WRAPPER="env LD_PRELOAD=$tool LATE_WATCH=$F LATE_FROM=$WORK/late LATE_TO=$F"
startup
all_arrived
put 5 "$WORK/late.new"
mv "$F" "$F.1"
mv "$WORK/late.new" "$WORK/late"
: >"$F"
all_arrived
shutdown

# a directory appears, and the file in it
generate_rotation_conf 'pollingInterval="600"' "$WORK/log/new/pacct"
put 4 "$WORK/late"
RSYSLOGD_WRAPPER="env LD_PRELOAD=$tool LATE_WATCH=$WORK/log/new LATE_FROM=$WORK/late LATE_TO=$WORK/log/new/pacct"
startup
wait_content "'$WORK/log/new/pacct' does not exist"
mkdir "$WORK/log/new"
all_arrived
shutdown
exit_test
