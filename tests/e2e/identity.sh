#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a stored position belongs to content, not to a name or an inode.
# Invariant: the same content elsewhere is read on without a repeat; other content under the old name or inode is read
# from its start; what is repeated has the same ids.
# Oracle: the records of each file; ids of repeats.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
generate_rotation_conf
F=$WORK/log/pacct
restart_and_check() {
    startup
    all_arrived
    shutdown
}
put 100 "$F"
restart_and_check
# copied to another inode (restored, moved between filesystems): read on
cp "$F" "$F.copy" && mv "$F.copy" "$F"
put 10 "$F"
restart_and_check
content_absent "a second time"
# the same inode with other content, longer than the position: from its start
inode=$(stat -c %i "$F")
: >"$F"
put 300 "$F"
assert_eq "$(stat -c %i "$F")" "$inode" "inode"
restart_and_check
content_check "holds what was read up to the stored position"
# the same inode with other content, shorter
: >"$F"
put 7 "$F"
restart_and_check
# restored from a backup: an earlier state of the file, and then new records; repeats have the same ids
cp "$F" "$WORK/backup"
put 20 "$F"
restart_and_check
cp "$WORK/backup" "$F"
put 5 "$F"
startup
wait_content "\"comm\":\"p$((SERIAL - 1))\"" "$OUT"
shutdown
python3 - "$OUT" "$SERIAL" <<'PY' || error_exit "see above"
import json, sys
ids = {}
for line in open(sys.argv[1]):
    event = json.loads(line)
    ids.setdefault(event["comm"], set()).add(event["id"])
if len(ids) != int(sys.argv[2]) or any(len(i) != 1 for i in ids.values()):
    sys.exit(f"{len(ids)} names of {sys.argv[2]}, or a repeat with another id")
PY
exit_test
