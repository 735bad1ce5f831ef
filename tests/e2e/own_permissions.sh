#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting="own" does what its rights permit, and says in words that help what they do not.
# Invariant: a place where others may write is refused; a rsyslogd without the capability says what can give it, and
# reads; one that gives up root switches accounting on before that, says once that it cannot rotate, and goes on reading.
# Oracle: the modes, the capability and the user that are set here.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
F=$WORK/account/pacct
mkdir -m 777 "$WORK/account"
own
startup
wait_content "check of the directory failed: the file must be a regular file with one link"
shutdown
chmod 700 "$WORK/account"

wrapper=$RSYSLOGD_WRAPPER
RSYSLOGD_WRAPPER="setpriv --bounding-set=-sys_pacct --inh-caps=-sys_pacct $wrapper"
: >"$F"
accton "$F" >/dev/null
startup
wait_content "it lacks the capability CAP_SYS_PACCT, or its system call filter refuses it"
content_check "contrib/systemd/install grants both"
content_check 'global(libcapng.enable="off")'
run 5
wait_all
shutdown
accton off >/dev/null
RSYSLOGD_WRAPPER=$wrapper
forget

user=nobody
chmod 755 "$WORK"
F=$WORK/dropped/pacct
mkdir -m 755 "$WORK/dropped"
install -m 0640 -g "$(id -g $user)" /dev/null "$F"
mkdir "$WORK/spool"
chown $user "$WORK/spool"
export OUT=$WORK/spool/out.jsonl STATES=$WORK/spool/states.jsonl SYS=$WORK/spool/sys.log
own 'accounting.maxFileSize="4k"'
sed -i "s|workDirectory=\"$WORK\"|workDirectory=\"$WORK/spool\"|" "$WORK/rsyslog.conf"
sed -i "1i \$PrivDropToUser $user\n\$PrivDropToGroup $(id -gn $user)" "$WORK/rsyslog.conf"
startup
wait_content '"event":"accounting_started"' "$STATES"
run 80
wait_all
wait_content "it has given up its privileges"
assert_eq "$(grep -c "given up its privileges" "$SYS")" 1 "errors about privileges"
[ ! -e "$F.1" ] || error_exit "it was rotated"
shutdown
exit_test
