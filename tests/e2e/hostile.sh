#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: thousands of hostile names in records of all versions and both byte orders cannot break any output.
# Invariant: one line per record; in each schema and as properties strict JSON whose values are the record's; cee and
# text lines hold nothing but what belongs there.
# Oracle: tests/lib/pacct.py: Python's JSON parser without its liberties, and values worked out on its own.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 3500 --mixed --hostile --seed 5
add_conf 'template(name="properties" type="string" string="%$!pacct%\n")'

# add_input NAME TEMPLATE PARAMETERS
add_input() {
    add_conf "ruleset(name=\"$1\") { action(type=\"omfile\" file=\"$WORK/$1.jsonl\" template=\"$2\") }
input(type=\"impacct\" file=\"$WORK/pacct\" stateFile=\"$1\" ruleset=\"$1\" $3)"
}
for schema in native ecs otel acct; do
    add_input "$schema" msg "schema=\"$schema\" properties=\"none\""
    add_input "$schema-properties" properties "schema=\"$schema\" format=\"text\""
done
add_input cee msg 'format="cee"'
add_input text msg 'format="text"'
startup
for name in {native,ecs,otel,acct}{,-properties} cee text; do
    wait_file_lines "$WORK/$name.jsonl" 3500
done
shutdown
for schema in native ecs otel acct; do
    pacct_py compare "$WORK/pacct" "$WORK/$schema.jsonl" --schema "$schema"
    pacct_py compare "$WORK/pacct" "$WORK/$schema-properties.jsonl" --schema "$schema" --properties
done
pacct_py compare "$WORK/pacct" "$WORK/cee.jsonl" --format cee
pacct_py compare "$WORK/pacct" "$WORK/text.jsonl" --format text
exit_test
