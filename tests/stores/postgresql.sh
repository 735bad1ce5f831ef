#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/postgresql.conf and contrib/postgresql/schema.sql, as they are shipped, with a real server.
# Invariant: each record is in the table once, with the right values, although rsyslogd is killed and reads records
# again, connections are cut and the server is stopped and started; the views say what lastcomm and sa say. rsyslog's role can only add.
# Oracle: tests/lib/pacct.py, and the real lastcomm and sa on the same file.
# shellcheck disable=SC2154 # bin and as_owner are of server-postgresql.sh
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module ompgsql
command -v sa >/dev/null || skip_test "sa is not installed (package acct)"

. "$srcdir/stores/server-postgresql.sh"
in_table() { [ "$(sql "SELECT count(*) FROM impacct.process")" -ge "$1" ]; }

init_postgres
export IMPACCT_PG_URI="postgresql://impacct:...@127.0.0.1:$PG_PORT/processes"
use_shipped postgresql
startup
pacct_py generate "$PACCT" 2000 --append
storm 2
wait_for "the first records" in_table "$(records)"

# killed, and all read again from the beginning; meanwhile the connections are cut, and the server is stopped and started
cut_connections() { sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'impacct'" >/dev/null; }
kill_immediate
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
for serial in 2000 3000 4000; do
    before=$(sql "SELECT count(*) FROM impacct.process")
    pacct_py generate "$PACCT" 1000 --append --serial "$serial"
    for more in 100 300 500; do
        wait_for "more records" in_table $((before + more))
        cut_connections
    done
    end_server "$SERVER" INT
    start_postgres
done
wait_for "all records ($(records))" in_table "$(records)"
shutdown
# none is added by reading all once more
rm -f "$WORK"/spool/rsyslog/impacct-state*
startup
pacct_py generate "$PACCT" 1 --append --serial 5000
wait_for "the last record" in_table "$(records)"
shutdown

# the values
sql "SELECT json_strip_nulls(json_build_object('id', replace(id::text, '-', ''), 'event', event, 'hostname', hostname,
    'version', version, 'byte_order', byte_order, 'comm', comm, 'comm_hex', comm_hex, 'pid', pid, 'ppid', ppid,
    'uid', uid, 'user', user_name, 'gid', gid, 'group', group_name, 'tty', tty, 'tty_major', tty_major,
    'tty_minor', tty_minor, 'elapsed', elapsed, 'cpu_user', cpu_user, 'cpu_system', cpu_system, 'mem_kib', mem_kib,
    'minor_faults', minor_faults, 'major_faults', major_faults, 'swaps', swaps, 'io', io, 'rw', rw, 'status', status,
    'exit_code', exit_code, 'signal', signal, 'signal_name', signal_name, 'forked', forked, 'privileged', privileged,
    'core_dumped', core_dumped, 'killed', killed, 'exit_uncertain', exit_uncertain,
    'start', to_char(started AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'end', to_char(ended AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
    'time', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))) FROM impacct.process" >"$WORK/table.jsonl"
compare_ids "$WORK/table.jsonl"
content_check ", 0 repeats" "$WORK/result"

# the views, against what people know
sa -a "$PACCT" >"$WORK/sa.real"
sa -m "$PACCT" >"$WORK/sa_m.real"
sa -u "$PACCT" >"$WORK/sa_u.real"
lastcomm -f "$PACCT" >"$WORK/lastcomm.real"
sql "SELECT command, calls, re, cp, avio, mem_kib FROM impacct.sa('-infinity', 'infinity')" >"$WORK/sa"
sql "SELECT user_name, calls, re, cp, avio, mem_kib FROM impacct.sa_m('-infinity', 'infinity')" >"$WORK/sa_m"
sql "SELECT user_name, cpu, mem_kib, io, command FROM impacct.sa_u" >"$WORK/sa_u"
sql "SELECT comm, flags, user_name, cpu, to_char(started AT TIME ZONE 'UTC', 'Dy Mon DD HH24:MI')
     FROM impacct.lastcomm" >"$WORK/lastcomm"
