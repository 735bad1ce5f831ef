# SPDX-License-Identifier: Apache-2.0
# An OpenSearch server on the loopback, for the tests that source this: start_search, and api for its requests.
# shellcheck shell=bash
search_jars=$TOP/.build/stores/opensearch
[ -d "$search_jars" ] || skip_test "no OpenSearch; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
# its port is one above the base port, and it takes none that the kernel gives
SEARCH_PORT=9211
! listens "$SEARCH_PORT" || skip_test "port $SEARCH_PORT is taken"
mkdir "$WORK/conf"
printf '%s\n' 'discovery.type: single-node' 'network.host: 127.0.0.1' "transport.port: $(free_port)" \
    'cluster.routing.allocation.disk.threshold_enabled: false' >"$WORK/conf/opensearch.yml"
. "$srcdir/stores/search-api.sh"
# search_template [NAME]
search_template() { cat "$TOP/contrib/opensearch/${1:-template}.json"; }
start_search() {
    server java -Xms512m -Xmx512m -cp "$search_jars/*" org.codelibs.opensearch.runner.OpenSearchRunner \
        -basePath "$WORK/search" -confPath "$WORK/conf" -numOfNode 1 -baseHttpPort $((SEARCH_PORT - 1))
    wait_for "OpenSearch" search_answers
}
