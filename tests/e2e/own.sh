#!/usr/bin/env bash
# Intent: with accounting="own" the module keeps accounting on, its files small and few, and takes nothing from others.
# Invariant: every process that ends while accounting is on arrives once, through any number of rotations, a crash and
# a restart; files and directory are nobody else's; who else wants accounting is named and left alone, unless told.
# Oracle: processes that carry numbers; the kernel, in a pid namespace of its own.
if [ "${1:-}" != inside ] && [ "$(id -u)" = 0 ]; then
    exec unshare --mount --propagation unchanged --pid --fork --kill-child --mount-proc bash "$0" inside
fi
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
mount --make-rprivate / 2>/dev/null || true
trap 'accton off >/dev/null; umount -l "$WORK/disk" 2>/dev/null' EXIT
F=$WORK/account/pacct
own() { # own [PARAMETER]...
    generate_conf
    local alarm='silenceAlarm="4"'
    [[ $* != *silenceAlarm* ]] || alarm=
    add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" accounting=\"own\" $alarm $*)"
}
N=0
run() { # run COUNT: so many processes, with names that no others have
    local i
    for ((i = 0; i < $1; i++)); do
        cp "$WORK/true" "$WORK/bin/n$N"
        "$WORK/bin/n$N"
        rm "$WORK/bin/n$N"
        N=$((N + 1))
    done
}
have() { # each of the N names
    grep -so '"comm":"n[0-9]*"' "$OUT" | sort -u | wc -l
}
all_there() { [ "$(have)" = "$N" ]; }
mkdir "$WORK/bin"
cp /bin/true "$WORK/true"

rotated() { [ "$(grep -c '"event":"file_rotated"' "$STATES")" -ge "$1" ]; }

# it makes the directory and the file, and switches accounting on
own 'accounting.maxFileSize="4k"' 'accounting.keep="2"'
startup
wait_content '"event":"accounting_started"' "$STATES"
assert_eq "$(stat -c '%a %u' "$F")" "600 0" "the file"
assert_eq "$(stat -c '%a %u' "$(dirname "$F")")" "700 0" "the directory"
# rotations, as many as come; who might read it may go on reading
chgrp adm "$F"
chmod 640 "$F"
for n in 1 2 3 4; do
    run 60
    wait_for "the processes" all_there
    wait_for "rotation $n" rotated "$n"
done
# what has no place in an unbroken row was put there by somebody else
: >"$F.7"
: >"$F.2024"
few() { [ "$(find "$WORK/account" -name 'pacct.*' | sort | sed 's/.*pacct//' | paste -sd' ')" = ".1 .2 .2024 .7" ]; }
wait_for "two old files" few
assert_eq "$(stat -c '%a %G' "$F")" "640 adm" "the file after rotations"

content_absent accounting_stopped "$STATES"

# somebody switches it off: it is on again, and the gap is told
accton off >/dev/null
wait_content '"event":"accounting_stopped"' "$STATES"
wait_for "accounting to be on again" grep -q '"event":"accounting_started".*come back' "$STATES"
run 10
wait_for "the processes" all_there

# somebody deletes the file
rm "$F"
wait_for "a new file" test -e "$F"
run 10
wait_for "the processes" all_there

# somebody renames it, as savelog does: the kernel goes on with the old one, until accounting is given the new one
mv "$F" "$F.0"
: >"$F"
wait_for "the new file to be used" test -s "$F"
run 10
wait_for "the processes" all_there
rm "$F.0"

# a crash, and processes meanwhile
kill_immediate
run 20
startup
wait_for "the processes" all_there
run 5
wait_for "the processes" all_there

