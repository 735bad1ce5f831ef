#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/schema/duckdb.sql reads what contrib/rsyslog.d/files.conf writes, and the recipes of the page answer what
# they say.
# Invariant: the view has each record with all its values, of compressed files, too; a summary's group and a state message
# do not disturb it.
# Oracle: tests/lib/pacct.py on the accounting file.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
python=$TOP/.build/stores/duckdb/bin/python
[ -x "$python" ] || skip_test "DuckDB is not there; tests/destinations gets it"
. "$srcdir/stores/lines.sh"
# each line of one of the files twice, as after a kill
cp "$LINES" "$LINES.1"
"$srcdir/stores/private" "$WORK" "$python" "$srcdir/stores/recipes.py" "$PACCT" "$TOP/doc/source/destinations.rst" \
    "$TOP/contrib/schema/duckdb.sql" "$WORK" || error_exit "see above"
compare_ids "$WORK/there"
exit_test
