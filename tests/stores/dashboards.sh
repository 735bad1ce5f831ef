#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the dashboards, the lifecycle policy and the transform job have the form that Grafana and OpenSearch publish for
# them, and the dashboards are those that contrib/dashboards/make makes. (No form is published for OpenSearch Dashboards' objects.)
# Invariant: no property is there that the form does not know, none that it asks for is missing, no value is outside of it.
# Oracle: the types in the products' own packages, made a JSON schema; see schemas/types.ts.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
schemas=$TOP/.build/stores/dashboards
[ -d "$schemas/node_modules" ] || skip_test "the packages with the forms are not there; tests/destinations gets them"

"$TOP/contrib/dashboards/make" "$WORK/made" || error_exit "see above"
for file in grafana/postgresql.json grafana/elasticsearch.json grafana/opensearch.json opensearch/dashboards.ndjson; do
    cmp "$WORK/made/$file" "$TOP/contrib/$file" || error_exit "contrib/dashboards/make was not run"
done
diff -r "$WORK/made/superset" "$TOP/contrib/superset" || error_exit "contrib/dashboards/make was not run"
node "$schemas/validate.js" "GrafanaSql=$TOP/contrib/grafana/postgresql.json" \
    "GrafanaSearch=$TOP/contrib/grafana/elasticsearch.json" "GrafanaSearch=$TOP/contrib/grafana/opensearch.json" \
    "LifecyclePolicy=$TOP/contrib/opensearch/lifecycle.json" "TransformJob=$TOP/contrib/opensearch/rollup.json" || error_exit "see above"

# types that the packages have moved or lost would let everything pass
wrong=()
# spoil TYPE FILE CHANGE
spoil() {
    local file=$WORK/wrong-${#wrong[@]}.json
    jq "$3" "$TOP/contrib/$2" >"$file" || error_exit "jq failed"
    wrong+=("$1=$file")
}
spoil GrafanaSql grafana/postgresql.json '.panels[0].gridPos.w = "12"'
spoil GrafanaSql grafana/postgresql.json '.panels[0].fieldConfig.defaults.custom.drawStyle = "columns"'
spoil GrafanaSql grafana/postgresql.json '.panels[2].options.showHead = true'
spoil GrafanaSearch grafana/opensearch.json '.panels[2].targets[0].bucketAggs[0].settings.order = "down"'
spoil LifecyclePolicy opensearch/lifecycle.json '.policy.states[1].actions[0].force_merge.max_num_segments = "1"'
spoil TransformJob opensearch/rollup.json '.transform.groups[0].date_histogram.fixed = "1d"'
node "$schemas/validate.js" "${wrong[@]}" >"$WORK/rejected"
for one in "${wrong[@]}"; do
    content_check "${one#*=}: /" "$WORK/rejected"
done
exit_test
