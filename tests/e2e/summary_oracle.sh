#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries of real processes, sent as their windows end, agree with what was run, and with sa.
# Invariant: windows of one second, closed by the clock: as many processes of a storm as it made, each exit code as often as
# it was given; calls and times of each program and of each user as sa(8) says of the same exits.
# Oracle: what the storm counts itself; sa -a and sa -m.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
command -v sa >/dev/null || "$srcdir/../contrib/apt-install" acct >/dev/null || skip_test "there is no sa (package acct)"
F=$WORK/pacct
STORM=$MODULE_DIR/../../../tests/tools/storm
[ -x "$STORM" ] || error_exit "there is no storm: make check builds it"
: >"$F"
generate_conf
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" properties=\"none\" summary.records=\"drop\"
    summary.interval=\"1\" summary.by=[\"uid\", \"user\", \"comm\", \"forked\"] hostname=\"host\")"
startup
in_accounting "$F" sh -c '"$1" 0 "$2/stop" 0 >"$2/made" &
    for n in $(seq 100); do /bin/true; ls / >/dev/null; sort /etc/services >/dev/null; sh -c "exit $n"; done
    for user in 1 65534; do setpriv --reuid "$user" --clear-groups sh -c "ls / >/dev/null; sort /etc/services >/dev/null; exit 1"; done
    : >"$2/stop"
    wait' sh "$STORM" "$WORK"
exits() { python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import summaries as s; print(sum(1 for e in s.records(sys.argv[2])))' "$srcdir/lib" "$F"; }
count=$(exits)
summed_up() { [ "$(python3 "$srcdir/lib/summaries.py" total "$OUT")" = "$count" ]; }
wait_for "$count processes in summaries" summed_up
shutdown
python3 "$srcdir/lib/summaries.py" compare "$F" "$OUT" --by uid,comm,forked --interval 1 || error_exit "see above"
python3 "$srcdir/lib/summaries.py" sa "$F" "$OUT" || error_exit "see above"
python3 - "$srcdir/lib" "$OUT" "$(cat "$WORK/made")" <<'PYTHON' || error_exit "see above"
import collections
import re
import sys

sys.path.insert(0, sys.argv[1])
import summaries

made, codes = int(sys.argv[3]), collections.Counter()
for e in summaries.newest(sys.argv[2]).values():
    if e["event"] == "summary" and re.fullmatch(r"s\d+", e["group"]["comm"]):
        for of in e["exit_codes"]:
            codes[of["code"]] += of["count"]
if codes != collections.Counter(n % 256 for n in range(made)):
    sys.exit(f"{made} processes were made, {sum(codes.values())} are in summaries")
print(f"{made} processes of the storm")
PYTHON
exit_test
