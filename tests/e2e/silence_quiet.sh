#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting that is merely quiet gives no alarm.
# Invariant: where nothing ends but the module's own canaries, their records are seen and nothing is said.
# Oracle: this waits without processes; on the machine others end.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="2"'
startup
expect module_started
mkfifo "$WORK/never"
exec 7<>"$WORK/never"
mapfile -t lines <"$OUT"
before=${#lines[@]} deadline=$((SECONDS + TEST_TIMEOUT + 30)) canaries=0
until [ "$canaries" -ge 3 ]; do
    [ "$SECONDS" -lt "$deadline" ] || error_exit "$canaries canaries in $((TEST_TIMEOUT + 30)) s of quiet"
    read -rt 0.2 -u 7 || true
    mapfile -t lines <"$OUT"
    canaries=0
    for line in "${lines[@]:before}"; do
        [[ $line != *'"comm":"impacct:'* ]] || canaries=$((canaries + 1))
    done
done
expect
shutdown
exit_test
