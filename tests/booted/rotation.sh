#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the distribution's daily script, as cron runs it, costs nothing but what ends while accounting is off.
# Invariant: each run gives file_rotated, and a stop and a start, however short; every record that the kernel wrote is
# there, once and in order; a process without one ended while acct.service was not active.
# Oracle: the files that the kernel wrote; the processes' parent; systemd's own times of acct.service.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
fresh
python3 - "$WORK/ended" <<'PYTHON' &
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with open(sys.argv[1], "w") as told:
    while True:
        begin = time.time()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        print(pid, f"{begin:.6f}", f"{time.time():.6f}", file=told, flush=True)
        time.sleep(0.002)
PYTHON
parent=$!
moment() { date -d "$(systemctl show --timestamp=us+utc -P "$1" acct.service)" +%s.%N; }
for n in 1 2 3; do
    size=$(stat -c %s "$F")
    grown() { [ "$(stat -c %s "$F")" -gt $((size + 64 * 200)) ]; }
    wait_for "200 records" grown
    /etc/cron.daily/acct || error_exit "the script failed"
    echo "$(moment ActiveExitTimestamp) $(moment ActiveEnterTimestamp)" >>"$WORK/off"
    rotated() { [ "$(states | grep -c '"event":"file_rotated"')" = "$n" ]; }
    wait_for "file_rotated, the ${n}th" rotated
    all_arrived
done
kill "$parent"
wait "$parent"
all_arrived
told=$(states | sed 's/.*"event":"\([a-z_]*\)".*/\1/' | sort | uniq -c | sed 's/^ *//' | paste -sd,)
assert_eq "$told" "3 accounting_started,3 accounting_stopped,3 file_rotated,1 module_started" "state messages"
python3 - "$WORK/ended" "$WORK/off" "$WORK/arrived" <<'PYTHON' || error_exit "see above"
import json, sys
ended, off, arrived = (open(name).read().splitlines() for name in sys.argv[1:])
pids = {json.loads(line)["pid"] for line in arrived}
gaps = [tuple(map(float, line.split())) for line in off]
ended = [line.split() for line in ended]
lost = [(int(p), float(a), float(b)) for p, a, b in ended if int(p) not in pids]
for pid, begin, end in lost:
    if not any(leave <= end and begin <= enter for leave, enter in gaps):
        sys.exit(f"process {pid}, {begin} to {end}, has no record; acct.service was inactive in {gaps}")
print(f"{len(ended)} processes, {len(lost)} without a record; off for", ", ".join(f"{b - a:.3f} s" for a, b in gaps))
PYTHON
exit_test
