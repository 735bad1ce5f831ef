#!/usr/bin/env bash
# Intent: contrib/rsyslog.d/kafka.conf, as it is shipped, with a real broker.
# Invariant: a consumer reads each record once, in order, with the host's name as its key, also when the broker was
# stopped and started; none is missing when rsyslogd ended and began while the broker was away.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omkafka
jars=$TOP/.build/stores/kafka
[ -d "$jars" ] || skip_test "no Kafka; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
command -v kcat >/dev/null || skip_test "kcat is not installed"
PORT=$(free_port)
CONTROLLER=$(free_port)
cat >"$WORK/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$CONTROLLER
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$CONTROLLER
advertised.listeners=PLAINTEXT://127.0.0.1:$PORT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$WORK/kafka
num.partitions=3
offsets.topic.replication.factor=1
CONF
printf '%s\n' log4j.rootLogger=WARN,out log4j.appender.out=org.apache.log4j.ConsoleAppender \
    log4j.appender.out.layout=org.apache.log4j.SimpleLayout >"$WORK/log4j.properties"
kafka=(java -Xmx384m "-Dlog4j.configuration=file:$WORK/log4j.properties" -cp "$jars/*")
"${kafka[@]}" kafka.tools.StorageTool format -t "$(head -c 16 /dev/zero | base64 | tr -d =)" -c "$WORK/server.properties" \
    >"$WORK/server.log" 2>&1 || error_exit "$(tail "$WORK/server.log")"
answers() { kcat -b "127.0.0.1:$PORT" -L -m 2 >/dev/null 2>&1; }
start_kafka() {
    server "${kafka[@]}" kafka.Kafka "$WORK/server.properties"
    wait_for "Kafka" answers
}
# consume FILE: all that is there: key, partition, text
consume() { kcat -b "127.0.0.1:$PORT" -t processes -C -o beginning -e -q -f '%k\t%p\t%s\n' 2>"$WORK/kcat.log" >"$1"; }
arrived() {
    consume "$WORK/consumed"
    cut -f 3- "$WORK/consumed" >"$WORK/consumed.jsonl"
    [ "$(jq -r .id "$WORK/consumed.jsonl" | sort -u | wc -l)" -ge "$1" ]
}
in_order() {
    jq -r .id "$WORK/consumed.jsonl" >"$WORK/ids"
    pacct_py dump "$PACCT" | jq -r .id | cmp - "$WORK/ids" || error_exit "the records are not in order"
}

start_kafka
export IMPACCT_KAFKA_BROKERS=127.0.0.1:$PORT
use_shipped kafka
startup
pacct_py generate "$PACCT" 3000 --append
storm 2
wait_for "the first records" arrived "$(records)"
# stopped and started
end_server "$SERVER"
pacct_py generate "$PACCT" 3000 --append --serial 3000
start_kafka
storm 1
wait_for "all records ($(records))" arrived "$(records)"
compare_ids "$WORK/consumed.jsonl"
content_check ", 0 repeats" "$WORK/result"
in_order
assert_eq "$(cut -f 1,2 "$WORK/consumed" | sort -u | wc -l)" 1 "keys and partitions"
assert_eq "$(cut -f 1 "$WORK/consumed" | sort -u)" "$(jq -r .hostname "$WORK/consumed.jsonl" | sort -u)" "key"
echo "$(($(cat "$WORK"/kafka/processes-*/*.log | wc -c) / $(records))) bytes a record, compressed"
# rsyslogd ends and begins while the broker is away
end_server "$SERVER"
pacct_py generate "$PACCT" 2000 --append --serial 6000
wait_content "All broker connections are down"
shutdown
startup
start_kafka
wait_for "all records ($(records))" arrived "$(records)"
shutdown
compare_ids "$WORK/consumed.jsonl"
exit_test
