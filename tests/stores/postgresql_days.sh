#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what contrib/postgresql does with command lines, with usage, and with days: an upgrade from 0.1, retention, questions.
# Invariant: nothing that a message says is lost, and all of it can be asked for; who used most comes first; an upgraded
# database is as a new one; a question about a day reads that day; old days go while others read them and records come, and
# nobody waits; an interrupted retention is finished by the next; who may read can read the days to come, and change nothing.
# Oracle: what is executed here; the messages themselves; EXPLAIN.
# shellcheck disable=SC2154 # bin and as_owner are of server-postgresql.sh
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module ompgsql
# what is kept waiting by somebody else fails
export PGOPTIONS='-c lock_timeout=100s'
. "$srcdir/stores/server-postgresql.sh"

# 1. messages of real processes, with all that can be known of them
leaders_on_disk
executed native "$WORK/executed.jsonl" <<'SH'
/bin/true one "two words" ''
/bin/true --password=secret "$(printf '%03000d' 7)"
bash "$LEADERS" "$PROGRAMS"
cd / && (setpriv --reuid 4711 --clear-groups sh -c '/bin/true "it'"'"'s"; exit 3' a-shell; :)
SH
[ "$(grep -c '"event":"exec"' "$WORK/executed.jsonl")" -gt 5 ] || error_exit "no exec messages"
# one that is of a version to come
sed -n '/"event":"exit"/{s/"id":"[^"]*"/"id":"'"$(printf %032d 7)"'"/; s/^{/{"energy_uj":12345,"paused":false,/; p; q}' \
    "$WORK/executed.jsonl" >"$WORK/later.jsonl"
cat "$WORK/later.jsonl" >>"$WORK/executed.jsonl"
load() {
    "$bin/psql" -XqAt -v ON_ERROR_STOP=1 "${as_owner[@]}" -c "CREATE TEMP TABLE line (message text)" -c "\\copy line FROM '$1' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')" -c "SELECT count(impacct.add(message::jsonb)) FROM line" >"$WORK/loaded" ||
        error_exit "not loaded"
}

# 2. a database of 0.1, with all of them in it, is upgraded
init_postgres "$srcdir/stores/postgresql-0.1.sql" 2>/dev/null
load "$WORK/executed.jsonl"
[ "$(sql "SELECT count(*) FROM impacct.state WHERE event = 'exec'")" -gt 5 ] || error_exit "0.1 has no execs in its state"
sql_file "$TOP/contrib/postgresql/upgrade-0.1.sql"
sql "GRANT EXECUTE ON FUNCTION impacct.add(jsonb) TO impacct"
assert_eq "$(sql "SELECT count(*) FROM impacct.state WHERE event = 'exec'")" 0 "execs among the state messages"
assert_eq "$(sql "SELECT count(*) FROM impacct.exec")" "$(grep -c '"event":"exec"' "$WORK/executed.jsonl")" "execs"
# the roles of a new one, with that of readers
sql "$(sed -n 's/^--   \(CREATE ROLE impacct_reader\|GRANT .*reader\|ALTER DEFAULT\)/\1/p' "$TOP/contrib/postgresql/schema.sql")"
"$bin/createdb" "${as_owner[@]:0:6}" fresh
"$bin/psql" -Xq -v ON_ERROR_STOP=1 -1 "${as_owner[@]}" -d fresh -f "$TOP/contrib/postgresql/schema.sql" || error_exit "schema.sql failed"
dump() { "$bin/pg_dump" --schema-only --no-acl --exclude-table='impacct.*_2*' "${as_owner[@]:0:6}" "$1" | sed '/^\\/d'; }
diff <(dump processes) <(dump fresh) || error_exit "an upgraded database is not as a new one"

# 3. nothing is lost: each message is what its row says, all names together
sql "TRUNCATE impacct.process, impacct.exec, impacct.state"
load "$WORK/executed.jsonl"
load "$WORK/executed.jsonl"
for table in process exec; do
    sql "SELECT json_strip_nulls(to_json(t)) FROM impacct.$table AS t"
