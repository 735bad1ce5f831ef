# SPDX-License-Identifier: Apache-2.0
# A Kafka broker on the loopback, for the tests that source this: start_kafka, with what it keeps in $WORK/kafka.
# shellcheck shell=bash
kafka_jars=$TOP/.build/stores/kafka
[ -d "$kafka_jars" ] || skip_test "no Kafka; tests/destinations gets it"
command -v java >/dev/null || skip_test "java is not installed"
command -v kcat >/dev/null || skip_test "kcat is not installed"
KAFKA_PORT=$(free_port)
KAFKA_CONTROLLER=$(free_port)
cat >"$WORK/server.properties" <<CONF
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$KAFKA_CONTROLLER
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT,CONTROLLER://127.0.0.1:$KAFKA_CONTROLLER
advertised.listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$WORK/kafka
num.partitions=3
offsets.topic.replication.factor=1
CONF
printf '%s\n' log4j.rootLogger=WARN,out log4j.appender.out=org.apache.log4j.ConsoleAppender \
    log4j.appender.out.layout=org.apache.log4j.SimpleLayout >"$WORK/log4j.properties"
kafka=(java -Xmx384m "-Dlog4j.configuration=file:$WORK/log4j.properties" -cp "$kafka_jars/*")
"${kafka[@]}" kafka.tools.StorageTool format -t "$(head -c 16 /dev/zero | base64 | tr -d =)" -c "$WORK/server.properties" \
    >"$WORK/server.log" 2>&1 || error_exit "$(tail "$WORK/server.log")"
kafka_answers() { kcat -b "127.0.0.1:$KAFKA_PORT" -L -m 2 >/dev/null 2>&1; }
start_kafka() {
    server "${kafka[@]}" kafka.Kafka "$WORK/server.properties"
    wait_for "Kafka" kafka_answers
}
