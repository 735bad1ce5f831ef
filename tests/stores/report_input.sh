#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/report refuses what it cannot read, says which file and line that is, and what; and keeps a secret.
# Invariant: nothing of the input goes unread without a word and an exit status; compressed files read as the others; an
# alarm alone in a file is shown; whoever may not read the input may not read the page.
# Oracle: what was put into the files here.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
/usr/bin/python3 -c 'import rich, jinja2, pygal' 2>/dev/null || skip_test "python3-rich, -jinja2 or -pygal is not installed"
REPORT=$TOP/contrib/report
export COLUMNS=200
python3 "$srcdir/report/day.py" "$WORK/day"
DAY=$WORK/day/native.jsonl

# refuses WHAT ARGUMENT...: no report, and that sentence at the end
refuses() {
    local status=0
    "$REPORT" "${@:2}" >"$WORK/out" 2>"$WORK/err" || status=$?
    assert_eq "$status" 2 "the exit status of $*"
    assert_eq "$(tail -n 1 "$WORK/err")" "impacct-report: error: $1"
    [ ! -s "$WORK/out" ] || error_exit "it prints a report all the same"
}
refuses "$WORK/none: No such file or directory" "$WORK/none"
refuses "$WORK: Is a directory" "$WORK"
gzip -k "$DAY"
head -c 5000 "$DAY.gz" >"$WORK/cut.gz"
refuses "$WORK/cut.gz: is cut off" "$WORK/cut.gz"
{ head -c 5000 "$DAY.gz"; head -c 3000 /dev/urandom; } >"$WORK/bad.gz"
"$REPORT" "$WORK/bad.gz" 2>&1 | grep -qE "error: $WORK/bad.gz: is (damaged|cut off)" || error_exit "a damaged file is read"
zstd -q "$DAY" -o "$WORK/day.zst"
refuses "$WORK/day.zst: is compressed by zstd; read it with: zstdcat $WORK/day.zst | impacct-report -" "$WORK/day.zst"
pacct_py generate "$WORK/pacct" 10
refuses "$WORK/pacct: is an accounting file, as the kernel writes it, and not what impacct wrote of it" "$WORK/pacct"
pacct_py generate "$WORK/pacct2" 10 --version 2 --big
refuses "$WORK/pacct2: is an accounting file, as the kernel writes it, and not what impacct wrote of it" "$WORK/pacct2"
echo 'true SF-- root - pid=4 ppid=1 exit=0 start=2026-11-21T11:40:54Z' >"$WORK/readable"
refuses "$WORK/readable: holds nothing that impacct wrote; line 1 is no JSON, but the readable line of format=\"text\": true SF-- root - pid=4 ppid=1 exit=0 start=2026-11-21T11:40:..." "$WORK/readable"
echo '{"time":"2026-11-21T11:40:54Z","level":"info"}' >"$WORK/other"
NOT_OURS='JSON, but no message of impacct: neither "event" (native, acct), nor "event.module" "impacct" (ecs), nor "event.name" (otel)'
refuses "$WORK/other: holds nothing that impacct wrote; line 1 is $NOT_OURS" "$WORK/other"
echo '{"event":{"action":"exit","module":"auditd"},"process":{"name":"x"}}' >"$WORK/other"
refuses "$WORK/other: holds nothing that impacct wrote; line 1 is $NOT_OURS" "$WORK/other"
refuses "$DAY: is the same file as $DAY" "$DAY" "$DAY"
{ printf '{"event":"'; head -c 4000000 /dev/zero | tr '\0' a; } >"$WORK/long"
refuses "$WORK/long: line 1 is longer than 1024 KiB; that is no message of impacct" "$WORK/long"
refuses "--top 0: at least 1 is needed" --top 0 "$DAY"
refuses "--since yesterday: expected a date, a time like 2026-11-21T12:00 (UTC), or how long ago: 90m, 24h, 7d" --since yesterday "$DAY"
refuses "--since 2026-11-21: is not before --until 2026-11-20" --since 2026-11-21 --until 2026-11-20 "$DAY"
refuses "$WORK/none/page.html: No such file or directory" --html "$WORK/none/page.html" "$DAY"

# leaves_out LINE WHAT: in the middle of good ones; the report is made of those, and the status says that it is not all
leaves_out() {
    local status=0
    { head -n 10 "$DAY"; printf '%s\n' "$1"; tail -n +11 "$DAY"; } >"$WORK/middle"
    "$REPORT" --json "$WORK/middle" >"$WORK/out" 2>"$WORK/err" || status=$?
    assert_eq "$status" 1 "the exit status with $1"
    assert_eq "$(cat "$WORK/err")" "impacct-report: $WORK/middle: line 11 is left out: $2"
    assert_eq "$(jq -c '[.totals.processes, .not_read.lines]' "$WORK/out")" "[$(jq .all.processes "$WORK/day/truth.json"),1]" "what is counted with $1"
}
leaves_out 'no object' 'no JSON: no object'
leaves_out "$(tail -n 1 "$DAY" | head -c 70)$(tail -n 1 "$DAY")" \
    "no JSON: cut off, or with text before or behind the object: $(tail -n 1 "$DAY" | head -c 60)..."
