#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a directory that somebody makes at the path by mistake is not the next file: the kernel goes on writing to the one
# that was renamed.
# Invariant: what comes into that one long after is read, before what comes to the path later; nothing is told as lost.
# Oracle: the records that were put.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
F=$WORK/log/pacct
generate_rotation_conf
add_conf "module(load=\"impstats\" interval=\"1\" format=\"json\" log.syslog=\"off\" log.file=\"$WORK/stats\")"
put 100 "$F"
startup
all_arrived
mv "$F" "$F.1"
mkdir "$F"
wait_reports 3 # longer than a file is stayed with once there is something in a later one
put 20 "$F.1"
all_arrived
rmdir "$F"
put 30 "$F"
all_arrived
wait_reports 2
shutdown
all_arrived
content_absent "records_lost" "$STATES"
content_absent "cannot be read"
exit_test
