#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: kill -9 of rsyslogd at any moment, with a plain memory queue and a slow output, loses no record.
# Invariant: the stored position never runs ahead of what the action has written. What is repeated is what was written
# after the position that was stored last: it is bounded by persistStateInterval, a batch (1024) and what is done with
# in the time that storing takes.
# Oracle: every record of the file is in the output; repeats carry the same id; the number of runs that it took.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
COUNT=20000
KILLS=5
generate_conf
pacct_py generate "$WORK/pacct" $COUNT
# an action queue of its own, and small transactions: many records wait in memory
add_conf "ruleset(name=\"slow\" queue.type=\"linkedList\" queue.size=\"200000\") {
    action(type=\"omfile\" file=\"$OUT\" template=\"msg\" asyncWriting=\"off\"
           queue.type=\"linkedList\" queue.size=\"100000\" queue.dequeueBatchSize=\"64\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"slow\" persistStateInterval=\"100\")"
# some more lines, or all there are where the machine was busy elsewhere before the last kill
reached() { has_lines "$OUT" "$1" || grep -qsF "\"comm\":\"p$((COUNT - 1))\"" "$OUT"; }
for n in $(seq $KILLS); do
    before=$(lines_of "$OUT")
    startup
    wait_for "more lines" reached $((before + 1000 * n))
    kill_immediate
done
startup
wait_content "\"comm\":\"p$((COUNT - 1))\"" "$OUT"
shutdown
total=$(lines_of "$OUT")
# a line that was being written when it was killed is cut off, and the next one follows on it; its record comes again,
# and may be that next one
python3 - "$WORK/pacct" "$OUT" "$srcdir/lib" <<'PY' || error_exit "see above"
import json, sys
sys.path.insert(0, sys.argv[3])
import pacct
expected = {pacct.native(raw)["id"] for raw in pacct.records(sys.argv[1])}
seen, cut = {}, 0
for line in open(sys.argv[2], "rb"):
    begin = max(line.rfind(b'{"event"'), 0)
    cut += begin > 0
    try:
        event = json.loads(line[begin:])
    except ValueError:
        cut += 1
        continue
    seen[event["id"]] = seen.get(event["id"], 0) + 1
missing, foreign = expected - seen.keys(), seen.keys() - expected
repeats = sum(n - 1 for n in seen.values())
print(f"{len(expected)} records, {repeats} repeats, {cut} lines cut off")
if missing or foreign:
    sys.exit(f"{len(missing)} records are missing, {len(foreign)} are not from the file")
PY
[ "$total" -ge $COUNT ] || error_exit "only $total lines"
exit_test
