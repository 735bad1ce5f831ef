#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/rabbitmq.conf, as it is shipped, with a real broker.
# Invariant: a consumer that binds a queue to the exchange by the routing key gets each record once. Records that come
# while there is no consumer wait in the durable queue while the broker is stopped and started; those that come while the
# broker is away come later, also when rsyslogd is killed meanwhile. (A broker that ends under load loses records:
# omrabbitmq asks for no confirmation.)
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
# shellcheck disable=SC2153 # SERVER is of stores.sh
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omrabbitmq
broker=$(echo "$TOP"/.build/stores/rabbitmq/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server)
[ -x "$broker" ] || skip_test "no RabbitMQ; tests/destinations gets it"
command -v epmd >/dev/null || skip_test "Erlang is not installed"
/usr/bin/python3 -c 'import pika' 2>/dev/null || skip_test "python3-pika is not installed"

# all on the loopback, with a cookie and a port mapper of its own
PORT=$(free_port)
ERL_EPMD_PORT=$(free_port)
export ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1 HOME=$WORK
export RABBITMQ_NODENAME=impacct@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=$PORT
RABBITMQ_DIST_PORT=$(free_port)
export RABBITMQ_DIST_PORT RABBITMQ_MNESIA_BASE=$WORK/mnesia RABBITMQ_LOG_BASE=$WORK/broker RABBITMQ_LOGS=-
export ERL_CRASH_DUMP_SECONDS=0 RABBITMQ_ENABLED_PLUGINS_FILE=$WORK/plugins RABBITMQ_CONFIG_FILE=$WORK/broker.conf
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
: >"$WORK/broker.conf"
echo '[].' >"$WORK/plugins"
start_broker() {
    # so that the script becomes the broker, which ends by SIGTERM
    RUNNING_UNDER_SYSTEMD=1 server "$broker"
    wait_for "RabbitMQ" listens "$PORT"
}
RECEIVED=$WORK/received.jsonl
start_consumer() {
    /usr/bin/python3 "$srcdir/stores/consume.py" "$PORT" "$RECEIVED" 2>"$WORK/consumer.log" &
    CONSUMER=$!
    SERVERS+=("$CONSUMER")
}
arrived() {
    kill -0 "$CONSUMER" 2>/dev/null || error_exit "the consumer ended: $(tail -n 3 "$WORK/consumer.log")"
    [ "$(sort -u "$RECEIVED" | sent -)" -ge "$1" ]
}
# it waits for the queue, and does not count state messages apart
waiting() { [ "$(/usr/bin/python3 "$srcdir/stores/consume.py" "$PORT" 2>"$WORK/consumer.log")" -ge "$1" ]; }

server epmd
start_broker
start_consumer
wait_for "the consumer's file" test -e "$RECEIVED"
export IMPACCT_RABBITMQ_HOST=127.0.0.1:$PORT IMPACCT_RABBITMQ_USER=guest IMPACCT_RABBITMQ_PASSWORD=guest
use_shipped rabbitmq
startup
pacct_py generate "$PACCT" 3000 --append
storm 2
wait_for "the first records" arrived "$(records)"

compare_ids "$RECEIVED"
content_check ", 0 repeats" "$WORK/result"

# into the queue, without a consumer; then the broker is stopped and started, and more comes while it is away
end_server "$CONSUMER"
pacct_py generate "$PACCT" 3000 --append --serial 3000
wait_for "records in the queue" waiting 3000
end_server "$SERVER"
pacct_py generate "$PACCT" 2000 --append --serial 6000
wait_content "connection failed 3 times"
start_broker
start_consumer
wait_for "all records ($(records))" arrived "$(records)"

# rsyslogd is killed and begins while the broker is away; asked to end, omrabbitmq would keep it until the broker is back
end_server "$SERVER"
pacct_py generate "$PACCT" 2000 --append --serial 8000
kill_immediate
startup
start_broker
start_consumer
wait_for "all records ($(records))" arrived "$(records)"
shutdown
compare_ids "$RECEIVED"
exit_test
