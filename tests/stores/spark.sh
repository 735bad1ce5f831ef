#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/schema/spark.sql, as it is shipped, with a real Spark, reads what contrib/rsyslog.d/files.conf writes.
# Invariant: the table has each record with all its values, of compressed files, too, and summaries.
# Oracle: tests/lib/pacct.py on the accounting file.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
python=$TOP/.build/stores/spark/bin/python
[ -x "$python" ] || skip_test "Spark is not there; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
. "$srcdir/stores/lines.sh"
# the catalog is made in the working directory
(cd "$WORK" && "$srcdir/stores/private" "$WORK" "$python" "$srcdir/stores/spark.py" "$TOP/contrib/schema/spark.sql" "$WORK") \
    2>"$WORK/server.log" || error_exit "$(tail -n 20 "$WORK/server.log")"
compare_ids "$WORK"/there/part-*
grep -qh '"event":"summary".*"group":"{.*"exit_codes":\[{"code":' "$WORK"/there/part-* || error_exit "no summaries"
exit_test
