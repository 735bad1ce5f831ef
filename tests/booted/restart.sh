#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: rsyslog.service is restarted, stopped for a while, and killed, while processes end.
# Invariant: each start goes on where the stop was, and says so; every record that the kernel wrote is there, in order;
# none twice, but after the kill.
# Oracle: the file that the kernel wrote, and the processes that are run here.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
fresh
positions() { states | grep -o "\"event\":\"module_$1\".*" | sed -n 's/.*"position":\([0-9]*\).*/\1/p' | tail -n 1; }
for _ in 1 2 3; do
    systemctl restart rsyslog.service
    expect module_stopped module_started
    assert_eq "$(positions started)" "$(positions stopped)" "position after a restart"
done
systemctl stop syslog.socket rsyslog.service
expect module_stopped
run 200
start_services
expect module_started
assert_eq "$(positions started)" "$(positions stopped)" "position after a stop"
all_arrived
wait_all

systemctl reset-failed rsyslog.service
systemctl kill -s KILL rsyslog.service
run 200
expect module_started
kernel_files >"$WORK/all"
pacct_py dump "$WORK/all" | grep -o '"id": "[0-9a-f]*' | cut -c8- | sort >"$WORK/ids"
arrived() {
    records | grep -o '"id":"[0-9a-f]*' | cut -c7- | sort -u >"$WORK/arrived"
    [ -z "$(comm -23 "$WORK/ids" "$WORK/arrived")" ]
}
wait_for "every record after a kill" arrived
wait_all
exit_test
