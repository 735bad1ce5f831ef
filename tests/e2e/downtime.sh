#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd was stopped while the file was rotated several times and compressed: everything since is read.
# Invariant: in the order in which it was written, nothing twice, across a second restart in the middle of it.
# Oracle: every record put into any of the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
put 1500 "$F"
startup
all_arrived
shutdown
put 40 "$F"
# numbers, as savelog does, the older ones compressed
mv "$F" "$F.2"
put 2000 "$F"
mv "$F" "$F.1"
gzip "$F.2" "$F.1"
put 30 "$F"
mv "$F" "$F.0"
put 20 "$F"
startup
all_arrived
shutdown
# dates, as logrotate does; the file that was being read is compressed now, and deleted records are no concern
mv "$F" "$F-20261118"
gzip "$F-20261118"
put 10 "$F"
mv "$F" "$F-20261119"
put 11 "$F"
mv "$F" "$F-20261120"
gzip -c "$F-20261119" >"$F-20261119.gz" # being compressed: both are there
startup
all_arrived
# the live file is still missing, and appears
put 12 "$F"
all_arrived
shutdown
# nothing happened: nothing is read again
startup
put 1 "$F"
all_arrived
shutdown
content_absent "a second time"
exit_test
