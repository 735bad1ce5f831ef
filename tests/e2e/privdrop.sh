#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslogd that drops privileges, as Ubuntu configures it, follows the file of root and group adm.
# Invariant: nothing is lost or repeated through rotations as Debian's cron script does them, a stop, a rotation
# meanwhile and a restart; the state file belongs to the user that rsyslogd became; one that belongs to another user is
# not believed.
# Oracle: every record put into the files, in the order of putting; the user, groups and files as the kernel shows them.
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
. "$srcdir/rotate.sh"
require_root
unshare --mount true 2>/dev/null || skip_test "cannot make a mount namespace"
command -v savelog >/dev/null || skip_test "needs savelog"
# user syslog, in group adm, exists for this rsyslogd only
uid=64123
adm=$(getent group adm | cut -d: -f3)
[ -n "$adm" ] || skip_test "there is no group adm"
{ grep -v '^syslog:' /etc/passwd; echo "syslog:x:$uid:$uid::/nonexistent:/usr/sbin/nologin"; } >"$WORK/passwd"
{ grep -v '^syslog:\|^adm:' /etc/group; echo "syslog:x:$uid:"; echo "adm:x:$adm:syslog"; } >"$WORK/group"
cat >"$WORK/as_ubuntu" <<'SH'
#!/bin/sh
mount --bind "$1/passwd" /etc/passwd && mount --bind "$1/group" /etc/group || exit 1
shift
exec "$@"
SH
chmod 755 "$WORK" "$WORK/as_ubuntu"
chmod 644 "$WORK/passwd" "$WORK/group"
RSYSLOGD_WRAPPER="unshare --mount $WORK/as_ubuntu $WORK $RSYSLOGD_WRAPPER"
mkdir "$WORK/spool" "$WORK/written" "$WORK/log"
chown $uid "$WORK/spool" "$WORK/written"
chmod 700 "$WORK/spool"
chown "root:$adm" "$WORK/log"
chmod 750 "$WORK/log"
OUT=$WORK/written/out.jsonl
SYS=$WORK/written/sys.log
generate_conf
sed -i "s|workDirectory=\"$WORK\"|workDirectory=\"$WORK/spool\"|" "$WORK/rsyslog.conf"
# shellcheck disable=SC2016 # rsyslog's own, not to be expanded
sed -i '1i $PrivDropToUser syslog\n$PrivDropToGroup syslog' "$WORK/rsyslog.conf"
F=$WORK/log/pacct
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\")"
STATE=$(WORK=$WORK/spool state_file "$F")
rotate() { savelog -g adm -m 0640 -u root -c 7 "$F" >/dev/null 2>&1 || error_exit "savelog failed"; }
status() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$RSYSLOGD_PID/status"; }
drops() { [ "$(status Uid | cut -f2)" = $uid ]; }
(umask 027 && : >"$F")
chgrp adm "$F"
put 100 "$F"
startup
wait_for "rsyslogd to drop privileges" drops
all_arrived
assert_eq "$(status Gid | cut -f2)" $uid "group of rsyslogd"
assert_eq "$(status Groups | tr ' ' '\n' | grep -cx "$adm")" 1 "membership in adm"
assert_eq "$(status CapEff)" 0000000000000000 "capabilities of rsyslogd"
for _ in 1 2 3; do
    rotate
    assert_eq "$(stat -c %U:%G:%a "$F")" root:adm:640 "the new file"
    put 4 "$F"
    all_arrived
done
wait_for "the state file" test -e "$STATE"
assert_eq "$(stat -c %u:%a "$STATE")" $uid:600 "state file"
shutdown
# rotated twice while it was down: the older file is compressed
put 5 "$F"
rotate
put 6 "$F"
rotate
put 7 "$F"
startup
all_arrived
rotate
put 3 "$F"
all_arrived
shutdown
content_absent "cannot be"
content_absent "a second time"
content_absent "inotify does not report changes"
# a state file that some other user left there is not believed: everything comes again
chown nobody "$STATE"
chmod 644 "$STATE"
rm "$OUT"
startup
wait_content "owned by root or rsyslogd"
all_arrived
shutdown
# and is replaced by one that is, since the directory is the user's
assert_eq "$(stat -c %u:%a "$STATE")" $uid:600 "state file"
# one that root left there, when it did not drop privileges yet, and readable, is believed
chown root "$STATE"
chmod 644 "$STATE"
rm "$OUT" "$SYS"
startup
put 2 "$F"
wait_file_lines "$OUT" 2
shutdown
assert_eq "$(lines_of "$OUT")" 2 "records after the state of root"
assert_eq "$(stat -c %u:%a "$STATE")" $uid:600 "state file"
exit_test
