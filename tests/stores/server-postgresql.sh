# SPDX-License-Identifier: Apache-2.0
# A PostgreSQL server on the loopback with contrib/postgresql/schema.sql, for the tests that source this: init_postgres
# makes it, with this schema or another, start_postgres starts it (again), sql asks it as the owner.
# shellcheck shell=bash
bin=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
bin=${bin%/initdb}
[ -n "$bin" ] || skip_test "no PostgreSQL server is installed"
# the server will not run as root
chmod 711 "$WORK"
DATA=$WORK/pg
install -d -o postgres -m 700 "$DATA" "$WORK/socket"
PG_PORT=$(free_port)
as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups)
start_postgres() {
    server "${as_postgres[@]}" "$bin/postgres" -D "$DATA" -p "$PG_PORT" -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories="$WORK/socket"
    # until it takes connections, not just the port
    wait_for "PostgreSQL" "$bin/pg_isready" -q -h "$WORK/socket" -p "$PG_PORT"
}
# the database's owner, who is trusted on the socket
as_owner=(-h "$WORK/socket" -p "$PG_PORT" -U postgres -d processes)
# sql TEXT: as the owner, unaligned
sql() { "$bin/psql" -XqAt -F $'\t' -v ON_ERROR_STOP=1 "${as_owner[@]}" -c "$1"; }
# sql_file FILE: as schema.sql's head has it
sql_file() { "$bin/psql" -XqAt -v ON_ERROR_STOP=1 -1 "${as_owner[@]}" -f "$1" || error_exit "$1 failed"; }
init_postgres() {
    echo unused >"$WORK/password"
    "${as_postgres[@]}" "$bin/initdb" -D "$DATA" -E UTF8 -U postgres --pwfile="$WORK/password" --auth-local=trust \
        --auth-host=scram-sha-256 >"$WORK/server.log" 2>&1 || error_exit "initdb: $(cat "$WORK/server.log")"
    start_postgres
    "$bin/createdb" "${as_owner[@]:0:6}" processes
    sql_file "${1:-$TOP/contrib/postgresql/schema.sql}"
    # the roles, as schema.sql's head has them
    sql "$(sed -n 's/^--   \(CREATE ROLE\|GRANT\|ALTER DEFAULT\)/\1/p' "${1:-$TOP/contrib/postgresql/schema.sql}")"
}