leaves_out "x $(printf '\033')[31m" 'no JSON: x \x1b[31m'
leaves_out '[1]' 'JSON, but no object'
leaves_out '{"event":"exit"}' 'an exit without comm'
EXIT='{"event":"exit","hostname":"h","comm":"c","uid":1,"start":"2026-11-20T00:00:00Z","end":"2026-11-20T00:00:00Z","cpu_user":0'
leaves_out "$EXIT"'}' 'an exit without cpu_system'
leaves_out "$EXIT"',"cpu_system":"1"}' 'an exit with a wrong value: cpu_system is no number'
leaves_out "$EXIT"',"cpu_system":1e999}' 'an exit with a wrong value: cpu_system is out of range'
leaves_out "$EXIT"',"cpu_system":NaN}' "no JSON: cut off, or with text before or behind the object: $(head -c 60 <<<"$EXIT")..."
leaves_out '{"event":"exit","hostname":"h","comm":"c","uid":1,"end":"today","cpu_user":0,"cpu_system":0}' "an exit with a wrong value: 'today' is no time"
leaves_out "$EXIT"',"cpu_system":0,"id":["x"]}' 'an exit with a wrong value: id is no text'
leaves_out "$EXIT"',"cpu_system":0,"signal":9,"signal_name":9}' 'an exit with a wrong value: signal_name is no text'
leaves_out '{"event":"revolution","id":"1","time":"2026-11-20T00:00:00Z","hostname":"h"}' "event 'revolution' is none that this report knows"
leaves_out '{"event":"exec","hostname":"h","comm":"c","uid":1}' "a message without start"
leaves_out '{"event":"summary","hostname":"h","count":1}' "a summary without window_start"

# a line that is still being written is told, and is no fault
head -c -50 "$DAY" >"$WORK/living"
"$REPORT" --json "$WORK/living" >"$WORK/out" || error_exit "a file that is being written is refused"
assert_eq "$(jq -c .not_read.cut_off "$WORK/out")" "[\"$WORK/living\"]"
# the last line without its end is whole
head -c -1 "$DAY" | "$REPORT" --json - | jq .totals >"$WORK/out"
"$REPORT" --json "$DAY" | jq .totals | cmp - "$WORK/out" || error_exit "the last line without a newline is not read"

# compressed, by whatever name, and the standard input
bzip2 -k "$DAY"
xz -k "$DAY"
for how in gz bz2 xz; do
    mv "$DAY.$how" "$WORK/compressed"
    "$REPORT" --json "$WORK/compressed" | jq .totals | cmp - "$WORK/out" || error_exit "$how reads otherwise"
done

# an alarm alone; an empty file; states of another host
grep accounting_suspended "$DAY" | head -n 1 >"$WORK/alarm"
for how in "" --html=-; do
    "$REPORT" $how "$WORK/alarm" >"$WORK/out" || error_exit "report failed"
    content_check "1 alarm stands" "$WORK/out"
    content_check "the kernel has suspended accounting to" "$WORK/out"
done
"$REPORT" --json --host web1 "$WORK/alarm" | jq -e '.alarms_number == 0' >/dev/null || error_exit "an alarm of another host"
: >"$WORK/empty"
"$REPORT" "$WORK/empty" >"$WORK/out" || error_exit "report failed"
content_check "0 processes, 0.00 s of CPU, 0 failed; 0 repeats and 0 other lines left out" "$WORK/out"
"$REPORT" --html - "$WORK/empty" >"$WORK/out" || error_exit "report failed"
content_check "The input holds no messages." "$WORK/out"

# restarts in order, also of one second, and one that was no stop
jq -r '.states[] | select(.event | startswith("module")) | "\(.t) \(.host) \(.event) \(.unclean)"' \
    <("$REPORT" --json "$DAY") >"$WORK/out"
cat >"$WORK/expected" <<'X'
2026-11-19T15:00:00Z web1 module_started false
2026-11-19T15:06:00Z web2 module_started false
2026-11-19T15:12:00Z db1 module_started false
2026-11-20T03:12:00Z web1 module_stopped null
2026-11-20T03:12:00Z web1 module_started false
2026-11-20T14:00:00Z web2 module_started true
X
cmp "$WORK/expected" "$WORK/out" || error_exit "restarts: $(cat "$WORK/out")"

# the page may be read by whom all inputs may
umask 022
mode_of_page() {
    rm -f "$WORK/page.html"
    "$REPORT" --html "$WORK/page.html" "$@" || error_exit "report --html failed"
    stat -c %a:%g "$WORK/page.html"
}
cp "$DAY" "$WORK/a"
cp "$DAY" "$WORK/b"
chmod 644 "$WORK/a" "$WORK/b"
assert_eq "$(mode_of_page "$WORK/a")" 644:0 "of a public file"
chmod 640 "$WORK/b"
chgrp 4 "$WORK/b"
assert_eq "$(mode_of_page "$WORK/b")" 640:4 "of a file of group 4"
assert_eq "$(mode_of_page "$WORK/a" "$WORK/b")" 600:0 "of files of two groups"
chmod 600 "$WORK/a"
assert_eq "$(mode_of_page "$WORK/b" "$WORK/a")" 600:0 "of a private file and another"
: >"$WORK/page.html"
chmod 666 "$WORK/page.html"
"$REPORT" --html "$WORK/page.html" "$WORK/a"
assert_eq "$(stat -c %a "$WORK/page.html")" 600 "of a page that was there"
rm "$WORK/page.html"
"$REPORT" --html "$WORK/page.html" - <"$WORK/a"
assert_eq "$(stat -c %a "$WORK/page.html")" 600 "of a private file on the standard input"
[ "$(find "$WORK" -name '.impacct-report*')" = "" ] || error_exit "a scratch file is left"
exit_test
