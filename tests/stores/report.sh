#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/report says what the records say: of every schema, as rsyslogd writes them; of a period, a host, a
# user, a program; of summaries; and what changed.
# Invariant: totals, every row of every table, failures, activity, the largest and the changes are right; what comes
# twice counts once; impacct's own children are no failures, and a process that only has such a name is one; no name steers the terminal; no process takes more memory for twice as many lines.
# Oracle: tests/lib/pacct.py on the accounting file itself, and tests/report/day.py, which counts what it makes up.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
/usr/bin/python3 -c 'import rich' 2>/dev/null || skip_test "python3-rich is not installed"
check() { python3 "$srcdir/report/check.py" "$@" || error_exit "see above"; }
# made NAME ARGUMENT...: a report in $WORK/NAME.json
made() {
    "$TOP/contrib/report" --json --top 4000 "${@:2}" >"$WORK/$1.json" || error_exit "report ${*:2} failed"
}

# 1. real records, and generated ones with hostile names, as rsyslogd writes them
generate_conf
: >"$WORK/pacct"
# shellcheck disable=SC2016 # expanded in there
in_accounting "$WORK/pacct" bash -c 'for i in 1 2 3; do (exit $i); sh -c "kill -9 \$\$"; seq 10000 | sort -R >/dev/null; done
    setpriv --reuid=65534 --clear-groups sh -c "exit 4"' 2>/dev/null
pacct_py generate "$WORK/pacct" 2000 --hostile --append
for schema in native ecs otel acct; do
    add_conf "ruleset(name=\"$schema\") { action(type=\"omfile\" file=\"$WORK/$schema.jsonl\" template=\"msg\") }"
    add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"$schema\" stateRuleset=\"$schema\" schema=\"$schema\"
        stateFile=\"$schema\" silenceAlarm=\"off\")"
done
startup
all_are_there() {
    local schema
    for schema in native ecs otel acct; do
        # and one of the start
        [ -e "$WORK/$schema.jsonl" ] || return 1
        [ "$(wc -l <"$WORK/$schema.jsonl")" -gt "$(pacct_py count "$WORK/pacct")" ] || return 1
    done
}
wait_for "all records in all schemas" all_are_there
shutdown
for schema in native ecs otel acct; do
    made "$schema" "$WORK/$schema.jsonl"
    check pacct "$WORK/pacct" "$WORK/$schema.json"
done
sed 's/^/@cee: /' "$WORK/native.jsonl" >"$WORK/cee.jsonl"
made cee "$WORK/cee.jsonl"
check same "$WORK/native.json" "$WORK/cee.json"

# 2. what rsyslogd did not write in (1): usage, commands, containers, jobs, alarms, repeats
python3 "$srcdir/report/day.py" "$WORK/day"
for schema in native ecs otel acct; do
    made "$schema" "$WORK/day/$schema.jsonl"
    check truth "$WORK/day/truth.json" all "$WORK/$schema.json"
done
check same "$WORK"/{native,ecs,otel,acct}.json
made day --since 2026-11-20 --until 2026-11-21 "$WORK/day/native.jsonl"
check truth "$WORK/day/truth.json" day "$WORK/day.json"
made morning --since 2026-11-20T00:00 --until 2026-11-20T13:00+01:00 "$WORK/day/ecs.jsonl"
check truth "$WORK/day/truth.json" morning "$WORK/morning.json"
check changes "$WORK/day/truth.json" evening morning "$WORK/morning.json"
made web1 --host web1 "$WORK/day/otel.jsonl"
check truth "$WORK/day/truth.json" web1 "$WORK/web1.json"
made ci --user 1002 "$WORK/day/native.jsonl"
check truth "$WORK/day/truth.json" ci "$WORK/ci.json"
made php --program php-fpm8.2 --program 'p*' "$WORK/day/acct.jsonl"
check truth "$WORK/day/truth.json" php "$WORK/php.json"
# who really used most comes first
leaders_on_disk
executed native "$WORK/executed.jsonl" <<'SH'
bash "$LEADERS" "$PROGRAMS"
SH
made leaders "$WORK/executed.jsonl"
check leaders "$WORK/leaders.json"

# 3. summaries: of records that are not there; and records first, or last, of the same time
made summaries "$WORK/day/summaries.jsonl"
check summaries "$WORK/day/truth.json" "$WORK/summaries.json"
cat "$WORK/day/native.jsonl" "$WORK/day/summaries.jsonl" >"$WORK/both.jsonl"
made both "$WORK/both.jsonl"
check truth "$WORK/day/truth.json" all "$WORK/both.json"
made both "$WORK/day/summaries.jsonl" "$WORK/day/native.jsonl"
check truth "$WORK/day/truth.json" all "$WORK/both.json"

