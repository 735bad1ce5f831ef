#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/schema/flink.sql, as it is shipped, in a real Flink, but for the connector (Flink.java).
# Invariant: the table has each record with all its values, and summaries.
# Oracle: tests/lib/pacct.py on the accounting file.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
jars=$TOP/.build/stores/flink
[ -d "$jars" ] || skip_test "Flink is not there; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
. "$srcdir/stores/lines.sh"
zcat "$LINES.2.gz" >>"$LINES"
java -Xmx512m --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED -cp "$jars/*" \
    "$srcdir/stores/Flink.java" "$TOP/contrib/schema/flink.sql" "$LINES" "$WORK/there" >"$WORK/server.log" 2>&1 ||
    error_exit "$(grep -m 5 -E 'Exception|Caused' "$WORK/server.log")"
find "$WORK/there" -type f ! -name '.*' -exec cat {} + >"$WORK/rows"
python3 "$srcdir/stores/typed.py" <"$WORK/rows" >"$WORK/values" || error_exit "see above"
compare_ids "$WORK/values"
grep -q '"event":"summary".*"group":"{.*"exit_codes":\[{"code":' "$WORK/rows" || error_exit "no summaries"
exit_test