# a second rsyslogd
first=$RSYSLOGD_PID
cp "$WORK/rsyslog.conf" "$WORK/rsyslog.first"
mv "$WORK/pid" "$WORK/pid.first"
mkdir "$WORK/second"
own "stateFile.directory=\"$WORK/second\""
startup
wait_content "another rsyslogd owns accounting; give one of the two"
shutdown
RSYSLOGD_PID=$first
mv "$WORK/pid.first" "$WORK/pid"
shutdown
run 5 # it was left on
own 'accounting.atStop="off"'
startup
wait_for "the processes" all_there
shutdown
size=$(stat -c %s "$F")
/bin/true
assert_eq "$(stat -c %s "$F")" "$size" "accounting is off after the stop"
content_check '"event":"accounting_stopped","id"' "$STATES"
assert_eq "$(have)" "$N" "processes"

# it belongs to somebody else
mkdir -p "$WORK/varlog"
mount --bind "$WORK/varlog" /var/log
trap 'accton off >/dev/null; umount -l "$WORK/disk" /var/log 2>/dev/null' EXIT
mkdir /var/log/account
: >/var/log/account/pacct
accton /var/log/account/pacct >/dev/null
own
startup
wait_content "accounting goes to '/var/log/account/pacct', so another program owns it"
size=$(stat -c %s /var/log/account/pacct)
/bin/true
[ "$(stat -c %s /var/log/account/pacct)" -gt "$size" ] || error_exit "accounting was taken away"
shutdown
rm "$STATES"
own 'accounting.force="on"' 'accounting.atStop="off"'
startup
wait_content "taken from /var/log/account/pacct" "$STATES"
run 3
wait_for "the processes" all_there
shutdown
size=$(stat -c %s /var/log/account/pacct)
/bin/true
[ "$(stat -c %s /var/log/account/pacct)" -gt "$size" ] || error_exit "accounting was not given back"
accton off >/dev/null

# without an alarm, it sees by itself that accounting was switched off, and rotates
own 'silenceAlarm="off"' 'accounting.maxFileSize="4k"'
rm -f "$STATES"
startup
wait_content '"event":"accounting_started"' "$STATES"
accton off >/dev/null
run 5
N=$((N - 5)) # not recorded
on_again() { grep -c '"event":"accounting_started"' "$STATES" | grep -qx 2; }
wait_for "accounting to be on again" on_again
run 60
wait_for "the processes" all_there
wait_for "a rotation without an alarm" rotated 1
shutdown
accton off >/dev/null
rm -f "$STATES"

# others may write there
chmod 777 "$WORK/account"
own
startup
wait_content "check of the directory failed: others may write to it"
shutdown
chmod 700 "$WORK/account"

