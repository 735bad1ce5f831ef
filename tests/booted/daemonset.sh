#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: what contrib/kubernetes/daemonset.yaml runs on a node sets that up, and leaves one alone that is. See
# tests/package; in Kubernetes it was not tried.
# Invariant: from mounts of its own, as a container has them, the first run gives records with command lines, from
# accounting that the module owns; the second one changes nothing, and rsyslogd runs on.
# Oracle: the processes that are run here; the files of the system.
. "${srcdir:=$(dirname "$0")/..}/booted/verbs"
. "$srcdir/lib/numbered.sh"
YAML=$srcdir/../contrib/kubernetes/daemonset.yaml
# block KEY: the text behind it
block() {
    awk -v key="$1" '
        inside && match($0, /[^ ]/) && RSTART <= indent { exit }
        inside { print substr($0, RSTART > 0 && !first ? (first = RSTART) : first) }
        $0 ~ "^ *" key "\\|$" { inside = 1; indent = match($0, /[^ ]/) }' "$YAML"
}
mkdir "$WORK/configuration"
block 'impacct.conf: ' >"$WORK/configuration/impacct.conf"
sed -n 's/^  permissions: //p' "$YAML" >"$WORK/configuration/permissions"
block '- ' >"$WORK/script"
# in the mounts of a container: with these files, and without the node's configuration
deploy() {
    # shellcheck disable=SC2016 # expanded in there
    unshare --mount sh -euc '
        mkdir -p /package /configuration
        mount -t tmpfs none /package
        cp /root/rsyslog-impacct.deb /package
        mount --bind "$1/configuration" /configuration
        mount -t tmpfs none /etc/rsyslog.d
        exec /bin/sh -euc "$(cat "$1/script")"' sh "$WORK" >"$WORK/deploy.log" 2>&1 || error_exit "$(cat "$WORK/deploy.log")"
}
configuration() { find /etc /usr/lib/*/rsyslog -type f -exec md5sum {} + | sort -k 2; }

prepare
rm -f /etc/rsyslog.d/impacct.conf
rm -rf "$LOG"
systemctl start rsyslog.service
deploy
wait_certainty
CERTAIN=yes run 20
wait_all
pid=$(systemctl show -P MainPID rsyslog.service)
configuration >"$WORK/before"
deploy
configuration | diff "$WORK/before" - || error_exit "the second run changed something"
assert_eq "$(systemctl show -P MainPID rsyslog.service)" "$pid" "rsyslogd after a second run"
CERTAIN=yes run 20
wait_all
exit_test
