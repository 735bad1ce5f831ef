#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the benchmark works; what it measures is nobody's business here.
# Invariant: every row of every part has figures.
# Oracle: the names of the rows, and that numbers follow them.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
"$srcdir/bench/run" --smoke >"$WORK/table" 2>"$WORK/errors" || error_exit "$(cat "$WORK/errors" "$WORK/table")"
for row in 'impacct, format="json"' 'impacct, defaults' 'impacct, properties="all"' 'impacct, properties="uid comm"' \
    'impacct, format="text"' 'the floor' imfile dump-acct syslog-ng 'json: CPU, of the floor' decode \
    'rsyslogd with its defaults' 'rsyslogd with properties="none"' 'processes slowed' '99th percentile' 'wake-ups of in:impacct' 'direct queue, 2000' 'slow output'; do
    grep -F -- "$row" "$WORK/table" | grep -Eq ' -?[0-9]+(\.[0-9]+)?( |$)' || error_exit "no figures for '$row': $(cat "$WORK/table")"
done
exit_test
