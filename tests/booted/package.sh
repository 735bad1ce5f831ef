#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: the package for Debian, from its installation to its purge, with nothing but what it holds. See tests/package.
# Invariant: to install it changes no configuration; with the lines of README.Debian there are records, also with
# accounting="own" and with command lines, after contrib/systemd/install of the examples. To install it again leaves a
# running rsyslogd with the module. To remove it while the configuration loads it says so, and breaks nothing that runs;
# after a purge there is nothing that was not there before, and no program in the kernel.
# Oracle: the processes that are run here; the files of the system before and after.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
EXAMPLES=/usr/share/doc/rsyslog-impacct/examples
CONF=/etc/rsyslog.d/impacct.conf
apt_get() { apt-get -y -qq --no-install-recommends "$@" >"$WORK/apt.log" 2>&1 || error_exit "$* $(cat "$WORK/apt.log")"; }
install_package() { apt_get install "$@" /root/rsyslog-impacct.deb; }
files() {
    find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /root -o -path /var/cache \
        -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd -o -path /var/log -o -path /var/spool -o -path /var/tmp \) \
        -prune -o ! -name '__pycache__' ! -name '*.pyc' -print | sort
}
configuration() { find /etc -type f ! -name 'ld.so.cache' -exec md5sum {} + | sort -k 2; }
rsyslogd_pid() { systemctl show -P MainPID rsyslog.service; }
has_module() { grep -q '/impacct\.so' "/proc/$(rsyslogd_pid)/maps"; }
# configure [PARAMETERS]: the lines of README.Debian, with more parameters
configure() {
    sed -n '/^  module(load/,/^  input(/s/^  //p' "$WORK/README.Debian" | sed "s|^input(type=\"impacct\"|& ${1:-}|" >"$CONF"
    assert_eq "$(wc -l <"$CONF")" 3 "lines of configuration in README.Debian"
}

prepare
rm -f "$CONF"
files >"$WORK/files.before"
configuration >"$WORK/etc.before"
start_services
pid=$(rsyslogd_pid)
install_package
assert_eq "$(rsyslogd_pid)" "$pid" "rsyslogd after the installation"
configuration | diff "$WORK/etc.before" - || error_exit "the installation changed the configuration"
cp /usr/share/doc/rsyslog-impacct/README.Debian "$WORK"

# as it is
configure
systemctl restart rsyslog.service
expect module_started
run 20
wait_all
impacct-report --json "$OUT" | grep -q '"processes": [1-9]' || error_exit "no report"

# with all permissions
"$EXAMPLES/systemd/install" accounting command-lines || error_exit "the drop-in could not be made"
stop_services
rm -rf "$LOG"
configure 'accounting="own" commandLine="auto"'
start_rsyslogd() {
    systemctl reset-failed rsyslog.service
    systemctl start rsyslog.service || error_exit "the service does not start"
}
start_rsyslogd
wait_certainty
CERTAIN=yes run 20
wait_all

# another package of the same: what runs afterwards has the module of that package
pid=$(rsyslogd_pid)
install_package --reinstall
[ "$(rsyslogd_pid)" != "$pid" ] || error_exit "rsyslogd has the module of before"
has_module || error_exit "rsyslogd has no module"
run 20
wait_all

# removed too early
pid=$(rsyslogd_pid)
apt_get remove rsyslog-impacct
for said in "still loads impacct" "$CONF:1:module(load=" "systemctl restart rsyslog"; do
    grep -qF "$said" "$WORK/apt.log" || error_exit "apt did not say '$said': $(cat "$WORK/apt.log")"
done
assert_eq "$(rsyslogd_pid)" "$pid" "rsyslogd after the removal"
run 20
wait_all
systemctl restart rsyslog.service
assert_eq "$(systemctl is-active rsyslog.service)" active "rsyslog.service without the module"
! has_module || error_exit "rsyslogd has the module"
install_package
has_module || error_exit "rsyslogd has no module after it was installed again"
run 20
wait_all

# the ring of source="bpf": a removal leaves it for the next package, and says so; a purge ends it
if mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf; then
    "$EXAMPLES/systemd/install" source-bpf || error_exit "the drop-in could not be made"
    stop_services
    configure 'source="bpf"'
    start_rsyslogd
    told_into() { grep -q 'told by bpf into a ring' <(service_log); }
    wait_for "the ring" told_into
    run 20
    wait_all
    apt_get remove rsyslog-impacct
    grep -qF "rm -r /sys/fs/bpf/impacct" "$WORK/apt.log" || error_exit "apt did not tell of the ring"
    systemctl restart rsyslog.service
    run 20
    install_package
    run 20
    wait_all
    systemctl stop syslog.socket rsyslog.service
    apt_get purge rsyslog-impacct
    [ ! -e /sys/fs/bpf/impacct ] || error_exit "the purge left a ring"
    install_package
fi

# removed as documented
# Debian 12 needs none
if [ -e /etc/systemd/system/rsyslog.service.d ]; then
    "$EXAMPLES/systemd/install" --remove || error_exit "the drop-in could not be removed"
fi
rm "$CONF"
systemctl restart rsyslog.service
accton off >/dev/null
apt_get purge rsyslog-impacct
! grep -q 'rsyslog-impacct:' "$WORK/apt.log" || error_exit "$(cat "$WORK/apt.log")"
files | diff "$WORK/files.before" - || error_exit "the purge left files"
configuration | diff "$WORK/etc.before" - || error_exit "the purge left another configuration"
exit_test
