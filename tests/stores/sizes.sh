#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: how many bytes a record takes in each destination, and how many a second get there, as its configuration is
# shipped: the figures of doc/source/reference/impacct-sizing.rst. 1,000,000 records as a busy machine would write them
# (tests/bench/records.c), of one host and 42 minutes. And what command lines and usage add: messages of real processes,
# those of a configure script. RECORDS and SIZES choose another number, and only some of the destinations.
# Invariant: every record is there before anything is measured.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
# shellcheck disable=SC2034 # of wait_for
TEST_TIMEOUT=500
RECORDS=${RECORDS:-1000000}
[ -x "$srcdir/bench/records" ] || skip_test "tests/bench/records is not built; tests/destinations builds it"
"$srcdir/bench/records" generate "$PACCT" "$RECORDS"
LINES=$WORK/log/processes.jsonl

# each BYTES WHAT
each() { awk -v b="$1" -v n="$RECORDS" -v w="$2" 'BEGIN { printf "%7.1f bytes a record: %s\n", b / n, w }'; }
# rate RECORDS WHAT: since send; with the CPU time of rsyslogd, and of the server (the last one that was started)
rate() {
    awk -v n="$1" -v w="$2" -v begin="$BEGIN" -v end="$EPOCHREALTIME" -v others="$(cut -d ' ' -f 1 /proc/loadavg)" \
        -v r="$(cpu_of "$RSYSLOGD_PID")" -v server="$(cpu_of "$SERVER")" 'BEGIN {
            printf "%7d records a second: %s (%d in %.0f s; seconds of CPU: rsyslogd %d, server %d; load %s)\n",
                n / (end - begin), w, n, end - begin, r, server, others }'
}
# cpu_of PID: seconds, its children with it
cpu_of() { ps -o cputimes= -p "$1" --ppid "$1" | awk '{ t += $1 } END { print t + 0 }'; }
# send NAME: starts rsyslogd with that configuration, from the first record
send() {
    rm -f "$WORK"/spool/rsyslog/impacct-state*
    use_shipped "$1"
    BEGIN=$EPOCHREALTIME
    startup
}

measure_files() {
    send files
    wait_for "all lines" is_there "$LINES"
    shutdown
    grep '"comm":' "$LINES" >"$WORK/lines"
    mv "$WORK/lines" "$LINES"
    each "$(stat -c %s "$LINES")" "JSON lines"
    each "$(gzip -c "$LINES" | wc -c)" "JSON lines, gzip, as logrotate leaves them"
}
is_there() { [ -e "$1" ] && tail -n 1 "$1" | grep -q bench-last; }

measure_kafka() {
    . "$srcdir/stores/server-kafka.sh"
    start_kafka
    export IMPACCT_KAFKA_BROKERS=127.0.0.1:$KAFKA_PORT
    send kafka
    wait_for "all in Kafka" in_kafka
    rate "$RECORDS" Kafka
    shutdown
    each "$(cat "$WORK"/kafka/processes-*/*.log | wc -c)" "Kafka, zstd"
    end_server "$SERVER"
}
in_kafka() {
    local args=() p
    for p in 0 1 2; do args+=(-t "processes:$p:-1"); done
    [ "$(kcat -b "127.0.0.1:$KAFKA_PORT" -Q "${args[@]}" 2>/dev/null | awk '{ n += $NF } END { print n + 0 }')" -ge "$RECORDS" ]
}

# ready_postgresql: the server, with the database that was made for the first who asked for it
ready_postgresql() {
    . "$srcdir/stores/server-postgresql.sh"
    if [ -e "$DATA/PG_VERSION" ]; then
        start_postgres
    else
        init_postgres
    fi
}

measure_postgresql() {
    ready_postgresql
    load_postgresql "$LINES"
    assert_eq "$(sql "SELECT count(*) FROM impacct.process")" "$RECORDS" "rows"
    each "$(postgresql_bytes table)" "PostgreSQL, tables"
    each "$(postgresql_bytes indexes)" "PostgreSQL, their indexes"
    # a connection and a commit for each: a part of the records shows how fast that is
    sql "TRUNCATE impacct.process"
    head -c "$((64 * (RECORDS / 20)))" "$PACCT" >"$WORK/part"
    cp "$WORK/part" "$PACCT"
    export IMPACCT_PG_URI="postgresql://impacct:...@127.0.0.1:$PG_PORT/processes"
    send postgresql
    wait_for "all in PostgreSQL" in_postgresql
    rate "$((RECORDS / 20))" PostgreSQL
    shutdown
    "$srcdir/bench/records" generate "$PACCT" "$RECORDS"
    end_server "$SERVER" INT
}

# load_postgresql FILE: by the function that rsyslog's action calls, without a connection and a commit for each
load_postgresql() {
    chmod 644 "$1"
    sql "TRUNCATE impacct.process;
         CREATE TEMP TABLE line (message jsonb);
         COPY line FROM PROGRAM 'sed \"s/\\\\\\\\/\\\\\\\\\\\\\\\\/g\" $1';
         SELECT count(impacct.add(message)) FROM line" >"$WORK/added"
    sql "VACUUM ANALYZE impacct.process"
}
postgresql_bytes() { sql "SELECT sum(pg_$1_size(relid)) FROM pg_partition_tree('impacct.process') WHERE isleaf"; }