# little space: old files go before the kernel suspends
mkdir "$WORK/disk"
mount -t tmpfs -o size=4m tmpfs "$WORK/disk"
F=$WORK/disk/account/pacct
mkdir -m 700 "$WORK/disk/account"
for n in 1 2 3; do head -c 400000 /dev/zero >"$F.$n"; done
rm -f "$STATES"
own 'accounting.keep="3"'
startup
run 3
wait_for "the processes" all_there
fill() { # fill PERCENT: leave that much free
    head -c "$(stat -f -c '%b %a %S' "$WORK/disk" | awk -v p="$1" '{ print int(($2 - $1 * p / 100) * $3) }')" \
        /dev/zero >>"$WORK/disk/ballast"
}
fill 4.5
wait_content "'$F.3' was removed" "$STATES"
run 3
wait_for "the processes" all_there
content_absent accounting_suspended "$STATES"
# and where there are none, below what a new file needs: the file that works is left alone
rm "$WORK/disk/ballast" "$F".?
head -c 1200000 /dev/zero | tr '\0' x >"$WORK/disk/more"
cat "$WORK/disk/more" >>"$F"
rm "$WORK/disk/more"
fill 3
run 20
wait_for "the processes" all_there
[ ! -e "$F.1" ] || error_exit "the live file was rotated where a new one gets no records"
# with just enough for a new one, it gives way, too
rm "$WORK/disk/ballast"
fill 4.5
wait_content "'$F.1' was removed" "$STATES"
run 3
wait_for "the processes" all_there
shutdown
accton off >/dev/null
# no more of them than it takes
rm "$WORK/disk/ballast" "$F"
for n in 1 2 3; do head -c 400000 /dev/zero >"$F.$n"; done
rm "$STATES"
own 'accounting.keep="3"' 'silenceAlarm="off"'
startup
run 3
wait_for "the processes" all_there
fill 4.5
wait_content "'$F.3' was removed" "$STATES"
sleep 3 # looks that could remove another
run 3
wait_for "the processes" all_there
[ -e "$F.2" ] || error_exit "more was removed than there was need for"
shutdown
accton off >/dev/null
# suspended already: they go until the kernel resumes; it looks at the free space each second here, for the machine
rm "$WORK/disk/ballast" "$F" "$F".?
for n in {1..12}; do head -c 20480 /dev/zero >"$F.$n"; done
exec 9>"${TMPDIR:-/tmp}/impacct-silence.lock"
flock 9
limits=$(cat /proc/sys/kernel/acct)
trap 'accton off >/dev/null; echo "$limits" >/proc/sys/kernel/acct; umount -l "$WORK/disk" /var/log 2>/dev/null' EXIT
echo "4 2 1" >/proc/sys/kernel/acct
rm "$STATES"
own 'accounting.keep="12"'
startup
run 3
wait_for "the processes" all_there
fill 1
resumed() { /bin/true; grep -q '"event":"accounting_resumed"' "$STATES"; }
wait_for "accounting to resume" resumed
content_check "'$F.12' was removed" "$STATES"
run 3
wait_for "the processes" all_there
# the same where rsyslogd is started only then, and nothing comes that would move the position
rm "$WORK/disk/ballast" "$F".?
run 3
wait_for "the processes" all_there
for n in {1..9}; do head -c 20480 /dev/zero >"$WORK/disk/old.$n"; done
suspensions=$(grep -c '"event":"accounting_suspended"' "$STATES")
fill 1
suspended() { /bin/true; [ "$(grep -c '"event":"accounting_suspended"' "$STATES")" -gt "$suspensions" ]; }
wait_for "accounting to be suspended" suspended
shutdown
for n in {1..9}; do mv "$WORK/disk/old.$n" "$F.$n"; done
rm "$STATES"
startup
wait_content "'$F.9' was removed" "$STATES"
run_again() { sleep 0.2; lines=$(lines_of "$OUT"); /bin/true; sleep 0.2; [ "$(lines_of "$OUT")" -gt "$lines" ]; }
wait_for "accounting to resume" run_again
run 3
wait_for "the processes" all_there
shutdown
accton off >/dev/null
echo "$limits" >/proc/sys/kernel/acct
exec 9>&-
umount -l "$WORK/disk" /var/log

# rsyslogd that gives up root: accounting is switched on before that, and cannot be rotated afterwards
user=nobody
chmod 755 "$WORK"
F=$WORK/dropped/pacct
mkdir -m 755 "$WORK/dropped"
install -m 0640 -g "$(id -g $user)" /dev/null "$F"
mkdir "$WORK/spool"
chown $user "$WORK/spool"
OUT=$WORK/spool/out.jsonl STATES=$WORK/spool/states.jsonl SYS=$WORK/spool/sys.log
own 'accounting.maxFileSize="4k"'
sed -i "s|workDirectory=\"$WORK\"|workDirectory=\"$WORK/spool\"|" "$WORK/rsyslog.conf"
sed -i "1i \$PrivDropToUser $user\n\$PrivDropToGroup $(id -gn $user)" "$WORK/rsyslog.conf"
N=0
startup
wait_content '"event":"accounting_started"' "$STATES"
run 80
wait_for "the processes" all_there
wait_content "it has given up its privileges"
assert_eq "$(grep -c "given up its privileges" "$SYS")" 1 "errors about privileges"
[ ! -e "$F.1" ] || error_exit "it was rotated"
shutdown
accton off >/dev/null
exit_test
