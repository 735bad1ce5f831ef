#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: with accounting="own", old files go before the kernel suspends accounting for want of space.
# Invariant: the oldest first, no more than it takes, none that is not read; where there are none, the live file is made
# one as long as a new one would get records; nothing is lost on the way.
# Oracle: how much of a small file system is left free here; processes that carry numbers.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
small_disk
F=$WORK/disk/account/pacct
mkdir -m 700 "$WORK/disk/account"
old_files() { for n in 1 2 3; do head -c 400000 /dev/zero >"$F.$n"; done; }
old_files
own 'accounting.keep="3"'
startup
run 3
wait_all
fill 4.5
wait_content "'$F.3' was removed" "$STATES"
run 3
wait_all
content_absent accounting_suspended "$STATES"

# and where there are none, below what a new file needs: the file that works is left alone
rm "$WORK/disk/ballast" "$F".?
head -c 1200000 /dev/zero | tr '\0' x >"$WORK/disk/more"
cat "$WORK/disk/more" >>"$F"
rm "$WORK/disk/more"
fill 3
run 20
wait_all
[ ! -e "$F.1" ] || error_exit "the live file was rotated where a new one gets no records"
# with just enough for a new one, it gives way, too
rm "$WORK/disk/ballast"
fill 4.5
wait_content "'$F.1' was removed" "$STATES"
run 3
wait_all
shutdown
accton off >/dev/null

# no more of them than it takes
rm "$WORK/disk/ballast" "$F"
old_files
forget
own 'accounting.keep="3"' 'silenceAlarm="off"'
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.file=\"$WORK/stats\" log.syslog=\"off\")"
startup
run 3
wait_all
fill 4.5
wait_content "'$F.3' was removed" "$STATES"
wait_reports 3 # looks that could remove another
run 3
wait_all
[ -e "$F.2" ] || error_exit "more was removed than there was need for"
shutdown
exit_test
