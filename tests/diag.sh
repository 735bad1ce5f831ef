# SPDX-License-Identifier: Apache-2.0
# Verbs of the end-to-end tests, in the manner of rsyslog's own tests/diag.sh. Debian ships no imdiag, so they drive a
# real rsyslogd in the foreground and wait for what it does, never for time to pass.
#
# A test sources this file, and ends with exit_test. Exit codes: 0 passed, 1 failed, 77 skipped.
# shellcheck shell=bash
set -u
export LC_ALL=C TZ=UTC

srcdir=$(cd "${srcdir:-$(dirname "${BASH_SOURCE[0]}")}" && pwd)
MODULE_DIR=${MODULE_DIR:-$srcdir/../plugins/impacct/.libs}
RSYSLOGD=${RSYSLOGD:-$(PATH=$PATH:/usr/sbin:/sbin command -v rsyslogd)}
RSYSLOG_MODULES=${RSYSLOG_MODULES:-$(echo /usr/lib/*/rsyslog /usr/lib/rsyslog /usr/lib64/rsyslog | tr ' ' ':')}
# what runs rsyslogd: valgrind or an environment with a sanitizer (tests/memcheck)
RSYSLOGD_WRAPPER=${RSYSLOGD_WRAPPER:-}
TEST_TIMEOUT=${TEST_TIMEOUT:-60}
TEST_NAME=$(basename "$0" .sh)
PATH=$PATH:/usr/sbin:/sbin

WORK=$(mktemp -d "${TMPDIR:-/tmp}/impacct-$TEST_NAME.XXXXXX")
OUT=$WORK/out.jsonl # what the ruleset "records" of generate_conf writes
STATES=$WORK/states.jsonl # state messages, of inputs that do not say where theirs go
SYS=$WORK/sys.log # rsyslog's own messages
RSYSLOGD_PID=

error_exit() {
    echo "$TEST_NAME: FAILED: $*" >&2
    for f in "$SYS" "$WORK/rsyslogd.log" "$WORK/seen"; do
        [ -s "$f" ] && sed "s|^|    $(basename "$f"): |" "$f" | tail -n 20 >&2
    done
    cleanup
    exit 1
}

skip_test() {
    echo "$TEST_NAME: SKIPPED: $*" >&2
    cleanup
    exit 77
}

cleanup() {
    if [ -n "$RSYSLOGD_PID" ] && kill -0 "$RSYSLOGD_PID" 2>/dev/null; then
        kill -KILL "$RSYSLOGD_PID" 2>/dev/null
        wait "$RSYSLOGD_PID" 2>/dev/null
    fi
    local mounted
    while read -r _ mounted _; do
        [[ $mounted != "$WORK"/* ]] || umount -l "$mounted"
    done </proc/mounts
    if [ -n "${KEEP_WORK:-}" ]; then
        echo "$TEST_NAME: kept $WORK" >&2
    else
        rm -rf "$WORK"
    fi
}

exit_test() {
    local file files=()
    for file in "$OUT" "$STATES"; do
        [ ! -f "$file" ] || files+=("$file")
    done
    python3 "$srcdir/lib/event_schema.py" "$srcdir/../contrib/schema" ${files[@]+"${files[@]}"} ||
        error_exit "a message is not as its schema: see above"
    cleanup
    exit 0
}

require_root() {
    [ "$(id -u)" = 0 ] || skip_test "needs root"
}

# kernel_before VERSION: whether it is older
kernel_before() {
    [ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" != "$1" ]
}

# Accounting by the kernel, switched in a pid namespace of its own.
require_accounting() {
    require_root
    : >"$WORK/canary"
    in_accounting "$WORK/canary" true 2>/dev/null || skip_test "cannot switch accounting on in a pid namespace of its own"
    [ -s "$WORK/canary" ] || skip_test "the kernel writes no accounting records here"
}

# in_accounting FILE COMMAND...: run a command as process 1 of a new pid namespace whose accounting goes to FILE.
# accton itself and switching off leave records, too.
in_accounting() {
    local file=$1
    shift
    # shellcheck disable=SC2016 # to be expanded in there
    unshare --pid --fork sh -c '
        accton "$1" >/dev/null || exit 1
        shift
        "$@"
        status=$?
        accton off >/dev/null
        exit $status' sh "$file" "$@"
}

# The rest of the test, with rsyslogd and all, in a pid namespace of its own; accounting can be switched on in there.
in_own_pids() {
    require_accounting
    in_new_pids
}

# The same without accounting.
in_new_pids() {
    require_root
    if [ -z "${IN_OWN_PIDS:-}" ]; then
        rm -rf "$WORK"
        IN_OWN_PIDS=1 exec unshare --pid --fork --mount-proc --kill-child "$BASH" "$0"
    fi
}

# A configuration with the module, its records in $OUT as %msg%, everything else in $SYS; add_conf adds to it. State
# messages are kept apart from the records, which tests count and compare; an input with a stateRuleset decides itself.
generate_conf() {
    cat >"$WORK/rsyslog.conf" <<CONF
global(workDirectory="$WORK" maxMessageSize="64k" processInternalMessages="on")
module(load="impacct")
template(name="msg" type="string" string="%msg%\n")
ruleset(name="records") { action(type="omfile" file="$OUT" template="msg") }
ruleset(name="states") { action(type="omfile" file="$STATES" template="msg") }
syslog.* action(type="omfile" file="$SYS")
CONF
}

add_conf() {
    local text=$1
    [[ $text == *stateRuleset* ]] || text=${text//input(type=\"impacct\"/input(type=\"impacct\" stateRuleset=\"states\"}
    printf '%s\n' "$text" >>"$WORK/rsyslog.conf"
}

# check_conf: rsyslogd -N1, its messages in $WORK/check.log
check_conf() {
    # shellcheck disable=SC2086 # the wrapper is a command line
    $RSYSLOGD_WRAPPER "$RSYSLOGD" -N1 -f "$WORK/rsyslog.conf" -M "$MODULE_DIR:$RSYSLOG_MODULES" >"$WORK/check.log" 2>&1
}

startup() {
    [ -e "$MODULE_DIR/impacct.so" ] || error_exit "there is no $MODULE_DIR/impacct.so"
    # shellcheck disable=SC2086 # the wrapper is a command line
    $RSYSLOGD_WRAPPER "$RSYSLOGD" -n -f "$WORK/rsyslog.conf" -i "$WORK/pid" -M "$MODULE_DIR:$RSYSLOG_MODULES" \
        >>"$WORK/rsyslogd.log" 2>&1 &
    RSYSLOGD_PID=$!
    wait_for "rsyslogd to start" test -s "$WORK/pid"
}

# wait_for WHAT COMMAND...: until the command succeeds, at most $TEST_TIMEOUT seconds
wait_for() {
    local what=$1 deadline=$((SECONDS + TEST_TIMEOUT))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || error_exit "waited $TEST_TIMEOUT s in vain for $what"
        if [ -n "$RSYSLOGD_PID" ] && ! kill -0 "$RSYSLOGD_PID" 2>/dev/null; then
            "$@" && return
            error_exit "rsyslogd ended while waiting for $what"
        fi
        sleep 0.02
    done
}

# wait_reports COUNT: until impstats has written that many more reports to $WORK/stats. For what takes rsyslogd some time
# in which nothing is to happen: no process is started meanwhile.
wait_reports() {
    local lines line reports enough='' deadline=$((SECONDS + TEST_TIMEOUT)) never
    exec {never}<> <(:)
    while :; do
        reports=0 lines=()
        [ ! -e "$WORK/stats" ] || mapfile -t lines <"$WORK/stats"
        for line in ${lines[@]+"${lines[@]}"}; do
            [[ $line != *'"name": "resource-usage"'* ]] || reports=$((reports + 1))
        done
        [ "$reports" -lt "${enough:=$((reports + $1))}" ] || break
        [ "$SECONDS" -lt "$deadline" ] || error_exit "waited $TEST_TIMEOUT s in vain for $1 reports of impstats"
        read -rt 0.1 -u "$never" || true
    done
    exec {never}<&-
}

# Until rsyslogd says how command lines are captured, or that they are not. Skips the test in a build without capture.
wait_capture() {
    wait_for "a word about command lines" grep -qs "impacct: command lines" "$SYS"
    ! grep -qs "this build of impacct has no capture" "$SYS" || skip_test "this build has no capture"
}

# wait_command_lines BACKEND: switch accounting on into $WORK/pacct, until rsyslogd knows for certain who executed what; in
# the first moments it does not (capture/join.h). Skips the test where it cannot be done here.
wait_command_lines() {
    wait_capture
    if grep -qs "command lines cannot be captured" "$SYS"; then
        skip_test "$(grep "command lines cannot be captured" "$SYS")"
    fi
    content_check "captured by $1"
    accton "$WORK/pacct" >/dev/null
    wait_for "certainty" certain
}

certain() {
    /bin/true "is it certain?"
    # of an exit, in any schema: an exec message is certain at once
    grep -sF "is it certain?" "$OUT" | grep -E '(event|action|event\.name)":"(process\.)?exit"' |
        grep -q 'command_source":"exec"'
}

# wait_usage: switch accounting on into $WORK/pacct, until rsyslogd knows for certain what processes used; in the first
# moments it does not. Skips the test where it cannot be done here.
wait_usage() {
    wait_for "a word about usage" grep -qs "impacct: usage" "$SYS"
    if grep -qs "usage cannot be captured" "$SYS"; then
        skip_test "$(grep "usage cannot be captured" "$SYS")"
    fi
    accton "$WORK/pacct" >/dev/null
    wait_for "certainty" usage_certain
}

usage_certain() {
    /bin/true
    # in any schema
    grep -sE '(comm|name)":"true"' "$OUT" | grep usage_source | tail -n 1 | grep -q 'usage_source":"exit"'
}

# use_ring: a BPF file system of the test's own, in which the ring's directory is to be $RING. Skips the test where there
# is none.
use_ring() {
    # shellcheck disable=SC2034 # tests use it
    RING=$WORK/bpf/impacct
    mkdir "$WORK/bpf"
    mount -t bpf bpf "$WORK/bpf" 2>/dev/null || skip_test "no BPF file system can be mounted"
}

# wait_ring: until rsyslogd says that the kernel tells ends of processes, COUNT times by now. Skips the test where it
# cannot.
wait_ring() {
    wait_for "a word about the ring" ring_said "${1:-1}"
    ! grep -qs 'source="bpf" cannot be had' "$SYS" || skip_test "$(grep 'source="bpf" cannot be had' "$SYS")"
}

ring_said() {
    [ -e "$SYS" ] && [ "$(grep -c -e 'told by bpf into a ring' -e 'source="bpf" cannot be had' "$SYS")" -ge "$1" ]
}

lines_of() {
    if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi
}

has_lines() {
    [ "$(lines_of "$1")" -ge "$2" ]
}

# wait_file_lines FILE COUNT
wait_file_lines() {
    wait_for "$2 lines in $(basename "$1") (there are $(lines_of "$1"))" has_lines "$1" "$2"
}

# wait_content TEXT [FILE]: until a line holds TEXT
wait_content() {
    wait_for "'$1' in $(basename "${2:-$SYS}")" grep -qsF -- "$1" "${2:-$SYS}"
}

content_check() {
    grep -qsF -- "$1" "${2:-$SYS}" || error_exit "'$1' is not in $(basename "${2:-$SYS}")"
}

content_absent() {
    ! grep -qsF -- "$1" "${2:-$SYS}" || error_exit "'$1' is in $(basename "${2:-$SYS}")"
}

# Ask rsyslogd to end, and see that it does so cleanly.
shutdown() {
    kill -TERM "$RSYSLOGD_PID"
    wait_shutdown
}

wait_shutdown() {
    local status=0
    wait "$RSYSLOGD_PID" || status=$?
    RSYSLOGD_PID=
    rm -f "$WORK/pid"
    [ "$status" = 0 ] || error_exit "rsyslogd ended with status $status: $(tail -n 40 "$WORK/rsyslogd.log")"
}

kill_immediate() {
    kill -KILL "$RSYSLOGD_PID"
    wait "$RSYSLOGD_PID" 2>/dev/null
    RSYSLOGD_PID=
    rm -f "$WORK/pid"
}

assert_eq() {
    [ "$1" = "$2" ] || error_exit "${3:-values differ}: is '$1', expected '$2'"
}

# start_receiver PORT FILE: a TCP server, which appends to FILE what comes
start_receiver() {
    python3 "$srcdir/lib/receiver.py" "$1" "$2" &
    RECEIVER_PID=$!
}

# When rsyslogd has ended: until all that it has sent is in the file.
stop_receiver() {
    kill "$RECEIVER_PID"
    wait "$RECEIVER_PID" || error_exit "the receiver ended with status $?"
}

# The independent decoder and generator; see tests/lib/pacct.py
pacct_py() {
    python3 "$srcdir/lib/pacct.py" "$@" || error_exit "pacct.py $1: see above"
}

state_file() {
    echo "$WORK/impacct-state:$(printf %s "$1" | sed 's|%|%25|g; s|/|%2F|g')"
}

trap 'error_exit "interrupted"' INT TERM
