#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/ansible sets a host up, and leaves one alone that is. See tests/package.
# Invariant: check mode changes nothing and fails on nothing, on a new host, too; the first run gives records with command
# lines, from accounting that the module owns; the second one changes nothing.
# Oracle: the processes that are run here; the files of the system; what Ansible counts.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
play() {
    LC_ALL=C.UTF-8 ansible-playbook -i localhost, -c local -e ansible_become=false -e impacct_package=/root/rsyslog-impacct.deb \
        -e impacct_accounting=own -e impacct_command_line=auto -e impacct_output="$OUT" "$@" "$srcdir/../contrib/ansible/site.yml" \
        >"$WORK/play.log" 2>&1 || error_exit "$(cat "$WORK/play.log")"
}
changed() { sed -n 's/^localhost .*changed=\([0-9]*\).*/\1/p' "$WORK/play.log"; }
configuration() { find /etc /usr/lib/*/rsyslog -type f -exec md5sum {} + | sort -k 2; }

prepare
rm -f /etc/rsyslog.d/impacct.conf
rm -rf "$LOG"
configuration >"$WORK/before"
systemctl start rsyslog.service
play --check
configuration | diff "$WORK/before" - || error_exit "check mode changed something"
play
[ "$(changed)" -ge 3 ] || error_exit "$(cat "$WORK/play.log")"
wait_certainty
CERTAIN=yes run 20
wait_all
pid=$(systemctl show -P MainPID rsyslog.service)
configuration >"$WORK/before"
for how in --check ''; do
    # shellcheck disable=SC2086 # an option or none
    play $how
    assert_eq "$(changed)" 0 "changes of a second run $how"
done
configuration | diff "$WORK/before" - || error_exit "the second run changed something"
assert_eq "$(systemctl show -P MainPID rsyslog.service)" "$pid" "rsyslogd after a second run"
exit_test
