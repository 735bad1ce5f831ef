# SPDX-License-Identifier: Apache-2.0
# Verbs of the tests that switch accounting, in a pid namespace of their own: processes that are counted, file systems
# that fill up, state messages in their order. Sourced instead of diag.sh.
# shellcheck shell=bash
. "${srcdir:?}/diag.sh"
in_own_pids
trap 'accton off >/dev/null' EXIT
. "$srcdir/lib/numbered.sh"

# own [PARAMETER]...: a configuration that owns accounting into $F
own() {
    generate_conf
    local alarm='silenceAlarm="4"'
    [[ $* != *silenceAlarm* ]] || alarm=
    add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" accounting=\"own\" $alarm $*)"
}

# follow [PARAMETER]...: one that follows $F
follow() {
    generate_conf
    add_conf "input(type=\"impacct\" file=\"$F\" ruleset=\"records\" $*)"
}

# ends: a process whose record arrives
ends() {
    local n
    n=$(lines_of "$OUT")
    /bin/true
    wait_file_lines "$OUT" $((n + 1))
}

SAID=0 # state messages that were expected already
# expect EVENT...: these have been said, in this order (or with order=sort in that) and no others, since last time
expect() {
    wait_file_lines "$STATES" $((SAID + $#))
    assert_eq "$(tail -n +$((SAID + 1)) "$STATES" | sed 's/.*"event":"\([a-z_]*\)".*/\1/' | "${order:-cat}" |
        paste -sd' ')" "$*" "state messages"
    SAID=$((SAID + $#))
}
# has_number FIELD: the last message has it
has_number() {
    tail -n 1 "$STATES" | grep -qE "\"$1\":[0-9]" || error_exit "no $1 in $(tail -n 1 "$STATES")"
}
# forget: what was said and sent so far
forget() {
    rm -f "$STATES" "$OUT"
    : >"$WORK/told"
    SAID=0
}

# small_disk: an empty file system of 4 MB at $WORK/disk
small_disk() {
    mkdir -p "$WORK/disk"
    mount -t tmpfs -o size=4m tmpfs "$WORK/disk" || error_exit "cannot mount a file system"
}
# fill PERCENT: leave that much of it free
fill() {
    head -c "$(stat -f -c '%b %a %S' "$WORK/disk" | awk -v p="$1" '{ print int(($2 - $1 * p / 100) * $3) }')" \
        /dev/zero >>"$WORK/disk/ballast"
}
# kernel_looks_each SECONDS: at the free space when a process ends, at most so often, instead of each 30 seconds; as this
# is the machine's, one test at a time
kernel_looks_each() {
    exec 9>"${TMPDIR:-/tmp}/impacct-silence.lock"
    flock 9
    LIMITS=$(cat /proc/sys/kernel/acct)
    trap 'accton off >/dev/null; echo "$LIMITS" >/proc/sys/kernel/acct' EXIT
    echo "4 2 $1" >/proc/sys/kernel/acct
}
