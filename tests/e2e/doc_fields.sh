#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the page of fields is the table of fields.
# Invariant: doc/source/reference/impacct-fields.rst is what "make docs" makes, and names every field of a record that
# the independent decoder knows, in every schema.
# Oracle: the generator's output; tests/lib/pacct.py for the names.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
page=$srcdir/../doc/source/reference/impacct-fields.rst
"$MODULE_DIR/../../../tests/tools/fields_page" >"$WORK/page" || error_exit "there is no generator: make check builds it"
diff -u "$page" "$WORK/page" || error_exit "the page is not what the table says: make docs"
pacct_py generate "$WORK/pacct" 100
python3 - "$srcdir/lib" "$WORK/pacct" "$page" <<'PY' || error_exit "see above"
import sys

sys.path.insert(0, sys.argv[1])
import pacct

page = open(sys.argv[3], encoding="utf-8").read()
for schema, values in pacct.SCHEMAS.items():
    names = pacct.MACHINE[schema].copy()
    for raw in pacct.records(sys.argv[2]):
        names |= set(values(pacct.native(raw), pacct.decode(raw)))
    missing = [name for name in sorted(names) if f"``{name}``" not in page]
    if missing:
        sys.exit(f"the page lacks {missing} of schema {schema}")
PY
exit_test
