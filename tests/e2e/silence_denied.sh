#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a stop of a moment is told also where a policy denies rsyslogd to ask for other processes, as SELinux's does.
# Invariant: off and on again at once gives accounting_stopped and accounting_started; who switched and lives on, neither.
# Oracle: what is done to accounting here; a filter that denies the call (tests/tools/deny_call.c).
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
TOOL=$MODULE_DIR/../../../tests/tools/deny_call # where the module was built
[ -x "$TOOL" ] || error_exit "there is no $TOOL: make -C tests check builds it"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="2"'
RSYSLOGD_WRAPPER="$TOOL getpgid $RSYSLOGD_WRAPPER"
startup
expect module_started
ends
accton off >/dev/null
accton "$F" >/dev/null
expect accounting_stopped accounting_started
ends
canaries() { grep -c '"comm":"impacct:' "$OUT"; }
before=$(canaries)
python3 -c 'import ctypes, signal, sys; ctypes.CDLL(None).acct(sys.argv[1].encode()); signal.pause()' "$F" &
switcher=$!
asked() { [ "$(canaries)" -gt "$before" ]; }
wait_for "a canary" asked
ends
expect
kill "$switcher"
shutdown
exit_test
