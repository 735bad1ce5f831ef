#!/usr/bin/env bash
# Intent: contrib/rsyslog.d/forward.conf and central.conf, as they are shipped, between two real rsyslogds over TLS.
# Invariant: no record is missing at the central one after it was stopped and killed, the sender was stopped and killed
# with records in its disk queue, and a host with a certificate of another authority came; that host gets nothing in.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omrelp
command -v openssl >/dev/null || skip_test "openssl is not installed"
CERTS=$WORK/certs
mkdir "$CERTS"

# certificate NAME AUTHORITY
certificate() {
    printf 'subjectAltName=DNS:%s\n' "$1" >"$CERTS/$1.ext"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$CERTS/$1.key" -out "$CERTS/$1.csr" 2>/dev/null
    openssl x509 -req -in "$CERTS/$1.csr" -CA "$CERTS/$2.pem" -CAkey "$CERTS/$2.key" -CAcreateserial -days 2 \
        -extfile "$CERTS/$1.ext" -out "$CERTS/$1.pem" 2>/dev/null || error_exit "no certificate for $1"
}
for authority in ca other; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$authority" -keyout "$CERTS/$authority.key" \
        -out "$CERTS/$authority.pem" 2>/dev/null || error_exit "no certificate of the authority"
done
certificate central.test ca
certificate host1.test ca
certificate stranger.test other

# the central one has directories of its own, too
CENTRAL=$WORK/central
mkdir -p "$CENTRAL/log/processes" "$CENTRAL/spool/rsyslog"
RECEIVED=$CENTRAL/log/processes/$(hostname).jsonl
export IMPACCT_CENTRAL_HOST=127.0.0.1 IMPACCT_CENTRAL_ADDRESS=127.0.0.1 IMPACCT_CENTRAL_NAME=central.test
export IMPACCT_HOSTS=host1.test IMPACCT_CA=$CERTS/ca.pem IMPACCT_CENTRAL_PORT
IMPACCT_CENTRAL_PORT=$(free_port)
as_host() { export IMPACCT_CERT=$CERTS/$1.pem IMPACCT_KEY=$CERTS/$1.key; }

as_host central.test
use_shipped central
mv "$WORK/rsyslog.conf" "$CENTRAL/rsyslog.conf"
as_host host1.test
use_shipped forward

start_central() {
    rm -f "$CENTRAL/pid"
    IMPACCT_CERT=$CERTS/central.test.pem IMPACCT_KEY=$CERTS/central.test.key \
        server "$srcdir/stores/private" "$CENTRAL" "$RSYSLOGD" -n -f "$CENTRAL/rsyslog.conf" -i "$CENTRAL/pid" \
        -M "$RSYSLOG_MODULES"
    wait_for "the central rsyslogd" listens "$IMPACCT_CENTRAL_PORT"
}
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

# central stopped: the rest waits in memory, then on the disk, and outlasts both ends of the sender
end_server "$SERVER"
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

# a stranger is not let in
rm -rf "$WORK/spool/rsyslog"
mkdir "$WORK/spool/rsyslog"
before=$(lines_of "$RECEIVED")
as_host stranger.test
startup
wait_content "suspended"
assert_eq "$(lines_of "$RECEIVED")" "$before" "lines after a stranger"
kill_immediate
exit_test