done >"$WORK/rows.jsonl"
sql "SELECT message FROM impacct.state" >"$WORK/states.jsonl"
python3 - "$WORK" <<'PY' || error_exit "see above"
import json, re, sys
work = sys.argv[1]
def read(name):
    return [json.loads(line) for line in open(f"{work}/{name}.jsonl", encoding="utf-8")]
NAMES = {"user_name": "user", "group_name": "group", "started": "start", "ended": "end"}
def of_row(row):
    more = row.pop("more", {})
    row.update(more)
    out = {NAMES.get(name, name): value for name, value in row.items()}
    out["time"] = out.pop("at")
    out.setdefault("event", "exec")
    for name, value in out.items():
        if name in ("start", "end", "time"):
            out[name] = re.sub(r"\+00:00$", "Z", value)
        elif name.endswith("id") and type(value) is str and name.split("_")[-1] == "id" and len(value) == 36:
            out[name] = value.replace("-", "")
    return out
want = {e["id"]: e for e in read("executed")}
got = [*map(of_row, read("rows")), *read("states")]
if len(got) != len(want):
    sys.exit(f"{len(got)} of {len(want)}")
for e in got:
    if e != want[e["id"]]:
        sys.exit(f"{e}\nis not\n{want[e['id']]}")
rows = read("rows")
if [row["more"] for row in rows if "more" in row] != [{"energy_uj": 12345, "paused": False}]:
    sys.exit("only what has no column is in more")
print(f"{len(got)} messages, each as it was")
PY
assert_eq "$(sql "SELECT count(DISTINCT p.id) FROM impacct.exec e JOIN impacct.process p USING (entity_id)
    WHERE e.args[2] = 'it''s' AND e.user_name IS NULL AND e.uid = 4711 AND p.exit_code = 0")" 1 "an exec and its exit"
for by in max_rss_kib write_bytes context_switches; do
    sql "SELECT comm FROM impacct.program_usage('-infinity', 'infinity') ORDER BY $by DESC NULLS LAST LIMIT 1"
done >"$WORK/leaders"
assert_eq "$(paste -sd ' ' "$WORK/leaders")" "most-memory most-written most-switches" "who used most"
assert_eq "$(sql "SELECT count(*) FROM impacct.process WHERE usage_source = 'exit'")" \
    "$(sql "SELECT sum(known) FROM impacct.program_usage('-infinity', 'infinity')")" "processes whose usage is known"
python3 "$srcdir/stores/panels.py" "$WORK/executed.jsonl" sql "$TOP/contrib/grafana/postgresql.json" "$bin/psql" -Xq \
    -v ON_ERROR_STOP=1 "${as_owner[@]}" || error_exit "see above"

# 4. real senders, and old days
sql "TRUNCATE impacct.process, impacct.exec"
export IMPACCT_PG_URI="postgresql://impacct:...@127.0.0.1:$PG_PORT/processes"
use_shipped postgresql
startup
now=$(date +%s)
day() { date -u -d "@$((now - $1 * 86400))" "+$2"; }
noon() { echo $((now / 86400 * 86400 + 43200 - $1 * 86400)); }
pacct_py generate "$WORK/generated" 300
for ago in 100 95 91 89 1 0; do
    python3 "$srcdir/stores/today.py" "$WORK/generated" 0 "$( ((ago > 0)) && noon $ago || echo "$now")" >>"$PACCT"
done
in_table() { [ "$(sql "SELECT count(*) FROM impacct.process")" -ge "$1" ]; }
wait_for "all records" in_table 1500
sql "INSERT INTO impacct.state VALUES (gen_random_uuid(), now() - interval '95 days', 'file_rotated', 'h', NULL, NULL, '{}'),
    (gen_random_uuid(), now() - interval '80 days', 'file_rotated', 'h', NULL, NULL, '{}')"
