#!/usr/bin/env bash
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
# no inotify to be had: the poll serves, told once
limit=$(cat /proc/sys/fs/inotify/max_user_instances)
restore_limit() { echo "$limit" >/proc/sys/fs/inotify/max_user_instances; }
trap restore_limit EXIT
echo 0 >/proc/sys/fs/inotify/max_user_instances
startup
put 5 "$F"
all_arrived
mv "$F" "$F.99"
put 5 "$F"
all_arrived
restore_limit
shutdown
assert_eq "$(grep -c 'are not told by inotify' "$SYS")" 1 "reports of the missing inotify"
# as a user without rights: permission to the file taken away and given back
chmod 755 "$WORK"
chown -R nobody "$WORK"
chown root "$F"
chmod 600 "$F"
cp "$MODULE_DIR/impacct.so" "$WORK" # the tree may be in a home that is root's only
MODULE_DIR=$WORK
RSYSLOGD_WRAPPER="setpriv --reuid=nobody --regid=nogroup --clear-groups $RSYSLOGD_WRAPPER"
startup
wait_content "cannot be read (open)"
put 5 "$F"
chmod 644 "$F"
all_arrived
shutdown
assert_eq "$(grep -c 'cannot be read (open)' "$SYS")" 1 "reports of the missing permission"
exit_test
