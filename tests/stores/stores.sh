# SPDX-License-Identifier: Apache-2.0
# What the tests of the destinations share: the shipped configurations, run as they are, and servers.
# shellcheck shell=bash
srcdir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# servers start slowly on a busy machine, and what the test waits for is slower, too
: "${TEST_TIMEOUT:=300}"
. "$srcdir/diag.sh"
require_root
TOP=$srcdir/..
mkdir -p "$WORK/log/account" "$WORK/spool/rsyslog"
# the file that the module looks for by itself
PACCT=$WORK/log/account/pacct
: >"$PACCT"
# shellcheck disable=SC2034 # used by startup
RSYSLOGD_WRAPPER="$srcdir/stores/private $WORK"
SERVERS=()
# packages of modules that are only unpacked, because installing them would configure something (tests/destinations)
for dir in "$TOP"/.build/stores/*/usr/lib/*/rsyslog; do
    RSYSLOG_MODULES+=:$dir
done

# require_module NAME: or skip
require_module() {
    local dir
    while read -rd : dir; do
        [ ! -e "$dir/$1.so" ] || return 0
    done <<<"$RSYSLOG_MODULES:"
    skip_test "$1 is not installed; tests/destinations installs it"
}

# use_shipped NAME: contrib/rsyslog.d/NAME.conf is accepted without a word, and is what startup runs. What is around it
# is where rsyslogd's own messages go, and impstats' figures.
use_shipped() {
    local conf=$TOP/contrib/rsyslog.d/$1.conf
    "$srcdir/stores/private" "$WORK" "$RSYSLOGD" -N1 -f "$conf" -M "$MODULE_DIR:$RSYSLOG_MODULES" >"$WORK/check" 2>&1 ||
        error_exit "rsyslogd -N1 does not accept $1.conf: $(cat "$WORK/check")"
    ! grep -v '^rsyslogd: \(version .*config validation run\|End of config validation\)' "$WORK/check" ||
        error_exit "rsyslogd -N1 has something to say about $1.conf"
    cat >"$WORK/rsyslog.conf" <<CONF
global(processInternalMessages="on")
syslog.* action(type="omfile" file="$SYS")
include(file="$conf" mode="required")
CONF
}

# storm SECONDS [RATE]: real processes, whose records the kernel writes
storm() {
    rm -f "$WORK/storm.stop"
    # shellcheck disable=SC2016 # expanded in there
    in_accounting "$PACCT" bash -c '
        (sleep "$1"; : >"$2") &
        "$3" 1 "$2" "$4" >/dev/null
        wait
        sh -c "exit 3"
        sh -c "kill -9 \$\$"
        setpriv --reuid=65534 --clear-groups seq 100000 | sort -R >/dev/null
        true' bash "$1" "$WORK/storm.stop" "$srcdir/tools/storm" "${2:-500}" 2>/dev/null
}

records() { pacct_py count "$PACCT"; }

# sent FILE...: how many whole lines of records they have; state messages have no comm
sent() { cat "$@" 2>/dev/null | grep -c '^{.*"comm":.*}$'; }

# server COMMAND...: starts a server, a program and no function; it is ended by its pid, and its output is in
# $WORK/server.log
server() {
    "$@" >>"$WORK/server.log" 2>&1 &
    SERVER=$!
    SERVERS+=("$SERVER")
}

# end_server PID [SIGNAL]: at most 30 seconds
end_server() {
    local tries=300
    kill -"${2:-TERM}" "$1" 2>/dev/null
    while kill -0 "$1" 2>/dev/null && [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done
    kill -KILL "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}

end_servers() {
    local pid
    for pid in "${SERVERS[@]}"; do
        ! kill -0 "$pid" 2>/dev/null || end_server "$pid" "${1:-TERM}"
    done
}
trap end_servers EXIT

# free_port: one of the loopback's
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# certificate_of_localhost CERT KEY: signed by itself
certificate_of_localhost() {
    command -v openssl >/dev/null || skip_test "openssl is not installed"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
        -keyout "$2" -out "$1" 2>/dev/null || error_exit "no certificate"
}

listens() { python3 -c 'import socket, sys; socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)' "$1" 2>/dev/null; }

# compare_ids JSONL...: the lines are the accounting file's records, and all of them; the count is in $WORK/result, too
compare_ids() {
    python3 "$srcdir/stores/ids.py" "$PACCT" "$@" >"$WORK/result" || error_exit "see above; $(cat "$WORK/result")"
    cat "$WORK/result"
}

# executed SCHEMA FILE <SCRIPT: the messages of what the script executes, with command lines and usage (tests/stores/executed)
executed() {
    local status=0
    cat >"$WORK/executed.script"
    EXECUTED=$WORK/executed.script SCHEMA=$1 LINES_TO=$2 RSYSLOGD_WRAPPER='' "$srcdir/stores/executed" >"$WORK/executed.log" 2>&1 ||
        status=$?
    [ "$status" != 77 ] || skip_test "$(tail -n 1 "$WORK/executed.log")"
    [ "$status" = 0 ] || error_exit "see above; $(cat "$WORK/executed.log")"
}

# leaders_on_disk: for a script of "executed": LEADERS is tests/stores/leaders, PROGRAMS a directory for it on a disk
leaders_on_disk() {
    export LEADERS=$srcdir/stores/leaders PROGRAMS=$WORK/programs
    mkdir "$PROGRAMS"
    [ "$(stat -f -c %T "$PROGRAMS")" != tmpfs ] || skip_test "$WORK is in memory, and what is written there goes to no disk: set TMPDIR"
}
