#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the check for silence works in the service as shipped: a machine on which nothing ends gets no alarm.
# Invariant: the module's own children leave their records, and no state message comes.
# Oracle: nothing ends here meanwhile, and nobody touches accounting.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
fresh 'silenceAlarm="2"'
mkfifo "$WORK/never"
exec 7<>"$WORK/never"
canaries=0 deadline=$((SECONDS + TEST_TIMEOUT))
until [ "$canaries" -ge 3 ]; do
    [ "$SECONDS" -lt "$deadline" ] || error_exit "$canaries canaries in $TEST_TIMEOUT s of quiet"
    read -rt 0.2 -u 7 || true
    canaries=0
    while read -r line; do
        [[ $line != *'"comm":"impacct:'* ]] || canaries=$((canaries + 1))
    done <"$OUT"
done
expect
all_arrived
exit_test
