#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: no way of rotating a file loses a record, repeats one or changes the order, while rsyslogd runs.
# Invariant: the old file is read on until something is in the new one, and to its end.
# Oracle: every record put into any of the files, in the order of putting (tests/lib/pacct.py).
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
put 300 "$F"
startup
all_arrived

# logrotate with create: the kernel goes on with the old file until accton is called
mv "$F" "$F-20261120"
: >"$F"
put 5 "$F-20261120"
all_arrived
put 7 "$F-20261120"
put 3 "$F"
all_arrived

# savelog, as Debian's cron script has it
for _ in 1 2 3; do
    command -v savelog >/dev/null || break
    savelog -m 0640 -c 7 "$F" >/dev/null 2>&1 || error_exit "savelog failed"
    put 4 "$F"
    all_arrived
done

# several rotations at once, faster than they are looked at
for n in 1 2 3 4 5; do
    mv "$F" "$F.2026112$n"
    put 200 "$F"
done
all_arrived

# deleted and made again
rm "$F"
put 6 "$F"
all_arrived

# another file renamed over it
put 8 "$WORK/other"
mv "$WORK/other" "$F"
put 2 "$F"
all_arrived

# the directory goes and comes back
rm -r "$WORK/log"
mkdir "$WORK/log"
put 9 "$F"
all_arrived
content_absent "damaged"
content_absent "a second time"
shutdown
exit_test
