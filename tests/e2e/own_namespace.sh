#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: accounting="own" outlives a rsyslogd that runs in a mount namespace of its own, as systemd's services do.
# Invariant: what ends while rsyslogd is down, after a stop, a kill, and a rotation before that, arrives at the next
# start. Without the capability that this takes, what a stop costs is said at the start, and at the next start that
# accounting was off, and since when.
# Oracle: the processes that are run here while rsyslogd is down.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
# by a link that leads from the root, which in another namespace would be another root
mkdir -m 755 "$WORK/var"
ln -s "$WORK/var" "$WORK/link"
export F=$WORK/link/account/pacct
plain_wrapper=$RSYSLOGD_WRAPPER
RSYSLOGD_WRAPPER="unshare --mount $plain_wrapper"
own 'accounting.maxFileSize="4k"'
startup
wait_content '"event":"accounting_started"' "$STATES"
run 5
wait_all
shutdown
run 20
startup
wait_all
kill_immediate
run 20
startup
wait_all
run 60
wait_for "a rotation" grep -q '"event":"file_rotated"' "$STATES"
run 5
wait_all
shutdown
run 20
startup
wait_all
content_absent "accounting ends whenever"
content_absent accounting_stopped "$STATES"
shutdown
run 5
assert_eq "$(grep -c '"event":"accounting_started"' "$STATES")" 1 "accounting_started"

# without CAP_SYS_PTRACE, which is what takes rsyslogd to the mounts of process 1; no rotation, which switches on again
sed -i 's/ accounting.maxFileSize="4k"//' "$WORK/rsyslog.conf"
RSYSLOGD_WRAPPER="unshare --mount setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace $plain_wrapper"
startup
wait_all
content_absent "accounting ends whenever" # it was switched on by one who had it
accton off >/dev/null
wait_content "accounting ends whenever rsyslogd stops or is killed"
run 5
wait_all
rm "$STATES"
shutdown
stopped=$(date +%s)
run 20
without 20
startup
wait_content '"event":"accounting_stopped"' "$STATES"
wait_content '"event":"accounting_started"' "$STATES"
run 5
wait_all
python3 - "$STATES" "$stopped" <<'PY' || error_exit "see above"
import json, sys
from datetime import datetime
events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
names = [e["event"] for e in events if e["event"].startswith("accounting")]
if names[:2] != ["accounting_stopped", "accounting_started"] or names.count("accounting_stopped") != 1:
    sys.exit(f"said were {names}")
said = next(e for e in events if e["event"] == "accounting_stopped")
since = datetime.fromisoformat(said["detail"].split("ended since ")[1][:20].replace("Z", "+00:00")).timestamp()
if abs(since - int(sys.argv[2])) > 2 or "silent_seconds" not in said:
    sys.exit(f"stopped at {sys.argv[2]}, said is {said}")
PY
assert_eq "$(grep -c "accounting ends whenever" "$SYS")" 2 "warnings, one for each start"
shutdown
exit_test
