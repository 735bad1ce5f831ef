#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a record that could be about an end is none where the process is seen to live.
# Invariant: a program of which threads ended before it calls acct(2), and which goes on to run, is "synthetic" once;
# the module's own call, too; nothing is uncertain.
# Oracle: a process that is still there when its record has arrived.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/pacct
: >"$F"
accton "$F" >/dev/null
follow 'silenceAlarm="2"'
startup
# with a canary's record it is known that these are the process ids of rsyslogd's own namespace
canary() { grep -q '"comm":"impacct:' "$OUT"; }
accton off >/dev/null
accton "$F" >/dev/null
wait_for "a canary" canary
python3 - "$F" <<'PY' &
import ctypes, os, signal, sys, threading, time
begin = time.monotonic()
thread = threading.Thread(target=lambda: sum(bytearray(1 << 22)))
thread.start()
thread.join()
while time.monotonic() - begin < 4:  # what is younger is not certain
    time.sleep(0.1)
ctypes.CDLL(None).acct(sys.argv[1].encode())
signal.pause()
PY
caller=$!
seen() { grep -q "\"event\":\"synthetic\".*\"pid\":$caller," "$OUT"; }
wait_for "the caller's record, as a synthetic one" seen
kill "$caller"
wait "$caller" 2>/dev/null
ended() { grep "\"pid\":$caller," "$OUT" | grep -q '"event":"exit".*"killed":true'; }
wait_for "the caller's end" ended
content_absent exit_uncertain "$OUT"
shutdown
accton off >/dev/null

# its own call: rsyslogd has threads that ended by then
forget
F=$WORK/account/pacct
own 'accounting.maxFileSize="4k"'
startup
wait_content '"event":"accounting_started"' "$STATES"
run 70
wait_all
wait_for "a rotation" grep -q '"event":"file_rotated"' "$STATES"
wait_content '"event":"synthetic"' "$OUT"
content_absent exit_uncertain "$OUT"
shutdown
exit_test
