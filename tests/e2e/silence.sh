#!/usr/bin/env bash
# Intent: accounting that stops reaching the file raises its alarm, whichever way it stops, and says when it is back.
# Invariant: each change gives its messages once, in order, with their figures; a file that is merely quiet gives none.
# Oracle: what is done to the kernel's accounting here, in a pid namespace of its own.
if [ "${1:-}" != inside ] && [ "$(id -u)" = 0 ]; then
    exec unshare --mount --propagation unchanged --pid --fork --kill-child --mount-proc bash "$0" inside
fi
. "${srcdir:=$(dirname "$0")/..}/diag.sh"
require_accounting
mount --make-rprivate / 2>/dev/null || true
F=$WORK/log/pacct D=$WORK/disk
mkdir "$WORK/log" "$D"
mount -t tmpfs -o size=4m tmpfs "$D" || skip_test "cannot mount a file system"
# the limits are the machine's: one run at a time
exec 9>"${TMPDIR:-/tmp}/impacct-silence.lock"
flock 9
limits=$(cat /proc/sys/kernel/acct)
# the kernel looks at the free space when a process ends, at most each 30 seconds; here each second
echo "4 2 1" >/proc/sys/kernel/acct
trap 'accton off >/dev/null; echo "$limits" >/proc/sys/kernel/acct; umount -l "$D" 2>/dev/null' EXIT
: >"$F"
accton "$F" >/dev/null
# off for a moment before rsyslogd is started, as when the machine is: that is over
accton off >/dev/null
accton "$F" >/dev/null
sleep 1.1
generate_conf
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" silenceAlarm=\"2\")"
startup

# expect FILE EVENT...: these have been said, in this order (or with order=sort in that) and no others, since last time
declare -A seen
expect() {
    local file=$1
    shift
    wait_file_lines "$file" $((${seen[$file]:-0} + $#))
    assert_eq "$(tail -n +$((${seen[$file]:-0} + 1)) "$file" | sed 's/.*"event":"\([a-z_]*\)".*/\1/' | "${order:-cat}" |
        paste -sd' ')" "$*" "state messages in $(basename "$file")"
    seen[$file]=$((${seen[$file]:-0} + $#))
}
has_number() { # of the last message
    tail -n 1 "$1" | grep -qE "\"$2\":[0-9]" || error_exit "no $2 in $(tail -n 1 "$1")"
}
ends() { # a process whose record arrives
    local n
    n=$(lines_of "$OUT")
    /bin/true
    wait_file_lines "$OUT" $((n + 1))
}
expect "$STATES" module_started
sleep 1 # in which a child would see that accounting has come back
ends
expect "$STATES"

# quiet: nothing ends in here but the module's own probes, since this waits without processes; on the machine others do
mkfifo "$WORK/never"
exec 7<>"$WORK/never"
mapfile -t lines <"$OUT"
before=${#lines[@]} deadline=$((SECONDS + TEST_TIMEOUT + 30)) probes=0
until [ "$probes" -ge 3 ]; do
    [ "$SECONDS" -lt "$deadline" ] || error_exit "$probes probes in $((TEST_TIMEOUT + 30)) s of quiet"
    read -rt 0.2 -u 7 || true
    mapfile -t lines <"$OUT"
    probes=0
    for line in "${lines[@]:before}"; do
        [[ $line != *'"comm":"impacct:'* ]] || probes=$((probes + 1))
    done
done
expect "$STATES"

# switched off, and on again
accton off >/dev/null
expect "$STATES" accounting_stopped accounting_silent
has_number "$STATES" silent_seconds
has_number "$STATES" ended_processes
accton "$F" >/dev/null
expect "$STATES" accounting_started accounting_recovered
has_number "$STATES" silent_seconds
ends

# over to another file, and back
: >"$WORK/other"
accton "$WORK/other" >/dev/null
expect "$STATES" accounting_stopped accounting_silent
accton "$F" >/dev/null
expect "$STATES" accounting_started accounting_recovered
ends

# over to the next file, as logrotate does: nothing of this kind
mv "$F" "$F.1"
: >"$F"
accton "$F" >/dev/null
ends
expect "$STATES" file_rotated

# off and on again at once: seen by who switched it off, and ended meanwhile
accton off >/dev/null
accton "$F" >/dev/null
expect "$STATES" accounting_stopped accounting_started
ends

# off for a second, as Debian's cron script does without systemd
mv "$F" "$F.2"
: >"$F"
accton off >/dev/null
sleep 1
accton "$F" >/dev/null
ends
wait_content accounting_started "$STATES"
tail -n +$((${seen[$STATES]} + 1)) "$STATES" | grep -q '"event":"accounting_stopped"' || error_exit "the stop was not told"
seen[$STATES]=$(lines_of "$STATES")
ends

# deleted: the records are still read, but for how long
rm "$F"
expect "$STATES" accounting_silent
content_check "was deleted" "$STATES"
ends
: >"$F"
accton "$F" >/dev/null
ends
expect "$STATES" file_rotated accounting_recovered
shutdown

# who switches is another pid namespace's process: that it cannot be seen from here does not mean that it has ended
rm -f "$STATES" "$OUT"
seen=()
RSYSLOGD_WRAPPER="unshare --pid --fork --kill-child=KILL $RSYSLOGD_WRAPPER"
startup
expect "$STATES" module_started
python3 -c 'import ctypes, signal, sys; ctypes.CDLL(None).acct(sys.argv[1].encode()); signal.pause()' "$F" &
switcher=$!
wait_content '"comm":"impacct:' "$OUT"
ends
expect "$STATES"
kill "$switcher"
kill_immediate
RSYSLOGD_WRAPPER=${RSYSLOGD_WRAPPER#*=KILL }

# free space: low, suspended, resumed
F=$D/pacct
: >"$F"
accton "$F" >/dev/null
generate_conf
add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" silenceAlarm=\"4\")"
rm -f "$STATES" "$OUT"
seen=()
startup
expect "$STATES" module_started
ends
fill() { # fill PERCENT: leave that much free
    local blocks
    blocks=$(stat -f -c '%b %a %S' "$D" | awk -v p="$1" '{ print int(($2 - $1 * p / 100) * $3) }')
    head -c "$blocks" /dev/zero >>"$D/ballast"
}
fill 7
expect "$STATES" disk_low
has_number "$STATES" free_percent
has_number "$STATES" free_bytes
fill 1
order='sort' expect "$STATES" accounting_silent accounting_suspended
has_number "$STATES" free_percent
rm "$D/ballast"
until_recovered() { /bin/true; [ "$(lines_of "$STATES")" -ge $((${seen[$STATES]} + 2)) ]; }
wait_for "accounting to resume" until_recovered
order='sort' expect "$STATES" accounting_recovered accounting_resumed

# switched on where there is too little already: acct(2) says that all is well
shutdown
accton off >/dev/null
rm "$STATES"
seen=()
fill 3
: >"$F.fresh"
sed -i "s|file=\"$F\"|file=\"$F.fresh\"|" "$WORK/rsyslog.conf"
accton "$F.fresh" >/dev/null
startup
order='sort' expect "$STATES" accounting_silent accounting_suspended disk_low module_started
shutdown
accton off >/dev/null
umount "$D"
exit_test
