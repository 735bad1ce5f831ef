#!/bin/bash
# Intent: a configuration in YAML does what one in RainerScript does.
# Invariant: numbers, words and lists, quoted or not, are taken; every record comes once and in order, with just the
# properties of the list.
# Oracle: tests/impacct_records.py, an independent decoder.
. "${srcdir:=.}/impacct-verbs.sh"
require_yaml_support
generate_conf --yaml-only
pacct_py generate "$WORK/pacct" 2000
add_yaml_conf "
modules:
  - load: \"../plugins/impacct/.libs/impacct\"

templates:
  - name: msg
    type: string
    string: \"%msg%\\n\"
  - name: properties
    type: string
    string: \"%\$!pacct%\\n\"

inputs:
  - type: impacct
    file: $WORK/pacct
    ruleset: records
    stateRuleset: states
    stateFile.directory: $WORK
    persistStateInterval: 100
    pollingInterval: 0.5
    resolveNames: on
    freshStartTail: \"off\"
    properties: [comm, \"pid\"]

rulesets:
  - name: records
    actions:
      - type: omfile
        file: \"$OUT\"
        template: msg
      - type: omfile
        file: \"$WORK/properties\"
        template: properties
  - name: states
    actions:
      - type: omfile
        file: \"$STATES\"
        template: msg
"
startup
wait_file_lines "$OUT" 2000
wait_file_lines "$WORK/properties" 2000
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
names=$($PYTHON -c 'import json, sys
print(sorted({name for line in open(sys.argv[1]) for name in json.loads(line)}))' "$WORK/properties")
assert_eq "$names" "['comm', 'pid']" "names of properties"
exit_test
