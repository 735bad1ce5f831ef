# An OpenSearch server on the loopback, for the tests that source this: start_opensearch, and api for its requests.
# shellcheck shell=bash
search_jars=$TOP/.build/stores/opensearch
[ -d "$search_jars" ] || skip_test "no OpenSearch; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
command -v curl >/dev/null || skip_test "curl is not installed"
SEARCH_PORT=9211
mkdir "$WORK/conf"
# its port is one above the base port, and it takes none that the kernel gives
printf '%s\n' 'discovery.type: single-node' 'network.host: 127.0.0.1' "transport.port: $(free_port)" \
    'cluster.routing.allocation.disk.threshold_enabled: false' >"$WORK/conf/opensearch.yml"
# shellcheck disable=SC2034 # for the tests
URL=http://127.0.0.1:$SEARCH_PORT
api() { curl -sS -H 'Content-Type: application/json' "$URL/$1" "${@:2}"; }
search_answers() { api _cluster/health 2>/dev/null | grep -qE '"status":"(green|yellow)"'; }
start_opensearch() {
    server java -Xms512m -Xmx512m -cp "$search_jars/*" org.codelibs.opensearch.runner.OpenSearchRunner \
        -basePath "$WORK/search" -confPath "$WORK/conf" -numOfNode 1 -baseHttpPort $((SEARCH_PORT - 1))
    wait_for "OpenSearch" search_answers
}
! listens "$SEARCH_PORT" || skip_test "port $SEARCH_PORT is taken"
