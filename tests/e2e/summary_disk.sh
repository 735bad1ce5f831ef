#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: summaries while the state cannot be stored, because its disk is full, and what a kill makes of them then.
# Invariant: windows are sent in their time, and HUP changes nothing; what comes late to one that was sent waits, as another
# run might not know of it; after a kill and with room again, each window holds all its records, under one id.
# Oracle: tests/lib/summaries.py, which adds the records up one by one.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -n "${IN_OWN_MOUNTS:-}" ] || { require_root; rm -rf "$WORK"; IN_OWN_MOUNTS=1 exec unshare --mount "$BASH" "$0"; }
F=$WORK/pacct
D=$WORK/state
OUT=$WORK/out.jsonl
summaries() { python3 "$srcdir/lib/summaries.py" "$@" || error_exit "summaries.py $1: see above"; }
generate_conf
add_conf "ruleset(name=\"main\" queue.type=\"linkedList\") { action(type=\"omfile\" file=\"$OUT\" template=\"msg\") }
    input(type=\"impacct\" file=\"$F\" ruleset=\"main\" stateFile.directory=\"$D\" silenceAlarm=\"off\" resolveNames=\"off\"
        properties=\"none\" hostname=\"host\" hostId=\"id\" summary.interval=\"60\" summary.by=[\"uid\", \"comm\"]
        summary.records=\"drop\")"
summed_up() { [ "$(summaries total "$OUT")" = "$1" ]; }
# the names of the state's file and of what it is written to
STATE=$D/$(basename "$(state_file "$F")")
summaries generate "$F" 3000
mkdir "$D"
mount -t tmpfs -o size=64k full "$D"
startup
wait_for "the first windows" summed_up 3000
stored() { grep -qs "\"offset\":$(stat -c %s "$F")," "$STATE"; }
wait_for "their position" stored
dd if=/dev/zero of="$D/fill" bs=4k status=none 2>/dev/null
summaries generate "$F" 3000 --from 6000 --append
# but for what was late in them
most() { [ "$(summaries total "$OUT")" -gt 5000 ]; }
wait_for "the windows behind them" most
wait_content "No space left on device"
# to windows that were sent, late; and one that was not
summaries generate "$F" 500 --from 8000 --seed 2 --append
kill -HUP "$RSYSLOGD_PID"
summaries generate "$F" 20 --from 20000 --append
wait_for "the window that is new" grep -qs '"event":"summary_window".*"window_start":"2023-11-14T22:30:00Z"' "$OUT"
kill_immediate
rm "$D/fill"
startup
summaries generate "$F" 3000 --from 9000 --append
wait_for "all in summaries" summed_up 9520
shutdown
summaries compare "$F" "$OUT" --by uid,comm --interval 60
umount "$D"
exit_test
