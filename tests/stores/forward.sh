#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/forward.conf and central.conf, as they are shipped, between two real rsyslogds over TLS.
# Invariant: no record is missing at the central one after it was stopped and killed, the sender was stopped and killed
# with records in its disk queue; killed with records on the way, it loses no more than the window. A host with a certificate of another authority gets nothing in, nor does one of the same
# authority with another name.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omrelp
. "$srcdir/stores/server-central.sh"
authority other
certificate stranger.test other
certificate host1.elsewhere ca
as_host host1.test
use_shipped forward
arrived() { [ "$(sent "$CENTRAL"/log/processes/*.jsonl)" -ge "$1" ]; }
spilled() { [ -n "$(find "$WORK/spool/rsyslog" -name 'processes_central.0*' -size +"$1"k)" ]; }
# with repeats left out, and not the last one only: what is on the disk is sent beside what is in memory
each_arrived() { [ "$(sort -u "$RECEIVED" | sent -)" -ge "$1" ]; }
SERIAL=0
put() {
    pacct_py generate "$PACCT" "$1" --append --serial "$SERIAL"
    SERIAL=$((SERIAL + $1))
}

start_central
startup
put 3000
storm 1
wait_for "the first records" arrived "$(records)"
compare_ids "$RECEIVED"
content_check ", 0 repeats" "$WORK/result"

# central stopped: what comes then waits in memory, then on the disk, and outlasts both ends of the sender
end_server "$SERVER"
shutdown
startup
put 15000
wait_for "records on the disk" spilled 1000
kill_immediate
startup
put 1000
wait_for "records on the disk again" spilled 1000
shutdown
startup
start_central
put 1
wait_for "all records ($(records))" each_arrived "$(records)"
compare_ids "$RECEIVED"

# central killed under load: what was not confirmed comes again
put 10000
wait_for "some more" arrived $(($(lines_of "$RECEIVED") + 500))
end_server "$SERVER" KILL
start_central
put 1
wait_for "all records ($(records))" each_arrived "$(records)"
shutdown
# a killed writer leaves a line cut off
grep '^{.*}$' "$RECEIVED" >"$WORK/whole"
compare_ids "$WORK/whole"

# strangers are not let in. librelp closes a descriptor twice after a handshake that failed, and libnss-systemd, which is
# asked for the users that the records make up, aborts where that was its own.
printf '%s: files\n' passwd group hosts >"$WORK/nsswitch"
before=$(lines_of "$RECEIVED")
for stranger in stranger.test host1.elsewhere; do
    rm -rf "$WORK/spool/rsyslog" "$SYS"
    mkdir "$WORK/spool/rsyslog"
    as_host "$stranger"
    startup
    wait_content "suspended"
    assert_eq "$(lines_of "$RECEIVED")" "$before" "lines after $stranger"
    kill_immediate
done

# both killed while the central one stands still: librelp has what is on the way in its memory, and the sender is done with it
as_host host1.test
startup
put 1
wait_for "the connection" each_arrived "$(records)"
kill -STOP "$SERVER"
put 100
stored() { grep -qs "\"offset\":$(stat -c %s "$PACCT")," "$WORK"/spool/rsyslog/impacct-state*; }
wait_for "the position behind what is on the way" stored
put 1000
kill_immediate
end_server "$SERVER" KILL
startup
start_central
put 1
wait_for "all but the window" each_arrived $(($(records) - 128))
shutdown
echo "$(($(records) - $(grep '^{.*}$' "$RECEIVED" | sort -u | sent -))) lost by the kill"
exit_test
