#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a file that exists at start is read from its beginning, every record once and in order.
# Invariant: each line holds exactly what the record holds, in every field.
# Oracle: tests/lib/pacct.py, an independent decoder.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 5000
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
startup
wait_file_lines "$OUT" 5000
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
exit_test
