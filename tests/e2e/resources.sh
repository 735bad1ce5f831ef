#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: nothing piles up with rotations, and lost means come back by themselves: permission, inotify.
# Invariant: the number of descriptors and of watches does not grow; each trouble is told once.
# Oracle: /proc/PID/fd and fdinfo; the records.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
require_root
generate_rotation_conf 'pollingInterval="0.2"'
F=$WORK/log/pacct
fds() { find "/proc/$RSYSLOGD_PID/fd" -mindepth 1 | wc -l; }
watches() { cat "/proc/$RSYSLOGD_PID/fdinfo"/* 2>/dev/null | grep -c '^inotify '; }
put 10 "$F"
startup
all_arrived
fds_before=$(fds)
for n in $(seq 40); do
    mv "$F" "$F.$n"
    put 3 "$F"
    [ $((n % 8)) != 0 ] || all_arrived
done
all_arrived
wait_for "descriptors to be closed ($(fds), $fds_before at start)" eval '[ "$(fds)" -le "$fds_before" ]'
[ "$(watches)" -le 4 ] || error_exit "there are $(watches) watches"
shutdown
# no inotify to be had: the poll serves, told once. The kernel counts per user: one of our own uses up what it may have.
AS_USER="setpriv --reuid=64897 --regid=64897 --clear-groups"
chmod 755 "$WORK"
cp "$MODULE_DIR/impacct.so" "$WORK" # the tree may be in a home that is root's only
MODULE_DIR=$WORK
chown -R 64897 "$WORK"
wrapper=$RSYSLOGD_WRAPPER
RSYSLOGD_WRAPPER="$AS_USER $wrapper"
python3 - "$WORK/used_up" <<'PY' &
import ctypes, os, resource, signal, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
libc = ctypes.CDLL(None)
os.setuid(64897)
while libc.inotify_init() >= 0:
    pass
open(sys.argv[1], "w").close()
signal.pause()
PY
HOLDER=$!
wait_for "inotify to be used up" test -e "$WORK/used_up"
startup
put 5 "$F"
all_arrived
mv "$F" "$F.99"
put 5 "$F"
all_arrived
shutdown
kill "$HOLDER"
wait "$HOLDER" 2>/dev/null
assert_eq "$(grep -c 'inotify does not report changes' "$SYS")" 1 "reports of the missing inotify"
# permission to the file taken away and given back
chown root "$F"
chmod 600 "$F"
startup
wait_content "cannot be read (open)"
put 5 "$F"
chmod 644 "$F"
all_arrived
shutdown
assert_eq "$(grep -c 'cannot be read (open)' "$SYS")" 1 "reports of the missing permission"
exit_test
