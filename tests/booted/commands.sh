#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: command lines in the service as shipped, while it is restarted, stopped, killed, and its file rotated.
# Invariant: every process has one record, with its process id and exit code; one that ran while rsyslogd knew for certain
# has its arguments; one that ran while it did not has its own or none. With accounting as the distribution does it and
# rotates, and with accounting="own".
# Oracle: the processes that are run here, also while rsyslogd is down.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
DROPIN=/etc/systemd/system/rsyslog.service.d
trap 'rm -rf "$DROPIN"; systemctl daemon-reload' EXIT
"$srcdir/../contrib/systemd/install" accounting command-lines || error_exit "the drop-in could not be made"

starts() { states | grep -c '"event":"module_started"'; }
# after COMMAND...: which starts rsyslogd; until it has started
after() {
    local before
    before=$(starts)
    systemctl reset-failed rsyslog.service
    "$@"
    more() { [ "$(starts)" -gt "$before" ]; }
    wait_for "rsyslogd to have started" more
}
run_certain() {
    wait_certainty
    CERTAIN=yes run "$1"
    wait_all
}
stop_for() {
    systemctl stop syslog.socket rsyslog.service
    run "$1"
    systemctl start rsyslog.service
}
kill_for() {
    systemctl kill -s KILL rsyslog.service
    run "$1"
}
# ups_and_downs ROTATE: a function that rotates
ups_and_downs() {
    run_certain 50
    after systemctl restart rsyslog.service
    run_certain 50
    after stop_for 50
    wait_all
    after kill_for 50
    wait_all
    for _ in 1 2 3; do
        run_certain 50
        "$1"
        run_certain 20
    done
    after kill_for 50
    run_certain 20
    "$1"
    after stop_for 50
    wait_all
    ! grep -q '"event":"\(records_lost\|file_damaged\)"' <(states) || error_exit "$(states)"
}

by_cron() {
    /etc/cron.daily/acct || error_exit "the daily script failed"
}
fresh 'commandLine="auto"'
ups_and_downs by_cron

by_itself() { # 16 KB are 256 records
    local file
    file=$(stat -c %i "$F")
    other() { [ "$(stat -c %i "$F")" != "$file" ]; }
    until other; do
        run 50
    done
}
prepare 'accounting="own" accounting.maxFileSize="16k" accounting.keep="1000" commandLine="auto"'
rm -rf "$LOG"
: >"$WORK/told"
after systemctl start rsyslog.service
ups_and_downs by_itself
exit_test
