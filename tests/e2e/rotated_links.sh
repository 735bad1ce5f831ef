#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what lies beside the accounting file under a rotated file's name, but is none, is not read.
# Invariant: symbolic links (also to files that rsyslogd could read), directories and FIFOs are passed over; nobody waits
# for them; the true rotated files are read.
# Oracle: the records put into the true files, in the order of putting; those in the decoy must not come.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
put 20 "$F"
startup
all_arrived
shutdown
put 3 "$F"
mv "$F" "$F.3"
# last written between the true files, as what is to be read next
pacct_py generate "$WORK/decoy" 50 --serial 900000
gzip -k "$WORK/decoy"
ln -s "$WORK/decoy" "$F.2"
ln -s "$WORK/decoy.gz" "$F.1.gz"
mkfifo "$F.4"
mkdir "$F.5"
put 4 "$F"
mv "$F" "$F.0"
put 5 "$F"
startup
all_arrived
# while it runs
touch "$WORK/decoy"
ln -s "$WORK/decoy" "$F-20261121"
mv "$F" "$F-20261122"
put 6 "$F"
all_arrived
shutdown
content_absent '"comm":"p9000' "$OUT"
content_absent "a second time"
exit_test
