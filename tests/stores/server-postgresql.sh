# A PostgreSQL server on the loopback with contrib/postgresql/schema.sql, for the tests that source this: init_postgres
# makes it, start_postgres starts it (again), sql asks it as the owner.
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
# sql TEXT: as the owner, unaligned
sql() {
    "${as_postgres[@]}" "$bin/psql" -XqAt -F $'\t' -v ON_ERROR_STOP=1 -h "$WORK/socket" -p "$PG_PORT" -d processes -c "$1"
}
init_postgres() {
    echo unused >"$WORK/password"
    "${as_postgres[@]}" "$bin/initdb" -D "$DATA" -E UTF8 -U postgres --pwfile="$WORK/password" --auth-local=trust \
        --auth-host=scram-sha-256 >"$WORK/server.log" 2>&1 || error_exit "initdb: $(cat "$WORK/server.log")"
    start_postgres
    "${as_postgres[@]}" "$bin/createdb" -h "$WORK/socket" -p "$PG_PORT" processes
    "${as_postgres[@]}" "$bin/psql" -Xq -v ON_ERROR_STOP=1 -h "$WORK/socket" -p "$PG_PORT" -d processes \
        <"$TOP/contrib/postgresql/schema.sql" || error_exit "schema.sql failed"
    # the roles, as schema.sql's head has them
    sql "$(sed -n 's/^--   \(CREATE ROLE\|GRANT\)/\1/p' "$TOP/contrib/postgresql/schema.sql")"
}
