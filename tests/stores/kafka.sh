#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/rsyslog.d/kafka.conf, as it is shipped, with a real broker.
# Invariant: a consumer reads each record once, in order, with the host's name as its key, also when the broker was
# stopped and started; none is missing when rsyslogd ended and began while the broker was away; a rsyslogd that is killed
# loses no more than what librdkafka may hold in memory.
# Oracle: tests/lib/pacct.py on the accounting file of a storm of real processes and of generated records.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
require_module omkafka
. "$srcdir/stores/server-kafka.sh"
# consume FILE: all that is there: key, partition, text
consume() { kcat -b "127.0.0.1:$KAFKA_PORT" -t processes -C -o beginning -e -q -f '%k\t%p\t%s\n' 2>"$WORK/kcat.log" >"$1"; }
arrived() {
    consume "$WORK/consumed"
    cut -f 3- "$WORK/consumed" | grep '"comm":' >"$WORK/consumed.jsonl"
    [ "$(jq -r .id "$WORK/consumed.jsonl" | sort -u | wc -l)" -ge "$1" ]
}
in_order() {
    jq -r .id "$WORK/consumed.jsonl" >"$WORK/ids"
    pacct_py dump "$PACCT" | jq -r .id | cmp - "$WORK/ids" || error_exit "the records are not in order"
}

start_kafka
export IMPACCT_KAFKA_BROKERS=127.0.0.1:$KAFKA_PORT
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
[ -s "$WORK/spool/rsyslog/processes_kafka.failed" ] || error_exit "what librdkafka still had is not in the file"
startup
start_kafka
wait_for "all records ($(records))" arrived "$(records)"
compare_ids "$WORK/consumed.jsonl"

# killed while the broker stands still, with records in librdkafka's memory that rsyslogd is done with. It takes none there
# where omkafka only now hears that the broker was away before: then once more
stored() { grep -qs "\"offset\":$(stat -c %s "$PACCT")," "$WORK"/spool/rsyslog/impacct-state*; }
soon_stored() { for _ in $(seq 100); do ! stored || return 0; sleep 0.1; done; return 1; }
last=8000
for _ in 1 2 3; do
    kill -STOP "$SERVER"
    pacct_py generate "$PACCT" 5000 --append --serial "$last"
    last=$((last + 5000))
    ! soon_stored || break
    kill -CONT "$SERVER"
    wait_for "all records ($(records))" arrived "$(records)"
done
stored || error_exit "librdkafka takes no records into its memory"
kill_immediate
kill -CONT "$SERVER"
startup
pacct_py generate "$PACCT" 1 --append --serial "$last"
last_arrived() { arrived 0 && grep -q "\"comm\":\"p$last\"" "$WORK/consumed.jsonl"; }
wait_for "the last record" last_arrived
shutdown
consume "$WORK/consumed"
lost=$(($(records) - $(cut -f 3- "$WORK/consumed" | grep '"comm":' | jq -r .id | sort -u | wc -l)))
echo "$lost lost by the kill"
[ "$lost" -le 10000 ] || error_exit "$lost records are lost, more than librdkafka may hold"
exit_test
