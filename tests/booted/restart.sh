#!/usr/bin/env bash
# Intent: rsyslog.service is restarted, stopped for a while, and killed, while processes end.
# Invariant: each start goes on where the stop was, and says so; every record that the kernel wrote is there, in order;
# none twice, but after the kill.
# Oracle: the file that the kernel wrote.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
fresh
positions() { states | grep -o "\"event\":\"module_$1\".*" | sed -n 's/.*"position":\([0-9]*\).*/\1/p' | tail -n 1; }
for _ in 1 2 3; do
    systemctl restart rsyslog.service
    expect module_stopped module_started
    assert_eq "$(positions started)" "$(positions stopped)" "position after a restart"
done
systemctl stop syslog.socket rsyslog.service
expect module_stopped
for _ in $(seq 200); do /bin/true; done
start_services
expect module_started
assert_eq "$(positions started)" "$(positions stopped)" "position after a stop"
all_arrived

systemctl reset-failed rsyslog.service
systemctl kill -s KILL rsyslog.service
for _ in $(seq 200); do /bin/true; done
expect module_started
kernel_files >"$WORK/all"
pacct_py dump "$WORK/all" | grep -o '"id": "[0-9a-f]*' | cut -c8- | sort >"$WORK/ids"
arrived() {
    records | grep -o '"id":"[0-9a-f]*' | cut -c7- | sort -u >"$WORK/arrived"
    [ -z "$(comm -23 "$WORK/ids" "$WORK/arrived")" ]
}
wait_for "every record after a kill" arrived
exit_test
