#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: after an upgrade of rsyslog that refuses the module, somebody is told, although rsyslog.service is well.
# Invariant: with contrib/systemd/rsyslog-check.* a start of rsyslog.service is followed by a check, which succeeds while
# the module is loaded, and otherwise fails and logs one alert that names the module; so is a configuration that is
# refused, by the timer. Nothing else in the system fails.
# Oracle: the journal of the booted system; systemctl.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
units=/etc/systemd/system
install -D "$srcdir/../contrib/check_impacct" /usr/local/sbin/check_impacct
install -m 0644 "$srcdir"/../contrib/systemd/rsyslog-check.* "$units"
systemctl daemon-reload
systemctl -q enable rsyslog-check.service rsyslog-check.timer
module=$(echo /usr/lib/*/rsyslog/impacct.so)

checks() { journalctl -b --no-pager -o cat -u rsyslog-check.service -p info..info; }
alerts() { journalctl -b --no-pager -o cat -p alert -t check_impacct; }
# ended RESULT NUMBER: so many checks have ended, the last one so
ended() {
    [ "$(checks | grep -c '^IMPACCT ')" = "$2" ] && [ "$(systemctl show -P Result rsyslog-check.service)" = "$1" ] &&
        [ "$(systemctl show -P ActiveState rsyslog-check.service)" != activating ]
}

fresh
wait_for "the check after the start" ended success 1
systemctl reset-failed rsyslog.service
systemctl restart rsyslog.service
expect module_stopped module_started
wait_for "the check after a restart" ended success 2
assert_eq "$(alerts)" "" "alerts while all is well"

# a module for another rsyslogd
mv "$module" "$WORK/impacct.so"
echo 'for another rsyslogd' >"$module"
systemctl reset-failed rsyslog.service
systemctl restart rsyslog.service
expect module_stopped
assert_eq "$(systemctl is-active rsyslog.service)" active "rsyslog.service without the module"
wait_for "the check of the broken module" ended exit-code 3
assert_eq "$(alerts | wc -l)" 1 "alerts"
alerts | grep -q "could not load module.*impacct" || error_exit "the alert does not name the module: $(alerts)"

# back again; then a configuration that would be refused at the next start
mv "$WORK/impacct.so" "$module"
systemctl reset-failed rsyslog.service
systemctl restart rsyslog.service
expect module_started
wait_for "the check of the good module" ended success 4
mkdir -p "$units/rsyslog-check.timer.d"
printf '[Timer]\nOnActiveSec=\nOnActiveSec=1\nAccuracySec=100ms\n' >"$units/rsyslog-check.timer.d/soon.conf"
sed -i 's|^input(type="impacct"|& silenceAlarm="never"|' /etc/rsyslog.d/impacct.conf
systemctl daemon-reload
systemctl start rsyslog-check.timer
wait_for "the check by the timer" ended exit-code 5
alerts | tail -n 1 | grep -q "parameter 'silenceAlarm'" || error_exit "the alert does not name the parameter: $(alerts)"
systemctl stop rsyslog-check.timer
assert_eq "$(systemctl --failed --plain --no-legend | awk '{ print $1 }')" rsyslog-check.service "units that failed"
systemctl -q disable rsyslog-check.service rsyslog-check.timer
rm -rf "$units"/rsyslog-check.*
systemctl daemon-reload
systemctl reset-failed rsyslog-check.service 2>/dev/null
exit_test
