# SPDX-License-Identifier: Apache-2.0
# ClickHouse's engine on the loopback with contrib/schema/clickhouse.sql, for the tests that source this:
# start_clickhouse starts it (again), ask QUERY asks it. There is no server of ClickHouse to be had: see clickhouse.py.
# shellcheck shell=bash
chdb=$TOP/.build/stores/clickhouse/bin/python
[ -x "$chdb" ] || skip_test "no ClickHouse; tests/destinations gets it"
command -v curl >/dev/null || skip_test "curl is not installed"
certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
CH_PORT=$(free_port)
ask() { curl -sS --cacert "$WORK/cert.pem" -u impacct:secret --data-binary "$1" "https://localhost:$CH_PORT/" 2>/dev/null; }
ch_answers() { [ "$(ask 'SELECT 1')" = 1 ]; }
start_clickhouse() {
    server "$chdb" "$srcdir/stores/clickhouse.py" "$CH_PORT" "$WORK/cert.pem" "$WORK/key.pem" impacct secret "$WORK/clickhouse" \
        "$WORK/busy"
    wait_for "ClickHouse" ch_answers
    # one statement in a request, as over the real interface
    local statement
    while read -rd ';' statement; do
        [ -z "$(ask "$statement")" ] || error_exit "$(ask "$statement")"
    done < <(sed 's/--.*//' "$TOP/contrib/schema/clickhouse.sql")
}
