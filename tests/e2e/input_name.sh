#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: who has several inputs can tell their messages and counters apart by names of his own.
# Invariant: the name of an input is in the property inputname of its messages, state messages too, and its object of
# counters is called by it; an input without one is "impacct", and its object has the path; where impstats can write in
# Prometheus' format, the object's name is the beginning of the metrics' as it is.
# Oracle: what is configured here, and the number of records.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
pacct_py generate "$WORK/pacct" 300

conf() { # conf FORMAT
    generate_conf
    add_conf "module(load=\"impstats\" interval=\"1\" format=\"$1\" log.file=\"$WORK/stats\" log.syslog=\"off\")
template(name=\"inputname\" type=\"string\" string=\"%inputname%\\n\")
ruleset(name=\"named\") { action(type=\"omfile\" file=\"$WORK/named\" template=\"inputname\") }
ruleset(name=\"unnamed\") { action(type=\"omfile\" file=\"$WORK/unnamed\" template=\"inputname\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"named\" stateRuleset=\"named\" stateFile=\"position\" name=\"of_users\")
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"unnamed\" stateRuleset=\"unnamed\")"
}
has() { # has TEXT: in the counters, whose JSON has slashes escaped
    sed 's|\\/|/|g' "$WORK/stats" 2>/dev/null | grep -qF -- "$1"
}
conf json
startup
wait_file_lines "$WORK/named" 301
wait_file_lines "$WORK/unnamed" 301
wait_for "counters of the input with a name" has '"name": "of_users", "origin": "impacct", "read": 300,'
wait_for "counters of the other" has "\"name\": \"impacct($WORK/pacct)\", \"origin\": \"impacct\", \"read\": 300,"
shutdown
assert_eq "$(sort -u "$WORK/named") $(sort -u "$WORK/unnamed")" "of_users impacct" "names of inputs"

conf prometheus
check_conf || exit_test # this rsyslogd has no such format (before 8.2510)
rm "$WORK"/{stats,named,unnamed,position,impacct-state*}
startup
wait_for "a metric of the input with a name" grep -qs '^of_users_read_total 300$' "$WORK/stats"
shutdown
exit_test