# 4. many blocks, in several processes; all of it once more at the end
python3 "$srcdir/report/day.py" "$WORK/large" --scale 30 --schema native
made large "$WORK/large/native.jsonl"
check truth "$WORK/large/truth.json" all "$WORK/large.json"
cat "$WORK/large/native.jsonl" "$WORK/large/native.jsonl" >"$WORK/twice.jsonl"
made twice "$WORK/twice.jsonl"
assert_eq "$(jq .totals.processes "$WORK/twice.json")" "$(jq .totals.processes "$WORK/large.json")" "all of it twice"
# what comes again too late to be known is told of
python3 - "$TOP/contrib" <<'PY' || error_exit "see above"
import random, sys
sys.path.insert(0, sys.argv[1])
from impacct_report.collect import Repeats
repeats, rng = Repeats(), random.Random(1)
ids = [rng.getrandbits(62) for _ in range(300000)]
found = [len(repeats.find(ids[at:at + 5000])) for _ in range(2) for at in range(0, 300000, 5000)]
if sum(found) != 0 or not 0.9 * 300000 < repeats.far < 1.1 * 300000:
    sys.exit(f"of 300,000 that came again, {sum(found)} were found and about {repeats.far} told")
if len(repeats.find(ids[-100000:])) != 100000:
    sys.exit("of the last 100,000 not all are known")
PY

# 5. memory, with a new program in each line: the totals stay exact, and the rest has its row
python3 - "$TOP/contrib/report" "$WORK" <<'PY' || error_exit "see above"
import json, resource, subprocess, sys
report, work = sys.argv[1:]
def peak_kib(lines):
    path = f"{work}/names.jsonl"
    with open(path, "w") as f:
        for i in range(lines):
            print('{"event":"exit","id":"%032x","hostname":"h%d","comm":"p%x","uid":1,"user":"u%d","start":"2026-11-21T%02d:%02d:%02dZ",'
                  '"end":"2026-11-21T%02d:%02d:%02dZ","elapsed":1.00,"cpu_user":0.01,"cpu_system":0.00,"mem_kib":100,"exit_code":%d}'
                  % (i, i % 7, i, i % 5000, *[i * 86400 // lines // d % m for d, m in ((3600, 24), (60, 60), (1, 60))] * 2, i % 2),
                  file=f)
    code = ("import resource, subprocess, sys; out = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True).stdout;"
            "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)); sys.stdout.buffer.write(out)")
    done = subprocess.run([sys.executable, "-c", code, report, "--json", path], capture_output=True, check=True, text=True)
    made = json.loads(done.stdout)
    table = made["programs"]
    got = sum(row["processes"] for row in table["rows"]) + table["others"]["processes"], made["totals"]["processes"], \
        made["totals"]["failed"]
    if got != (lines, lines, lines // 2):
        sys.exit(f"of {lines} lines: {got}")
    if table["exact"] or not any("too many different names" in note for note in made["notes"]):
        sys.exit("it does not say that there were too many names")
    return int(done.stderr)
few, many = peak_kib(100000), peak_kib(400000)
print(f"the largest process: {few} KiB for 100,000 lines, {many} KiB for 400,000")
if many > few + 20000 or many > 100000:
    sys.exit("it grows with the number of lines")
PY

# 6. the terminal
COLUMNS=200 "$TOP/contrib/report" --top 1000 "$WORK/day/native.jsonl" >"$WORK/text" || error_exit "report failed"
python3 - "$WORK" <<'PY' || error_exit "see above"
import json, sys
work = sys.argv[1]
truth = json.load(open(f"{work}/day/truth.json"))
want, text = truth["all"], open(f"{work}/text", encoding="utf-8", newline="\n").read()
steering = [c for c in text if c != "\n" and not c.isprintable()]
if steering:
    sys.exit(f"control characters: {steering[:5]}")
begin = (f"{want['processes']:,} processes, {want['cpu'] / 100:,.2f} s of CPU, {want['failed']:,} failed; "
         f"{truth['repeats']:,} repeats and 0 other lines left out")
if not text.startswith(begin):
    sys.exit(f"{text.splitlines()[0]!r}, expected {begin!r}")
rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines() if "│" in line]
for user, row in want["users"].items():
    cells = [user, f"{row['n']:,}", f"{row['cpu'] / 100:,.2f}", f"{row.get('failed', 0):,}"]
    if not any(r[:4] == cells for r in rows):
        sys.exit(f"no row {cells}")
for key, times in want["failures"].items():
    program, user, how = key.split("\0")
    if program.isprintable() and not any(r[:4] == [program, user, how, f"{times:,}"] for r in rows):
        sys.exit(f"no row of the failure {key!r}, {times} times")
# two messages of one second stay in their order
events = [r[2] for r in rows if len(r) == 4 and r[1] == "web1" and r[0].endswith("03:12:00")]
if events != ["module_stopped", "module_started"]:
    sys.exit(f"a restart is shown as {events}")
if not any(line.startswith("1 alarm stands") for line in text.splitlines()):
    sys.exit("no word of the alarm that stands")
print(f"{len(rows)} rows on the terminal: as counted")
PY
exit_test
