#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own", a kernel that has suspended accounting already gets the space to resume it.
# Invariant: old files go until it resumes; also where rsyslogd is started only then, and nothing comes that would move
# the position.
# Oracle: how much of a small file system is left free here; processes that carry numbers.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
kernel_looks_each 1
small_disk
F=$WORK/disk/account/pacct
mkdir -m 700 "$WORK/disk/account"
for n in {1..12}; do head -c 20480 /dev/zero >"$F.$n"; done
own 'accounting.keep="12"'
startup
run 3
wait_all
fill 1
resumed() { /bin/true; grep -q '"event":"accounting_resumed"' "$STATES"; }
wait_for "accounting to resume" resumed
content_check "'$F.12' was removed" "$STATES"
run 3
wait_all

rm "$WORK/disk/ballast" "$F".?
run 3
wait_all
for n in {1..9}; do head -c 20480 /dev/zero >"$WORK/disk/old.$n"; done
suspensions=$(grep -c '"event":"accounting_suspended"' "$STATES")
fill 1
suspended() { /bin/true; [ "$(grep -c '"event":"accounting_suspended"' "$STATES")" -gt "$suspensions" ]; }
wait_for "accounting to be suspended" suspended
shutdown
for n in {1..9}; do mv "$WORK/disk/old.$n" "$F.$n"; done
rm "$STATES"
startup
wait_content "'$F.9' was removed" "$STATES"
cp /bin/true "$WORK/again"
recorded() { "$WORK/again"; grep -q '"comm":"again"' "$OUT"; }
wait_for "accounting to resume" recorded
run 3
wait_all
shutdown
exit_test
