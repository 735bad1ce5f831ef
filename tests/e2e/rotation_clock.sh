#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a clock that is set back while rsyslogd is down costs no record.
# Invariant: whatever the times of files say, each record that was rotated meanwhile arrives, once and in order.
# Oracle: the records that were put.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
number() { # rotate as logrotate does with numbers
    for n in 3 2 1; do
        [ ! -e "$F.$n" ] || mv "$F.$n" "$F.$((n + 1))"
    done
    mv "$F" "$F.1"
}
for back in "1 hour ago" "2 days ago"; do
    for rotations in 1 2 3; do
        startup
        put 10 "$F"
        all_arrived
        shutdown
        put 5 "$F" # before the clock was set back
        for r in $(seq "$rotations"); do
            number
            put 4 "$F"
            touch -d "$back + $r minutes" "$F"
        done
        startup
        all_arrived
        put 3 "$F"
        all_arrived
        shutdown
        rm -f "$F".*
    done
done
assert_eq "$(grep -c 'were lost\|is lost\|are lost' "$SYS")" 0 "losses reported"
exit_test
