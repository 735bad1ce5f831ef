#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a state file that cannot be believed is not: one clear message, and the choice that loses nothing.
# Invariant: the file is read from its start (rotated ones: state_unreadable.sh); the state file is made good by the next
# store.
# Oracle: the records in the file, all of them again.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
generate_conf
pacct_py generate "$WORK/pacct" 100
add_conf "input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\")"
STATE=$(state_file "$WORK/pacct")
startup
wait_file_lines "$OUT" 100
shutdown
assert_eq "$(stat -c %a "$STATE")" 600 "mode of the state file"
cp "$STATE" "$WORK/good"
# again MESSAGE: start with the state file as it is; everything is read again, after one message
again() {
    rm -f "$OUT" "$SYS"
    startup
    wait_file_lines "$OUT" 100
    shutdown
    pacct_py compare "$WORK/pacct" "$OUT"
    content_check "$1"
    content_check "records may be sent a second time"
    assert_eq "$(grep -c 'impacct: state file' "$SYS")" 1 "messages about the state file"
    # what was stored now is good again
    rm -f "$OUT" "$SYS"
    startup
    pacct_py generate "$WORK/pacct" 1 --serial 100 --append
    wait_file_lines "$OUT" 1
    shutdown
    assert_eq "$(lines_of "$OUT")" 1 "records after the state was made good"
    head -c 6400 "$WORK/pacct" >"$WORK/cut"
    cat "$WORK/cut" >"$WORK/pacct"
    cp "$WORK/good" "$STATE"
}
head -c 100 "$WORK/good" >"$STATE" && again "is damaged"
: >"$STATE" && again "is damaged"
head -c 300 /dev/zero >"$STATE" && again "is damaged"
head -c 100000 /dev/urandom >"$STATE" && again "is damaged"
sed 's/"offset":6400/"offset":3200/' "$WORK/good" >"$STATE" && again "is damaged"
line=$(head -n 1 "$WORK/good" | sed 's/"format":1/"format":4/')
{ echo "$line"; echo "$line" | python3 -c 'import sys, zlib; print("%08x" % zlib.crc32(sys.stdin.buffer.read()))'; } >"$STATE"
again "later version"
mv "$STATE" "$WORK/elsewhere" && ln -s "$WORK/elsewhere" "$STATE" && again "must be a regular file"
if [ "$(id -u)" = 0 ]; then
    rm -f "$STATE" && cp "$WORK/good" "$STATE" && chown nobody "$STATE" && again "must be a regular file, owned by root"
fi
rm -f "$STATE" && cp "$WORK/good" "$STATE" && chmod 666 "$STATE" && again "not writable by group or others"
rm -f "$STATE" && mkfifo "$STATE" && again "it must be a regular file"
exit_test
