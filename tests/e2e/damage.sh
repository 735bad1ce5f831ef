#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: damage in a file costs what is damaged, and nothing else: the next true record is found again.
# Invariant: no whole record is lost, none is invented, what was skipped is told once with its offsets.
# Oracle: the records that were put whole into the file; the offsets at which garbage was put.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
torn() { # the first N bytes of a record that is not whole
    pacct_py generate "$WORK/torn" 1 --serial 900000 --seed "$1"
    head -c "$1" "$WORK/torn" >>"$F"
}
size() { stat -c %s "$F"; }
told() { # told FROM BYTES
    wait_content "is damaged: $2 bytes from offset $1 on"
}
put 50 "$F"
startup
all_arrived
# every length of a torn record, in the middle
for n in 1 2 3 9 10 16 31 32 47 48 61 62 63; do
    at=$(size)
    torn "$n"
    put 5 "$F"
    all_arrived
    told "$at" "$n"
done
# a hole, as a crash of the machine may leave it, and one that is no whole number of records
at=$(size)
truncate -s +6400 "$F"
put 4 "$F"
all_arrived
told "$at" 6400
at=$(size)
truncate -s +1001 "$F"
put 4 "$F"
all_arrived
told "$at" 1001
# text from something that logged into the wrong file, more than a buffer of it
at=$(size)
yes 'this is not an accounting record' | head -c 200003 >>"$F"
put 6 "$F"
all_arrived
told "$at" 200003
# single records between tears
for n in 7 8 9; do
    torn "$n"
    put 1 "$F"
done
put 2 "$F"
all_arrived
# the last byte of a record is missing, and the next ones come one by one: byte 64 of the torn one seems to be there
torn 63
for _ in 1 2 3; do
    put 1 "$F"
    all_arrived
done
# a record at the end that is not whole yet is waited for, and complete in the end
pacct_py generate "$WORK/split" 1 --serial "$SERIAL" --seed "$SERIAL"
cat "$WORK/split" >>"$WORK/all"
SERIAL=$((SERIAL + 1))
lines=$(lines_of "$OUT")
head -c 20 "$WORK/split" >>"$F"
tail -c +21 "$WORK/split" >>"$F"
wait_file_lines "$OUT" $((lines + 1))
all_arrived
shutdown
# damage told once each: thirteen tears, two holes, one text, four tears
assert_eq "$(grep -c 'is damaged' "$SYS")" 20 "reports of damage"
# the same in a file that is complete when it is read: also the record just before damage larger than the buffer is whole
rm -rf "$WORK"/impacct-state* "$OUT" "$WORK/all" "$F"
SERIAL=0
put 3 "$F"
torn 40
put 1 "$F"
yes 'this is not an accounting record' | head -c 200003 >>"$F"
put 1 "$F"
truncate -s +300000 "$F"
put 3 "$F"
startup
all_arrived
told 192 40
told 296 200003
told 200363 300000
shutdown
# a file that begins in the middle of a record
rm -rf "$WORK"/impacct-state* "$OUT" "$WORK/all" "$F"
SERIAL=0
torn 63
tail -c +30 "$F" >"$F.x" && mv "$F.x" "$F"
put 10 "$F"
startup
all_arrived
told 0 34
shutdown
exit_test
