#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a wrong configuration is told so that its author can mend it.
# Invariant: each error gives exactly one message, which names the parameter and the value; rsyslogd -N1 exits non-zero;
# the other inputs run.
# Oracle: what is put in here, for every parameter in the module's table.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/good" 10

# wrong PARAMETER VALUE [NAMED]: this value, as in a configuration, is refused with a message that holds both
wrong() {
    local file="file=\"$WORK/bad${#cases[@]}\""
    [ "$1" != file ] || file=
    cases+=("$1=$2")
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")
input(type=\"impacct\" $file $1=$2)"
    refused "$1" "${3:-$2}" || error_exit "$1=$2: $(cat "$WORK/check.log")"
    add+=("input(type=\"impacct\" $file $1=$2)")
}

# refused TEXT...: the check fails with one message, which holds all of these
refused() {
    ! check_conf || return
    grep -v -e ': version .*, config validation run' -e 'backward-compatible insecure default' -e ': End of config validation run. Bye.' \
        -e ": ratelimit config '.*' not found" "$WORK/check.log" \
        >"$WORK/messages"
    [ "$(wc -l <"$WORK/messages")" = 1 ] || return
    for text; do
        grep -qF -- "$text" "$WORK/messages" || return
    done
}

generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")"
check_conf || error_exit "the right configuration is refused: $(cat "$WORK/check.log")"
cases=() add=()

list='["one", "two"]'
for name in file source bpf.directory bpf.ringSize mode pollingInterval tag name facility severity ruleset stateRuleset ratelimit.name ratelimit.interval ratelimit.burst format schema \
    container rotatedFiles rotatedFiles.directory rotatedFiles.maxAge freshStartTail persistStateInterval stateFile.directory stateFile resolveNames resolveNames.cacheTime silenceAlarm accounting accounting.maxFileSize \
    accounting.keep accounting.atStop accounting.force \
    commandLine commandLine.maxLength usage origin execMessages execMessages.skipRoot execMessages.skipKernelHelpers \
    summary.interval summary.records summary.ruleset summary.maxGroups \
    ahz v0.byteOrder hostname hostId; do
    wrong $name "$list" "list of 2"
    wrong $name '""'
done
for name in ratelimit.interval ratelimit.burst rotatedFiles.maxAge persistStateInterval resolveNames.cacheTime ahz; do
    wrong $name '"many"'
    wrong $name '"-1"'
    wrong $name '"1.5"'
    wrong $name '"10s"'
    wrong $name '"99999999999999999999"'
done
for name in ratelimit.burst rotatedFiles.maxAge persistStateInterval resolveNames.cacheTime ahz; do
    wrong $name '"0"'
done
wrong ahz '"65536"'
for value in 0 -1 often 1s nan inf 86401; do
    wrong pollingInterval "\"$value\""
done
for value in 0 1023k 1.5m 64mb -1 large 2g; do
    wrong bpf.ringSize "\"$value\""
done
for value in 0 4095 1.5m 64mb -1 large 99999999999g; do
    wrong accounting.maxFileSize "\"$value\""
done
for value in 0 -1 7 86401 172800 1.5 60s often; do
    wrong summary.interval "\"$value\""
done
wrong summary.by '""'
wrong summary.by '"nothing"' nothing
wrong summary.by '["user", "args"]' args
wrong summary.by '["comm", "file"]' file
wrong summary.by '["count"]' count
wrong summary.by '"user comm user"' '"user" is there twice'
wrong summary.by '["uid", "gid", "comm", "tty", "version", "forked", "killed", "exit_code", "signal"]' signal
wrong summary.records '"some"'
wrong summary.records '"drop"'
wrong summary.ruleset '"nowhere"'
for value in 0 -1 1000001 many; do
    wrong summary.maxGroups "\"$value\""
done
wrong accounting.keep '"1001"'
wrong accounting '"mine"'
wrong accounting.atStop '"on"'
wrong accounting.force '"1"'
for value in 0.9 -1 never 60s nan 604801; do
    wrong silenceAlarm "\"$value\""
done
for name in file stateFile.directory; do
    wrong $name '"relative/path"'
done
for name in mode format schema rotatedFiles freshStartTail resolveNames v0.byteOrder; do
    wrong $name '"else"'
done
wrong freshStartTail '"1"'
for value in local9 24 -1 'local0.info'; do
    wrong facility "\"$value\""
done
for value in loud 8 -1; do
    wrong severity "\"$value\""
done
for value in 'two words' 'a/b' 'a:b' 'a[1]' "$(printf 'x%.0s' $(seq 49))"; do
    wrong tag "\"$value\""
done
for value in 1st 'two words' a-b a.b 'a(b)' "$(printf 'x%.0s' $(seq 65))"; do
    wrong name "\"$value\""
done
wrong ratelimit.name '"nowhere"' # there is none of that name, or this rsyslog has no such objects
for name in interval burst; do
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" ratelimit.name=\"some\" ratelimit.$name=\"10\")"
    refused "'ratelimit.name' is \"some\"" "ratelimit.$name" || error_exit "two kinds of limits: $(cat "$WORK/check.log")"
done
for value in pacct '$pacct' '!pacct' '$!a!!b' '$!a!' '$!a b'; do
    wrong container "\"$value\""
done
for name in source commandLine usage origin execMessages execMessages.skipRoot execMessages.skipKernelHelpers; do
    wrong $name '"else"'
done
for value in 63 16384 all; do
    wrong commandLine.maxLength "\"$value\""
done
wrong commandLine.redact '""'
wrong commandLine.redact '"("' 'regular expressions in any number: '
for value in on yes no true False null '~' none; do # as regular expressions they would replace "default"
    wrong commandLine.redact "\"$value\""
done
wrong commandLine.redact '["default", "off"]' '"off"'
wrong commandLine.redact '["default", "[a"]' '"[a"'
for name in origin execMessages; do
    wrong $name '"on"' commandLine # it takes one
done
wrong properties '"user, nose"' '"nose"'
wrong properties '["user", "nose"]' '"nose"'
wrong properties '["all", "user"]' '"all"'
wrong properties '""'
for value in 'a/b' . ..; do
    wrong stateFile "\"$value\""
done
wrong stateFile "\"$(printf 'x%.0s' $(seq 260))\"" xxxxxxxx
wrong ruleset '"nowhere"'
wrong hostname '"two words"'
wrong hostname "\"$(printf 'tab\tbed')\"" 'bed"'
wrong fiel '"/tmp/x"' fiel # what is no parameter is rsyslog's to tell; it names no value

# each parameter has been there
sed -n 's/^ *{\{0,1\}\.name = "\([^"]*\)".*/\1/p' "$srcdir/../plugins/impacct/impacct_params_table.h" >"$WORK/names"
[ "$(wc -l <"$WORK/names")" -gt 10 ] || error_exit "the table of parameters was not found"
while read -r name; do
    printf '%s\n' "${cases[@]}" | grep -q "^$name=" || error_exit "there is no case for parameter $name"
done <"$WORK/names"

# two inputs cannot share a position, whatever they call its file
mkdir "$WORK/state"
ln -s state "$WORK/link"
second_input() { # PARAMETERS: check it beside an input whose state file is state/first
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\" stateFile.directory=\"$WORK/state\"
        stateFile=\"first\")
    input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\" $1)"
}
for same in "$WORK/state:first" "$WORK//./state/:first" "$WORK/link:first" "$WORK/state:first.tmp"; do
    second_input "stateFile.directory=\"${same%:*}\" stateFile=\"${same##*:}\""
    refused "'${same%:*}/${same##*:}'" "'stateFile'" || error_exit "a state file that is another's, as $same: $(cat "$WORK/check.log")"
done
for own in "$WORK/state:second" "$WORK:first" "$WORK/state:first.tmp.tmp" "$WORK/state:firs"; do
    second_input "stateFile.directory=\"${own%:*}\" stateFile=\"${own##*:}\""
    check_conf || error_exit "two inputs on one file, each with a position, the second one $own: $(cat "$WORK/check.log")"
done

# two inputs cannot own accounting, since the kernel has one file
generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\" accounting=\"own\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" accounting=\"own\")"
refused "'$WORK/other'" 'accounting="own"' || error_exit "two owners: $(cat "$WORK/check.log")"

# nor can two have the command lines
generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\" commandLine=\"auto\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" commandLine=\"bpf\")"
refused "'$WORK/other'" "'commandLine'" || error_exit "two captures: $(cat "$WORK/check.log")"
generate_conf
add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" accounting=\"own\" rotatedFiles=\"off\")"
refused "'rotatedFiles'" 'accounting="own"' || error_exit "an owner that reads no rotated files: $(cat "$WORK/check.log")"

# nor can the summaries of two have the same ids
two_sums() { # PARAMETERS of the second input
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\" summary.interval=\"60\")
input(type=\"impacct\" file=\"$WORK/other\" ruleset=\"records\" summary.interval=\"60\" $1)"
}
two_sums ''
refused "'$WORK/other'" "'hostId'" || error_exit "two inputs with the same summaries: $(cat "$WORK/check.log")"
for parameter in 'hostId="other"' 'summary.by="uid"'; do
    two_sums "$parameter"
    check_conf || error_exit "summaries of two inputs that $parameter tells apart: $(cat "$WORK/check.log")"
done

# the kernel has no file
for parameter in "file=\"$WORK/other\"" 'accounting="own"' 'hostname="other"' "rotatedFiles.directory=\"$WORK\""; do
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")
input(type=\"impacct\" source=\"bpf\" ruleset=\"records\" $parameter)"
    refused "'${parameter%%=*}'" 'source="bpf"' || error_exit "a ring with $parameter: $(cat "$WORK/check.log")"
done

# with every one of these errors, the right input runs
generate_conf
for input in "${add[@]}"; do
    add_conf "$input"
done
add_conf "input(type=\"impacct\" file=\"$WORK/good\" ruleset=\"records\")"
startup
wait_file_lines "$OUT" 10
shutdown
pacct_py compare "$WORK/good" "$OUT"
exit_test
