#!/usr/bin/env bash
# Intent: contrib/report on lines of generated records with hostile names, a repeated line, and one that is cut off.
# Invariant: its totals, first program, users and failures are right; no name steers the terminal or becomes markup; the
# page refers to nothing outside of it. A crash is a failure, also where its record does not know whether there was a core,
# or which signal it was. What cannot be read gets a sentence.
# Oracle: tests/lib/pacct.py and counting.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
/usr/bin/python3 -c 'import rich' 2>/dev/null || skip_test "python3-rich is not installed"
pacct_py generate "$WORK/pacct" 400 --hostile
pacct_py generate "$WORK/pacct" 400 --append --serial 400
pacct_py dump "$WORK/pacct" >"$OUT"
cp "$OUT" "$WORK/once.jsonl"
# a crash as the kernel wrote it, with a core limit of 0; and one of another thread than the first, without a signal
CRASH='{"event":"exit","id":"25d3be2039af6d62744ec2786f3ff52b","hostname":"vm","version":3,"byte_order":"little",'
CRASH+='"comm":"crashed","pid":6,"ppid":3,"uid":0,"user":"root","gid":0,"group":"root","start":"2026-11-21T20:36:49Z",'
CRASH+='"end":"2026-11-21T20:36:49Z","elapsed":0.62,"cpu_user":0.05,"cpu_system":0.02,"mem_kib":16200,"minor_faults":2727,'
CRASH+='"major_faults":3,"swaps":0,"io":86784,"rw":0,"status":11,"signal":11,"signal_name":"SIGSEGV","forked":false,'
CRASH+='"privileged":false,"killed":true}'
{
    echo "$CRASH"
    echo "$CRASH" | sed 's/"id":"25d3/"id":"0000/; s/"crashed"/"thread"/; s/"signal":11,"signal_name":"SIGSEGV",//; s/"status":11/"status":0/'
} >"$WORK/crashes.jsonl"
STATE='{"event":"file_damaged","id":"1","time":"2026-11-21T12:00:00Z","hostname":"web1","detail":"a\u001b[31m <b>"}'
{
    echo "$STATE"
    tail -n 1 "$WORK/once.jsonl"
    head -c 100 "$WORK/once.jsonl"
} >>"$OUT"
gzip -k "$OUT"
COLUMNS=200 "$TOP/contrib/report" --top 1000 "$OUT" >"$WORK/text" || error_exit "report failed"
COLUMNS=200 "$TOP/contrib/report" --top 1000 "$OUT.gz" | cmp - "$WORK/text" ||
    error_exit "the compressed file reads otherwise"
"$TOP/contrib/report" --html "$WORK/page.html" "$OUT" || error_exit "report --html failed"
"$TOP/contrib/report" "$WORK/crashes.jsonl" >"$WORK/crashes" || error_exit "report failed"
content_check "2 processes, 0.14 s of CPU, 2 failed; 0 repeats and 0 other lines left out" "$WORK/crashes"
assert_eq "$(grep -E '^ (crashed|thread).*│ +1 $' "$WORK/crashes" | tr -s ' │\n' ' ')" \
    " crashed 1 0.07 0.62 15.8 1 thread 1 0.07 0.62 15.8 1 crashed root SIGSEGV 1 thread root signal 1 " "the crashes"
# refuses WHAT ARGUMENT...
refuses() {
    "$TOP/contrib/report" "${@:2}" >"$WORK/refused" 2>&1 && error_exit "took $*"
    assert_eq "$(tail -n 1 "$WORK/refused")" "report: error: $1"
}
refuses "$WORK/none: No such file or directory" "$WORK/none"
head -c 500 "$OUT.gz" >"$WORK/cut.gz"
refuses "$WORK/cut.gz: is cut off" "$WORK/cut.gz"
refuses "$WORK/none/page.html: No such file or directory" --html "$WORK/none/page.html" "$OUT"
refuses "--top 0: at least 1 is needed" --top 0 "$OUT"
python3 - "$WORK" <<'PY' || error_exit "see above"
import collections, html.parser, json, re, sys
from fractions import Fraction
work = sys.argv[1]
events = [json.loads(line) for line in open(f"{work}/once.jsonl")]
exits = [e for e in events if e["event"] == "exit"]
def cpu(e): return Fraction(str(e["cpu_user"])) + Fraction(str(e["cpu_system"]))
text = open(f"{work}/text", encoding="utf-8", newline="\n").read()
steering = [c for c in text if c != "\n" and not c.isprintable()]
if steering:
    sys.exit(f"control characters: {steering[:5]}")
failed = sum(e.get("exit_code") != 0 for e in exits)
want = f"{len(exits):,} processes, {float(sum(map(cpu, exits))):,.2f} s of CPU, {failed:,} failed; 1 repeats and "
if not text.startswith(want):
    sys.exit(f"{text.splitlines()[0]!r}, expected {want!r}")
rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines() if "│" in line]
users = collections.defaultdict(lambda: [0, Fraction(0), 0])
for e in exits:
    row = users[str(e["uid"])]
    row[0] += 1; row[1] += cpu(e); row[2] += e.get("exit_code") != 0
for uid, (n, seconds, bad) in users.items():
    want = [uid, f"{n:,}", f"{float(seconds):,.2f}", f"{bad:,}"]
    if not any(len(r) == 6 and [*r[:3], r[-1]] == want for r in rows):
        sys.exit(f"no row for user {uid}: {n} processes, {float(seconds)} s, {bad} failed")
signals = sum(int(r[3].replace(",", "")) for r in rows if len(r) == 4 and r[2].startswith(("SIG", "signal ")))
if signals != sum(e["killed"] for e in exits):
    sys.exit(f"{signals} failures by signal")
class Page(html.parser.HTMLParser):
    tags = set()
    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if {"src", "href"} & {name for name, _ in attrs}:
            sys.exit(f"refers to {attrs}")
page = Page()
page.feed(open(f"{work}/page.html", encoding="utf-8").read())
if not any(r == ["2026-11-21T12:00:00Z", "web1", "file_damaged", "a\\x1b[31m <b>"] for r in rows):
    sys.exit("the state message is not there")
if page.tags - {"html", "head", "meta", "title", "style", "body", "pre", "code", "span"}:
    sys.exit(f"tags from a name: {page.tags}")
print(f"{len(exits)} processes, {len(users)} users, {signals} ended by a signal: as counted")
PY
exit_test
