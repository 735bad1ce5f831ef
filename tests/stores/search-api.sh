# SPDX-License-Identifier: Apache-2.0
# What OpenSearch and Elasticsearch have in common, for a server on $SEARCH_PORT of the loopback.
# shellcheck shell=bash
command -v curl >/dev/null || skip_test "curl is not installed"
# shellcheck disable=SC2034 # for the tests
URL=http://127.0.0.1:$SEARCH_PORT
api() { curl -sS -H 'Content-Type: application/json' "$URL/$1" "${@:2}"; }
search_answers() { api _cluster/health 2>/dev/null | grep -qE '"status":"(green|yellow)"'; }
