#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/superset as a person uses it: imported into a real Apache Superset, with contrib/postgresql of known
# records, usage and summaries behind it, and opened in Chromium.
# Invariant: every chart of the dashboard shows what was counted, in the span of time, of the host and in the steps that its
# filters say, whatever the database's time zone; none says that something went wrong; an import once more changes nothing.
# Oracle: tests/stores/expected.py on the accounting file, and the messages of real processes that used most. What is
# compared are the answers that the page itself asked for, and the text of its tables. KEEP_WORK=1 keeps the pictures.
# shellcheck disable=SC2154 # bin and as_owner are of server-postgresql.sh
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module ompgsql
superset=$TOP/.build/stores/superset/bin
[ -x "$superset/superset" ] || skip_test "Superset is not installed; tests/destinations installs it"
command -v chromium >/dev/null || skip_test "chromium is not installed; tests/destinations installs it"
PAGE=$TOP/.build/stores/report_page
[ -d "$PAGE/node_modules/playwright-core" ] || skip_test "playwright-core is not installed; tests/destinations installs it"
. "$srcdir/stores/server-postgresql.sh"

# known records, and messages with usage
leaders_on_disk
executed native "$WORK/executed.jsonl" <<'SH'
bash "$LEADERS" "$PROGRAMS"
SH
init_postgres
sql "ALTER DATABASE processes SET timezone = 'Asia/Kathmandu'"
export IMPACCT_PG_URI="postgresql://impacct:...@127.0.0.1:$PG_PORT/processes"
use_shipped postgresql
startup
pacct_py generate "$PACCT" 2000 --append
in_table() { [ "$(sql "SELECT count(*) FROM impacct.process")" -ge "$1" ]; }
wait_for "all records" in_table 2000
shutdown
# of another host, with summaries; what comes late amends them
sed -i "s|$TOP/contrib/rsyslog.d/postgresql.conf|$WORK/postgresql.conf|" "$WORK/rsyslog.conf"
sed "s|properties=\"none\")\$|file=\"$WORK/summed\" hostname=\"summed.test\" summary.interval=\"60\" summary.by=[\"comm\"])|" \
    "$TOP/contrib/rsyslog.d/postgresql.conf" >"$WORK/postgresql.conf"
summed_up() { [ "$(sql "SELECT sum(count) FROM impacct.summary")" = "$1" ]; }
: >"$WORK/summed"
startup
for at in 0 1000 2000; do
    python3 "$srcdir/lib/summaries.py" generate "$WORK/summed" 1000 --from "$at" --append
    wait_for "records in summaries" summed_up $((at + 1000))
done
shutdown
add() { "$bin/psql" -XqAt "$IMPACCT_PG_URI" -c "SELECT impacct.add('$1')" >/dev/null || error_exit "refused: $1"; }
at=$(python3 "$srcdir/stores/panels.py" "$PACCT" time)
add '{"event": "accounting_silent", "hostname": "state.test", "id": "'"$(printf %032d 1)"'", "time": "'"$at"'",
    "detail": "nothing for 600 s"}'
while read -r line; do
    add "${line//\'/\'\'}"
done < <(sed 's/"hostname":"[^"]*"/"hostname":"leaders.test"/' "$WORK/executed.jsonl")
# another host, whose records have to be absent where the filter says so
add '{"event": "exit", "hostname": "other.test", "id": "'"$(printf %032d 2)"'", "time": "'"$at"'", "end": "'"$at"'",
    "version": 3, "comm": "elsewhere", "uid": 0, "gid": 0, "exit_code": 0, "killed": false, "privileged": false,
    "cpu_user": 1000000000, "cpu_system": 1, "mem_kib": 1}'

# Superset, as its documents set it up
mkdir "$WORK/superset"
cat >"$WORK/superset/superset_config.py" <<CONF
SECRET_KEY = "of this test, and long enough to be one"
SQLALCHEMY_DATABASE_URI = "sqlite:///$WORK/superset/superset.db"
WTF_CSRF_ENABLED = True
CONF
export SUPERSET_CONFIG_PATH=$WORK/superset/superset_config.py SUPERSET_HOME=$WORK/superset FLASK_APP=superset TZ=UTC
set_up() { "$superset/superset" "$@" >>"$WORK/superset.log" 2>&1 || error_exit "superset $1: $(tail -n 5 "$WORK/superset.log")"; }
set_up db upgrade
set_up fab create-admin --username admin --firstname a --lastname b --email admin@example.test --password secret
set_up init
SUPERSET_PORT=$(free_port)
server "$superset/superset" run -h 127.0.0.1 -p "$SUPERSET_PORT" --with-threads
wait_for "Superset" listens "$SUPERSET_PORT"

# the database is where this test has it; all else is as it is shipped
mkdir "$WORK/export"
cp -r "$TOP/contrib/superset" "$WORK/export"
sed -i "s|@localhost:5432/|@127.0.0.1:$PG_PORT/|" "$WORK/export/superset/databases/processes.yaml"
(cd "$WORK/export" && python3 -m zipfile -c "$WORK/export.zip" superset) || error_exit "no archive"
mkdir "$WORK/pictures"
cp "$srcdir/stores/superset.js" "$PAGE"
# open_dashboard EXPORT MESSAGES NAME HOST...: what each chart shows of these hosts and of the time that the messages are of
open_dashboard() {
    local span
    span=$(python3 "$srcdir/stores/panels.py" "$2" span)
    node "$PAGE/superset.js" "http://127.0.0.1:$SUPERSET_PORT" "$1" "$span" "$WORK/$3.json" "$WORK/pictures/$3.png" "${@:4}" ||
        error_exit "see above; $(tail -n 20 "$WORK/server.log")"
    python3 "$srcdir/stores/panels.py" "$2" superset "$WORK/$3.json" || error_exit "see above"
}
open_dashboard "$WORK/export.zip" "$PACCT" counted "$(sql "SELECT hostname FROM impacct.host WHERE hostname !~ '[.]test$'")" \
    state.test
open_dashboard - "$WORK/executed.jsonl" usage leaders.test
open_dashboard - "$WORK/summed:60" summaries summed.test
exit_test
