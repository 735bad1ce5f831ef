#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: files that were rotated while rsyslogd did not run are all read, although a time misleads: the clock was set back
# between two rotations, or times were cut to whole seconds by who copied the files.
# Invariant: nothing is left out; a number that no file has any more is told as a lost file.
# Oracle: every record put into any of the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
F=$WORK/log/pacct
fresh() {
    rm -rf "$WORK/log" "$WORK/all" "$WORK"/impacct-state* "$OUT" "$STATES"
    # shellcheck disable=SC2034 # of rotate.sh
    SERIAL=0
    generate_rotation_conf
    put 100 "$F"
    startup
    all_arrived
    shutdown
}
resumed() { # resumed ALARMS
    startup
    all_arrived
    shutdown
    assert_eq "$(grep -c '"event":"records_lost"' "$STATES")" "$1" "alarms"
    content_absent "a second time"
}
# the clock was set back: .1 was written after .2, and seems to be older, than all of it, too
fresh
put 10 "$F"
mv "$F" "$F.1"
mv "$F.1" "$F.2"
put 500 "$F"
mv "$F" "$F.1"
touch -d '50 minutes ago' "$F.1"
put 20 "$F"
resumed 0

# the same with more files around them
fresh
put 1 "$F.4"
touch -d '5 hours ago' "$F.4"
put 1 "$F.3"
touch -d '4 hours ago' "$F.3"
head -c -128 "$WORK/all" >"$WORK/kept" # these two had been read long ago
mv "$WORK/kept" "$WORK/all"
put 10 "$F"
mv "$F" "$F.2"
put 500 "$F"
mv "$F" "$F.1"
touch -d '50 minutes ago' "$F.1"
put 20 "$F"
startup
wait_file_lines "$OUT" 630
shutdown
pacct_py compare "$WORK/all" "$OUT"

# copied by what keeps no more than seconds: the next file seems to be older by a part of one
fresh
put 10 "$F"
mv "$F" "$F-20261120"
put 30 "$F"
mv "$F" "$F-20261121"
touch -d "$(stat -c %y "$F-20261120" | sed 's/\.[0-9]*/.000000000/')" "$F-20261121"
put 20 "$F"
resumed 0

# one was deleted
fresh
put 10 "$F"
mv "$F" "$F.3"
put 30 "$F.1"
put 20 "$F"
resumed 1
grep '"event":"records_lost"' "$STATES" | grep -q '"lost_files":1[,}]' || error_exit "nothing is told: $(cat "$STATES")"
exit_test
