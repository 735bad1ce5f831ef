#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a symbolic link as path, to a file in another directory that is rotated there or replaced as a link.
# Invariant: what is read is what the link leads to; rotated files lie beside that.
# Oracle: every record put into any of the files, in the order of putting.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
mkdir "$WORK/a" "$WORK/b"
generate_rotation_conf 'pollingInterval="0.2"'
ln -s "$WORK/a/acct" "$WORK/log/pacct"
put 50 "$WORK/a/acct"
startup
all_arrived
mv "$WORK/a/acct" "$WORK/a/acct.0"
put 10 "$WORK/a/acct.0"
put 5 "$WORK/a/acct"
all_arrived
put 7 "$WORK/b/acct"
ln -sf "$WORK/b/acct" "$WORK/log/pacct"
all_arrived
# the directory that a link leads to appears later
ln -sfn "$WORK/c/acct" "$WORK/log/pacct"
mkdir "$WORK/c"
put 4 "$WORK/c/acct"
all_arrived
shutdown
exit_test