reader() { PGPASSWORD=... "$bin/psql" -XqAt -v ON_ERROR_STOP=1 "postgresql://impacct_reader@127.0.0.1:$PG_PORT/processes" "$@"; }

# what a question reads: the tables in its plan, and of a moment that is known only later those that were executed
read_by() {
    reader -c "EXPLAIN (FORMAT json, ANALYZE) $1" | python3 -c '
import json, sys
def scans(node):
    if "Relation Name" in node and node["Actual Loops"]:
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from scans(below)
print(*sorted(set(scans(json.load(sys.stdin)[0]["Plan"]))))'
}
yesterday=$(day 1 %Y%m%d)
ONE="'$(day 1 %F) UTC', '$(day 0 %F) UTC'"
for question in "SELECT * FROM impacct.sa($ONE)" "SELECT * FROM impacct.sa_m($ONE)" "SELECT * FROM impacct.user_day($ONE)" \
    "SELECT * FROM impacct.user_month($ONE)" "SELECT * FROM impacct.program_usage($ONE)" "SELECT * FROM impacct.sa(date_trunc('day', now(), 'UTC') - interval '1 day', date_trunc('day', now(), 'UTC'))" \
    "SELECT * FROM impacct.acctcom WHERE at >= '$(day 1 %F) UTC' AND at < '$(day 0 %F) UTC' AND exit_code <> 0" \
    "SELECT * FROM impacct.lastcomm WHERE at >= '$(day 1 %F) UTC' AND at < '$(day 0 %F) UTC' ORDER BY at DESC LIMIT 20" \
    "SELECT * FROM impacct.sa_u WHERE at >= '$(day 1 %F) UTC' AND at < '$(day 0 %F) UTC'"; do
    [[ $(read_by "$question") =~ ^process_$yesterday(\ process_$yesterday.*)?$ ]] || error_exit "$question reads $(read_by "$question")"
done
# and an index, where there is much
index_of() { reader -c "SET enable_seqscan = off" -c "SET enable_bitmapscan = off" -c "EXPLAIN $1" | grep -o 'Index Scan using [a-z_0-9]*'; }
[[ $(index_of "SELECT * FROM impacct.process WHERE user_name = 'root' AND at >= '$(day 1 %F) UTC' AND at < '$(day 0 %F) UTC'") == *user_name_at_idx ]] ||
    error_exit "no index for a user's day"
[[ $(index_of "SELECT * FROM impacct.process WHERE pid = 4711 AND at >= '$(day 1 %F) UTC' AND at < '$(day 0 %F) UTC'") == *pid_at_idx ]] ||
    error_exit "no index for a process id"
sql "SELECT avio, mem_kib FROM impacct.sa('-infinity', 'infinity')" | grep -vE '^[0-9]+\.[0-9]	[0-9]+\.[0-9]$' && error_exit "averages are not rounded"

