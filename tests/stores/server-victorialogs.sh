# SPDX-License-Identifier: Apache-2.0
# A VictoriaLogs server on the loopback, over HTTPS and with a password, for the tests that source this:
# start_victorialogs [OPTION...] starts it (again), ask QUERY [NAME=VALUE...] asks it.
# shellcheck shell=bash
victorialogs=$TOP/.build/stores/victorialogs/victoria-logs
[ -x "$victorialogs" ] || skip_test "no VictoriaLogs; tests/destinations builds it"
command -v curl >/dev/null || skip_test "curl is not installed"
[ -e "$WORK/cert.pem" ] || certificate_of_localhost "$WORK/cert.pem" "$WORK/key.pem"
VL_PORT=$(free_port)
vl() { curl -sS --cacert "$WORK/cert.pem" -u "impacct:secret" "$@" 2>/dev/null; }
# not only listening: it answers
vl_answers() { [ "$(vl "https://localhost:$VL_PORT/health")" = OK ]; }
start_victorialogs() {
    # generated records are of 2023
    server "$victorialogs" -httpListenAddr="127.0.0.1:$VL_PORT" -storageDataPath="$WORK/vl" -retentionPeriod=100y -tls \
        -tlsCertFile="$WORK/cert.pem" -tlsKeyFile="$WORK/key.pem" -httpAuth.username=impacct -httpAuth.password=secret "$@"
    wait_for "VictoriaLogs" vl_answers
}
ask() {
    local args=() one
    for one in "query=$1" "${@:2}"; do args+=(--data-urlencode "$one"); done
    vl "https://localhost:$VL_PORT/select/logsql/query" "${args[@]}"
}
