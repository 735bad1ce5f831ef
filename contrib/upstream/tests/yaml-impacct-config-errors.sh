#!/bin/bash
# Intent: a slip in a configuration in YAML does not switch something off without a word.
# Invariant: a list without members, an empty value and YAML's words for nothing, yes and no are refused with one message
# that names the parameter, and rsyslogd -N1 exits non-zero; the same configuration without the slip is accepted.
# Oracle: rsyslogd -N1.
. "${srcdir:=.}/impacct-verbs.sh"
require_yaml_support
pacct_py generate "$WORK/pacct" 10

# yaml_conf TEXT: an input with these further lines
yaml_conf() {
    generate_conf --yaml-only
    add_yaml_conf "
modules:
  - load: \"../plugins/impacct/.libs/impacct\"

inputs:
  - type: impacct
    file: $WORK/pacct
    ruleset: records
    stateFile.directory: $WORK
    commandLine: auto
$1

rulesets:
  - name: records
    actions:
      - type: omfile
        file: \"$OUT\"
"
}

yaml_conf '    tag: pacct'
check_conf || error_exit "the right configuration is refused: $(cat "$WORK/check.log")"

refused() { # refused NAME VALUE
    yaml_conf "    $1: $2"
    ! check_conf || error_exit "$1: $2 is accepted"
    assert_eq "$(grep -c "impacct: parameter '$1' is .*; this input is not started" "$WORK/check.log")" 1 \
        "messages about $1: $2 in $(cat "$WORK/check.log")"
}
for name in tag facility severity format schema properties rotatedFiles resolveNames hostname; do
    refused $name '[]'
    refused $name ''
done
for value in '[]' '' '~' null yes no true false on '[off, "^--pin=(.*)$"]' '["default", ""]'; do
    refused commandLine.redact "$value"
done
exit_test
