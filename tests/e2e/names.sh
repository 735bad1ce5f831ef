#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: names of users and groups are those that the system knows, follow its changes, and can be switched off.
# Invariant: an unknown id has no name; after resolveNames.cacheTime a new name is seen; with resolveNames="off" there
# are none.
# Oracle: a passwd file of our own, mounted over the system's for rsyslogd alone.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_root
unshare --mount true 2>/dev/null || skip_test "no mount namespaces here"
generate_conf
cp /etc/passwd "$WORK/passwd"
cp /etc/group "$WORK/group"
echo 'impacct-first:x:70000:80000::/:/bin/false' >>"$WORK/passwd"
echo 'impacct-group:x:80000:' >>"$WORK/group"
cat >"$WORK/wrapper" <<'WRAPPER'
#!/bin/sh
mount --bind "$WORK/passwd" /etc/passwd && mount --bind "$WORK/group" /etc/group || exit 1
exec "$@"
WRAPPER
chmod +x "$WORK/wrapper"
export WORK
RSYSLOGD_WRAPPER="unshare --mount $WORK/wrapper $RSYSLOGD_WRAPPER"

serial=0
record_of() { # UID GID: append a record
    serial=$((serial + 1))
    python3 -c '
import struct, sys
sys.path.insert(0, sys.argv[1])
import pacct
sys.stdout.buffer.write(struct.pack("<" + pacct.V3, 0, 3, 0, 0, int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), 1,
                                    1700000000, 1.0, 0, 0, 9, 0, 0, 0, 0, 0, b"names"))' \
        "$srcdir/lib" "$1" "$2" "$serial" >>"$WORK/pacct" || error_exit "no record"
}
# the JSON value of a name in the last line of a file; nothing: there is none
value_of() {
    tail -n 1 "$2" | python3 -c 'import json, sys; print(json.loads(sys.stdin.read()).get(sys.argv[1], ""))' "$1"
}
# on a slow machine a record goes without a name that it would have to wait long for: a later one has it
expect() { # UID GID USER GROUP
    wait_for "a record of $1, $2 with the names '$3', '$4'" gives "$@"
}
gives() {
    record_of "$1" "$2"
    wait_file_lines "$OUT" "$serial"
    [ "$(value_of user "$OUT")" = "$3" ] && [ "$(value_of group "$OUT")" = "$4" ]
}
: >"$WORK/pacct"
add_conf "ruleset(name=\"off\") { action(type=\"omfile\" file=\"$WORK/off\" template=\"msg\") }
input(type=\"impacct\" file=\"$WORK/pacct\" ruleset=\"records\" resolveNames.cacheTime=\"1\")
input(type=\"impacct\" file=\"$WORK/pacct\" stateFile=\"off-state\" ruleset=\"off\" resolveNames=\"off\")"
startup
expect 0 0 root root
expect 70000 80000 impacct-first impacct-group
expect 4294967294 4294967293 "" ""
expect 70000 4294967293 impacct-first ""

# the same inode, since that is what is mounted
sed 's/impacct-first/impacct-second/' "$WORK/passwd" >"$WORK/passwd.new"
cat "$WORK/passwd.new" >"$WORK/passwd"
expect 70000 80000 impacct-second impacct-group
wait_file_lines "$WORK/off" "$serial"
shutdown
content_absent '"user"' "$WORK/off"
content_absent '"group"' "$WORK/off"
content_check '"uid":70000' "$WORK/off"
exit_test
