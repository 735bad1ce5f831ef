#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a configuration in YAML is as good as one in RainerScript, and a slip in it does not switch redaction off.
# Invariant: rsyslogd accepts each example in YAML of the documents; numbers, words and lists written in YAML do what they
# do in RainerScript; a list without members, an empty value and YAML's words for nothing, yes and no are refused with one
# message that names the parameter.
# Oracle: tests/lib/pacct.py, an independent decoder; rsyslogd -N1; the parameters in the module's table.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
top=$srcdir/..
table=$top/plugins/impacct/impacct_params_table.h

# yaml_conf TEXT: the verbs' configuration in RainerScript, and this beside it
yaml_conf() {
    generate_conf
    printf 'ruleset(name="processes") { stop }\nruleset(name="alarms") { stop }\n%s\ninclude(file="%s")\n' \
        'ratelimit(name="processes" interval="10" burst="1000")' "$WORK/part.yaml" >>"$WORK/rsyslog.conf"
    printf '%s\n' "$1" >"$WORK/part.yaml"
}

yaml_conf 'templates: []'
check_conf
! grep -q 'invalid character' "$WORK/check.log" || skip_test "this rsyslogd has no YAML (before 8.2604)"
pacct_py generate "$WORK/pacct" 2000

# numbers, words and lists, quoted or not
yaml_conf "inputs:
  - type: impacct
    ruleset: records
    stateRuleset: states
    file: $WORK/pacct
    persistStateInterval: 100
    pollingInterval: 0.5
    resolveNames: on
    freshStartTail: \"off\"
    properties: [comm, \"pid\"]"
sed -i 's|^ruleset(name="records") {|template(name="some" type="string" string="%$!pacct%\\n")\n& action(type="omfile" file="'"$WORK/some"'" template="some")|' \
    "$WORK/rsyslog.conf"
check_conf || error_exit "YAML is refused: $(cat "$WORK/check.log")"
startup
wait_file_lines "$OUT" 2000
wait_file_lines "$WORK/some" 2000
shutdown
pacct_py compare "$WORK/pacct" "$OUT"
assert_eq "$(python3 -c '
import json, sys
print(sorted({name for line in open(sys.argv[1]) for name in json.loads(line)}))' "$WORK/some")" "['comm', 'pid']" \
    "the names of properties"

# refused NAME VALUE: with one message that names it, beside an input that is right
refused() {
    yaml_conf "inputs:
  - type: impacct
    ruleset: processes
    file: $WORK/pacct
  - type: impacct
    ruleset: processes
    stateFile: other
    commandLine: auto
    $1: $2"
    ! check_conf || error_exit "$1: $2 is accepted"
    assert_eq "$(grep -c "impacct: parameter '$1' is .*; this input is not started" "$WORK/check.log")" 1 \
        "messages about $1: $2 in $(cat "$WORK/check.log")"
}
names=$(sed -n 's/^    {\.name = "\([^"]*\)".*/\1/p' "$table")
[ "$(wc -l <<<"$names")" -gt 10 ] || error_exit "the table of parameters was not found"
for name in $names; do
    case $name in
        commandLine | stateFile) continue ;; # rsyslog takes the first of two
    esac
    refused "$name" '[]'
    refused "$name" ''
done
for value in '~' 'null' 'yes' 'no' 'true' 'false' 'on' '[off, "^--pin=(.*)$"]' '["default", ""]'; do
    refused commandLine.redact "$value"
done

# examples: those of pages of parameters are a part, others a whole
count=0
while IFS= read -r page; do
    rm -f "$WORK"/example.*
    awk -v to="$WORK/example." '
        /^\.\. code-block:: yaml$/ { inside = 1; n++; next }
        /^[^ ]/ { inside = 0 }
        inside { print substr($0, 4) >(to n) }' "$page"
    for example in "$WORK"/example.*; do
        [ -e "$example" ] || continue
        yaml_conf "$(cat "$example")"
        ! grep -q '^modules:' "$example" || sed -i '/^module(load="impacct")/d' "$WORK/rsyslog.conf"
        ! grep -q 'name: processes' "$example" || sed -i '/^ruleset(name="processes")/d' "$WORK/rsyslog.conf"
        ! grep -q 'workDirectory:' "$example" || sed -i 's/workDirectory="[^"]*"//' "$WORK/rsyslog.conf"
        check_conf || error_exit "an example of $(basename "$page") is not accepted: $(cat "$example" "$WORK/check.log")"
        count=$((count + 1))
    done
done < <(grep -rl '^\.\. code-block:: yaml$' "$top/doc/source")
[ "$count" -gt "$(wc -l <<<"$names")" ] || error_exit "only $count examples were found"
exit_test
