#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own" whoever starts processes faster than an output takes their records keeps the input from
# ever reaching the end of the file; the file is rotated all the same, so that what was sent can be removed.
# Invariant: it is rotated while most records are still to be read, and rotated again when the output has come as far; every
# process arrives, once and in order.
# Oracle: processes that carry numbers; the kernel, in a pid namespace of its own.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
PROCESSES=1500
F=$WORK/account/pacct
own 'accounting.maxFileSize="48k"' 'accounting.keep="2"'
sed -i "s|^ruleset(name=\"records\").*|module(load=\"omprog\")\\
ruleset(name=\"records\" queue.type=\"linkedList\" queue.size=\"200\") {\\
    action(type=\"omprog\" binary=\"/usr/bin/env python3 $(realpath "$srcdir")/lib/slow_output.py $OUT $WORK/hurry\" template=\"msg\"\\
           confirmMessages=\"on\" action.resumeRetryCount=\"-1\")\\
}|" "$WORK/rsyslog.conf"
mkdir -m 700 "$WORK/account"
(umask 077; : >"$F")
accton "$F" >/dev/null
run $PROCESSES
startup
wait_for "a rotation" test -e "$F.1"
[ "$(have)" -lt $((PROCESSES / 2)) ] || error_exit "it was rotated after $(have) processes"
touch "$WORK/hurry"
run 300
wait_all
wait_for "one more rotation" test -e "$F.2"
shutdown
grep -o '"comm":"n[0-9]*"' "$OUT" | tr -dc '0-9\n' >"$WORK/order"
seq 0 $((PROCESSES + 299)) | cmp - "$WORK/order" || error_exit "not each once and in order"
content_absent records_lost "$STATES"
exit_test
