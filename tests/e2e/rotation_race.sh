#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: files change their names while the next one to read is looked for, as when savelog shifts pacct.0 to pacct.1,
# pacct.1 to pacct.2 and so on.
# Invariant: a name is not believed: the file that is opened is the one that was chosen, or the choice is made again.
# Oracle: every record put into any of the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
SERIAL=300
pacct_py generate "$WORK/all" "$SERIAL"
head -c 64 "$WORK/all" >"$F"
startup
wait_file_lines "$OUT" 1
# a record or two in each file; twenty files at a time, no faster than the oldest of them is still there
python3 - "$F" "$WORK/all" "$OUT" "$TEST_TIMEOUT" <<'PY' || error_exit "see above"
import os, sys, time
live, data, out = sys.argv[1], open(sys.argv[2], "rb").read(), sys.argv[3]
at, rotations = 1, 0
while at < len(data) // 64:
    for n in range(20, -1, -1):
        if os.path.exists(f"{live}.{n}"):
            os.rename(f"{live}.{n}", f"{live}.{n + 1}")
    os.rename(live, f"{live}.0")
    count = min(1 + rotations % 2, len(data) // 64 - at)
    fd = os.open(live, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(fd, data[64 * at:64 * (at + count)])
    os.close(fd)
    at += count
    rotations += 1
    if rotations % 18 == 0:
        deadline = time.time() + float(sys.argv[4])
        while open(out, "rb").read().count(b"\n") < at and time.time() < deadline:
            time.sleep(0.01)
        if time.time() >= deadline:
            sys.exit(f"{at} records were put after {rotations} rotations, {open(out, 'rb').read().count(bytes([10]))} arrived")
PY
all_arrived
shutdown
exit_test