python3 "$srcdir/stores/sa.py" "$WORK" || error_exit "see above"
# sums and selections, against the oracle
sql "SELECT count(*), sum(cpu), sum(elapsed) FROM impacct.acctcom WHERE hog_factor > 0.9 AND cpu > 60" >"$WORK/acctcom"
sql "SELECT sum(processes), sum(cpu_user + cpu_system), sum(elapsed), sum(failed), sum(killed)
     FROM impacct.user_day('2023-11-01 UTC', '2023-12-01 UTC')" >"$WORK/days"
sql "SELECT sum(processes), sum(cpu_user + cpu_system), sum(elapsed), sum(failed), sum(killed)
     FROM impacct.user_month('2023-11-01 UTC', '2023-12-01 UTC')" >"$WORK/month"
python3 - "$WORK" "$srcdir/lib" <<'PY' || error_exit "see above"
import sys
from decimal import Decimal
sys.path.insert(0, sys.argv[2])
import pacct
work = sys.argv[1]
def number(x): return Decimal(str(x))
all_ = [pacct.native(raw) for raw in pacct.records(f"{work}/log/account/pacct")]
exits = [e for e in all_ if e["event"] == "exit"]
for e in exits:
    e["cpu"] = number(e["cpu_user"]) + number(e["cpu_system"])
def same(name, *expected):
    got = tuple(map(Decimal, open(f"{work}/{name}").read().split()))
    if got != expected:
        sys.exit(f"{name}: {got}, expected {expected}")
hogs = [e for e in exits if e["cpu"] > 60 and e["elapsed"] and e["cpu"] / number(e["elapsed"]) > Decimal("0.9")]
same("acctcom", len(hogs), sum(e["cpu"] for e in hogs), sum(number(e["elapsed"]) for e in hogs))
month = [e for e in exits if e["end"].startswith("2023-11")]
totals = (len(month), sum(e["cpu"] for e in month), sum(number(e["elapsed"]) for e in month),
          sum(e.get("exit_code", 0) != 0 for e in month), sum(e["killed"] for e in month))
same("days", *totals)
same("month", *totals)
print(f"{len(hogs)} by hog factor, {len(month)} in a month")
PY

[ "$(sql "SELECT count(*) FROM impacct.state WHERE event LIKE 'module_%'")" -ge 2 ] ||
    error_exit "the module's state messages are not there"
# the dashboard, with a state message that comes as they all do
"$bin/psql" -XqAt "$IMPACCT_PG_URI" -c "SELECT impacct.add('{\"event\": \"accounting_silent\", \"hostname\": \"state.test\",
    \"id\": \"$(printf %032d 1)\", \"time\": \"$(python3 "$srcdir/stores/panels.py" "$PACCT" time)\", \"detail\": \"nothing for 600 s\"}')" >/dev/null ||
    error_exit "the state message was refused"
python3 "$srcdir/stores/panels.py" "$PACCT" sql "$TOP/contrib/grafana/postgresql.json" "$bin/psql" -Xq \
    -v ON_ERROR_STOP=1 "${as_owner[@]}" || error_exit "see above"

today="at > now() - '1 day'::interval"
sql "SELECT round(sum(pg_total_relation_size(relid)) / (SELECT count(*) FROM impacct.process WHERE $today))
         || ' bytes a record in today''s table of ' || (SELECT count(*) FROM impacct.process WHERE $today)
     FROM pg_partition_tree('impacct.process')
     WHERE isleaf AND relid IN (SELECT tableoid FROM impacct.process WHERE $today)"

# rsyslog's role
PGPASSWORD=... "$bin/psql" -XqAt "${IMPACCT_PG_URI}" -c "SELECT count(*) FROM impacct.process" \
    >"$WORK/role.log" 2>&1 && error_exit "rsyslog's role can read the table"
content_check "permission denied" "$WORK/role.log"
exit_test
