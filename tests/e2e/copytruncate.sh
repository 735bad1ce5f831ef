#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a file that is copied away and truncated: the unread rest is read from the copy, then the file from its start.
# Invariant: also when the file has grown beyond the old position again before anybody looks.
# Oracle: every record put into the file, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf 'mode="polling" pollingInterval="0.3"'
F=$WORK/log/pacct
put 100 "$F"
startup
all_arrived
# nothing unread
cp "$F" "$F.1"
: >"$F"
put 20 "$F"
all_arrived
# unread records, and the file refilled beyond the position before the next poll
put 500 "$F"
cp "$F" "$F.2"
: >"$F"
put 900 "$F"
all_arrived
wait_content "was truncated"
# truncated without a copy: what is in there afterwards is read
: >"$F"
put 3 "$F"
all_arrived
shutdown
exit_test
