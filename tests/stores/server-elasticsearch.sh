# SPDX-License-Identifier: Apache-2.0
# An Elasticsearch server on the loopback, for the tests that source this: start_search, and api for its requests.
# shellcheck shell=bash
elastic=$TOP/.build/stores/elasticsearch
[ -d "$elastic" ] || skip_test "no Elasticsearch; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
SEARCH_PORT=$(free_port)
. "$srcdir/stores/search-api.sh"
# it will not run as root, and wants its configuration beside its code
chmod 711 "$WORK"
cp -r "$elastic" "$WORK/elastic"
printf '%s\n' 'discovery.type: single-node' 'network.host: 127.0.0.1' "http.port: $SEARCH_PORT" \
    "transport.port: $(free_port)" 'xpack.security.enabled: false' \
    'cluster.routing.allocation.disk.threshold_enabled: false' \
    >"$WORK/elastic/config/elasticsearch.yml"
chown -R nobody "$WORK/elastic"
# search_template [NAME]; the build in the registry lacks the modules that have scaled_float, wildcard and match_only_text
search_template() {
    jq 'walk(if type == "object" and .type == "scaled_float" then {type: "double"}
             elif type == "object" and .type == "wildcard" then {type: "keyword", ignore_above: 8191, fields: (.fields + {text: {type: "text"}})}
             else . end)' "$TOP/contrib/opensearch/${1:-template}.json"
}
start_search() {
    ES_JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")") ES_JAVA_OPTS='-Xms512m -Xmx512m' \
        HOME=$WORK/elastic server setpriv --reuid=nobody --regid=nogroup --clear-groups "$WORK/elastic/bin/elasticsearch"
    wait_for "Elasticsearch" search_answers
}
