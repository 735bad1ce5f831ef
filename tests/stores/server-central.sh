# SPDX-License-Identifier: Apache-2.0
# A central rsyslogd with contrib/rsyslog.d/central.conf, over TLS on the loopback, for the tests that source this:
# start_central, which writes to $RECEIVED what this host sends; as_host before forward.conf is used; and certificates.
# shellcheck shell=bash
# shellcheck disable=SC2154 # srcdir is of stores.sh
command -v openssl >/dev/null || skip_test "openssl is not installed"
CERTS=$WORK/certs
mkdir "$CERTS"

# certificate NAME AUTHORITY: as doc/source/destinations.rst makes them
certificate() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -addext "subjectAltName=DNS:$1" -keyout "$CERTS/$1.key" \
        -out "$CERTS/$1.csr" 2>/dev/null
    openssl x509 -req -in "$CERTS/$1.csr" -CA "$CERTS/$2.pem" -CAkey "$CERTS/$2.key" -CAcreateserial -days 365 \
        -copy_extensions copy -out "$CERTS/$1.pem" 2>/dev/null || error_exit "no certificate for $1"
}
authority() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$1" -keyout "$CERTS/$1.key" -out "$CERTS/$1.pem" \
        2>/dev/null || error_exit "no certificate of the authority"
}
authority ca
certificate central.test ca
certificate host1.test ca

# the central one has directories of its own, too
CENTRAL=$WORK/central
mkdir -p "$CENTRAL/log/processes" "$CENTRAL/spool/rsyslog"
# shellcheck disable=SC2034 # for the tests
RECEIVED=$CENTRAL/log/processes/$(hostname).jsonl
export IMPACCT_CENTRAL_HOST=127.0.0.1 IMPACCT_CENTRAL_ADDRESS=127.0.0.1 IMPACCT_CENTRAL_NAME=central.test
export IMPACCT_HOSTS='*.test' IMPACCT_CA=$CERTS/ca.pem IMPACCT_CENTRAL_PORT
IMPACCT_CENTRAL_PORT=$(free_port)
as_host() { export IMPACCT_CERT=$CERTS/$1.pem IMPACCT_KEY=$CERTS/$1.key; }

as_host central.test
use_shipped central
mv "$WORK/rsyslog.conf" "$CENTRAL/rsyslog.conf"
start_central() {
    rm -f "$CENTRAL/pid"
    IMPACCT_CERT=$CERTS/central.test.pem IMPACCT_KEY=$CERTS/central.test.key \
        server "$srcdir/stores/private" "$CENTRAL" "$RSYSLOGD" -n -f "$CENTRAL/rsyslog.conf" -i "$CENTRAL/pid" \
        -M "$RSYSLOG_MODULES"
    wait_for "the central rsyslogd" listens "$IMPACCT_CENTRAL_PORT"
}
