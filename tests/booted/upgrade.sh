#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: Debian 12 with the package becomes Debian 13 by apt full-upgrade, while the machine runs. See tests/package.
# Invariant: where apt finds the package of Debian 13, both are upgraded, and rsyslogd runs on with the module of its new
# version. Where it does not (upgrade_alone.sh), apt takes the package away and says what that means; rsyslogd runs on
# without it, "rsyslogd -N1" and check_impacct say so; with the new package, what ended meanwhile arrives, too. Each
# record that the kernel wrote all the while arrives once, in order, with all its fields.
# Oracle: the processes that are run here; tests/lib/pacct.py over the files that the kernel wrote.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
export DEBIAN_FRONTEND=noninteractive
CONF=/etc/rsyslog.d/impacct.conf
apt_get() {
    apt-get -y -qq -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" >"$WORK/apt.log" 2>&1 ||
        error_exit "$* $(cat "$WORK/apt.log")"
}
version_of() { dpkg-query -W -f '${db:Status-Status} ${source:Upstream-Version}' "$1" 2>/dev/null; }
rsyslogd_pid() { systemctl show -P MainPID rsyslog.service; }
has_module() { grep -q '/impacct\.so' "/proc/$(rsyslogd_pid)/maps"; }
# offer: the package of Debian 13, as a site's own archive does
offer() {
    echo "deb [trusted=yes] file:/root/next ./" >/etc/apt/sources.list.d/site.list
    apt_get update
}

prepare
apt_get install --no-install-recommends /root/rsyslog-impacct.deb
cp /usr/share/doc/rsyslog-impacct/examples/check_impacct "$WORK"
start_services
expect module_started
run 20
wait_all
old=$(version_of rsyslog)

sed -i 's/ bookworm/ trixie/' /etc/apt/sources.list
if [ -z "${ALONE:-}" ]; then
    offer
else
    apt_get update
fi
apt_get full-upgrade
new=$(version_of rsyslog)
[ "$new" != "$old" ] || error_exit "rsyslog was kept back: $(cat "$WORK/apt.log")"
. /etc/os-release
assert_eq "$VERSION_ID" 13 "the release"
assert_eq "$(systemctl is-active rsyslog.service)" active "rsyslog.service"
if [ -n "${ALONE:-}" ]; then
    grep -E 'impacct' "$WORK/apt.log" || true
    assert_eq "$(version_of rsyslog-impacct | cut -d' ' -f1)" "" "the package of Debian 12"
    for said in "still loads impacct" "$CONF:" "systemctl restart rsyslog"; do
        grep -qF "$said" "$WORK/apt.log" || error_exit "apt did not say '$said': $(cat "$WORK/apt.log")"
    done
    ! has_module || error_exit "rsyslogd has the module"
    ! rsyslogd -N1 >"$WORK/check.log" 2>&1 || error_exit "rsyslogd -N1 finds nothing wrong"
    cat "$WORK/check.log"
    grep -q "could not load module 'impacct'" "$WORK/check.log" || error_exit "$(cat "$WORK/check.log")"
    "$WORK/check_impacct" >"$WORK/check.log"
    assert_eq $? 2 "check_impacct"
    cat "$WORK/check.log"
    run 20
    offer
    apt_get install --no-install-recommends rsyslog-impacct
fi
[[ $(dpkg-query -W -f '${db:Status-Status} ${Version}' rsyslog-impacct) == installed*~deb13 ]] ||
    error_exit "$(dpkg -l rsyslog-impacct)"
has_module || error_exit "rsyslogd has no module"
rsyslogd -N1 >"$WORK/check.log" 2>&1 || error_exit "$(cat "$WORK/check.log")"
run 20
wait_all
all_arrived
states | sed 's/.*"event":"\([a-z_]*\)".*/\1/' | sort | uniq -c
exit_test
