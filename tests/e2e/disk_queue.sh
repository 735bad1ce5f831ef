#!/usr/bin/env bash
# Intent: the disk-assisted queue of the documents keeps what it was given when rsyslogd is killed, and killed again.
# Invariant: records that the queue has on disk, behind which the position has moved, arrive; what is repeated has the
# same id. (Without queue.checkpointInterval this fails in most runs.)
# Oracle: the ids of the records in the file; the stored position. The queue is the one in the documents, and read from
# there; only its output is replaced by a slow one.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
page=$srcdir/../doc/source/configuration/modules/impacct-queues.rst
COUNT=20000
# the RainerScript block of the page that has a spool directory, without its indentation
awk '/^\.\. code-block:: rsyslog/ { inside = 1; block = ""; next }
     inside && /^[^ ]/ { inside = 0; if (block ~ /spoolDirectory/) { printf "%s", block; found++ } }
     inside { sub(/^   /, ""); block = block $0 "\n" }
     END { exit found != 1 }' "$page" >"$WORK/example" || error_exit "the page has no example, or more than one"
pacct_py generate "$WORK/pacct" $COUNT
position() { sed -n 's/.*"offset":\([0-9]*\).*/\1/p' "$(state_file "$WORK/pacct")" 2>/dev/null; }
# far more records are done with than have come out: the others are on disk, and nowhere else
on_disk() { local bytes; bytes=$(position); [ $((${bytes:-0} / 64)) -ge $(($(lines_of "$WORK/received") + 1000)) ]; }
# a slow output that confirms each record; fast once there is a file "fast"
cat >"$WORK/sink.py" <<'PY'
import os, sys, time
out = open(sys.argv[1] + "/received", "ab", 0)
sys.stdout.write("OK\n"); sys.stdout.flush()
for line in sys.stdin.buffer:
    if not os.path.exists(sys.argv[1] + "/fast"):
        time.sleep(0.005)
    out.write(line)
    sys.stdout.write("OK\n"); sys.stdout.flush()
PY
missing() {
    python3 - "$WORK/pacct" "$WORK/received" "$srcdir/lib" <<'PY'
import json, sys
sys.path.insert(0, sys.argv[3])
import pacct
ids = {pacct.native(raw)["id"] for raw in pacct.records(sys.argv[1])}
for line in open(sys.argv[2]):
    if line.endswith("}\n"):
        ids.discard(json.loads(line)["id"])
print(len(ids))
PY
}
last_came() { grep -qs "\"comm\":\"p$((COUNT - 1))\"" "$WORK/received"; }
settled() { local before; before=$(lines_of "$WORK/received"); sleep 3; [ "$(lines_of "$WORK/received")" = "$before" ]; }
conf() { # conf EXAMPLE: below $WORK
    generate_conf
    sed -e '/^global\|^module(load="impacct")/d' -e "s|/var/spool/rsyslog|$WORK|; s|/var/log/account/pacct|$WORK/pacct|" \
        "$1" >>"$WORK/rsyslog.conf"
    check_conf || error_exit "rsyslogd -N1 does not accept it: $(cat "$WORK/check.log")"
}
# run EXAMPLE: with the slow output instead of the one on the net, two kills, then all the rest
run() {
    rm -rf "$WORK"/impacct-state* "$WORK"/processes* "$WORK/fast"
    : >"$WORK/received"
    conf "$1"
    sed -i "s|type=\"omfwd\" .* template|type=\"omprog\" binary=\"$(command -v python3) $WORK/sink.py $WORK\" confirmMessages=\"on\" template|" \
        "$WORK/rsyslog.conf"
    sed -i '1i module(load="omprog")' "$WORK/rsyslog.conf"
    for _ in 1 2; do
        startup
        wait_for "records on disk; $(position) bytes done with" on_disk
        kill_immediate
    done
    : >"$WORK/fast"
    startup
    wait_for "the last record" last_came
    wait_for "the rest" settled
    shutdown
}
conf "$WORK/example"
run "$WORK/example"
assert_eq "$(missing)" 0 "records missing"
exit_test
