#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: psacct, as RHEL and Fedora have it, rotates its file by logrotate, and not one process is lost.
# Invariant: whether postrotate calls accton itself (RHEL 8) or reloads the service (RHEL 9), whether rotated files have
# dates (logrotate.conf there) or numbers, while rsyslogd runs and while it does not: each process has one record, and
# accounting is never said to have stopped.
# Oracle: the processes that are run here, all the while; psacct's configuration for logrotate, which the real one reads.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
command -v logrotate >/dev/null || skip_test "logrotate is not installed"
F=$WORK/account/pacct
# psacct.service, whose ExecReload= is that
cat >"$WORK/systemctl" <<SH
#!/bin/sh
case \$* in
    "--quiet is-active psacct.service") ;;
    "reload psacct.service") accton "$F" >/dev/null ;;
    *) exit 1 ;;
esac
SH
chmod 755 "$WORK/systemctl"

# psacct NAMES COMMAND: logrotate's configuration, where rotated files have such names, and postrotate that command
psacct() {
    rm -rf "$WORK/account" "$WORK/logrotate.state"
    install -d -m 0755 "$WORK/account"
    install -m 0600 /dev/null "$F"
    cat >"$WORK/logrotate.conf" <<CONF
$1
$F {
    compress
    delaycompress
    notifempty
    daily
    rotate 31
    create 0600 root root
    postrotate
        if $WORK/systemctl --quiet is-active psacct.service; then
            $2
        fi
    endscript
}
CONF
    chmod 644 "$WORK/logrotate.conf"
    accton "$F" >/dev/null
}

# more COUNT: so many processes have ended since it was called
more() {
    local ended
    ended=$(($(wc -l <"$WORK/told") + $1))
    ran() { [ "$(wc -l <"$WORK/told")" -ge "$ended" ]; }
    wait_for "$1 processes" ran
}

# rotate ZONE: logrotate, in a time zone in which it is another day, while processes end
rotate() {
    rm -f "$WORK/enough"
    { until [ -e "$WORK/enough" ]; do run 1; done; echo "$N" >"$WORK/ran"; } &
    local runner=$!
    more 10
    TZ=$1 logrotate -f -s "$WORK/logrotate.state" "$WORK/logrotate.conf" || error_exit "logrotate failed"
    more 10
    touch "$WORK/enough"
    wait "$runner"
    N=$(cat "$WORK/ran")
}

for names in dateext nodateext; do
    for command in "accton $F | grep -v 'Turning on process accounting' | cat" "$WORK/systemctl reload psacct.service"; do
        psacct "$names" "$command"
        forget
        follow
        startup
        rotate UTC+24
        wait_all
        shutdown
        rotate UTC
        startup
        wait_all
        rotate UTC-24
        wait_all
        shutdown
        accton off >/dev/null
        assert_eq "$(find "$WORK/account" -name 'pacct?*' | wc -l)" 3 "rotated files"
        assert_eq "$(find "$WORK/account" -name '*.gz' | wc -l)" 2 "compressed files"
        content_absent "accounting_stopped" "$STATES"
        content_absent "records_lost" "$STATES"
        rm -f "$WORK"/impacct-state*
    done
done
exit_test
