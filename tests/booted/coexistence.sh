#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what else deals with accounting on a machine works beside the module, or is named by it.
# Invariant: what doc/source/configuration/modules/impacct-coexistence.rst says of programs in Debian.
# Oracle: the processes that are run here; the files that the kernel wrote; what the programs do to them, done here.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
DROPIN=/etc/systemd/system/rsyslog.service.d
trap 'systemctl stop atopacct.service; systemctl -q enable acct.service; rm -rf "$DROPIN"; systemctl daemon-reload' EXIT
some() { # processes, and all of them arrive, as the kernel wrote them
    run 20
    wait_all
    all_arrived
}
elsewhere() { # processes that end while accounting is another program's
    run 20
    without 20
}
logged() { grep -qF "$1" <(service_log); }
second() { # second PARAMETERS: another rsyslogd, the way of the first one
    mkdir -p "$WORK/spool"
    rm -rf "$WORK/second.jsonl" "$WORK/spool"/*
    sed "s|/var/spool/rsyslog|$WORK/spool|; s|/var/log/processes.jsonl|$WORK/second.jsonl|
        s|^input(type=\"impacct\"|& $1|" "$srcdir/../contrib/rsyslog.d/files.conf" >"$WORK/rsyslog.conf"
    startup
}
second_has_all() {
    second ''
    some
    OUT=$WORK/second.jsonl wait_all
    shutdown
}

# follow: sa, atop without its daemon, a second rsyslogd
fresh 'silenceAlarm="4"'
some
sa -s >"$WORK/sa" || error_exit "sa failed"
timeout 10 atop -w "$WORK/atop" 1 2 || error_exit "atop failed"
second_has_all
expect

# follow, atopacctd: it takes accounting away, and ends acct.service as its unit says
systemctl start atopacct.service
expect accounting_stopped accounting_silent
elsewhere
systemctl stop atopacct.service # before the other starts: else it may switch off what that has switched on
systemctl start acct.service
expect accounting_started accounting_recovered
some

# own: the lock keeps a second owner away, and followers may be as many as they like
"$srcdir/../contrib/systemd/install" accounting || error_exit "the drop-in could not be made"
prepare 'accounting="own" silenceAlarm="4"'
: >"$WORK/told"
systemctl -q disable acct.service
systemctl start rsyslog.service
expect module_started accounting_started
timeout 10 atop -w "$WORK/atop" 1 2 || error_exit "atop failed"
second_has_all
second 'accounting="own"'
wait_content "another rsyslogd owns accounting" "$WORK/rsyslogd.log"
shutdown

# own, the daily script of the package acct, whose service is disabled: it renames and tells nobody
new_file() { logged "another program has renamed the file and made a new one" && [ -s "$F" ]; }
for _ in 1 2; do
    /etc/cron.daily/acct
    run 20
    wait_for "accounting to go to the new file" new_file
    some
done
! grep -q accounting_silent <(states) || error_exit "accounting was silent: $(states)"

# own, acct.service beside it: both switch the same file on
systemctl start acct.service
systemctl restart acct.service
some
/etc/cron.daily/acct
some
SAID=$(states | wc -l) # that it was on before does not count
systemctl stop acct.service
back() { new_states | tail -n 1 | grep -qx 'accounting_started\|accounting_recovered'; }
wait_for "accounting to be on again" back
some

# own, atopacctd takes accounting away: it is named, and left alone; back as soon as it ends
SAID=$(states | wc -l)
systemctl start atopacct.service
wait_for "atop to be named" logged "accounting goes to '/run/pacct_source', so another program owns it"
elsewhere
systemctl stop atopacct.service
wait_for "accounting to be on again" back
assert_eq "$(states | tail -n +$((SAID + 1)) | grep -c accounting_started)" 1 "accounting_started"
some

# own by force
prepare 'accounting="own" accounting.force="on" silenceAlarm="4"'
: >"$WORK/told"
systemctl start atopacct.service
systemctl start rsyslog.service
expect module_started accounting_started
states | tail -n 1 | grep -q "taken from /run/pacct_source" || error_exit "$(states | tail -n 1)"
some
exit_test
