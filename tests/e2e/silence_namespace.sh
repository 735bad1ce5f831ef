#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a process of another pid namespace that switches accounting is not taken for one that has ended.
# Invariant: nothing is said of a switch to the same file while the switching process lives, though it cannot be seen.
# Oracle: rsyslogd runs in a pid namespace of its own, and the switching process goes on to live.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="2"'
RSYSLOGD_WRAPPER="unshare --pid --fork --kill-child=KILL $RSYSLOGD_WRAPPER"
startup
expect module_started
python3 -c 'import ctypes, signal, sys; ctypes.CDLL(None).acct(sys.argv[1].encode()); signal.pause()' "$F" &
switcher=$!
wait_content '"comm":"impacct:' "$OUT"
ends
expect
kill "$switcher"
kill_immediate
exit_test
