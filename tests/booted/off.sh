#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: somebody switches accounting off, and it does not go unnoticed; in the service as shipped.
# Invariant: accounting_stopped, then accounting_silent; on again, accounting_started and accounting_recovered; each
# once, by accton as well as by the service.
# Oracle: what is done here; the processes that are run here, before, meanwhile and afterwards.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
fresh 'silenceAlarm="4"'
run 20
accton off
run 20
without 20
expect accounting_stopped accounting_silent
[ "$(last_number silent_seconds)" -ge 1 ] || error_exit "silent_seconds"
[ "$(last_number ended_processes)" -ge 1 ] || error_exit "ended_processes"
accton "$F"
expect accounting_started accounting_recovered
run 20
systemctl stop acct.service
run 20
without 20
expect accounting_stopped accounting_silent
systemctl start acct.service
expect accounting_started accounting_recovered
grep -q 'impacct: accounting has left' <(service_log) || error_exit "it is not in the system's log"
run 20
all_arrived
wait_all
exit_test
