#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: thousands of rotated files, as hourly rotation leaves them over months, are found and read while rsyslogd lives:
# choosing the next one must not take longer the more there are, to the power of three.
# Invariant: after a downtime over which the position got lost, the oldest come first and in order, long before the time
# of the test is over, and a stop is not waited for.
# Oracle: the serial numbers given to the files.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
MANY=5000
F=$WORK/log/pacct
generate_rotation_conf "" "$F"
put 10 "$F"
startup
all_arrived
shutdown
# of one record each, the oldest with the largest number
rm "$F"
pacct_py generate "$WORK/many" $((MANY + 1)) --serial 10
python3 - "$WORK/many" "$F" "$MANY" <<'PY'
import os
import sys
import time

many, path, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
now = int(time.time())
with open(many, "rb") as records:
    for number in range(last, -1, -1):
        name = f"{path}.{number}" if number > 0 else path
        with open(name, "wb") as f:
            f.write(records.read(64))
        os.utime(name, (now - number, now - number))
PY
startup
wait_file_lines "$OUT" 15
shutdown
assert_eq "$(sed -n 's/.*"comm":"\([^"]*\)".*/\1/p' "$OUT" | sed -n '11,15p' | tr '\n' ' ')" "p10 p11 p12 p13 p14 " "the oldest"
exit_test
