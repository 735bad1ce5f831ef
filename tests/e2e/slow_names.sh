#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a slow name service holds up no records: they go without names for as long, and later ones have them.
# Invariant: a quick one is waited for; thousands of new ids with a service that takes 90 ms for each do not wait
# for it; names that were not known in time are counted, that it lasts is said once; every id is asked in the end; a
# service that does not answer at all does not hold up the stop.
# Oracle: the number of records; a name service of our own, whose names are made of the ids.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
[ -z "$RSYSLOGD_WRAPPER" ] || skip_test "preloads a library of its own"
tool=$MODULE_DIR/../../../tests/tools/.libs/slow_names.so # where the module was built
[ -e "$tool" ] || error_exit "there is no $tool: make check builds it"
generate_conf
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")"
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" pollingInterval=\"1\" silenceAlarm=\"off\")"
: >"$WORK/pacct"
# records UID COUNT: of that many users and their groups
records() {
    python3 -c '
import struct, sys
sys.path.insert(0, sys.argv[1])
import pacct
for uid in range(int(sys.argv[2]), int(sys.argv[2]) + int(sys.argv[3])):
    sys.stdout.buffer.write(struct.pack("<" + pacct.V3, 0, 3, 0, 0, uid, uid, int(sys.argv[4]), 1, 1700000000, 1.0,
                                        0, 0, 9, 0, 0, 0, 0, 0, b"names"))' \
        "$srcdir/lib" "$1" "$2" "$serial" >"$WORK/new" || error_exit "no records"
    serial=$((serial + $2))
    cat "$WORK/new" >>"$WORK/pacct"
}
serial=0
late() { sed -n 's|.*"origin": "impacct".*"names.late": \([0-9]*\).*|\1|p' "$WORK/stats" 2>/dev/null | tail -n 1; }
more_late() { [ "0$(late)" -gt "$1" ]; }
# named UID: a record of that user has both names
named() {
    records "$1" 1
    wait_file_lines "$OUT" "$serial"
    tail -n 1 "$OUT" | grep "\"user\":\"user$1\"" | grep -q "\"group\":\"group$1\""
}
RSYSLOGD_WRAPPER="env LD_PRELOAD=$tool NAMES_TAKE=$WORK/take"

# a quick one
startup
records 1000 300
wait_file_lines "$OUT" 300
assert_eq "$(grep -c '"user":"user1[0-9]*".*"group":"group1[0-9]*"' "$OUT")" 300 "records with names"
wait_content '"names.late"' "$WORK/stats"
assert_eq "$(late)" 0 "names that came late"
shutdown

# on a machine that is busy elsewhere the very first record may have to go without
echo 40 >"$WORK/take"
startup
wait_for "a record with names" named 1

# many, with a service that always answers just in time
echo 90 >"$WORK/take"
records 5000 3000
wait_file_lines "$OUT" "$serial"
wait_content "name service"
wait_for "the counter" more_late 2000
assert_eq "$(grep -c "name service" "$SYS")" 1 "messages"
content_check '"uid":7999' "$OUT"
rm "$WORK/take"
wait_for "names of a later record" named 7999

# no answer at all
echo 3600000 >"$WORK/take"
records 9000 10
wait_file_lines "$OUT" "$serial"
shutdown
assert_eq "$(lines_of "$OUT")" "$serial" "records"
exit_test
