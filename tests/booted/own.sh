#!/usr/bin/env bash
# Intent: owning accounting in the service as shipped: refused with a sentence that helps, or granted by the drop-in of
# contrib/systemd, which grants nothing else.
# Invariant: a confined rsyslogd is not killed for asking, says what it lacks, and follows; with the drop-in it switches
# accounting on, keeps it on and rotates, and nothing is lost; of the service's confinement, the capability and the
# system call have changed.
# Oracle: what systemd says of the service before and after; the files that the kernel wrote.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
DROPIN=/etc/systemd/system/rsyslog.service.d
trap 'rm -rf "$DROPIN"; systemctl daemon-reload' EXIT
confinement() {
    systemctl show rsyslog.service | grep -E '^(Capab|Ambient|System|Protect|Private|Restrict|NoNew|Read|Inacc|Lock|Mem)' |
        grep -v '^Memory' | tr ' ' '\n' | sort
}
# nobody has made the file, the directory or accounting
own() {
    prepare "accounting=\"own\" $1"
    rm -rf "$LOG"
    systemctl start rsyslog.service || error_exit "the service does not start"
}

if systemctl cat rsyslog.service | grep -q '^SystemCallFilter='; then
    own ''
    expect module_started
    refused() { grep -q "cannot be done: rsyslogd may not call acct(2): it lacks the capability" <(service_log); }
    wait_for "the refusal" refused
    assert_eq "$(systemctl show -P NRestarts rsyslog.service)" 0 "restarts of rsyslogd"
    # accounting is somebody else's, and is followed
    install -d "$LOG" && install -m 0640 /dev/null "$F"
    systemctl start acct.service
    for _ in $(seq 20); do /bin/true; done
    all_arrived
    confinement >"$WORK/before"
    install -D -m 0644 -t "$DROPIN" "$srcdir/../contrib/systemd/rsyslog-accounting.conf"
    systemctl daemon-reload
    confinement >"$WORK/after"
    assert_eq "$(diff "$WORK/before" "$WORK/after" | grep '^[<>]' | paste -sd' ')" "> acct > cap_sys_pacct" \
        "confinement"
fi
own 'accounting.maxFileSize="16k" accounting.keep="1000" silenceAlarm="4"'
expect module_started accounting_started
assert_eq "$(stat -c '%a %U' "$LOG" "$F" | paste -sd' ')" "700 root 600 root" "what was made"
for n in 1 2 3; do
    for _ in $(seq 300); do /bin/true; done
    wait_for "rotation $n" test -e "$F.$n"
    all_arrived
done
accton off
again() { states | tail -n 1 | grep -q '"event":"accounting_\(started\|recovered\)"'; }
wait_for "accounting to be on again" again
systemctl stop syslog.socket rsyslog.service
for _ in $(seq 50); do /bin/true; done
systemctl start rsyslog.service
for _ in $(seq 50); do /bin/true; done
all_arrived
exit_test
