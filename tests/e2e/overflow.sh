#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: more changes than inotify's queue holds, while nobody reads it: nothing is lost, and nothing waits for the poll.
# Invariant: the file is looked at after an overflow, whatever events were dropped: growth, rotations, the new file.
# Oracle: every record put into the files, in the order of putting. The poll is ten minutes away.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf 'pollingInterval="600"'
F=$WORK/log/pacct
limit=$(cat /proc/sys/fs/inotify/max_queued_events) || skip_test "inotify tells no limit"
[ "$limit" -le 100000 ] || skip_test "inotify's queue is too long to be filled: $limit"
put 10 "$F"
startup
all_arrived
! grep -qs "inotify does not report changes" "$SYS" || skip_test "there is no inotify to be had"
# woken once more when its position is stored, it waits for nothing but events
wait_for "the position to be stored" grep -qs '"offset":640,' "$(state_file "$F")"
thread=$(grep -lx in:impacct "/proc/$RSYSLOGD_PID"/task/*/comm | sort -V | head -n 1) # the oldest; the others are its helpers
waits() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "${thread%comm}status"; }
waits_again() { [ "$(waits)" -gt "$before" ] && grep -q '^State:[[:space:]]*S' "${thread%comm}status"; }
before=$(waits)
touch "$F"
wait_for "the input to wait again" waits_again
kill -STOP "$RSYSLOGD_PID"
# two events for each name, none like the one before it
python3 - "$WORK/log/x" "$limit" <<'PY'
import os, sys
for n in range(int(sys.argv[2]) // 2 + 100):
    os.close(os.open(sys.argv[1], os.O_CREAT))
    os.unlink(sys.argv[1])
PY
# of all this no event is left
put 5 "$F"
mv "$F" "$F.1"
put 6 "$F"
mv "$F" "$F.0"
put 7 "$F"
kill -CONT "$RSYSLOGD_PID"
all_arrived
# and it is told of changes again
put 3 "$F"
all_arrived
mv "$F" "$F-20261121"
put 4 "$F"
all_arrived
shutdown
exit_test