in_postgresql() { [ "$(sql "SELECT count(*) FROM impacct.process")" -ge "$((RECORDS / 20))" ]; }

measure_central() {
    . "$srcdir/stores/server-central.sh"
    start_central
    as_host host1.test
    send forward
    wait_for "all at the central one" is_there "$RECEIVED"
    rate "$RECORDS" "central rsyslog, RELP and TLS"
    shutdown
    end_server "$SERVER"
}

measure_opensearch() {
    . "$srcdir/stores/server-opensearch.sh"
    start_search
    search_template | api _index_template/processes -X PUT --data-binary @- >/dev/null
    export IMPACCT_SEARCH_URL=$URL IMPACCT_SEARCH_USER='' IMPACCT_SEARCH_PASSWORD=''
    # not asked for anything over HTTP
    : >"$WORK/none.pem"
    export IMPACCT_CA=$WORK/none.pem
    send opensearch
    wait_for "all in OpenSearch" in_opensearch
    rate "$RECORDS" OpenSearch
    shutdown
    index=processes-2026.01.01
    api "$index/_flush" -X POST >/dev/null
    each "$(index_bytes)" "OpenSearch index, as it was left"
    api "$index/_forcemerge?max_num_segments=1" -X POST >/dev/null
    api "$index/_flush" -X POST >/dev/null
    each "$(index_bytes)" "OpenSearch index, merged"
    end_server "$SERVER"
}
in_opensearch() {
    sleep 0.1
    api 'processes-2026.01.01/_refresh' -X POST >/dev/null
    [ "$(api 'processes-2026.01.01/_count' | jq '.count // 0')" -ge "$RECORDS" ]
}
index_bytes() { api "$index/_stats/store" | jq ._all.primaries.store.size_in_bytes; }

measure_victorialogs() {
    . "$srcdir/stores/server-victorialogs.sh"
    start_victorialogs
    export IMPACCT_VL_HOST=localhost IMPACCT_VL_PORT=$VL_PORT IMPACCT_VL_USER=impacct IMPACCT_VL_PASSWORD=secret
    export IMPACCT_CA=$WORK/cert.pem
    send victorialogs
    wait_for "all in VictoriaLogs" in_victorialogs
    rate "$RECORDS" VictoriaLogs
    shutdown
    end_server "$SERVER"
    each "$(du -sb "$WORK/vl" | cut -f 1)" VictoriaLogs
}
in_victorialogs() {
    [ "$(ask 'comm:* | stats count() n' | sed -n 's/.*"n":"\([0-9]*\)".*/\1/p')" -ge "$RECORDS" ] 2>/dev/null
}

measure_clickhouse() {
    . "$srcdir/stores/server-clickhouse.sh"
    start_clickhouse
    export IMPACCT_CH_HOST=localhost IMPACCT_CH_PORT=$CH_PORT IMPACCT_CH_USER=impacct IMPACCT_CH_PASSWORD=secret
    export IMPACCT_CA=$WORK/cert.pem
    send clickhouse
    wait_for "all in ClickHouse" in_clickhouse
    shutdown
    ask "OPTIMIZE TABLE impacct.message FINAL"
    each "$(ask "SELECT sum(bytes_on_disk) FROM system.parts WHERE database = 'impacct' AND table = 'message' AND active")" \
        "ClickHouse, merged"
    end_server "$SERVER"
}
in_clickhouse() { [ "$(ask "SELECT count() FROM impacct.message WHERE comm IS NOT NULL")" -ge "$RECORDS" ] 2>/dev/null; }

# what command lines and usage add to records: of all that a configure script executes
measure_commands() {
    mkdir "$WORK/source"
    tar -C "$TOP" --exclude=./.build --exclude=./.git -c . | tar -C "$WORK/source" -x
    rm -f "$WORK/source/config.status"
    executed native "$WORK/executed.jsonl" <<SH
cd "$WORK/source" && ./configure -q $(cat "$TOP/.build/options")
SH
    ready_postgresql
    local what n
    n=$(grep -c '"event":"exit"' "$WORK/executed.jsonl")
    echo "$n records of a configure script"
    for what in record command_lines usage; do
        python3 "$srcdir/stores/fields_of.py" "$what" <"$WORK/executed.jsonl" >"$WORK/lines" || error_exit "see above"
        RECORDS=$n each "$(stat -c %s "$WORK/lines")" "JSON lines, $what"
        RECORDS=$n each "$(gzip -c "$WORK/lines" | wc -c)" "the same with gzip"
        load_postgresql "$WORK/lines"
        RECORDS=$n each "$(postgresql_bytes total_relation)" "the same in PostgreSQL, tables and indexes"
    done
    end_server "$SERVER" INT
}

echo "$RECORDS records"
measure_files
for store in ${SIZES:-central kafka postgresql opensearch victorialogs clickhouse commands}; do
    "measure_$store"
done
exit_test
