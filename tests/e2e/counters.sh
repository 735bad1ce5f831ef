#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: impstats has one object with the counters of each input.
# Invariant: at rest, read = submitted + discarded + invalid, also when the rate limiter drops records and when the file
# holds bytes that are no records; bytes is the size of the file.
# Oracle: the files and the lines that came out.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/plain" 300
cp "$WORK/plain" "$WORK/limited"
{ cat "$WORK/plain"; printf 'ten bytes!'; cat "$WORK/plain"; } >"$WORK/damaged"
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")"
for name in plain limited damaged; do
    add_conf "ruleset(name=\"$name\") { action(type=\"omfile\" file=\"$WORK/$name.out\" template=\"msg\") }"
    limit=
    [ $name != limited ] || limit='ratelimit.interval="3600" ratelimit.burst="25"'
    add_conf "input(type=\"impacct\" file=\"$WORK/$name\" ruleset=\"$name\" $limit)"
done
startup

# counters NAME: its last "read submitted discarded invalid bytes"
counters() {
    python3 -c '
import json, sys
for line in open(sys.argv[1]):
    if line.endswith("\n"):
        got = json.loads(line[line.index("{"):])
        if got["name"] == f"impacct({sys.argv[2]})":
            assert got["origin"] == "impacct", got
            last = " ".join(str(got[name]) for name in ("read", "submitted", "discarded", "invalid", "bytes"))
print(last)' "$WORK/stats" "$WORK/$1" 2>/dev/null
}
are() { [ "$(counters "$1")" = "$2" ]; }
wait_for "counters of plain" are plain "300 300 0 0 $((300 * 64))"
wait_for "counters of limited" are limited "300 25 275 0 $((300 * 64))"
wait_for "counters of damaged" are damaged "601 600 0 1 $((600 * 64 + 10))"
assert_eq "$(lines_of "$WORK/plain.out") $(lines_of "$WORK/limited.out") $(lines_of "$WORK/damaged.out")" "300 25 600" "lines"
pacct_py generate "$WORK/plain" 50 --append --serial 300
wait_for "counters after more records" are plain "350 350 0 0 $((350 * 64))"
shutdown
exit_test
