# SPDX-License-Identifier: Apache-2.0
# Processes that are told as they are run, so that what arrives can be compared with what was done. Sourced after
# diag.sh.
# shellcheck shell=bash
N=0 # processes that ran
: >"$WORK/told" # those of them that have a record, and are expected in $OUT
CERTAIN= # set: the command lines of those that run now have to be known
mkdir "$WORK/bin"
cp "$(readlink -f /bin/sh)" "$WORK/sh"

# run COUNT: so many processes, with names and arguments that no others have, one after another; into $WORK/told their
# names, process ids, and exit codes
run() {
    local i status
    for ((i = 0; i < $1; i++)); do
        cp "$WORK/sh" "$WORK/bin/n$N"
        "$WORK/bin/n$N" -c "exit $((N % 7))" "number $N" &
        status=0
        wait $! || status=$?
        echo "n$N $! $status ${CERTAIN:+certain}" >>"$WORK/told"
        rm "$WORK/bin/n$N"
        N=$((N + 1))
    done
}
# without COUNT: the last ones have no record
without() {
    head -n "-$1" "$WORK/told" >"$WORK/told.new"
    mv "$WORK/told.new" "$WORK/told"
}

# have: how many of those told have arrived. A single process, as these have records, too.
have() {
    awk 'FILENAME == ARGV[1] { told["\"comm\":\"" $1 "\""] = 1; next }
        /"event":"exit"/ && match($0, /"comm":"n[0-9]*"/) && (name = substr($0, RSTART, RLENGTH)) in told {
            delete told[name]
            n++
        }
        END { print n + 0 }' "$WORK/told" "$OUT" 2>/dev/null
}
all_there() { [ "$(have)" = "$EXPECTED" ]; }
# wait_all: until they have, and each message tells what was done
wait_all() {
    EXPECTED=$(wc -l <"$WORK/told")
    wait_for "the $EXPECTED processes that were run" all_there
    python3 "$srcdir/lib/numbered.py" "$WORK/told" "$OUT" "$WORK/bin" || error_exit "see above"
}
