#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Intent: a user who fills the file system for a moment suspends accounting for as long as the kernel does not look at it
# again, and that is told while it lasts.
# Invariant: accounting_suspended with the time without records, though there is space again; then accounting_resumed;
# accounting_stopped and accounting_silent are not said. What ran meanwhile has no record, what runs afterwards has.
# Oracle: what an unprivileged user does to a small file system; processes that carry numbers.
: "${srcdir:=$(dirname "$0")/..}"
. "$srcdir/lib/accounting.sh"
kernel_looks_each 12
small_disk
F=$WORK/disk/log/pacct
mkdir -m 700 "$WORK/disk/log"
: >"$F"
chmod 711 "$WORK"
accton "$F" >/dev/null
follow
startup
run 3
wait_all
expect module_started
mkfifo -m 644 "$WORK/never"
exec 7<>"$WORK/never"
pause() { read -rt 0.2 -u 7 || true; }
# Moments in which 1 % is left, one after the other. Nothing of it ends but in these: else the kernel might look at another.
size=$(stat -f -c '%b %a %S' "$WORK/disk" | awk '{ print int(($2 - $1 / 100) * $3) }')
: >"$WORK/go"
# shellcheck disable=SC2016 # to be expanded in there
setpriv --reuid 65534 --regid 65534 --clear-groups bash -c '
    while [ -e "$1" ]; do
        fallocate -l "$2" "$3" || exit
        : >"$3"
        read -rt 0.2 -u 7
    done
    rm "$3"' bash "$WORK/go" "$size" "$WORK/disk/ballast" &
filler=$!
said() { # said EVENT: without a process
    local lines
    mapfile -t lines <"$STATES"
    [[ ${lines[*]} == *"\"event\":\"$1\""* ]]
}
deadline=$((SECONDS + TEST_TIMEOUT))
until said accounting_suspended; do
    [ "$SECONDS" -lt "$deadline" ] || error_exit "it was not said in $TEST_TIMEOUT s"
    pause
done
rm "$WORK/go"
run 5 # what has no record, as long as the kernel does not look
wait "$filler" || error_exit "the file system could not be filled"
content_check "Its file system was full for a moment, or is frozen" <(grep accounting_suspended "$STATES")
python3 - "$STATES" <<'PY' || error_exit "see above"
import json, sys
said = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
suspended = next(e for e in said if e["event"] == "accounting_suspended")
if not suspended["free_percent"] > 50 or not suspended["silent_seconds"] >= 1:
    sys.exit(f"said is {suspended}")
PY
[ "$(have)" -lt "$N" ] || error_exit "nothing is missing: accounting was not suspended"
resumed() {
    run 1
    said accounting_resumed
}
wait_for "accounting to resume" resumed
first=$N
run 5
here() { [ "$(grep -so '"comm":"n[0-9]*"' "$OUT" | tr -dc '0-9\n' | sort -un | awk -v n="$first" '$1 >= n' | wc -l)" = 5 ]; }
wait_for "what ran after that" here
content_absent accounting_silent "$STATES"
content_absent accounting_stopped "$STATES"
shutdown
exit_test