# 5. somebody reads the oldest day, and does not stop; retention goes on, senders too
in_it() { sql "SELECT 1 FROM pg_stat_activity WHERE $1" | grep -q 1; }
exec 5> >(reader >"$WORK/reader.log" 2>&1)
READER=$!
echo "BEGIN; SELECT count(*) FROM impacct.process WHERE at < now() - interval '99 days';" >&5
wait_for "the reader" in_it "usename = 'impacct_reader' AND state = 'idle in transaction'"
retention() { "$TOP/contrib/postgresql/retention" 90 "${as_owner[@]}"; }
PATH=$bin:$PATH
retention >"$WORK/retention" 2>&1 &
RETENTION=$!
wait_for "retention to wait for the reader" in_it "wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE%DETACH%'"
before=$(sql "SELECT count(*) FROM impacct.process")
python3 "$srcdir/stores/today.py" "$WORK/generated" 200 "$(noon 2)" >>"$PACCT" # of a day that has no table yet
wait_for "records while it waits" in_table $((before + 150))
kill -0 "$RETENTION" 2>/dev/null || error_exit "retention did not wait: $(cat "$WORK/retention")"
# it is killed while it waits
sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%DETACH%' AND pid <> pg_backend_pid()" >/dev/null
wait "$RETENTION" && error_exit "it says that all is well"
assert_eq "$(sql "SELECT count(*) FROM pg_inherits WHERE inhdetachpending")" 1 "a partition that waits to be detached"
# it finishes that one; the reader goes, and nothing is in its way
echo "COMMIT;" >&5
exec 5>&-
wait "$READER"
retention >"$WORK/retention" 2>&1 || error_exit "retention: $(cat "$WORK/retention")"
assert_eq "$(grep -c '^dropped impacct.process_' "$WORK/retention")" 3 "days that went"
content_check "deleted 1 state messages" "$WORK/retention"
assert_eq "$(sql "SELECT count(*) FROM impacct.process WHERE at < date_trunc('day', now(), 'UTC') - interval '90 days'")" 0 "old records"
[ "$(sql "SELECT count(*) FROM impacct.process WHERE at < now() - interval '80 days'")" -gt 200 ] || error_exit "day 89 is gone, too"
assert_eq "$(sql "SELECT to_regclass('impacct.exec_' || to_char((now() AT TIME ZONE 'UTC')::date + 1, 'YYYYMMDD')) IS NULL")" f "tomorrow"
retention >"$WORK/retention" 2>&1 || error_exit "a second time: $(cat "$WORK/retention")"
assert_eq "$(grep -c dropped "$WORK/retention")" 0 "days that went the second time"
# as the service runs it, by its user, the database's owner, without a password; its timer is one, and comes once a day
unit() { sed -n "s/^$1=//p" "$TOP/contrib/systemd/impacct-retention.${2:-service}"; }
read -r program arguments <<<"$(unit ExecStart)"
assert_eq "$program" /usr/local/sbin/impacct-retention "what the service runs"
cp "$TOP/contrib/postgresql/retention" "$WORK/impacct-retention"
sql "CREATE TABLE impacct.process_20200101 (LIKE impacct.process)"
# shellcheck disable=SC2086 # several words
(cd / && PGHOST=$WORK/socket PGPORT=$PG_PORT setpriv --reuid="$(unit User)" --clear-groups bash "$WORK/impacct-retention" $arguments) \
    >"$WORK/retention" 2>&1 || error_exit "as the service has it: $(cat "$WORK/retention")"
content_check "dropped impacct.process_20200101" "$WORK/retention"
if command -v systemd-analyze >/dev/null; then
    mkdir "$WORK/units"
    cp "$TOP"/contrib/systemd/impacct-retention.* "$WORK/units"
    sed -i "s|/usr/local/sbin|$WORK|" "$WORK/units/impacct-retention.service"
    chmod +x "$WORK/impacct-retention"
    SYSTEMD_UNIT_PATH=$WORK/units: systemd-analyze verify "$WORK"/units/impacct-retention.* >"$WORK/verified" 2>&1
    ! grep impacct-retention "$WORK/verified" || error_exit "systemd has something to say about the units"
    systemd-analyze calendar --iterations=2 "$(unit OnCalendar timer)" >"$WORK/calendar" || error_exit "no such time"
fi
shutdown

# 6. who may read cannot change
reader -c "SELECT count(*) FROM impacct.process_$(day 2 %Y%m%d)" >/dev/null || error_exit "a new day cannot be read"
for wrong in "DELETE FROM impacct.state" "SELECT impacct.add('{}')" "SELECT impacct.make_day('process', '2026-01-01')" "INSERT INTO impacct.host VALUES ('x', now())"; do
    reader -c "$wrong" >"$WORK/wrong" 2>&1 && error_exit "a reader may $wrong"
    content_check "permission denied" "$WORK/wrong"
done
exit_test
